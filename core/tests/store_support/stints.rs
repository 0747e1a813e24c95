//! Stints: a plain one, and random ones with every field in every shape.

use proptest::option::of;
use proptest::prelude::*;
use switchroom_core::base::{CallId, UnixSec};
use switchroom_core::model::{
    Attempt, AttemptResult, Cause, Direction, Hold, Note, NoteKind, Quality, Stint,
};

/// A plain answered call.
pub fn answered(enter: UnixSec, queue: u32, agent: u32, wait: i64, talk: i64, seq: u32) -> Stint {
    Stint {
        end: enter + wait + talk,
        wait: Some(wait),
        talk: Some(talk),
        ring: Some(4),
        answered: true,
        cause: Cause::Caller,
        agent: Some(agent),
        position: Some(1),
        number: format!("06{:08}", seq % 100_000_000).into(),
        member_id: Some(CallId::Usual {
            epoch: u32::try_from(enter + wait).unwrap() - 4,
            seq: seq + 1,
        }),
        attempts: vec![Attempt {
            at: enter + wait,
            agent,
            ring_ms: Some(4000),
            result: AttemptResult::Taken,
        }],
        ..Stint::begun(
            CallId::Usual { epoch: u32::try_from(enter).unwrap() - 2, seq },
            queue,
            enter,
        )
    }
}

fn id(enter: UnixSec) -> impl Strategy<Value = CallId> {
    let near = u32::try_from(enter).unwrap_or(0);
    prop_oneof![
        4 => (0..200u32, 0..900_000u32)
            .prop_map(move |(back, seq)| CallId::Usual { epoch: near.wrapping_sub(back), seq }),
        2 => (0..200u32, 0..900_000u32, "[a-z]{1,6}[-:]").prop_map(move |(back, seq, name)| {
            CallId::parse(&format!("{name}{}.{seq}", near.wrapping_sub(back)))
        }),
        1 => (any::<u32>(), any::<u32>()).prop_map(|(epoch, seq)| CallId::Usual { epoch, seq }),
        1 => ".{0,24}".prop_map(|text| CallId::parse(&text)),
    ]
}

fn secs() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..4000i64, 1 => -100..0i64, 1 => 0..200_000i64]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof!["0?[1-9][0-9]{2,9}", "\\+[1-9][0-9]{6,14}", "[0-9*#]{0,20}", ".{0,12}"]
}

fn attempts(enter: UnixSec) -> impl Strategy<Value = Vec<Attempt>> {
    let result = prop_oneof![
        Just(AttemptResult::Taken),
        Just(AttemptResult::NoAnswer),
        Just(AttemptResult::Cancelled),
        Just(AttemptResult::Dumped),
        Just(AttemptResult::Attempt),
    ];
    let one =
        (secs(), 1..50u32, of(prop_oneof![secs(), (0..60i64).prop_map(|s| s * 1000)]), result)
            .prop_map(move |(after, agent, ring_ms, result)| Attempt {
                at: enter + after,
                agent,
                ring_ms,
                result,
            });
    proptest::collection::vec(one, 0..4)
}

fn notes(enter: UnixSec) -> impl Strategy<Value = Vec<Note>> {
    let kind = (0..15usize).prop_map(|n| {
        [
            NoteKind::Outcome,
            NoteKind::Tag,
            NoteKind::NoTag,
            NoteKind::Feature,
            NoteKind::NoFeature,
            NoteKind::Variable,
            NoteKind::NoVariable,
            NoteKind::Skill,
            NoteKind::IvrStart,
            NoteKind::IvrStep,
            NoteKind::IvrGoal,
            NoteKind::IvrHangup,
            NoteKind::CallerName,
            NoteKind::CallerNumber,
            NoteKind::Other,
        ][n]
    });
    let one = (secs(), kind, of(1..50u32), ".{0,9}", ".{0,9}").prop_map(
        move |(after, kind, agent, text, more)| Note {
            at: enter + after,
            kind,
            agent,
            text: text.into(),
            more: more.into(),
        },
    );
    proptest::collection::vec(one, 0..3)
}

/// Any stint that enters within `entering`, of queues 1..5 and agents 1..50.
pub fn any_stint(
    entering: impl Strategy<Value = UnixSec> + 'static,
) -> impl Strategy<Value = Stint> {
    entering.prop_flat_map(|enter| {
        let who = (id(enter), of(id(enter)), of(id(enter)), 1..5u32, of(1..50u32));
        let when = (of(secs()), of(secs()), of(secs()), of(secs()), any::<bool>(), -50..50i64);
        let cause = (0..Cause::ALL.len() - 1).prop_map(|n| Cause::ALL[n]);
        let state = (any::<bool>(), any::<bool>(), cause, 0..3u16, any::<u16>());
        let places = (of(1..40u32), of(1..40u32));
        let texts = (number(), ".{0,9}", ".{0,9}");
        let words = (of(1..9u32), of(1..9u32), of(1..9u32), of(1..9u32), of(1..9u32), of(1..9u32));
        let hold =
            (secs(), secs()).prop_map(move |(after, secs)| Hold { start: enter + after, secs });
        let lists = (
            attempts(enter),
            proptest::collection::vec(hold, 0..3),
            notes(enter),
            proptest::collection::vec(1..9u32, 0..3),
        );
        (who, when, state, places, texts, words, lists).prop_map(
            move |(who, when, state, places, texts, words, lists)| {
                let (wait, talk, ring, ivr_secs, clocked, off) = when;
                let usual = enter + wait.unwrap_or(0) + talk.unwrap_or(0);
                Stint {
                    call_id: who.0,
                    alias: who.1,
                    queue: who.3,
                    entry: state.3,
                    direction: if state.1 { Direction::Outbound } else { Direction::Inbound },
                    enter,
                    end: if clocked { usual + off } else { usual },
                    wait,
                    talk,
                    ring,
                    answered: state.0,
                    cause: state.2,
                    agent: who.4,
                    position: places.0,
                    exit_position: places.1,
                    number: texts.0.into(),
                    caller_name: texts.1.into(),
                    url: texts.2.into(),
                    dnis: words.0,
                    ivr: words.1,
                    ivr_secs,
                    detail: words.2,
                    transfer_to: words.3,
                    member_id: who.2,
                    outcome: words.4,
                    tag: words.5,
                    features: lists.3,
                    attempts: lists.0,
                    holds: lists.1,
                    notes: lists.2,
                    quality: Quality(state.4),
                }
            },
        )
    })
}
