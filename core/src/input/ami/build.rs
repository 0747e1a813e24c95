//! Events that are more than a channel and a word.

use crate::event::Text;
use crate::event::manager::{
    AttendedTransfer, BlindTransfer, Channel, CompleteReason, DialStatus, Event, Leg, TransferTo,
};
use crate::input::ami::fields::Fields;
use crate::input::ami::parts::{
    self, BRIDGE, DEST, LOCAL_ONE, LOCAL_TWO, ORIGINAL, OWN, SECOND, TRANSFER_TARGET, TRANSFEREE,
    TRANSFERER, channel, channel_if, flag, known, number, plain,
};

pub(crate) fn hangup<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::Hangup {
        channel: channel(f, &OWN),
        cause: number(f, "Cause"),
        cause_text: plain(f, "Cause-txt"),
    }
}

pub(crate) fn hangup_request<'a>(f: &mut Fields<'a>, soft: bool) -> Event<'a> {
    Event::HangupRequest { channel: channel(f, &OWN), soft, cause: number(f, "Cause") }
}

pub(crate) fn dial_begin<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::DialBegin {
        caller: channel_if(f, &OWN),
        dest: channel(f, &DEST),
        dial_string: plain(f, "DialString"),
    }
}

/// DialState and DialEnd.
pub(crate) fn dial<'a>(
    f: &mut Fields<'a>,
    make: fn(Option<Channel<'a>>, Channel<'a>, DialStatus<'a>, Text<'a>) -> Event<'a>,
) -> Event<'a> {
    let caller = channel_if(f, &OWN);
    let dest = channel(f, &DEST);
    // Forward stands between, only when there is one.
    let status = parts::dial_status(plain(f, "DialStatus"));
    make(caller, dest, status, plain(f, "Forward"))
}

pub(crate) fn bridge_enter<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::BridgeEnter {
        bridge: parts::bridge(f, &BRIDGE),
        channel: channel(f, &OWN),
        swap: known(f, "SwapUniqueid"),
    }
}

pub(crate) fn local_bridge<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::LocalBridge {
        one: channel(f, &LOCAL_ONE),
        two: channel(f, &LOCAL_TWO),
        context: plain(f, "Context"),
        exten: plain(f, "Exten"),
        optimized: flag(f, "LocalOptimization").unwrap_or_default(),
    }
}

pub(crate) fn blind_transfer<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::BlindTransfer(Box::new(BlindTransfer {
        success: plain(f, "Result") == "Success",
        transferer: channel(f, &TRANSFERER),
        transferee: channel_if(f, &TRANSFEREE),
        bridge: known(f, "BridgeUniqueid"),
        external: flag(f, "IsExternal").unwrap_or_default(),
        context: plain(f, "Context"),
        exten: plain(f, "Extension"),
    }))
}

pub(crate) fn attended_transfer<'a>(f: &mut Fields<'a>) -> Event<'a> {
    let success = plain(f, "Result") == "Success";
    let original = Leg { channel: channel(f, &ORIGINAL), bridge: known(f, "OrigBridgeUniqueid") };
    let second = Leg { channel: channel(f, &SECOND), bridge: known(f, "SecondBridgeUniqueid") };
    let transferee = channel_if(f, &TRANSFEREE);
    let target = channel_if(f, &TRANSFER_TARGET);
    let external = flag(f, "IsExternal").unwrap_or_default();
    let to = match &*plain(f, "DestType") {
        "Bridge" => TransferTo::Bridge(known(f, "DestBridgeUniqueid")),
        "App" => TransferTo::App(known(f, "DestApp")),
        "Link" => TransferTo::Link {
            one: known(f, "LocalOneUniqueid"),
            two: known(f, "LocalTwoUniqueid"),
        },
        "Threeway" => TransferTo::Threeway(known(f, "DestBridgeUniqueid")),
        _ => TransferTo::Fail,
    };
    Event::AttendedTransfer(Box::new(AttendedTransfer {
        success,
        original,
        second,
        transferee,
        target,
        to,
        external,
    }))
}

pub(crate) fn caller_join<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::QueueCallerJoin {
        caller: channel(f, &OWN),
        queue: plain(f, "Queue"),
        position: number(f, "Position"),
        count: number(f, "Count"),
    }
}

pub(crate) fn caller_leave<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::QueueCallerLeave {
        caller: channel(f, &OWN),
        queue: plain(f, "Queue"),
        position: number(f, "Position"),
        count: number(f, "Count"),
    }
}

pub(crate) fn caller_abandon<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::QueueCallerAbandon {
        caller: channel(f, &OWN),
        queue: plain(f, "Queue"),
        position: number(f, "Position"),
        original: number(f, "OriginalPosition"),
        hold: number(f, "HoldTime"),
    }
}

pub(crate) fn agent_connect<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::AgentConnect {
        attempt: parts::attempt(f),
        hold: number(f, "HoldTime"),
        ring: number(f, "RingTime"),
    }
}

pub(crate) fn agent_complete<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::AgentComplete {
        attempt: parts::attempt(f),
        hold: number(f, "HoldTime"),
        talk: number(f, "TalkTime"),
        reason: match &*plain(f, "Reason") {
            "agent" => CompleteReason::Agent,
            "caller" => CompleteReason::Caller,
            "transfer" => CompleteReason::Transfer,
            _ => CompleteReason::Other,
        },
    }
}

pub(crate) fn extension_status<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::ExtensionStatus {
        exten: plain(f, "Exten"),
        context: plain(f, "Context"),
        hint: plain(f, "Hint"),
        status: parts::extension_state(number(f, "Status")),
    }
}

pub(crate) fn contact_status<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::ContactStatus {
        uri: plain(f, "URI"),
        status: plain(f, "ContactStatus"),
        aor: plain(f, "AOR"),
        round_trip_us: number(f, "RoundtripUsec"),
        user_agent: plain(f, "UserAgent"),
    }
}

/// An item of PJSIPShowContacts. Its name is `AOR;@hash`.
pub(crate) fn contact<'a>(f: &mut Fields<'a>) -> Event<'a> {
    let name = plain(f, "ObjectName");
    let aor = match name {
        Text::Borrowed(name) => Text::Borrowed(aor(name)),
        Text::Owned(name) => Text::Owned(aor(&name).to_owned()),
    };
    Event::ContactItem {
        aor,
        uri: plain(f, "Uri"),
        status: plain(f, "Status"),
        user_agent: plain(f, "UserAgent"),
        round_trip_us: number(f, "RoundtripUsec"),
    }
}

fn aor(name: &str) -> &str {
    name.split_once(";@").or_else(|| name.split_once("@@")).map_or(name, |(aor, _)| aor)
}

pub(crate) fn endpoint<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::EndpointItem {
        name: plain(f, "ObjectName"),
        contacts: plain(f, "Contacts"),
        state: plain(f, "DeviceState"),
    }
}

pub(crate) fn mix_monitor_mute<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::MixMonitorMute {
        channel: channel(f, &OWN),
        direction: plain(f, "Direction"),
        muted: flag(f, "State").unwrap_or_default(),
    }
}

pub(crate) fn originate_response<'a>(f: &mut Fields<'a>, action_id: &Text<'a>) -> Event<'a> {
    Event::OriginateResponse {
        action_id: action_id.clone(),
        success: plain(f, "Response") == "Success",
        channel: known(f, "Channel"),
        reason: number(f, "Reason"),
        uniqueid: known(f, "Uniqueid"),
    }
}

pub(crate) fn queue_params<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::QueueParams {
        queue: plain(f, "Queue"),
        strategy: plain(f, "Strategy"),
        calls: number(f, "Calls"),
        completed: number(f, "Completed"),
        abandoned: number(f, "Abandoned"),
        service_level: number(f, "ServiceLevel"),
        weight: number(f, "Weight"),
    }
}

pub(crate) fn queue_entry<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::QueueEntry {
        queue: plain(f, "Queue"),
        position: number(f, "Position"),
        channel: plain(f, "Channel"),
        uniqueid: plain(f, "Uniqueid"),
        number: parts::said(plain(f, "CallerIDNum")),
        caller_name: parts::said(plain(f, "CallerIDName")),
        wait: number(f, "Wait"),
        priority: number(f, "Priority"),
    }
}

pub(crate) fn show_channel<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::CoreShowChannel {
        channel: channel(f, &OWN),
        application: plain(f, "Application"),
        application_data: plain(f, "ApplicationData"),
        duration: parts::seconds(&plain(f, "Duration")),
        bridge: plain(f, "BridgeId"),
    }
}

pub(crate) fn parking_lot<'a>(f: &mut Fields<'a>) -> Event<'a> {
    Event::Parkinglot {
        name: plain(f, "Name"),
        start: plain(f, "StartSpace"),
        stop: plain(f, "StopSpace"),
        timeout: number(f, "Timeout"),
    }
}

/// From the dialplan it carries a channel before `UserEvent`, from an action
/// it does not; what follows is the sender's.
pub(crate) fn user_event<'a>(f: &mut Fields<'a>) -> Event<'a> {
    let mut name = Text::default();
    let mut fields = Vec::new();
    for (key, value) in f.rest(1) {
        let Ok(key) = str::from_utf8(key) else { continue };
        match key {
            "Privilege" | "Timestamp" | "SystemName" => {}
            "UserEvent" if name.is_empty() => name = value.text(),
            "CallerIDName" | "ConnectedLineName" => fields.push((key, value.unescaped())),
            _ => fields.push((key, value.text())),
        }
    }
    Event::UserEvent { name, fields }
}
