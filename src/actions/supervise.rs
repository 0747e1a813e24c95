//! What one does to calls: make, move, park, end, listen to, record them.

use crate::actions::own::order;
use crate::actions::{Dialplan, Ear, No, Order, Plan, Tape, Wait, Who, target};
use crate::live::office::{CallState, Leg, Office, RECORDER};
use crate::people::Right;

fn one(order: Order, action: &'static str, object: impl Into<String>, new: Option<String>) -> Plan {
    Plan { orders: vec![order], action, object: object.into(), new }
}

/// The agent's telephone first, then the number. For others it needs the
/// right to manage members.
pub(super) fn call(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    agent: Option<&str>,
    number: &str,
    campaign: Option<&str>,
) -> Result<Plan, No> {
    if !who.rights.has(Right::CallsMake) {
        return Err(No::Right);
    }
    let me = match agent
        .filter(|agent| !who.agent.as_deref().is_some_and(|me| target::same(me, agent)))
    {
        None => target::me(who)?,
        Some(agent) => {
            let (agent, _) = target::agent(who, Some(agent), Right::MembersManage)?;
            target::theirs(who, office, agent)?;
            agent
        }
    };
    let device = target::phone(office, me).ok_or(No::NoPhone)?;
    if target::seats(office, me).iter().any(|(_, seat)| seat.paused_since.is_some()) {
        return Err(No::Paused);
    }
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_alphanumeric() || "+*#".contains(c))
    {
        return Err(No::NotNow("give a number of digits, *, # and +"));
    }
    let mut order = originate(device, dialplan);
    order.fields.extend([
        ("Context", dialplan.context.clone()),
        ("Exten", number.to_owned()),
        ("Priority", "1".to_owned()),
        ("CallerID", format!("\"{number}\" <{number}>")),
    ]);
    if let Some(campaign) = campaign {
        order.fields.push(("Account", campaign.to_owned()));
    }
    Ok(one(order, "call.make", me, Some(number.to_owned())))
}

fn originate(device: &str, dialplan: &Dialplan) -> Order {
    Order {
        action: "Originate",
        fields: vec![
            ("Channel", device.to_owned()),
            ("Timeout", (dialplan.ring_secs * 1000).to_string()),
            ("Async", "true".to_owned()),
        ],
        wait: Wait::Originate,
    }
}

pub(super) fn redirect(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    call: &str,
    to: &str,
) -> Result<Plan, No> {
    let sides = target::call(who, office, Some(call), Right::CallsTransfer)?;
    // Who is named itself goes; else the one who is no agent.
    let leg = office.channels.get(call).filter(|leg| !leg.is_local()).or(sides.other);
    let leg = leg.or(sides.agent).ok_or(No::NoCall)?;
    Ok(one(
        order(
            "Redirect",
            vec![
                ("Channel", leg.name.to_string()),
                ("Context", dialplan.context.clone()),
                ("Exten", to.to_owned()),
                ("Priority", "1".to_owned()),
            ],
        ),
        "call.redirect",
        call,
        Some(to.to_owned()),
    ))
}

/// By the agent's leg, so that the queue writes the transfer.
pub(super) fn transfer(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    call: Option<&str>,
    to: &str,
    attended: bool,
) -> Result<Plan, No> {
    let sides = target::call(who, office, call, Right::CallsTransfer)?;
    let leg = talking(&sides)?;
    let action = if attended { "Atxfer" } else { "BlindTransfer" };
    Ok(one(
        order(
            action,
            vec![
                ("Channel", leg.name.to_string()),
                ("Context", dialplan.context.clone()),
                ("Exten", to.to_owned()),
            ],
        ),
        "call.transfer",
        &*sides.call.id,
        Some(to.to_owned()),
    ))
}

pub(super) fn cancel_transfer(who: &Who, office: &Office, call: Option<&str>) -> Result<Plan, No> {
    let sides = target::call(who, office, call, Right::CallsTransfer)?;
    let leg = sides.agent.ok_or(No::NoCall)?;
    let fields = vec![("Channel", leg.name.to_string())];
    Ok(one(order("CancelAtxfer", fields), "call.transfer", &*sides.call.id, None))
}

/// Parks the other side; the place is announced to the agent's.
pub(super) fn park(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    call: Option<&str>,
) -> Result<Plan, No> {
    let sides = target::call(who, office, call, Right::CallsTransfer)?;
    let agent = talking(&sides)?;
    let other = sides.other.ok_or(No::NoCall)?;
    let mut fields = vec![
        ("Channel", other.name.to_string()),
        ("TimeoutChannel", agent.name.to_string()),
        ("AnnounceChannel", agent.name.to_string()),
        ("Timeout", (dialplan.park_secs * 1000).to_string()),
    ];
    if !dialplan.lot.is_empty() {
        fields.push(("Parkinglot", dialplan.lot.clone()));
    }
    let wait = Wait::Parked { uniqueid: other.uniqueid.to_string() };
    Ok(one(Order { action: "Park", fields, wait }, "call.park", &*sides.call.id, None))
}

fn talking<'a>(sides: &target::Sides<'a>) -> Result<&'a Leg, No> {
    match sides.call.state {
        CallState::Talking | CallState::Hold => sides.agent.ok_or(No::NoCall),
        _ => Err(No::NotNow("nobody talks on this call")),
    }
}

/// Ends one's own call by one's own leg, another one by the caller's.
pub(super) fn hang_up(who: &Who, office: &Office, call: Option<&str>) -> Result<Plan, No> {
    let sides = target::call(who, office, call, Right::CallsHangup)?;
    let named = call.and_then(|id| office.channels.get(id)).filter(|leg| !leg.is_local());
    let own = if call.is_none() { sides.agent } else { None };
    let leg = own.or(named).or(sides.agent).or(sides.other).ok_or(No::NoCall)?;
    let fields = vec![("Channel", leg.name.to_string()), ("Cause", "16".to_owned())];
    Ok(one(order("Hangup", fields), "call.hangup", &*sides.call.id, None))
}

/// Takes a caller out of the line to a telephone.
pub(super) fn pick(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    call: &str,
    agent: Option<&str>,
) -> Result<Plan, No> {
    let (agent, _) = target::agent(who, agent, Right::CallsTransfer)?;
    if !who.rights.has(Right::CallsPick) {
        return Err(No::Right);
    }
    let (queue, caller) = waiting(who, office, call)?;
    let device = target::phone(office, agent).ok_or(No::NoPhone)?;
    let exten = office.book.extension(device).ok_or(No::NoPhone)?;
    let _ = queue;
    Ok(one(
        order(
            "Redirect",
            vec![
                ("Channel", caller),
                ("Context", dialplan.context.clone()),
                ("Exten", exten.to_owned()),
                ("Priority", "1".to_owned()),
            ],
        ),
        "call.pick",
        call,
        Some(agent.to_owned()),
    ))
}

pub(super) fn priority(who: &Who, office: &Office, call: &str, priority: i64) -> Result<Plan, No> {
    if !who.rights.has(Right::CallsTransfer) {
        return Err(No::Right);
    }
    let (queue, caller) = waiting(who, office, call)?;
    Ok(one(
        order(
            "QueueChangePriorityCaller",
            vec![("Queue", queue), ("Caller", caller), ("Priority", priority.to_string())],
        ),
        "call.priority",
        call,
        Some(priority.to_string()),
    ))
}

/// Queue and channel of a caller who waits.
fn waiting(who: &Who, office: &Office, call: &str) -> Result<(String, String), No> {
    let found = office.queues.named().find_map(|(name, queue)| {
        let caller = queue.waiting.iter().find(|one| *one.uniqueid == *call)?;
        Some((name, caller.channel.to_string()))
    });
    let (queue, channel) = found.ok_or(No::NoCall)?;
    target::queue(who, office, queue)?;
    let newest = office.channels.get(call).map(|leg| leg.name.to_string());
    Ok((queue.to_owned(), newest.unwrap_or(channel)))
}

pub(super) fn penalty(
    who: &Who,
    office: &Office,
    agent: &str,
    queue: &str,
    penalty: i64,
) -> Result<Plan, No> {
    if !who.rights.has(Right::MembersManage) {
        return Err(No::Right);
    }
    target::queue(who, office, queue)?;
    let seats = target::seats(office, agent);
    let (_, seat) = seats.iter().find(|(name, _)| *name == queue).ok_or(No::NoMember)?;
    Ok(one(
        order(
            "QueuePenalty",
            vec![
                ("Interface", seat.interface.to_string()),
                ("Penalty", penalty.to_string()),
                ("Queue", queue.to_owned()),
            ],
        ),
        "member.penalty",
        agent,
        Some(format!("{penalty} on {queue}")),
    ))
}

/// Options of ChanSpy: q = no announcement, E = end with the spied channel,
/// S = end when there is none, w = whisper, B = barge.
pub(super) fn listen(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    agent: &str,
    ear: Ear,
) -> Result<Plan, No> {
    let (right, options, action) = match ear {
        Ear::Listen => (Right::CallsListen, "qES", "call.listen"),
        Ear::Whisper => (Right::CallsWhisper, "qESw", "call.whisper"),
        Ear::Barge => (Right::CallsBarge, "qESB", "call.barge"),
    };
    if !who.rights.has(right) {
        return Err(No::Right);
    }
    let me = target::me(who)?;
    let device = target::phone(office, me).ok_or(No::NoPhone)?;
    let spied = target::phone(office, agent).ok_or(No::NoMember)?;
    let leg = office
        .channels
        .of_device(spied)
        .into_iter()
        .rev()
        .find(|leg| leg.bridge.as_deref().is_some_and(|id| office.channels.joins(id)))
        .ok_or(No::NotNow("the agent is in no conversation"))?;
    if who.queues.is_some() {
        target::call(who, office, Some(&leg.uniqueid), right)?;
    }
    if device == spied {
        return Err(No::NotNow("this is your own telephone"));
    }
    let mut order = originate(device, dialplan);
    order.fields.extend([
        ("Application", "ChanSpy".to_owned()),
        ("Data", format!("{},{options}", leg.name)),
        (
            "CallerID",
            format!("\"Listening\" <{}>", office.book.extension(spied).unwrap_or_default()),
        ),
        ("ChannelId", format!("{SPY}{}", office.version())),
    ]);
    Ok(one(order, action, agent, None))
}

/// Unique ids of listening channels begin with it; a number follows.
const SPY: &str = "switchroom-listen-";

/// Hangs up one's own listening channel.
pub(super) fn stop_listening(who: &Who, office: &Office) -> Result<Plan, No> {
    let rights = [Right::CallsListen, Right::CallsWhisper, Right::CallsBarge];
    if !rights.iter().any(|right| who.rights.has(*right)) {
        return Err(No::Right);
    }
    let me = target::me(who)?;
    let device = target::phone(office, me).ok_or(No::NoPhone)?;
    let legs = office.channels.of_device(device);
    let leg = legs
        .iter()
        .rev()
        .find(|leg| leg.uniqueid.starts_with(SPY))
        .ok_or(No::NotNow("you are not listening"))?;
    let fields = vec![("Channel", leg.name.to_string()), ("Cause", "16".to_owned())];
    Ok(one(order("Hangup", fields), "call.listen_stop", me, None))
}

pub(super) fn record(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    call: Option<&str>,
    tape: Tape,
) -> Result<Plan, No> {
    let sides = target::call(who, office, call, Right::CallsRecord)?;
    talking(&sides)?;
    // Whichever side a recording runs on; begun on the other party's.
    let recorded = [sides.other, sides.agent].into_iter().flatten().find(|leg| leg.recorded);
    let leg = recorded.or(sides.other).or(sides.agent).ok_or(No::NoCall)?;
    let recorder = leg.recorder.as_deref();
    let on = recorder.unwrap_or(&leg.name).to_owned();
    let (order, action) = match (tape, recorder) {
        (Tape::Start, _) if leg.recorded => {
            return Err(No::NotNow("this call is being recorded already"));
        }
        (Tape::Start, _) if dialplan.recorder.is_empty() => {
            (mix_monitor(leg, dialplan), "call.record")
        }
        (Tape::Start, _) => (by_ear(leg, office, dialplan), "call.record"),
        (Tape::Stop | Tape::Mute | Tape::Unmute, _) if recorded.is_none() => {
            return Err(No::NotNow("this call is not being recorded"));
        }
        // Ours ends with its channel.
        (Tape::Stop, Some(_)) => (order("Hangup", vec![("Channel", on)]), "call.record_stop"),
        (Tape::Stop, None) => (order("StopMixMonitor", vec![("Channel", on)]), "call.record_stop"),
        (Tape::Mute, _) => (mute(on, "1"), "call.record_mute"),
        (Tape::Unmute, _) => (mute(on, "0"), "call.record_unmute"),
    };
    Ok(one(order, action, &*sides.call.id, None))
}

fn mute(channel: String, on: &str) -> Order {
    let fields =
        vec![("Channel", channel), ("Direction", "both".to_owned()), ("State", on.to_owned())];
    order("MixMonitorMute", fields)
}

/// A channel of our own that listens and records what it hears: it needs only
/// the rights to dial and to hang up, where MixMonitor needs `system`.
fn by_ear(leg: &Leg, office: &Office, dialplan: &Dialplan) -> Order {
    let name = safe(&leg.uniqueid);
    Order {
        action: "Originate",
        fields: vec![
            ("Channel", format!("Local/{name}@{}/n", dialplan.recorder)),
            ("Application", "ChanSpy".to_owned()),
            ("Data", format!("{},qES", leg.name)),
            ("CallerID", "\"Recording\" <>".to_owned()),
            ("ChannelId", format!("{RECORDER}{}+{}", leg.uniqueid, office.version())),
            ("Timeout", "5000".to_owned()),
            ("Async", "true".to_owned()),
        ],
        wait: Wait::Originate,
    }
}

fn mix_monitor(leg: &Leg, dialplan: &Dialplan) -> Order {
    let folder = dialplan.recordings.trim_end_matches('/');
    let file = format!("{folder}/rec-{}.wav", safe(&leg.uniqueid));
    let fields =
        vec![("Channel", leg.name.to_string()), ("File", file), ("Options", "b".to_owned())];
    order("MixMonitor", fields)
}

/// A unique id as a part of a file's name.
fn safe(uniqueid: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
    uniqueid.chars().map(plain).collect()
}

/// A text to an agent's telephone.
pub(super) fn text(who: &Who, office: &Office, agent: &str, text: &str) -> Result<Plan, No> {
    if !who.rights.has(Right::TextSend) {
        return Err(No::Right);
    }
    target::theirs(who, office, agent)?;
    let device = target::phone(office, agent).ok_or(No::NoMember)?;
    let to = match device.split_once('/') {
        Some(("PJSIP", endpoint)) => format!("pjsip:{endpoint}"),
        _ => return Err(No::NotNow("this telephone takes no texts")),
    };
    Ok(one(
        order(
            "MessageSend",
            vec![
                ("To", to),
                ("From", format!("\"{}\" <sip:switchroom>", who.name.replace(['"', '\\'], ""))),
                ("Body", text.to_owned()),
            ],
        ),
        "agent.text",
        agent,
        None,
    ))
}
