//! What the tests of the store share: facts and logs made up, a reader of
//! logs that goes on where the database stands, and everything a database
//! holds as one value.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod log;
pub mod stints;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use switchroom_core::base::UnixSec;
use switchroom_core::input::queue_log::{Options, Parsed, parse, record_hash};
use switchroom_core::model::totals::Step;
use switchroom_core::model::{
    self, Change, Fold, IvrCall, Membership, NameKind, Pause, Recent, Session, Stint,
};
use switchroom_core::store::{Batch, Loaded, Order, Position, Seen, Settings, StintFilter, Store};

/// 2026-11-20 00:00:00 UTC.
pub const DAY: UnixSec = 1_795_132_800;

/// Settings whose clock stands far after all facts, and whose journal is
/// poured often.
pub fn settings() -> Settings {
    Settings { now: || DAY + 4000 * 86_400, journal_bytes: 8 << 10, ..Settings::default() }
}

/// Names 1..=count of each kind.
pub fn names(count: u32) -> Vec<Change> {
    let mut changes = Vec::new();
    for id in 1..=count {
        for (kind, prefix) in
            [(NameKind::Queue, "queue"), (NameKind::Agent, "agent"), (NameKind::Word, "word")]
        {
            changes.push(Change::Name { kind, id, text: format!("{prefix} {id}").into() });
        }
    }
    changes
}

/// A batch with these changes, read up to a moment.
pub fn batch(changes: Vec<Change>, offset: u64, last: UnixSec) -> Batch {
    Batch { changes, position: Some(position(offset, last)), ..Batch::default() }
}

fn position(offset: u64, last: UnixSec) -> Position {
    Position { device: 1, inode: 2, fingerprint: u64::MAX, fingerprint_len: 256, offset, last }
}

/// Reads lines of a log into batches; goes on where a database stands. The
/// position's offset counts lines.
pub struct Reading {
    fold: Fold,
    options: Options,
    next: usize,
    batch: Batch,
}

impl Reading {
    pub fn from(loaded: Loaded) -> Self {
        let next = loaded.positions.first().map_or(0, |position| position.offset);
        let settings = model::Settings::default();
        let fold = Fold::restore(settings, loaded.names, loaded.parts, loaded.recent).unwrap();
        Reading {
            fold,
            options: Options::default(),
            next: usize::try_from(next).unwrap(),
            batch: Batch::default(),
        }
    }

    /// Reads up to `count` lines into a batch; `None` at the end.
    pub fn batch(&mut self, lines: &[String], count: usize) -> Option<Batch> {
        if self.next >= lines.len() {
            return None;
        }
        for line in lines.iter().skip(self.next).take(count) {
            match parse(line.as_bytes(), &self.options) {
                Parsed::Event(event) => {
                    self.batch.seen.push((event.time, record_hash(line.as_bytes())));
                    self.fold.apply(&event, &mut self.batch.changes);
                }
                other => panic!("{line}: {other:?}"),
            }
        }
        let read = lines.len().min(self.next + count);
        self.batch.counters = vec![("lines".into(), (read - self.next) as u64)];
        self.next = read;
        self.batch.state = self.fold.take_state();
        self.batch.position = Some(position(read as u64, self.fold.newest()));
        Some(std::mem::take(&mut self.batch))
    }
}

/// Everything of a database that must not depend on how it came there.
#[derive(Debug, PartialEq)]
pub struct Everything {
    pub stints: Vec<Stint>,
    pub sessions: Vec<Session>,
    pub memberships: Vec<Membership>,
    pub pauses: Vec<Pause>,
    pub ivr_calls: Vec<IvrCall>,
    /// Packed totals by table, slot and key.
    pub cells: BTreeMap<(u8, UnixSec, u64), Vec<u8>>,
    pub parts: BTreeMap<Vec<u8>, Vec<u8>>,
    pub counters: BTreeMap<String, u64>,
    pub positions: Vec<Position>,
    pub seen: BTreeMap<i64, Seen>,
    pub settled_until: UnixSec,
}

/// Reads everything of `store`, which holds facts of `days` days from [`DAY`]
/// on.
pub fn everything(store: &Store, days: i64) -> Everything {
    let period = DAY - 86_400..DAY + (days + 1) * 86_400;
    let everything = store.query(|reader| {
        let mut found = Everything {
            stints: Vec::new(),
            sessions: Vec::new(),
            memberships: Vec::new(),
            pauses: Vec::new(),
            ivr_calls: Vec::new(),
            cells: BTreeMap::new(),
            parts: BTreeMap::new(),
            counters: reader.counters()?,
            positions: reader.positions()?,
            seen: BTreeMap::new(),
            settled_until: reader.settled_until()?,
        };
        let all = StintFilter::default();
        reader.for_each_stint(period.clone(), &all, Order::OldestFirst, |_, stint| {
            found.stints.push(stint);
            Ok(ControlFlow::Continue(()))
        })?;
        reader.for_each_session(period.clone(), |session| {
            found.sessions.push(session);
            Ok(())
        })?;
        reader.for_each_membership(period.clone(), |membership| {
            found.memberships.push(membership);
            Ok(())
        })?;
        reader.for_each_pause(period.clone(), |pause| {
            found.pauses.push(pause);
            Ok(())
        })?;
        reader.for_each_ivr_call(period.clone(), |_, call| {
            found.ivr_calls.push(call);
            Ok(())
        })?;
        let cells = &mut found.cells;
        for step in [Step::Quarter, Step::Hour, Step::Day] {
            let kind = |kind: u8| 3 * step as u8 + kind;
            reader.for_each_queue_cell(step, period.clone(), |key, packed| {
                let place = u64::from(key.queue) << 1 | key.direction as u64;
                assert_eq!(cells.insert((kind(0), key.slot, place), packed.to_vec()), None);
                Ok(())
            })?;
            reader.for_each_agent_cell(step, period.clone(), |key, packed| {
                let place = key.agent.into();
                assert_eq!(cells.insert((kind(1), key.slot, place), packed.to_vec()), None);
                Ok(())
            })?;
        }
        for &step in Step::AGENT_QUEUE {
            reader.for_each_agent_queue_cell(step, period.clone(), |key, packed| {
                let place = u64::from(key.agent) << 32 | u64::from(key.queue);
                let kind = 3 * step as u8 + 2;
                assert_eq!(cells.insert((kind, key.slot, place), packed.to_vec()), None);
                Ok(())
            })?;
        }
        for quarter in Seen::quarter(period.start)..Seen::quarter(period.end) {
            let seen = reader.seen(quarter)?;
            if !seen.is_empty() {
                found.seen.insert(quarter, seen);
            }
        }
        Ok(found)
    });
    let mut found = everything.unwrap();
    // Within a second, rows come in the order they were closed in.
    found.stints.sort_by(|a, b| (a.enter, format!("{a:?}")).cmp(&(b.enter, format!("{b:?}"))));
    found.sessions.sort_by_key(|session| (session.start, session.agent));
    found.memberships.sort_by_key(|one| (one.start, one.agent, one.queue));
    found.pauses.sort_by_key(|pause| (pause.start, pause.agent, pause.queue));
    found.ivr_calls.sort_by_key(|call| (call.start, call.call_id.clone()));
    found
}

/// What the model would be given at a start.
pub fn recent(stints: &[Stint]) -> Recent {
    Recent { stints: stints.to_vec() }
}
