//! From the name of an event to its typed value.
//!
//! Names are told apart by their length first, so that a frequent event costs
//! a jump and a comparison or two. What no room asks for is `Other` without a
//! look at its fields.

use crate::event::Text;
use crate::event::manager::Event;
use crate::input::ami::build as b;
use crate::input::ami::fields::Fields;
use crate::input::ami::parts::{
    self, BRIDGE, LOCAL_ONE, LOCAL_TWO, OWN, RETRIEVER, SOURCE, TARGET, channel, channel_if, flag,
    known, number, parking, plain, unescaped,
};

/// The event called `name`, which may answer an action.
pub(crate) fn event<'a>(name: &Text<'a>, action_id: &Text<'a>, f: &mut Fields<'a>) -> Event<'a> {
    match (name.len(), &**name) {
        (4, "Hold") => Event::Hold { channel: channel(f, &OWN), class: plain(f, "MusicClass") },
        (6, "VarSet") => Event::VarSet {
            channel: channel(f, &OWN),
            name: plain(f, "Variable"),
            value: unescaped(f, "Value"),
        },
        (6, "Hangup") => b::hangup(f),
        (6, "Unhold") => Event::Unhold(channel(f, &OWN)),
        (6, "Rename") => Event::Rename {
            old: known(f, "Channel"),
            new: known(f, "Newname"),
            uniqueid: known(f, "Uniqueid"),
        },
        (6, "Pickup") => Event::Pickup { channel: channel(f, &OWN), target: channel(f, &TARGET) },
        (6, "Reload") => Event::Reload { module: plain(f, "Module") },
        (7, "DialEnd") => b::dial(f, |caller, dest, status, forward| Event::DialEnd {
            caller,
            dest,
            status,
            forward,
        }),
        (8, "Newstate") => Event::NewState(channel(f, &OWN)),
        (8, "Shutdown") => Event::Shutdown { restart: flag(f, "Restart").unwrap_or_default() },
        (9, "DialBegin") => b::dial_begin(f),
        (9, "DialState") => b::dial(f, |caller, dest, status, forward| Event::DialState {
            caller,
            dest,
            status,
            forward,
        }),
        (9, "AgentDump") => Event::AgentDump(parts::attempt(f)),
        (9, "UserEvent") => b::user_event(f),
        (10, "Newchannel") => Event::NewChannel(channel(f, &OWN)),
        (10, "AgentLogin") => {
            Event::AgentLogin { channel: channel(f, &OWN), agent: plain(f, "Agent") }
        }
        (10, "ParkedCall") => Event::ParkedCall(parking(f)),
        (10, "PeerStatus") => {
            Event::PeerStatus { peer: plain(f, "Peer"), status: plain(f, "PeerStatus") }
        }
        (10, "QueueEntry") => b::queue_entry(f),
        (10, "Parkinglot") => b::parking_lot(f),
        (11, "NewCallerid") => Event::NewCallerId(channel(f, &OWN)),
        (11, "BridgeEnter") => b::bridge_enter(f),
        (11, "BridgeLeave") => {
            Event::BridgeLeave { bridge: parts::bridge(f, &BRIDGE), channel: channel(f, &OWN) }
        }
        (11, "BridgeMerge") => Event::BridgeMerge {
            to: parts::bridge(f, &parts::BRIDGE_TO),
            from: parts::bridge(f, &parts::BRIDGE_FROM),
        },
        (11, "AgentCalled") => Event::AgentCalled(parts::attempt(f)),
        (11, "LocalBridge") => b::local_bridge(f),
        (11, "AgentLogoff") => Event::AgentLogoff {
            channel: channel(f, &OWN),
            agent: plain(f, "Agent"),
            login_time: number(f, "Logintime"),
        },
        (11, "FullyBooted") => {
            Event::FullyBooted { uptime: number(f, "Uptime"), last_reload: number(f, "LastReload") }
        }
        (11, "QueueMember") => Event::QueueMember(parts::listed_member(f)),
        (11, "QueueParams") => b::queue_params(f),
        (11, "ContactList") => b::contact(f),
        (12, "BridgeCreate") => Event::BridgeCreate(parts::bridge(f, &BRIDGE)),
        (12, "AgentConnect") => b::agent_connect(f),
        (12, "EndpointList") => b::endpoint(f),
        (12, "UnParkedCall") => {
            Event::UnparkedCall { parking: parking(f), retriever: channel(f, &RETRIEVER) }
        }
        (13, "BridgeDestroy") => Event::BridgeDestroy(parts::bridge(f, &BRIDGE)),
        (13, "HangupRequest") => b::hangup_request(f, false),
        (13, "AgentComplete") => b::agent_complete(f),
        (13, "BlindTransfer") => b::blind_transfer(f),
        (13, "ContactStatus") => b::contact_status(f),
        (14, "NewAccountCode") => {
            Event::NewAccountCode { channel: channel(f, &OWN), old: plain(f, "OldAccountCode") }
        }
        (14, "ParkedCallSwap") => Event::ParkedCallSwap(parking(f)),
        (14, "MixMonitorStop") => Event::MixMonitorStop(channel(f, &OWN)),
        (14, "MixMonitorMute") => b::mix_monitor_mute(f),
        (14, "BridgeListItem") => Event::BridgeListItem(parts::bridge(f, &BRIDGE)),
        (15, "MusicOnHoldStop") => Event::MusicOnHoldStop(channel(f, &OWN)),
        (15, "MixMonitorStart") => Event::MixMonitorStart(channel(f, &OWN)),
        (15, "QueueCallerJoin") => b::caller_join(f),
        (15, "CoreShowChannel") => b::show_channel(f),
        (15, "ExtensionStatus") => b::extension_status(f),
        (16, "NewConnectedLine") => Event::NewConnectedLine(channel(f, &OWN)),
        (16, "MusicOnHoldStart") => {
            Event::MusicOnHoldStart { channel: channel(f, &OWN), class: plain(f, "Class") }
        }
        (16, "QueueCallerLeave") => b::caller_leave(f),
        (16, "AttendedTransfer") => b::attended_transfer(f),
        (16, "QueueMemberAdded") => Event::MemberAdded(parts::member(f)),
        (16, "QueueMemberPause") => Event::MemberPause(parts::member(f)),
        (16, "ParkedCallGiveUp") => Event::ParkedCallGiveUp(parking(f)),
        (17, "DeviceStateChange") => Event::DeviceStateChange {
            device: plain(f, "Device"),
            state: parts::device_word(&plain(f, "State")),
        },
        (17, "QueueMemberStatus") => Event::MemberStatus(parts::member(f)),
        (17, "SoftHangupRequest") => b::hangup_request(f, true),
        (17, "AgentRingNoAnswer") => {
            Event::AgentRingNoAnswer { attempt: parts::attempt(f), ring_ms: number(f, "RingTime") }
        }
        (17, "OriginateResponse") => b::originate_response(f, action_id),
        (17, "ParkedCallTimeOut") => Event::ParkedCallTimeOut(parking(f)),
        (17, "BridgeInfoChannel") => Event::BridgeInfoChannel { channel: channel(f, &OWN) },
        (18, "QueueMemberRemoved") => Event::MemberRemoved(parts::member(f)),
        (18, "QueueMemberPenalty") => Event::MemberPenalty(parts::member(f)),
        (18, "QueueCallerAbandon") => b::caller_abandon(f),
        (20, "QueueMemberRinginuse") => Event::MemberRingInUse(parts::member(f)),
        (20, "LocalOptimizationEnd") => local_optimization(f, false),
        (22, "LocalOptimizationBegin") => local_optimization(f, true),
        _ => Event::Other(name.clone()),
    }
}

fn local_optimization<'a>(f: &mut Fields<'a>, begin: bool) -> Event<'a> {
    Event::LocalOptimization {
        begin,
        one: channel(f, &LOCAL_ONE),
        two: channel(f, &LOCAL_TWO),
        source: channel_if(f, &SOURCE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::ami::{Message, parse};

    /// Every name, as Asterisk spells it (16 and 22).
    const NAMES: &[&str] = &[
        "AgentCalled",
        "AgentComplete",
        "AgentConnect",
        "AgentDump",
        "AgentLogin",
        "AgentLogoff",
        "AgentRingNoAnswer",
        "AttendedTransfer",
        "BlindTransfer",
        "BridgeCreate",
        "BridgeDestroy",
        "BridgeEnter",
        "BridgeInfoChannel",
        "BridgeLeave",
        "BridgeListItem",
        "BridgeMerge",
        "ContactList",
        "ContactStatus",
        "CoreShowChannel",
        "DeviceStateChange",
        "DialBegin",
        "DialEnd",
        "DialState",
        "EndpointList",
        "ExtensionStatus",
        "FullyBooted",
        "Hangup",
        "HangupRequest",
        "Hold",
        "LocalBridge",
        "LocalOptimizationBegin",
        "LocalOptimizationEnd",
        "MixMonitorMute",
        "MixMonitorStart",
        "MixMonitorStop",
        "MusicOnHoldStart",
        "MusicOnHoldStop",
        "NewAccountCode",
        "NewCallerid",
        "NewConnectedLine",
        "Newchannel",
        "Newstate",
        "OriginateResponse",
        "ParkedCall",
        "ParkedCallGiveUp",
        "ParkedCallSwap",
        "ParkedCallTimeOut",
        "Parkinglot",
        "PeerStatus",
        "Pickup",
        "QueueCallerAbandon",
        "QueueCallerJoin",
        "QueueCallerLeave",
        "QueueEntry",
        "QueueMember",
        "QueueMemberAdded",
        "QueueMemberPause",
        "QueueMemberPenalty",
        "QueueMemberRemoved",
        "QueueMemberRinginuse",
        "QueueMemberStatus",
        "QueueParams",
        "Reload",
        "Rename",
        "Shutdown",
        "SoftHangupRequest",
        "UnParkedCall",
        "Unhold",
        "UserEvent",
        "VarSet",
    ];

    #[test]
    fn every_name_is_known_and_another_is_kept() {
        for name in NAMES {
            let block = format!("Event: {name}");
            let Message::Event(notice) = parse(block.as_bytes()) else { panic!("no event") };
            assert!(!matches!(notice.event, Event::Other(_)), "{name}");
        }
        let Message::Event(notice) = parse(b"Event: Newexten") else { panic!("no event") };
        assert_eq!(notice.event, Event::Other("Newexten".into()));
    }
}
