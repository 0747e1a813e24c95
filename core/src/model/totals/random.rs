//! Random facts for property tests, within a few hours so that intervals
//! meet.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::base::CallId;
use crate::model::fact::{
    Attempt, AttemptResult, Cause, Direction, EndCause, Hold, Membership, Note, NoteKind, Pause,
    Quality, Session, Stint,
};

/// 2026-10-24T22:00:00Z, so that the night of the repeated hour in Paris is
/// in the range.
pub const START: i64 = 1_792_879_200;
/// Facts begin within this many seconds after [`START`].
pub const SPAN: i64 = 10 * 3600;

pub fn stints() -> impl Strategy<Value = Vec<Stint>> {
    vec(stint(), 0..60).prop_map(|mut stints| {
        stints.sort_by_key(|stint| stint.enter);
        for (n, stint) in stints.iter_mut().enumerate() {
            // Few call ids, so that some calls have several stints.
            stint.call_id = CallId::Usual { epoch: 1, seq: (n / 2) as u32 };
            stint.entry = (n % 2) as u16;
        }
        stints
    })
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let result = prop_oneof![
        3 => Just(AttemptResult::NoAnswer),
        1 => Just(AttemptResult::Cancelled),
        1 => Just(AttemptResult::Dumped),
        1 => Just(AttemptResult::Attempt),
    ];
    (1u32..5, option::weighted(0.8, 0i64..20_000), result)
        .prop_map(|(agent, ring_ms, result)| Attempt { at: 0, agent, ring_ms, result })
}

fn stint() -> impl Strategy<Value = Stint> {
    let when = (0..SPAN, option::weighted(0.9, 0i64..900), option::weighted(0.9, 0i64..4000));
    let who = (1u32..4, any::<bool>(), any::<bool>(), 1u32..5, 0usize..19);
    let place = (option::of(1u32..6), option::of(1u32..6), "[0-9]{0,2}");
    let menu =
        (option::of(1u32..4), option::weighted(0.3, 1u32..4), option::weighted(0.3, 0i64..90));
    let inside = (
        vec(attempt(), 0..4),
        vec(0i64..60, 0..3),
        option::weighted(0.4, 1u32..4),
        vec((1u32..3, "[1-5]"), 0..2),
    );
    (when, who, place, menu, inside).prop_map(|(when, who, place, menu, inside)| {
        let (offset, wait, talk) = when;
        let (queue, answered, outbound, agent, cause) = who;
        let (dnis, ivr, ivr_secs) = menu;
        let (mut attempts, holds, word, skills) = inside;
        let enter = START + offset;
        let direction = if outbound { Direction::Outbound } else { Direction::Inbound };
        let end = enter + wait.unwrap_or(30) + if answered { talk.unwrap_or(60) } else { 0 };
        let left = enter + wait.unwrap_or(30);
        for attempt in &mut attempts {
            attempt.at = left;
        }
        if direction == Direction::Outbound {
            attempts.clear();
        } else if answered {
            let (at, result) = (left, AttemptResult::Taken);
            attempts.push(Attempt { at, agent, ring_ms: talk.map(|t| t % 9 * 1000), result });
        }
        let cause = Cause::ALL[cause];
        let refused = cause == Cause::Refused && !answered;
        Stint {
            direction,
            end: if refused { enter } else { end },
            wait: if refused { Some(0) } else { wait },
            talk: talk.filter(|_| answered),
            answered,
            cause: if answered && cause == Cause::Refused { Cause::Caller } else { cause },
            agent: (answered || direction == Direction::Outbound).then_some(agent),
            position: place.0,
            exit_position: place.1.filter(|_| !answered),
            number: place.2.into(),
            dnis,
            ivr,
            ivr_secs,
            detail: word,
            transfer_to: word.filter(|_| answered),
            outcome: word,
            tag: word,
            features: word.into_iter().collect(),
            attempts,
            holds: holds
                .into_iter()
                .filter(|_| answered)
                .map(|secs| Hold { start: left, secs })
                .collect(),
            notes: skills
                .into_iter()
                .map(|(skill, level)| Note {
                    at: enter,
                    kind: NoteKind::Skill,
                    agent: None,
                    text: format!("skill-{skill}").into(),
                    more: level.into(),
                })
                .collect(),
            ..Stint::begun(CallId::Usual { epoch: 1, seq: 1 }, queue, enter)
        }
    })
}

/// Sessions, memberships and pauses; those of one agent do not overlap their
/// like.
pub fn presence() -> impl Strategy<Value = (Vec<Session>, Vec<Membership>, Vec<Pause>)> {
    let steps = || vec((0i64..4000, 0i64..5000), 0..5);
    (vec(steps(), 4), vec(steps(), 4), vec(option::of(1u32..4), 1..8)).prop_map(
        |(sessions, pauses, codes)| {
            let mut out = (Vec::new(), Vec::new(), Vec::new());
            for (n, steps) in sessions.into_iter().enumerate() {
                for (start, end) in laid_out(steps) {
                    let (agent, cause) = (n as u32 + 1, EndCause::Logoff);
                    let quality = Quality::default();
                    out.0.push(Session { agent, start, end, extension: None, cause, quality });
                    let queue = n as u32 % 3 + 1;
                    out.1.push(Membership { agent, queue, start, end, cause, quality });
                }
            }
            for (n, steps) in pauses.into_iter().enumerate() {
                for (at, (start, end)) in laid_out(steps).into_iter().enumerate() {
                    let (agent, queue) = (n as u32 + 1, None);
                    let code = codes[at % codes.len()];
                    let (cause, quality) = (EndCause::Unpaused, Quality::default());
                    out.2.push(Pause { agent, queue, start, end, code, cause, quality });
                }
            }
            out
        },
    )
}

/// Gaps and lengths as intervals one after the other.
fn laid_out(steps: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    let mut at = START - 1800;
    steps
        .into_iter()
        .map(|(gap, length)| {
            let start = at + gap;
            at = start + length;
            (start, at)
        })
        .collect()
}
