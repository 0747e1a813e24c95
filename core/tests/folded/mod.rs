//! Lines in, facts out: the parser and the machine together, and the facts
//! as a store would hold them after all corrections.
#![allow(dead_code, reason = "each test file uses its own part")]

use switchroom_core::input::queue_log::{Options, Parsed, parse};
use switchroom_core::model::{
    Change, Fold, Ignored, IvrCall, Membership, Pause, Session, Settings, Stint,
};

/// The facts after all corrections so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub stints: Vec<Stint>,
    pub sessions: Vec<Session>,
    pub memberships: Vec<Membership>,
    pub pauses: Vec<Pause>,
    pub ivr: Vec<IvrCall>,
    pub ignored: Vec<Ignored>,
}

impl Facts {
    /// Applies changes as the store does; a correction of a fact that is not
    /// there is a fault.
    pub fn take(&mut self, changes: &mut Vec<Change>) {
        for change in changes.drain(..) {
            match change {
                Change::Name { .. } => {}
                Change::Stint(stint) => self.stints.push(Stint::clone(&stint)),
                Change::StintReplaced { old, new } => {
                    swap(&mut self.stints, &old, Some(Stint::clone(&new)));
                }
                Change::Session(session) => self.sessions.push(session),
                Change::SessionReplaced { old, new } => swap(&mut self.sessions, &old, new),
                Change::Membership(membership) => self.memberships.push(membership),
                Change::MembershipReplaced { old, new } => {
                    swap(&mut self.memberships, &old, new);
                }
                Change::Pause(pause) => self.pauses.push(pause),
                Change::PauseReplaced { old, new } => swap(&mut self.pauses, &old, new),
                Change::IvrCall(call) => self.ivr.push(*call),
                Change::Ignored(why) => self.ignored.push(why),
            }
        }
    }

    /// Agent-level pauses only.
    pub fn agent_pauses(&self) -> Vec<&Pause> {
        self.pauses.iter().filter(|pause| pause.queue.is_none()).collect()
    }
}

fn swap<T: PartialEq + std::fmt::Debug>(list: &mut Vec<T>, old: &T, new: Option<T>) {
    let at = list
        .iter()
        .position(|have| have == old)
        .unwrap_or_else(|| panic!("a correction of what is not there: {old:?}"));
    match new {
        Some(new) => list[at] = new,
        None => {
            list.remove(at);
        }
    }
}

/// A machine and the facts it gave.
pub struct Run {
    pub fold: Fold,
    pub facts: Facts,
    changes: Vec<Change>,
}

impl Run {
    pub fn new(settings: Settings) -> Self {
        Run { fold: Fold::new(settings), facts: Facts::default(), changes: Vec::new() }
    }

    /// A run of the usual settings over a text.
    pub fn of(text: &str) -> Self {
        let mut run = Run::new(Settings::default());
        run.feed(text);
        run
    }

    /// Feeds lines; those that are no events are passed over.
    pub fn feed(&mut self, text: &str) {
        for line in text.lines() {
            if let Parsed::Event(event) = parse(line.trim_start().as_bytes(), &Options::default()) {
                self.fold.apply(&event, &mut self.changes);
                self.facts.take(&mut self.changes);
            }
        }
    }

    pub fn tick(&mut self, now: i64) {
        self.fold.tick(now, &mut self.changes);
        self.facts.take(&mut self.changes);
    }

    pub fn close_by_hand(&mut self, call: &str, secs: Option<i64>) -> bool {
        let id = switchroom_core::base::CallId::parse(call);
        let done = self.fold.close_by_hand(&id, secs, &mut self.changes).is_ok();
        self.facts.take(&mut self.changes);
        done
    }

    /// The only stint there is.
    pub fn one(&self) -> &Stint {
        match &self.facts.stints[..] {
            [stint] => stint,
            other => panic!("one stint expected, not {other:#?}"),
        }
    }

    pub fn agent(&self, stint: &Stint) -> &str {
        stint.agent.map_or("-", |agent| self.fold.names().agent_name(agent))
    }

    pub fn word(&self, word: Option<u32>) -> &str {
        word.map_or("-", |word| self.fold.names().word_text(word))
    }
}
