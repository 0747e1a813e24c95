//! From what is open and what was counted to a board.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::UnixSec;
use crate::base::order::Gathered as _;
use crate::base::order::Ordered as _;
use crate::live::board::{AgentRow, Board, Member, QueueRow, Talk};
use crate::live::class;
use crate::live::phones::Phones;
use crate::live::settings::Settings;
use crate::live::today::Today;
use crate::live::view::{self, Call, CallState, Flow};
use crate::model::{
    AgentId, AttemptResult, Direction, LastCall, Names, Open, OpenStint, QueueId, Stint,
    StintState, WordId,
};

/// Everything a board is made from.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    pub open: &'a Open,
    pub names: &'a Names,
    pub today: &'a Today,
    pub phones: &'a Phones,
    pub settings: &'a Settings,
}

/// The board of `now`, which decides only whether a rest after a
/// conversation is over.
pub fn look(sight: Sight<'_>, now: UnixSec) -> Board {
    let agents = agents(sight, now);
    Board {
        since: sight.today.start(),
        queues: queues(sight),
        calls: calls(sight),
        agents: agents.into_values().map(Arc::new).collect(),
    }
}

/// Queues whose name begins with `_` are of the system and not shown
/// (`metrics.md` 1.1).
fn hidden(queue: &str) -> bool {
    queue.starts_with('_') || queue.is_empty()
}

fn queues(sight: Sight<'_>) -> Vec<Arc<QueueRow>> {
    let Sight { open, names, today, phones, settings } = sight;
    let mut known: BTreeSet<&str> = settings.queues.keys().map(String::as_str).into_set();
    let ids = open
        .stints
        .iter()
        .map(|one| one.stint.queue)
        .chain(open.memberships.iter().map(|one| one.queue))
        .chain(today.queues());
    known.extend(ids.map(|id| names.queue_name(id)));
    known.extend(phones.seats.iter().flatten().map(|seat| &*seat.queue));
    known
        .into_iter()
        .filter(|name| !hidden(name))
        .map(|name| {
            let setting = settings.queue(name);
            let mut row = QueueRow {
                name: name.to_owned(),
                label: setting.label.clone().unwrap_or_else(|| name.to_owned()),
                sla_seconds: setting.sla_seconds,
                sla_goal: setting.sla_goal,
                ..QueueRow::default()
            };
            if let Some(id) = names.find_queue(name) {
                row.tally = today.queue(id);
                for one in waiting(open, id) {
                    row.waiting += 1;
                    let enter = one.stint.enter;
                    row.longest_since = Some(row.longest_since.map_or(enter, |old| old.min(enter)));
                }
            }
            Arc::new(row)
        })
        .collect()
}

fn waiting(open: &Open, queue: QueueId) -> impl Iterator<Item = &OpenStint> {
    open.stints.iter().filter(move |one| {
        one.stint.queue == queue
            && one.state == StintState::Waiting
            && one.stint.direction == Direction::Inbound
    })
}

fn calls(sight: Sight<'_>) -> Vec<Arc<Call>> {
    let Sight { open, names, phones, .. } = sight;
    let word = |id: Option<WordId>| id.map(|id| names.word_text(id).to_owned());
    let agent = |id: Option<AgentId>| id.map(|id| names.agent_name(id).to_owned());
    let mut calls: Vec<Arc<Call>> = open
        .stints
        .iter()
        .filter(|one| !hidden(names.queue_name(one.stint.queue)))
        .map(|one| {
            let stint = &one.stint;
            let queue = names.queue_name(stint.queue);
            let ring = phones.rings.iter().find(|ring| ring.call.as_ref() == Some(&stint.call_id));
            let place = phones.places.get(&stint.call_id);
            let connected = one.connected.unwrap_or(stint.enter);
            let (state, since) = match (one.state, ring) {
                (StintState::Waiting, Some(ring)) => (CallState::Ringing, ring.since),
                (StintState::Waiting, None) => (CallState::Waiting, stint.enter),
                (StintState::Talking, _) => (CallState::Talking, connected),
                (StintState::OnHold, _) => (CallState::Hold, one.hold_since.unwrap_or(connected)),
            };
            Arc::new(Call {
                id: row_id(stint, names),
                call_id: stint.call_id.to_string(),
                direction: flow(stint.direction),
                queue: queue.to_owned(),
                number: told(&stint.number, place.map(|place| &*place.number)),
                name: told(&stint.caller_name, place.map(|place| &*place.name)),
                entered: stint.enter,
                state,
                since,
                wait: if state > CallState::Ringing { stint.wait } else { None },
                agent: match state {
                    CallState::Ringing => ring.map(|ring| ring.agent.to_string()),
                    _ => agent(stint.agent),
                },
                position: place.map(|place| place.position).or(stint.position),
                attempts: u32::try_from(stint.attempts.len()).unwrap_or(u32::MAX),
                last_tried: agent(one.last_tried.map(|(agent, _)| agent)),
                dnis: word(stint.dnis),
                ivr: word(stint.ivr),
                tag: word(stint.tag),
            })
        })
        .collect();
    calls.order_by(|a, b| a.id.cmp(&b.id));
    // Two open stints can't share call id, entry and queue; a damaged state
    // could, and rows need one name each.
    calls.dedup_by(|a, b| a.id == b.id);
    calls
}

/// The log's word, or AMI's where the log has none.
fn told(log: &str, ami: Option<&str>) -> String {
    match ami {
        Some(ami) if log.is_empty() => ami.to_owned(),
        _ => log.to_owned(),
    }
}

/// The stable name of an open stint's row.
pub fn row_id(stint: &Stint, names: &Names) -> String {
    format!("{}/{}/{}", stint.call_id, stint.entry, names.queue_name(stint.queue))
}

fn flow(direction: Direction) -> Flow {
    match direction {
        Direction::Inbound => Flow::In,
        Direction::Outbound => Flow::Out,
    }
}

/// Rows by name. Two spellings of one agent have one id and so one row.
fn agents(sight: Sight<'_>, now: UnixSec) -> BTreeMap<String, AgentRow> {
    let mut rows = Rows { sight, rows: BTreeMap::new() };
    rows.log_ons();
    rows.pauses();
    rows.talks();
    rows.seats();
    rows.phones();
    rows.last_calls(now);
    rows.rows
}

struct Rows<'a> {
    sight: Sight<'a>,
    rows: BTreeMap<String, AgentRow>,
}

impl Rows<'_> {
    /// The name of an agent's row: that of the queue's member where the log
    /// calls him by his telephone.
    fn name_of(&self, agent: AgentId) -> String {
        let name = self.sight.names.agent_name(agent);
        match self.sight.phones.aliases.get(name) {
            Some(member) => self.spelt(member),
            None => name.to_owned(),
        }
    }

    /// A member's name in the spelling of the log: agents are one in any case
    /// of letters.
    fn spelt(&self, member: &str) -> String {
        let names = self.sight.names;
        names.find_agent(member).map_or(member, |id| names.agent_name(id)).to_owned()
    }

    fn row(&mut self, agent: AgentId) -> &mut AgentRow {
        let name = self.name_of(agent);
        self.row_named(name)
    }

    fn known(&mut self, agent: AgentId) -> Option<&mut AgentRow> {
        let name = self.name_of(agent);
        self.rows.get_mut(&name)
    }

    fn row_named(&mut self, name: String) -> &mut AgentRow {
        let Sight { names, today, settings, .. } = self.sight;
        self.rows.entry(name).or_insert_with_key(|name| AgentRow {
            name: name.clone(),
            label: settings.agent_labels.get(name).unwrap_or(name).clone(),
            today: names.find_agent(name).map(|id| today.agent(id)).unwrap_or_default(),
            ..AgentRow::default()
        })
    }

    fn log_ons(&mut self) {
        let Sight { open, names, .. } = self.sight;
        for one in &open.sessions {
            let extension = one.extension.map(|id| names.word_text(id).to_owned());
            let row = self.row(one.agent);
            row.logged_on = Some(row.logged_on.map_or(one.start, |old| old.min(one.start)));
            row.extension = extension.or(row.extension.take());
            row.free_since = row.free_since.max(one.start);
        }
        for one in &open.memberships {
            let queue = names.queue_name(one.queue);
            if hidden(queue) {
                continue;
            }
            let row = self.row(one.agent);
            row.free_since = row.free_since.max(one.start);
            if !row.memberships.iter().any(|member| member.queue == queue) {
                row.memberships.push(Member { queue: queue.to_owned(), paused: false });
            }
        }
        for agent in &open.everywhere {
            self.row(*agent).everywhere = true;
        }
        for one in &open.bindings {
            // A binding alone is no log-on; it names the telephone of one.
            let channel = names.agent_name(one.channel).to_owned();
            if let Some(row) = self.known(one.agent) {
                row.extension = Some(channel);
            }
        }
    }

    fn pauses(&mut self) {
        let Sight { open, names, .. } = self.sight;
        for one in &open.pauses {
            let code = one.code.map(|id| names.word_text(id).to_owned());
            let row = self.row(one.agent);
            match one.queue {
                None => {
                    row.paused_since = Some(one.start);
                    row.pause_code = code;
                }
                Some(queue) => {
                    let queue = names.queue_name(queue);
                    match row.memberships.iter_mut().find(|member| member.queue == queue) {
                        Some(member) => member.paused = true,
                        // A static member: only the pause tells of it.
                        None if row.paused_since.is_none() => row.paused_since = Some(one.start),
                        None => {}
                    }
                    row.partly_since =
                        Some(row.partly_since.map_or(one.start, |old| old.min(one.start)));
                    row.pause_code = row.pause_code.take().or(code);
                }
            }
        }
    }

    fn talks(&mut self) {
        let Sight { open, names, .. } = self.sight;
        for one in &open.stints {
            for attempt in &one.stint.attempts {
                if attempt.result == AttemptResult::NoAnswer
                    && let Some(row) = self.known(attempt.agent)
                {
                    row.today.lost_attempts += 1;
                }
            }
            let (Some(agent), Some(connected)) = (one.stint.agent, one.connected) else { continue };
            let hold = one.state == StintState::OnHold;
            self.row(agent).talks.push(Talk {
                queue: names.queue_name(one.stint.queue).to_owned(),
                flow: flow(one.stint.direction),
                hold,
                since: one.hold_since.filter(|_| hold).unwrap_or(connected),
                number: one.stint.number.to_string(),
                name: one.stint.caller_name.to_string(),
            });
        }
    }

    /// Who is a member of what, and paused there, is AMI's word where it
    /// tells: the log does not name members that were there before it began,
    /// nor those a restart took away.
    fn seats(&mut self) {
        let Some(seats) = &self.sight.phones.seats else { return };
        for row in self.rows.values_mut() {
            row.memberships.clear();
            if !row.everywhere {
                (row.paused_since, row.partly_since, row.pause_code) = (None, None, None);
            }
        }
        for seat in seats.iter().filter(|seat| !hidden(&seat.queue)) {
            let name = self.spelt(&seat.agent);
            let row = self.row_named(name);
            let pause_code = Some(seat.pause_reason.to_string()).filter(|code| !code.is_empty());
            row.memberships.push(Member {
                queue: seat.queue.to_string(),
                paused: seat.paused_since.is_some(),
            });
            if let Some(since) = seat.paused_since {
                row.partly_since = Some(row.partly_since.map_or(since, |old| old.min(since)));
                row.pause_code = row.pause_code.take().or_else(|| pause_code.clone());
            }
            row.logged_on = row.logged_on.or(seat.logged_on);
            row.free_since = row.free_since.max(seat.logged_on.unwrap_or(0));
            row.seats.push(view::Seat {
                queue: seat.queue.to_string(),
                interface: seat.interface.to_string(),
                dynamic: seat.dynamic,
                penalty: seat.penalty,
                calls_taken: seat.calls_taken,
                paused_since: seat.paused_since,
                pause_code,
            });
        }
        self.rows.retain(|_, row| {
            row.everywhere || !row.memberships.is_empty() || !row.talks.is_empty()
        });
    }

    fn phones(&mut self) {
        let phones = self.sight.phones;
        for ring in &phones.rings {
            let name = self.spelt(&ring.agent);
            let row = self.row_named(name);
            row.ringing_since =
                Some(row.ringing_since.map_or(ring.since, |old| old.min(ring.since)));
        }
        for (agent, phone) in &phones.devices {
            let name = self.spelt(agent);
            if let Some(row) = self.rows.get_mut(&name) {
                row.device = phone.hinders();
                row.device_since = Some(phone.since).filter(|since| *since > 0);
                row.phone = Some((phone.device.to_string(), phone.state));
                let extension = phone.extension.as_ref().map(ToString::to_string);
                row.extension = extension.or(row.extension.take());
            }
        }
        for row in self.rows.values_mut() {
            // Two spellings of one name may sit on one queue.
            row.memberships.order_by(|a, b| (&a.queue, a.paused).cmp(&(&b.queue, b.paused)));
            row.memberships.dedup_by(|a, b| a.queue == b.queue);
            row.seats.order_by(|a, b| (&a.queue, &a.interface).cmp(&(&b.queue, &b.interface)));
        }
    }

    fn last_calls(&mut self, now: UnixSec) {
        let Sight { open, names, settings, .. } = self.sight;
        for LastCall { agent, end, queue, .. } in &open.last_calls {
            let Some(row) = self.known(*agent) else { continue };
            let queue = names.queue_name(*queue);
            row.last_call_end = Some(*end);
            row.last_queue = Some(queue.to_owned());
            row.free_since = row.free_since.max(*end);
            row.wrapup_until = class::wrapup_until(*end, settings.queue(queue).wrapup, now);
        }
    }
}
