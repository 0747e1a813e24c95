//! Hot-desking: a telephone logged on for a person becomes that person.
//!
//! Asterisk logs the telephone. We undo that, bind the telephone to the
//! person, and log the person on. Where Asterisk logs names already
//! (`log_membername_as_agent`), only the binding is written.

use crate::base::UnixMicro;
use crate::event::QueueEvent;
use crate::event::manager::Member;
use crate::tracker::record::{self, field};
use crate::tracker::{Record, Tracker, Word};

/// How long Asterisk's own line is waited for.
const PATIENCE: UnixMicro = 3_000_000;
/// Log-ins waiting for their line at most; past it they are written unasked.
const MOST: usize = 1000;

/// A log-in or log-off whose line is not there yet.
#[derive(Clone, Debug)]
struct Change {
    at: UnixMicro,
    queue: String,
    interface: String,
    name: String,
    added: bool,
    paused: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Desks {
    waiting: Vec<Change>,
    /// Native lines that came before their event, newest last.
    lines: Vec<(UnixMicro, String, String, bool)>,
    /// What Asterisk was last seen to log: the person, or the telephone.
    logs_names: bool,
    /// Records written so far: the ordinal of their keys.
    written: u32,
}

impl Desks {
    pub fn due(&self) -> UnixMicro {
        self.waiting
            .iter()
            .map(|change| change.at.saturating_add(PATIENCE))
            .min()
            .unwrap_or(UnixMicro::MAX)
    }
}

impl Tracker {
    pub(in crate::tracker) fn member_added(&mut self, member: &Member<'_>) {
        self.member_changed(member, true);
    }

    pub(in crate::tracker) fn member_removed(&mut self, member: &Member<'_>) {
        self.member_changed(member, false);
    }

    fn member_changed(&mut self, member: &Member<'_>, added: bool) {
        let is_desk = &*member.membership == "dynamic"
            && !member.name.is_empty()
            && member.name != member.interface;
        if !self.options.hot_desking || !is_desk {
            return;
        }
        let change = Change {
            at: self.now,
            queue: field(&member.queue),
            interface: field(&member.interface),
            name: field(&member.name),
            added,
            paused: member.paused,
        };
        if !self.options.sees_log {
            self.rewrite(&change, false);
            return;
        }
        self.desks.lines.retain(|line| self.now.saturating_sub(line.0) <= PATIENCE);
        let early = self.desks.lines.iter().position(|(_, queue, agent, was_added)| {
            *queue == change.queue
                && *was_added == added
                && (*agent == change.interface || *agent == change.name)
        });
        match early {
            Some(n) => {
                let (_, _, agent, _) = self.desks.lines.remove(n);
                self.rewrite(&change, agent == change.name);
            }
            None if self.desks.waiting.len() < MOST => {
                self.desks.waiting.push(change);
                self.next_due = self.next_due.min(self.desks.due());
            }
            None => self.rewrite(&change, self.desks.logs_names),
        }
    }

    /// Asterisk's own ADDMEMBER or REMOVEMEMBER.
    pub(in crate::tracker) fn native_member(&mut self, event: &QueueEvent<'_>) {
        if !self.options.hot_desking {
            return;
        }
        let added = matches!(event.verb, crate::event::Verb::AddMember { .. });
        let (queue, agent) = (field(&event.queue), field(&event.agent));
        let waiting = self.desks.waiting.iter().position(|change| {
            change.queue == queue
                && change.added == added
                && (agent == change.interface || agent == change.name)
        });
        let Some(n) = waiting else {
            if self.desks.lines.len() == MOST {
                self.desks.lines.remove(0);
            }
            self.desks.lines.push((self.now, queue, agent, added));
            return;
        };
        let change = self.desks.waiting.remove(n);
        self.desks.logs_names = agent == change.name;
        self.rewrite(&change, self.desks.logs_names);
    }

    /// Lines that did not come: a server without queue_log.
    pub(in crate::tracker) fn desks_due(&mut self) {
        while let Some(n) = self
            .desks
            .waiting
            .iter()
            .position(|change| change.at.saturating_add(PATIENCE) <= self.now)
        {
            let change = self.desks.waiting.remove(n);
            self.rewrite(&change, false);
        }
    }

    fn rewrite(&mut self, change: &Change, names_logged: bool) {
        if !change.added {
            if !names_logged {
                self.desk(change, &change.name.clone(), Word::RemoveMember, Vec::new());
            }
            return;
        }
        if !names_logged {
            self.desk(change, &change.interface.clone(), Word::RemoveMember, Vec::new());
        }
        let phone = vec![change.interface.clone()];
        self.desk(change, &change.name.clone(), Word::HotDesking, phone);
        if !names_logged {
            let data = if change.paused { vec!["PAUSED".to_owned()] } else { Vec::new() };
            self.desk(change, &change.name.clone(), Word::AddMember, data);
        }
    }

    fn desk(&mut self, change: &Change, agent: &str, word: Word, data: Vec<String>) {
        self.desks.written = self.desks.written.wrapping_add(1);
        let ordinal = self.desks.written;
        let key = record::key(
            self.start,
            "MANAGER",
            &format!("{}|{agent}|{}", change.queue, change.at),
            word,
            ordinal,
        );
        self.send(Record {
            at: change.at,
            known: self.now,
            call_id: "MANAGER".to_owned(),
            queue: change.queue.clone(),
            agent: agent.to_owned(),
            word,
            data,
            key,
            recovered: false,
            internal: false,
        });
    }
}
