//! Facts made up for the tests of the store.
#![allow(dead_code, reason = "each test file uses a part of it")]

use switchroom::base::{CallId, UnixSec};
use switchroom::model::{
    Attempt, AttemptResult, Cause, Change, Direction, NameKind, Quality, Stint,
};
use switchroom::store::{Batch, Position, Settings};

/// 2026-11-20 00:00:00 UTC.
pub const DAY: UnixSec = 1_795_132_800;

/// Settings whose clock stands far after all facts.
pub fn settings() -> Settings {
    Settings { now: || DAY + 4000 * 86_400, ..Settings::default() }
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

/// A plain answered call.
pub fn answered(enter: UnixSec, queue: u32, agent: u32, wait: i64, talk: i64, seq: u32) -> Stint {
    Stint {
        call_id: CallId::Usual { epoch: u32::try_from(enter).unwrap() - 2, seq },
        alias: None,
        queue,
        entry: 0,
        direction: Direction::Inbound,
        enter,
        end: enter + wait + talk,
        wait: Some(wait),
        talk: Some(talk),
        ring: Some(4),
        answered: true,
        cause: Cause::Caller,
        agent: Some(agent),
        position: Some(1),
        exit_position: None,
        number: format!("06{:08}", seq % 100_000_000).into(),
        caller_name: "".into(),
        url: "".into(),
        dnis: None,
        ivr: None,
        ivr_secs: None,
        detail: None,
        transfer_to: None,
        member_id: Some(CallId::Usual {
            epoch: u32::try_from(enter + wait).unwrap() - 4,
            seq: seq + 1,
        }),
        outcome: None,
        tag: None,
        features: Vec::new(),
        attempts: vec![Attempt {
            at: enter + wait,
            agent,
            ring_ms: Some(4000),
            result: AttemptResult::Taken,
        }],
        holds: Vec::new(),
        notes: Vec::new(),
        quality: Quality::default(),
    }
}

/// A batch with these changes, read up to a moment.
pub fn batch(changes: Vec<Change>, offset: u64, last: UnixSec) -> Batch {
    let position =
        Position { device: 1, inode: 2, fingerprint: u64::MAX, fingerprint_len: 256, offset, last };
    Batch { changes, position: Some(position), ..Batch::default() }
}
