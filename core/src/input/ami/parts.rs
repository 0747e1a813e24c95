//! The groups of fields that many events share: channel, bridge, member,
//! parking, attempt. Each asks in the order in which Asterisk writes them.

use std::borrow::Cow;

use crate::event::Text;
use crate::event::manager::{
    Attempt, Bridge, Channel, ChannelState, DeviceState, DialStatus, ExtensionState, Member,
    Parking,
};
use crate::input::ami::fields::{Fields, Value};

/// The names of a channel's fields under one prefix.
pub(crate) struct ChannelKeys {
    channel: &'static str,
    state: &'static str,
    number: &'static str,
    name: &'static str,
    connected_number: &'static str,
    connected_name: &'static str,
    account: &'static str,
    context: &'static str,
    exten: &'static str,
    uniqueid: &'static str,
    linkedid: &'static str,
}

macro_rules! channel_keys {
    ($($name:ident = $prefix:literal,)*) => {
        $(pub(crate) const $name: ChannelKeys = ChannelKeys {
            channel: concat!($prefix, "Channel"),
            state: concat!($prefix, "ChannelState"),
            number: concat!($prefix, "CallerIDNum"),
            name: concat!($prefix, "CallerIDName"),
            connected_number: concat!($prefix, "ConnectedLineNum"),
            connected_name: concat!($prefix, "ConnectedLineName"),
            account: concat!($prefix, "AccountCode"),
            context: concat!($prefix, "Context"),
            exten: concat!($prefix, "Exten"),
            uniqueid: concat!($prefix, "Uniqueid"),
            linkedid: concat!($prefix, "Linkedid"),
        };)*
    };
}

channel_keys! {
    OWN = "",
    DEST = "Dest",
    PARKEE = "Parkee",
    RETRIEVER = "Retriever",
    TRANSFERER = "Transferer",
    TRANSFEREE = "Transferee",
    ORIGINAL = "OrigTransferer",
    SECOND = "SecondTransferer",
    TRANSFER_TARGET = "TransferTarget",
    TARGET = "Target",
    LOCAL_ONE = "LocalOne",
    LOCAL_TWO = "LocalTwo",
    SOURCE = "Source",
}

/// The channel under a prefix; `None` when the event has none.
pub(crate) fn channel_if<'a>(fields: &mut Fields<'a>, keys: &ChannelKeys) -> Option<Channel<'a>> {
    let name = fields.take(keys.channel)?.known();
    Some(Channel {
        name,
        state: channel_state(fields.take(keys.state)),
        number: known(fields, keys.number),
        caller_name: unescaped(fields, keys.name),
        connected_number: known(fields, keys.connected_number),
        connected_name: unescaped(fields, keys.connected_name),
        account: known(fields, keys.account),
        context: known(fields, keys.context),
        exten: known(fields, keys.exten),
        uniqueid: known(fields, keys.uniqueid),
        linkedid: known(fields, keys.linkedid),
    })
}

/// The channel under a prefix; an empty one when the event has none.
pub(crate) fn channel<'a>(fields: &mut Fields<'a>, keys: &ChannelKeys) -> Channel<'a> {
    channel_if(fields, keys).unwrap_or_default()
}

pub(crate) fn known<'a>(fields: &mut Fields<'a>, key: &str) -> Text<'a> {
    fields.take(key).map(Value::known).unwrap_or_default()
}

pub(crate) fn unescaped<'a>(fields: &mut Fields<'a>, key: &str) -> Text<'a> {
    fields.take(key).map(Value::unescaped).unwrap_or_default()
}

pub(crate) fn plain<'a>(fields: &mut Fields<'a>, key: &str) -> Text<'a> {
    fields.take(key).map(Value::text).unwrap_or_default()
}

pub(crate) fn number<N: std::str::FromStr>(fields: &mut Fields<'_>, key: &str) -> Option<N> {
    fields.take(key)?.number()
}

/// A moment where 0 stands for never.
fn moment(fields: &mut Fields<'_>, key: &str) -> Option<i64> {
    number(fields, key).filter(|at| *at != 0)
}

/// `1`, `Yes`, `True`, in any case.
pub(crate) fn flag(fields: &mut Fields<'_>, key: &str) -> Option<bool> {
    let text = fields.take(key)?.text();
    Some(["1", "yes", "true", "on"].iter().any(|word| text.eq_ignore_ascii_case(word)))
}

fn channel_state(value: Option<Value<'_>>) -> ChannelState {
    match value.and_then(Value::number::<u8>) {
        Some(0) => ChannelState::Down,
        Some(1) => ChannelState::Reserved,
        Some(2) => ChannelState::OffHook,
        Some(3) => ChannelState::Dialing,
        Some(4) => ChannelState::Ring,
        Some(5) => ChannelState::Ringing,
        Some(6) => ChannelState::Up,
        Some(7) => ChannelState::Busy,
        Some(8) => ChannelState::DialingOffHook,
        Some(9) => ChannelState::PreRing,
        _ => ChannelState::Other,
    }
}

/// The names of a bridge's fields under one prefix.
pub(crate) struct BridgeKeys {
    id: &'static str,
    kind: &'static str,
    technology: &'static str,
    creator: &'static str,
    name: &'static str,
    channels: &'static str,
}

macro_rules! bridge_keys {
    ($($name:ident = $prefix:literal,)*) => {
        $(pub(crate) const $name: BridgeKeys = BridgeKeys {
            id: concat!($prefix, "BridgeUniqueid"),
            kind: concat!($prefix, "BridgeType"),
            technology: concat!($prefix, "BridgeTechnology"),
            creator: concat!($prefix, "BridgeCreator"),
            name: concat!($prefix, "BridgeName"),
            channels: concat!($prefix, "BridgeNumChannels"),
        };)*
    };
}

bridge_keys! { BRIDGE = "", BRIDGE_TO = "To", BRIDGE_FROM = "From", }

pub(crate) fn bridge<'a>(fields: &mut Fields<'a>, keys: &BridgeKeys) -> Bridge<'a> {
    Bridge {
        id: known(fields, keys.id),
        kind: known(fields, keys.kind),
        technology: known(fields, keys.technology),
        creator: known(fields, keys.creator),
        name: known(fields, keys.name),
        channels: number(fields, keys.channels),
    }
}

pub(crate) fn parking<'a>(fields: &mut Fields<'a>) -> Parking<'a> {
    Parking {
        parkee: channel(fields, &PARKEE),
        parker: known(fields, "ParkerDialString"),
        lot: known(fields, "Parkinglot"),
        space: known(fields, "ParkingSpace"),
        timeout: number(fields, "ParkingTimeout"),
        duration: number(fields, "ParkingDuration"),
    }
}

/// A member as events tell it.
pub(crate) fn member<'a>(fields: &mut Fields<'a>) -> Member<'a> {
    member_of(fields, "MemberName", "Interface", true)
}

/// A member as QueueStatus tells it; it leaves `Ringinuse` out.
pub(crate) fn listed_member<'a>(fields: &mut Fields<'a>) -> Member<'a> {
    member_of(fields, "Name", "Location", false)
}

fn member_of<'a>(
    fields: &mut Fields<'a>,
    name: &str,
    interface: &str,
    ring_in_use: bool,
) -> Member<'a> {
    let mut member = Member {
        queue: plain(fields, "Queue"),
        name: plain(fields, name),
        interface: plain(fields, interface),
        state_interface: plain(fields, "StateInterface"),
        membership: plain(fields, "Membership"),
        penalty: number(fields, "Penalty"),
        calls_taken: number(fields, "CallsTaken"),
        last_call: moment(fields, "LastCall"),
        last_pause: moment(fields, "LastPause"),
        login_time: moment(fields, "LoginTime"),
        in_call: flag(fields, "InCall").unwrap_or_default(),
        status: device_number(number(fields, "Status")),
        paused: flag(fields, "Paused").unwrap_or_default(),
        pause_reason: plain(fields, "PausedReason"),
        ring_in_use: if ring_in_use { flag(fields, "Ringinuse") } else { None },
        wrapup: number(fields, "Wrapuptime"),
    };
    if member.pause_reason.is_empty() && member.paused {
        // 16 has a field of its own, only when a reason was given.
        member.pause_reason = plain(fields, "Reason");
    }
    member
}

pub(crate) fn attempt<'a>(fields: &mut Fields<'a>) -> Attempt<'a> {
    Attempt {
        caller: channel(fields, &OWN),
        member: channel(fields, &DEST),
        queue: plain(fields, "Queue"),
        interface: plain(fields, "Interface"),
        name: plain(fields, "MemberName"),
    }
}

/// The numbers of `ast_device_state`.
fn device_number(number: Option<u8>) -> DeviceState {
    match number {
        Some(1) => DeviceState::NotInUse,
        Some(2) => DeviceState::InUse,
        Some(3) => DeviceState::Busy,
        Some(4) => DeviceState::Invalid,
        Some(5) => DeviceState::Unavailable,
        Some(6) => DeviceState::Ringing,
        Some(7) => DeviceState::RingInUse,
        Some(8) => DeviceState::OnHold,
        _ => DeviceState::Unknown,
    }
}

pub(crate) fn device_word(word: &str) -> DeviceState {
    match word {
        "NOT_INUSE" => DeviceState::NotInUse,
        "INUSE" => DeviceState::InUse,
        "BUSY" => DeviceState::Busy,
        "INVALID" => DeviceState::Invalid,
        "UNAVAILABLE" => DeviceState::Unavailable,
        "RINGING" => DeviceState::Ringing,
        "RINGINUSE" => DeviceState::RingInUse,
        "ONHOLD" => DeviceState::OnHold,
        _ => DeviceState::Unknown,
    }
}

/// The bits of `ast_extension_states`; −1 removed, −2 deactivated.
pub(crate) fn extension_state(bits: Option<i32>) -> ExtensionState {
    match bits {
        Some(0) => ExtensionState::NotInUse,
        Some(-2 | -1) => ExtensionState::Removed,
        Some(bits) if bits & 16 != 0 => ExtensionState::OnHold,
        Some(bits) if bits & 8 != 0 && bits & 1 != 0 => ExtensionState::RingInUse,
        Some(bits) if bits & 8 != 0 => ExtensionState::Ringing,
        Some(bits) if bits & 4 != 0 => ExtensionState::Unavailable,
        Some(bits) if bits & 2 != 0 => ExtensionState::Busy,
        Some(bits) if bits & 1 != 0 => ExtensionState::InUse,
        _ => ExtensionState::Unknown,
    }
}

pub(crate) fn dial_status(word: Text<'_>) -> DialStatus<'_> {
    match &*word {
        "ANSWER" => DialStatus::Answer,
        "BUSY" => DialStatus::Busy,
        "CANCEL" => DialStatus::Cancel,
        "CHANUNAVAIL" => DialStatus::ChanUnavail,
        "CONGESTION" => DialStatus::Congestion,
        "NOANSWER" => DialStatus::NoAnswer,
        "ABORT" => DialStatus::Abort,
        "CONTINUE" => DialStatus::Continue,
        "GOTO" => DialStatus::GoTo,
        "RINGING" => DialStatus::Ringing,
        "PROGRESS" => DialStatus::Progress,
        "PROCEEDING" => DialStatus::Proceeding,
        _ => DialStatus::Other(word),
    }
}

/// `00:01:12`, or seconds.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    text.split(':')
        .try_fold(0_i64, |sum, part| sum.checked_mul(60)?.checked_add(part.parse().ok()?))
}

/// The literal that QueueStatus writes for a part of a caller that is unknown.
pub(crate) fn said(text: Text<'_>) -> Text<'_> {
    if text == "unknown" { Cow::Borrowed("") } else { text }
}
