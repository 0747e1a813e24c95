//! What agents do for themselves, and supervisors for them: log on and off,
//! pause, outcome.

use crate::actions::{Dialplan, No, Order, Plan, Wait, Who, target};
use crate::base::order::Ordered as _;
use crate::live::office::Office;
use crate::people::Right;

pub(super) fn order(action: &'static str, fields: Vec<(&'static str, String)>) -> Order {
    Order { action, fields, wait: Wait::Answer }
}

/// A line for queue_log by the QueueLog action (Asterisk 1.6.1 and later).
fn log_line(call: &str, agent: &str, event: &'static str, message: String) -> Order {
    order(
        "QueueLog",
        vec![
            ("Queue", "NONE".to_owned()),
            ("Uniqueid", call.to_owned()),
            ("Interface", agent.to_owned()),
            ("Event", event.to_owned()),
            ("Message", message),
        ],
    )
}

pub(super) struct LogOn<'a> {
    pub agent: Option<&'a str>,
    pub queues: &'a [String],
    pub phone: Option<&'a str>,
    pub penalty: i64,
    pub paused: Option<&'a str>,
}

/// HOTDESK first, then a member on each queue (`metrics.md` 5.2).
pub(super) fn log_on(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    wish: LogOn<'_>,
) -> Result<Plan, No> {
    let (agent, own) = target::agent(who, wish.agent, Right::MembersManage)?;
    // Penalty is the supervisor's business.
    if own && wish.penalty != 0 && !who.rights.has(Right::MembersManage) {
        return Err(No::Right);
    }
    if wish.queues.is_empty() {
        return Err(No::NoQueue(String::new()));
    }
    for queue in wish.queues {
        target::queue(who, office, queue)?;
    }
    let device = match wish.phone {
        Some(exten) => target::device_of_extension(office, exten)
            .ok_or_else(|| No::UnknownPhone(exten.to_owned()))?,
        None => target::phone(office, agent).ok_or(No::NoPhone)?.to_owned(),
    };
    // Locked while logged on: another telephone needs a log-off first.
    let seats = target::seats(office, agent);
    let other = seats.iter().find(|(_, seat)| {
        office.book.device_of_member(&seat.interface, &seat.watched) != Some(device.as_str())
    });
    if other.is_some_and(|(_, seat)| *seat.membership == *"dynamic") {
        return Err(No::NotNow("you are logged on with another telephone; log off there first"));
    }
    if let Some(holder) = office
        .agent_of_device(&device)
        .filter(|name| !target::same(name, agent) && !target::seats(office, name).is_empty())
    {
        return Err(No::PhoneTaken(holder.to_owned()));
    }
    if let Some(reason) = wish.paused {
        reason_is_good(dialplan, reason)?;
    }
    let mut orders = Vec::new();
    if seats.is_empty() {
        orders.push(log_line("NONE", agent, "HOTDESK", device.clone()));
    }
    for queue in wish.queues {
        if seats.iter().any(|(name, _)| name == queue) {
            continue;
        }
        let mut fields = vec![
            ("Queue", queue.clone()),
            ("Interface", device.clone()),
            ("MemberName", agent.to_owned()),
            ("StateInterface", device.clone()),
            ("Penalty", wish.penalty.to_string()),
            ("Paused", wish.paused.is_some().to_string()),
        ];
        if let Some(reason) = wish.paused.filter(|reason| !reason.is_empty()) {
            // 22 and later; older ones pass over what they do not know.
            fields.push(("Reason", reason.to_owned()));
        }
        orders.push(order("QueueAdd", fields));
    }
    let paused = seats.iter().any(|(_, seat)| seat.paused_since.is_some());
    if dialplan.unpause_on_logon && wish.paused.is_none() && paused {
        let end = vec![("Interface", device.clone()), ("Paused", "false".to_owned())];
        orders.push(order("QueuePause", end));
    }
    Ok(Plan {
        orders,
        action: "member.add",
        object: agent.to_owned(),
        new: Some(format!("{device} on {}", wish.queues.join(", "))),
    })
}

pub(super) fn log_off(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    agent: Option<&str>,
    queues: &[String],
) -> Result<Plan, No> {
    let (agent, own) = target::agent(who, agent, Right::MembersManage)?;
    let all = queues.is_empty() || (own && dialplan.leave_all);
    let seats = seats_within(who, office, agent, if all { &[] } else { queues })?;
    let orders = seats
        .iter()
        .map(|(queue, interface)| {
            order("QueueRemove", vec![("Queue", queue.clone()), ("Interface", interface.clone())])
        })
        .collect();
    let names: Vec<String> = seats.into_iter().map(|(queue, _)| queue).collect();
    Ok(Plan {
        orders,
        action: "member.remove",
        object: agent.to_owned(),
        new: Some(names.join(", ")),
    })
}

/// `reason` is `None` to end the pause.
pub(super) fn pause(
    who: &Who,
    office: &Office,
    dialplan: &Dialplan,
    agent: Option<&str>,
    queues: &[String],
    reason: Option<&str>,
) -> Result<Plan, No> {
    let (agent, _) = target::agent(who, agent, Right::MembersPause)?;
    if let Some(reason) = reason {
        reason_is_good(dialplan, reason)?;
    }
    let seats = seats_within(who, office, agent, queues)?;
    let fields = |interface: &str, queue: Option<&str>| {
        let mut fields =
            vec![("Interface", interface.to_owned()), ("Paused", reason.is_some().to_string())];
        fields.extend(queue.map(|queue| ("Queue", queue.to_owned())));
        if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
            fields.push(("Reason", reason.to_owned()));
        }
        fields
    };
    let mut interfaces: Vec<&str> = seats.iter().map(|(_, interface)| &**interface).collect();
    interfaces.order();
    interfaces.dedup();
    // Without a queue Asterisk writes PAUSEALL, which is the truth when
    // nothing of the agent is left out.
    let everywhere = seats.len() == target::seats(office, agent).len();
    let orders = if everywhere {
        interfaces.iter().map(|one| order("QueuePause", fields(one, None))).collect()
    } else {
        let each = seats.iter();
        each.map(|(queue, one)| order("QueuePause", fields(one, Some(queue)))).collect()
    };
    Ok(Plan {
        orders,
        action: if reason.is_some() { "member.pause" } else { "member.unpause" },
        object: agent.to_owned(),
        new: reason.filter(|reason| !reason.is_empty()).map(str::to_owned),
    })
}

fn reason_is_good(dialplan: &Dialplan, reason: &str) -> Result<(), No> {
    let known = dialplan.pause_reasons.iter().any(|one| one == reason);
    match reason {
        "" if dialplan.pause_needs_reason => Err(No::Reason),
        "" => Ok(()),
        _ if known || dialplan.pause_reasons.is_empty() => Ok(()),
        _ => Err(No::Reason),
    }
}

/// Queue and interface of an agent's seats, of the named queues or of all
/// that the person may act on.
fn seats_within(
    who: &Who,
    office: &Office,
    agent: &str,
    queues: &[String],
) -> Result<Vec<(String, String)>, No> {
    for queue in queues {
        target::queue(who, office, queue)?;
    }
    let found: Vec<(String, String)> = target::seats(office, agent)
        .into_iter()
        .filter(|(queue, _)| queues.is_empty() || queues.iter().any(|one| one == queue))
        .filter(|(queue, _)| target::queue(who, office, queue).is_ok())
        .map(|(queue, seat)| (queue.to_owned(), seat.interface.to_string()))
        .collect();
    if found.is_empty() { Err(No::NoMember) } else { Ok(found) }
}

/// Outcome, tag or feature of a call, as a line of queue_log: the model
/// accepts it while the call is open and for some time after its end
/// (`metrics.md` 2.7).
pub(super) fn mark(
    who: &Who,
    office: &Office,
    call: &str,
    event: &'static str,
    message: String,
    action: &'static str,
) -> Result<Plan, No> {
    let others = who.rights.has(Right::CallsMark);
    let mine = who.agent.as_deref().filter(|_| who.rights.has(Right::AgentSelf));
    let service = office.queues.services().find(|one| *one.caller == *call);
    let ended = office.ended().find(|one| *one.uniqueid == *call);
    let (agent, queue) = match (service, ended) {
        (Some(one), _) => (Some(&one.name), Some(&one.queue)),
        (None, Some(one)) => (Some(&one.agent), Some(&one.queue)),
        (None, None) => (None, None),
    };
    let own = mine.is_some_and(|own| agent.is_some_and(|agent| target::same(agent, own)));
    let within = match (&who.queues, queue) {
        (None, _) => true,
        (Some(own), Some(queue)) => own.iter().any(|one| **one == **queue),
        (Some(_), None) => false,
    };
    match (own, others && within) {
        (true, _) | (_, true) => {}
        (false, false) if others => return Err(No::NotYours),
        (false, false) if mine.is_some() && agent.is_none() => return Err(No::NoCall),
        (false, false) => return Err(No::Right),
    }
    let by = agent.map_or("NONE", |agent| if agent.is_empty() { "NONE" } else { agent });
    let new = Some(message.clone());
    Ok(Plan {
        orders: vec![log_line(call, by, event, message)],
        action,
        object: call.to_owned(),
        new,
    })
}
