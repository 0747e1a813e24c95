//! The queues' records as the manager interface tells them: for an office
//! without a queue_log, or while it is missing (`metrics.md` 2.12).
//!
//! [`Twins`] makes of each event the line that Asterisk writes of the same
//! fact; [`Pairing`] says which of two tellings is the second one. So the
//! lines go the way of the log's, through the same machines, and a fact counts
//! once whoever tells of it first, or alone.
//!
//! What AMI does not tell is not made up: which key a caller pressed, which
//! member's ring was cancelled, what the dialplan wrote itself (`DID`,
//! outcomes, tags). A caller who left without hanging up and without a
//! `QUEUESTATUS` has *left* (`LEFT`, a word of our own). Pure: time comes with
//! the events.

mod pairing;
mod stays;

pub use pairing::{Pairing, Part, Side};

use crate::base::{UnixMicro, UnixSec};
use crate::event::Text;
use crate::event::manager::{Attempt, Channel, CompleteReason, Event, Member, Told, TransferTo};

use stays::{Exit, Stay, Stays, Talk};

/// How long after leaving a queue the reason may come.
const REASON: UnixMicro = 2_000_000;

/// A line of queue_log without newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    /// It says of a call only that it is not there any more, after a link
    /// that was lost: whoever knows more is believed instead.
    pub guessed: bool,
}

/// A passage through a queue that was under way when this run began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Underway {
    pub uniqueid: String,
    pub queue: String,
    pub position: Option<u32>,
    pub entered: UnixSec,
    pub talk: Option<Talking>,
}

/// Since when it is a conversation, and with whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talking {
    /// The member's name as the records have it.
    pub agent: String,
    /// The member's channel; empty when not known.
    pub member: String,
    pub since: UnixSec,
    /// Seconds waited before.
    pub hold: i64,
}

/// Events to lines. One per connection's life.
#[derive(Debug, Default)]
pub struct Twins {
    stays: Stays,
    /// Calls found by the snapshot that is under way.
    found: Option<Vec<Box<str>>>,
}

impl Twins {
    /// Goes on with passages that the run before has told of, so that the
    /// first snapshot does not tell them again and their ends are told.
    pub fn resume(&mut self, underway: impl IntoIterator<Item = Underway>) {
        for one in underway {
            let micros = |second: UnixSec| second.saturating_mul(1_000_000);
            let position = one.position.unwrap_or(1);
            let mut stay = Stay::new(&one.queue, position, micros(one.entered));
            stay.talk = one.talk.map(|talk| Talk {
                agent: talk.agent.into(),
                interface: "".into(),
                member: talk.member.into(),
                hold: talk.hold,
                since: micros(talk.since),
            });
            self.stays.enter(&one.uniqueid, stay);
        }
    }

    /// What one event says.
    pub fn apply(&mut self, told: &Told<'_>) -> Vec<Line> {
        let at = told.at;
        let mut lines = self.due(at);
        match &told.event {
            Event::QueueCallerJoin { caller, queue, position, .. } => {
                lines.extend(self.resolve(&caller.uniqueid, false));
                let (id, number) = (&*caller.uniqueid, &*caller.number);
                lines.push(self.enter(id, queue, number, &caller.caller_name, *position, at));
            }
            Event::QueueCallerLeave { caller, .. } => {
                if let Some(stay) = self.stays.get(&caller.uniqueid)
                    && stay.exit.is_none()
                    && stay.talk.is_none()
                {
                    // An answer says so later, as late as its announcement is long.
                    stay.exit = Some(Exit::plain(at));
                }
            }
            Event::QueueCallerAbandon { caller, position, original, hold, .. } => {
                if let Some(stay) = self.stays.get(&caller.uniqueid) {
                    stay.exit = Some(Exit::lost(at, *position, *original, *hold));
                    if stay.hung_up {
                        lines.extend(self.resolve(&caller.uniqueid, false));
                    }
                }
            }
            Event::HangupRequest { channel, .. } => {
                // Whoever hangs up later, in a mailbox, had another reason to leave.
                if let Some(stay) = self.stays.get(&channel.uniqueid)
                    && stay.exit.is_none()
                {
                    stay.hung_up = true;
                }
            }
            Event::VarSet { channel, name, value } if name == "QUEUESTATUS" => {
                if let Some(stay) = self.stays.get(&channel.uniqueid)
                    && stay.exit.is_some()
                {
                    stay.status = (&**value).into();
                    lines.extend(self.resolve(&channel.uniqueid, false));
                }
            }
            Event::Hangup { channel, .. } => {
                lines.extend(self.resolve(&channel.uniqueid, false));
                if let Some(stay) = self.stays.get(&channel.uniqueid) {
                    stay.gone = Some(at);
                }
                self.stays.transfer_over(&channel.uniqueid);
            }
            Event::AgentRingNoAnswer { attempt, ring_ms } => {
                let ms = ring_ms.unwrap_or(0);
                lines.push(of_attempt(at, attempt, &format!("RINGNOANSWER|{ms}")));
            }
            Event::AgentDump(attempt) => {
                if let Some(stay) = self.stays.get(&attempt.caller.uniqueid) {
                    stay.exit = None;
                }
                lines.push(of_attempt(at, attempt, "AGENTDUMP|"));
            }
            Event::AgentConnect { attempt, ring, hold } => {
                lines.extend(self.connect(attempt, *ring, *hold, at));
            }
            Event::AgentComplete { attempt, hold, talk, reason } => {
                lines.extend(self.complete(attempt, *hold, *talk, *reason, at));
            }
            Event::BlindTransfer(transfer) if transfer.success => {
                let to = format!(
                    "BLINDTRANSFER|{}|{}",
                    clean(&transfer.exten),
                    clean(&transfer.context)
                );
                self.stays.transferred(&transfer.transferer.uniqueid, to);
            }
            Event::AttendedTransfer(transfer) if transfer.success => {
                let to = match &transfer.to {
                    TransferTo::Bridge(bridge) | TransferTo::Threeway(bridge) => {
                        format!("ATTENDEDTRANSFER|BRIDGE|{}", clean(bridge))
                    }
                    TransferTo::App(app) => format!("ATTENDEDTRANSFER|APP|{}", clean(app)),
                    TransferTo::Link { .. } | TransferTo::Fail => {
                        "ATTENDEDTRANSFER|BRIDGE|".to_owned()
                    }
                };
                for leg in [&transfer.original, &transfer.second] {
                    self.stays.transferred(&leg.channel.uniqueid, to.clone());
                }
            }
            Event::MemberAdded(member) => {
                let paused = if member.paused { "PAUSED" } else { "" };
                lines.push(of_member(at, member, &format!("ADDMEMBER|{paused}")));
            }
            Event::MemberRemoved(member) => lines.push(of_member(at, member, "REMOVEMEMBER|")),
            Event::MemberPause(member) => {
                let verb = if member.paused { "PAUSE" } else { "UNPAUSE" };
                let reason = clean(&member.pause_reason);
                lines.push(of_member(at, member, &format!("{verb}|{reason}")));
            }
            Event::MemberPenalty(member) => {
                let (penalty, mut member) = (member.penalty.unwrap_or(0), member.clone());
                // Asterisk writes the interface here, whatever the member's name.
                member.name = member.interface.clone();
                lines.push(of_member(at, &member, &format!("PENALTY|{penalty}")));
            }
            Event::AgentLogin { agent, channel } => {
                let rest = format!("AGENTLOGIN|{}", clean(&channel.name));
                lines.push(line(at, &channel.uniqueid, "NONE", agent, &rest));
            }
            Event::AgentLogoff { agent, channel, login_time } => {
                let secs = login_time.unwrap_or(0);
                let rest = format!("AGENTLOGOFF|{}|{secs}", clean(&channel.name));
                lines.push(line(at, &channel.uniqueid, "NONE", agent, &rest));
            }
            _ => {}
        }
        lines
    }

    /// What follows from time alone.
    pub fn due(&mut self, now: UnixMicro) -> Vec<Line> {
        let late = self.stays.late(now - REASON);
        late.iter().filter_map(|id| self.resolve(id, false)).collect()
    }

    /// When [`Twins::due`] is to be asked at the latest.
    pub fn next_due(&self) -> Option<UnixMicro> {
        self.stays.first_exit().map(|at| at + REASON)
    }

    /// The PBX started anew: whoever was in it is not there any more.
    pub fn restarted(&mut self, at: UnixMicro) -> Line {
        self.stays = Stays::default();
        line(at, "NONE", "NONE", "NONE", "QUEUESTART|")
    }

    /// The lists of a snapshot begin.
    pub fn begin_snapshot(&mut self) {
        self.found = Some(Vec::new());
    }

    /// One item of a list.
    pub fn item(&mut self, told: &Told<'_>) -> Vec<Line> {
        match &told.event {
            Event::QueueEntry { queue, position, uniqueid, number, caller_name, wait, .. } => {
                self.find(uniqueid);
                if self.stays.get(uniqueid).is_some_and(|stay| *stay.queue == **queue) {
                    return Vec::new();
                }
                let entered = told.at - wait.unwrap_or(0) * 1_000_000;
                vec![self.enter(uniqueid, queue, number, caller_name, *position, entered)]
            }
            Event::CoreShowChannel { channel, .. } => {
                // Who talks is there; who waits is in the list of the queues.
                let talks =
                    self.stays.get(&channel.uniqueid).is_some_and(|stay| stay.talk.is_some());
                if talks {
                    self.find(&channel.uniqueid);
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn find(&mut self, uniqueid: &str) {
        if let Some(found) = &mut self.found {
            found.push(uniqueid.into());
        }
    }

    /// The lists are read. `complete`: none was refused, so that who is in
    /// none of them has gone while nobody listened.
    pub fn end_snapshot(&mut self, complete: bool, at: UnixMicro) -> Vec<Line> {
        let Some(found) = self.found.take().filter(|_| complete) else { return Vec::new() };
        let gone = self.stays.others(&found);
        gone.iter().filter_map(|id| self.vanished(id, at)).collect()
    }

    fn enter(
        &mut self,
        uniqueid: &str,
        queue: &str,
        number: &str,
        name: &str,
        position: Option<u32>,
        at: UnixMicro,
    ) -> Line {
        let position = position.unwrap_or(1);
        self.stays.enter(uniqueid, Stay::new(queue, position, at));
        let name = clean(name);
        let name = if name.is_empty() { String::new() } else { format!("|{name}") };
        let rest = format!("ENTERQUEUE||{}|{position}{name}", clean(number));
        line(at, uniqueid, queue, "NONE", &rest)
    }

    fn connect(
        &mut self,
        attempt: &Attempt<'_>,
        ring: Option<i64>,
        hold: Option<i64>,
        at: UnixMicro,
    ) -> Option<Line> {
        let stay = self.stays.get(&attempt.caller.uniqueid)?;
        stay.exit = None;
        stay.talk = Some(Talk {
            agent: (&*attempt.name).into(),
            interface: (&*attempt.interface).into(),
            member: (&*attempt.member.uniqueid).into(),
            hold: hold.unwrap_or(0),
            since: at,
        });
        let (hold, ring) = (hold.unwrap_or(0), ring.unwrap_or(0));
        let rest = format!("CONNECT|{hold}|{}|{ring}", clean(&attempt.member.uniqueid));
        Some(of_attempt(at, attempt, &rest))
    }

    fn complete(
        &mut self,
        attempt: &Attempt<'_>,
        hold: Option<i64>,
        talk: Option<i64>,
        reason: CompleteReason,
        at: UnixMicro,
    ) -> Option<Line> {
        // As often as not the event has lost its channels.
        let known = match &*attempt.caller.uniqueid {
            "" => self.stays.served(&attempt.queue, &attempt.interface, &attempt.name)?,
            id => id.into(),
        };
        let stay = self.stays.remove(&known)?;
        let served = stay.talk?;
        let (hold, talk) = (hold.unwrap_or(served.hold), talk.unwrap_or(0));
        let position = stay.position;
        let lengths = format!("{hold}|{talk}|{position}");
        let rest = match reason {
            CompleteReason::Agent => format!("COMPLETEAGENT|{lengths}"),
            CompleteReason::Caller | CompleteReason::Other => format!("COMPLETECALLER|{lengths}"),
            CompleteReason::Transfer => {
                let to = self.stays.transfer_of(&served.member, &known);
                let to = to.unwrap_or_else(|| "ATTENDEDTRANSFER|BRIDGE|".to_owned());
                format!("{to}|{lengths}")
            }
        };
        Some(line(at, &known, &attempt.queue, &attempt.name, &rest))
    }

    /// A caller who has left a queue, and why as far as it is known.
    fn resolve(&mut self, uniqueid: &str, guessed: bool) -> Option<Line> {
        let exit = self.stays.get(uniqueid)?.exit.take()?;
        let stay = self.stays.remove(uniqueid)?;
        let places = {
            let position = exit.position.unwrap_or(stay.position);
            let original = exit.original.unwrap_or(stay.position);
            let waited = (exit.at - stay.entered).div_euclid(1_000_000).max(0);
            format!("{position}|{original}|{}", exit.hold.unwrap_or(waited))
        };
        let rest = match &*stay.status {
            "TIMEOUT" => format!("EXITWITHTIMEOUT|{places}"),
            "LEAVEEMPTY" | "LEAVEUNAVAIL" => format!("EXITEMPTY|{places}"),
            "WITHDRAW" => format!("WITHDRAW|{places}|"),
            _ if stay.hung_up => format!("ABANDON|{places}"),
            _ => format!("LEFT|{places}"),
        };
        let mut line = line(exit.at, uniqueid, &stay.queue, "NONE", &rest);
        line.guessed = guessed;
        Some(line)
    }

    /// A call that is not there any more, after a link that was lost.
    fn vanished(&mut self, uniqueid: &str, at: UnixMicro) -> Option<Line> {
        let stay = self.stays.get(uniqueid)?;
        let Some(talk) = &stay.talk else {
            stay.exit.get_or_insert_with(|| Exit::plain(at));
            return self.resolve(uniqueid, true);
        };
        let talked = (stay.gone.unwrap_or(at) - talk.since).div_euclid(1_000_000).max(0);
        let rest = format!("COMPLETECALLER|{}|{talked}|{}", talk.hold, stay.position);
        let line = line(at, uniqueid, &stay.queue, &talk.agent, &rest);
        self.stays.remove(uniqueid);
        Some(Line { guessed: true, ..line })
    }
}

fn line(at: UnixMicro, call: &str, queue: &str, agent: &str, rest: &str) -> Line {
    let second: UnixSec = at.div_euclid(1_000_000);
    let [call, queue, agent] = [call, queue, agent].map(|text| match clean(text) {
        empty if empty.is_empty() => "NONE".into(),
        text => text,
    });
    Line { text: format!("{second}|{call}|{queue}|{agent}|{rest}"), guessed: false }
}

fn of_attempt(at: UnixMicro, attempt: &Attempt<'_>, rest: &str) -> Line {
    let Channel { uniqueid, .. } = &attempt.caller;
    line(at, uniqueid, &attempt.queue, &attempt.name, rest)
}

/// A member's record. Asterisk writes who asked for it as call id, which AMI
/// does not tell.
fn of_member(at: UnixMicro, member: &Member<'_>, rest: &str) -> Line {
    let name = if member.name.is_empty() { &member.interface } else { &member.name };
    line(at, "MANAGER", &member.queue, name, rest)
}

/// Without what would make another field or another line of it.
fn clean<'a>(text: &'a str) -> Text<'a> {
    if !text.contains(|c: char| c == '|' || c.is_control()) {
        return text.into();
    }
    text.chars()
        .map(|c| if c == '|' || c.is_control() { '_' } else { c })
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests;
