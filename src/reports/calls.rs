//! Calls one by one: the row of a list, and the page of one call with its
//! segments and its timeline.
//!
//! Pure: a stint and the dictionaries go in, values of the shape of the API
//! come out. Which calls are listed, and in which order, is the reader's
//! business.

use serde::Serialize;

use crate::base::order::Ordered as _;
use crate::base::{Secs, UnixSec};
use crate::model::{
    Attempt, AttemptResult, Cause, Direction, Names, NoteKind, OpenStint, Quality, Stint, WordId,
};

/// One stint as a row of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallRow {
    pub id: String,
    pub call_id: String,
    pub enter: UnixSec,
    pub end: UnixSec,
    pub queue: String,
    /// `in` or `out`.
    pub direction: &'static str,
    pub answered: bool,
    pub cause: &'static str,
    pub number: String,
    pub name: String,
    pub agent: Option<String>,
    pub wait: Option<Secs>,
    pub talk: Option<Secs>,
    /// All holds together, seconds.
    pub hold: Secs,
    pub ring: Option<Secs>,
    pub position: Option<u32>,
    /// Lost and taken; cancelled rings are none.
    pub attempts: usize,
    pub outcome: Option<String>,
    pub tag: Option<String>,
    pub features: Vec<String>,
    pub transfer_to: Option<String>,
    pub detail: Option<String>,
    pub dnis: Option<String>,
    pub ivr: Option<String>,
    /// Stints of the same call, this one included.
    pub stints: u32,
    pub quality: Vec<&'static str>,
    pub open: bool,
}

/// One stint with everything known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallDetail {
    #[serde(flatten)]
    pub row: CallRow,
    pub alias: Option<String>,
    pub member_id: Option<String>,
    pub url: String,
    pub ivr_secs: Option<Secs>,
    pub exit_position: Option<u32>,
    pub segments: Vec<Segment>,
    pub timeline: Vec<Moment>,
    pub others: Vec<OtherStint>,
}

/// A stretch of the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// `ivr`, `waiting`, `talking` or `hold`.
    pub kind: &'static str,
    pub from: UnixSec,
    pub to: UnixSec,
    pub agent: Option<String>,
}

/// A line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    pub at: UnixSec,
    pub kind: &'static str,
    pub agent: Option<String>,
    pub text: String,
    pub more: String,
    /// Seconds that belong to it: of a ring, a hold, a wait or a talk.
    pub secs: Option<Secs>,
}

/// A stint of the same call id.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OtherStint {
    pub id: String,
    pub queue: String,
    pub enter: UnixSec,
    pub wait: Option<Secs>,
    pub talk: Option<Secs>,
    pub answered: bool,
    pub cause: &'static str,
    /// Whether it is the one the page is about.
    pub current: bool,
}

/// Rings below this were no ringing (`metrics.md` 1.3, RINGNOANSWER).
const SHORT_RING_MS: i64 = 1000;

/// A closed stint as a row. `stints` is the number of stints of its call.
pub fn row(id: String, stint: &Stint, stints: u32, names: &Names) -> CallRow {
    let word = |id: Option<WordId>| id.map(|id| names.word_text(id).to_owned());
    CallRow {
        id,
        call_id: stint.call_id.to_string(),
        enter: stint.enter,
        end: stint.end,
        queue: names.queue_name(stint.queue).to_owned(),
        direction: direction(stint.direction),
        answered: stint.answered,
        cause: stint.cause.label(),
        number: stint.number.to_string(),
        name: stint.caller_name.to_string(),
        agent: stint.agent.map(|agent| names.agent_name(agent).to_owned()),
        wait: stint.wait,
        talk: stint.talk,
        hold: stint.holds.iter().map(|hold| hold.secs).sum(),
        ring: stint.ring,
        position: stint.position,
        attempts: tries(&stint.attempts),
        outcome: word(stint.outcome),
        tag: word(stint.tag),
        features: stint.features.iter().map(|&id| names.word_text(id).to_owned()).collect(),
        transfer_to: word(stint.transfer_to),
        detail: word(stint.detail),
        dnis: word(stint.dnis),
        ivr: word(stint.ivr),
        stints,
        quality: flags(stint.quality),
        open: stint.cause == Cause::Ongoing,
    }
}

/// A stint that has not ended, as far as it has come by `now`: a conversation
/// has its talk so far, a waiting caller has no wait yet.
pub fn so_far(open: &OpenStint, now: UnixSec) -> Stint {
    let mut stint = open.stint.clone();
    stint.cause = Cause::Ongoing;
    stint.end = now.max(stint.end);
    if let Some(connected) = open.connected {
        stint.answered = true;
        stint.talk = Some((stint.end - connected).max(0));
    }
    stint
}

/// A stint with its segments, its timeline and the stints of the same call.
pub fn detail(id: String, stint: &Stint, others: Vec<OtherStint>, names: &Names) -> CallDetail {
    let stints = u32::try_from(others.len()).unwrap_or(u32::MAX).max(1);
    CallDetail {
        row: row(id, stint, stints, names),
        alias: stint.alias.as_ref().map(ToString::to_string),
        member_id: stint.member_id.as_ref().map(ToString::to_string),
        url: stint.url.to_string(),
        ivr_secs: stint.ivr_secs,
        exit_position: stint.exit_position,
        segments: segments(stint, names),
        timeline: timeline(stint, names),
        others,
    }
}

/// A stint in the list of stints of its call.
pub fn other(id: String, stint: &Stint, current: bool, names: &Names) -> OtherStint {
    OtherStint {
        id,
        queue: names.queue_name(stint.queue).to_owned(),
        enter: stint.enter,
        wait: stint.wait,
        talk: stint.talk,
        answered: stint.answered,
        cause: stint.cause.label(),
        current,
    }
}

/// `in` or `out`, as filters and rows write it.
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "in",
        Direction::Outbound => "out",
    }
}

/// Attempts that count: lost and taken.
pub fn tries(attempts: &[Attempt]) -> usize {
    attempts.iter().filter(|attempt| attempt.result != AttemptResult::Cancelled).count()
}

/// The names of what had to be repaired (`metrics.md` 2.1).
pub fn flags(quality: Quality) -> Vec<&'static str> {
    [
        (Quality::SYNTHETIC_START, "synthetic-start"),
        (Quality::SYNTHETIC_END, "synthetic-end"),
        (Quality::REPAIRED_DURATION, "repaired-duration"),
        (Quality::CLOCK_JUMP, "clock-jump"),
        (Quality::RESTART, "restart"),
        (Quality::MANUAL, "manual"),
        (Quality::LATE, "late"),
        (Quality::DUPLICATE_SEEN, "duplicate-seen"),
        (Quality::STALE, "stale"),
    ]
    .into_iter()
    .filter(|(flag, _)| quality.has(*flag))
    .map(|(_, name)| name)
    .collect()
}

/// The moment of the answer: by the wait, or else back from the end.
fn answered_at(stint: &Stint) -> Option<UnixSec> {
    if !stint.answered {
        return None;
    }
    stint.answer().or_else(|| stint.talk.map(|talk| stint.end - talk))
}

fn segments(stint: &Stint, names: &Names) -> Vec<Segment> {
    let agent = stint.agent.map(|agent| names.agent_name(agent).to_owned());
    let mut segments = Vec::new();
    let mut add = |kind, from: UnixSec, to: UnixSec, agent: Option<String>| {
        if to > from {
            segments.push(Segment { kind, from, to, agent });
        }
    };
    if let Some(secs) = stint.ivr_secs {
        add("ivr", stint.enter - secs, stint.enter, None);
    }
    let Some(answer) = answered_at(stint) else {
        let left = stint.wait.map_or(stint.end, |wait| stint.enter + wait);
        add("waiting", stint.enter, left, None);
        return segments;
    };
    add("waiting", stint.enter, answer, None);
    let end = stint.talk.map_or(stint.end, |talk| answer + talk);
    let mut at = answer;
    for hold in &stint.holds {
        let from = hold.start.clamp(at, end.max(at));
        let to = (hold.start + hold.secs).clamp(from, end.max(from));
        add("talking", at, from, agent.clone());
        add("hold", from, to, agent.clone());
        at = to;
    }
    add("talking", at, end, agent);
    segments
}

fn timeline(stint: &Stint, names: &Names) -> Vec<Moment> {
    let person = |id: u32| Some(names.agent_name(id).to_owned());
    let who = stint.agent.and_then(person);
    let plain = |at, kind, text: &str| Moment {
        at,
        kind,
        agent: None,
        text: text.to_owned(),
        more: String::new(),
        secs: None,
    };
    let mut moments = vec![Moment {
        more: stint.position.map_or(String::new(), |position| position.to_string()),
        ..plain(stint.enter, "enter", names.queue_name(stint.queue))
    }];
    for attempt in stint.attempts.iter().filter(|a| a.result != AttemptResult::Taken) {
        moments.push(Moment {
            agent: person(attempt.agent),
            secs: attempt.ring_ms.map(|ms| ms / 1000),
            ..plain(attempt.at, attempt_kind(attempt), "")
        });
    }
    if let Some(at) = answered_at(stint) {
        let secs = stint.ring;
        moments.push(Moment { agent: who.clone(), secs, ..plain(at, "connect", "") });
    }
    for hold in &stint.holds {
        let secs = Some(hold.secs);
        moments.push(Moment { agent: who.clone(), secs, ..plain(hold.start, "hold", "") });
        moments.push(Moment { agent: who.clone(), ..plain(hold.start + hold.secs, "unhold", "") });
    }
    for note in &stint.notes {
        moments.push(Moment {
            agent: note.agent.and_then(person),
            more: note.more.to_string(),
            ..plain(note.at, note_kind(note.kind), &note.text)
        });
    }
    if let Some(target) = stint.transfer_to {
        let text = names.word_text(target);
        moments.push(Moment { agent: who.clone(), ..plain(stint.end, "transfer", text) });
    }
    if stint.cause != Cause::Ongoing {
        let more = stint.detail.map_or(String::new(), |id| names.word_text(id).to_owned());
        let secs = if stint.answered { stint.talk } else { stint.wait };
        moments.push(Moment {
            agent: who.filter(|_| stint.cause == Cause::Agent),
            more,
            secs,
            ..plain(stint.end, "end", stint.cause.label())
        });
    }
    // Stable: moments of one second keep the order above, which is the usual
    // order of a call; late annotations follow the end by their time.
    moments.order_by_key(|moment| moment.at);
    moments
}

fn attempt_kind(attempt: &Attempt) -> &'static str {
    match attempt.result {
        AttemptResult::NoAnswer if attempt.ring_ms.is_some_and(|ms| ms < SHORT_RING_MS) => {
            "short_ring"
        }
        AttemptResult::NoAnswer => "no_answer",
        AttemptResult::Cancelled => "cancelled",
        AttemptResult::Dumped => "dumped",
        AttemptResult::Attempt => "attempt",
        AttemptResult::Taken => "connect",
    }
}

fn note_kind(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Outcome => "outcome",
        NoteKind::Tag => "tag",
        NoteKind::NoTag => "no_tag",
        NoteKind::Feature => "feature",
        NoteKind::NoFeature => "no_feature",
        NoteKind::Variable => "variable",
        NoteKind::NoVariable => "no_variable",
        NoteKind::Skill => "skill",
        NoteKind::IvrStart => "ivr_start",
        NoteKind::IvrStep => "ivr_step",
        NoteKind::IvrGoal => "ivr_goal",
        NoteKind::IvrHangup => "ivr_hangup",
        NoteKind::CallerName => "caller_name",
        NoteKind::CallerNumber => "caller_number",
        NoteKind::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::CallId;
    use crate::model::{Hold, Note};

    /// Vector A of metrics.md 3.20.
    fn vector_a(names: &mut Names) -> Stint {
        let (queue, _) = names.queue("sales");
        let (lost, _) = names.agent("PJSIP/7");
        let (agent, _) = names.agent("PJSIP/8");
        let attempt = |at, agent, ring_ms, result| Attempt { at, agent, ring_ms, result };
        Stint {
            call_id: CallId::parse("u1"),
            alias: None,
            queue,
            entry: 0,
            direction: Direction::Inbound,
            enter: 1000,
            end: 1125,
            wait: Some(25),
            talk: Some(100),
            ring: Some(5),
            answered: true,
            cause: Cause::Caller,
            agent: Some(agent),
            position: Some(3),
            exit_position: None,
            number: "5551".into(),
            caller_name: "".into(),
            url: "".into(),
            dnis: None,
            ivr: None,
            ivr_secs: Some(12),
            detail: None,
            transfer_to: None,
            member_id: Some(CallId::parse("u1b")),
            outcome: None,
            tag: None,
            features: Vec::new(),
            attempts: vec![
                attempt(1010, lost, Some(9000), AttemptResult::NoAnswer),
                attempt(1012, lost, Some(0), AttemptResult::NoAnswer),
                attempt(1025, agent, Some(5000), AttemptResult::Taken),
            ],
            holds: vec![Hold { start: 1040, secs: 20 }],
            notes: vec![Note {
                at: 1300,
                kind: NoteKind::Outcome,
                agent: None,
                text: "5".into(),
                more: "".into(),
            }],
            quality: Quality::MANUAL,
        }
    }

    #[test]
    fn a_call_is_cut_into_menu_waiting_talking_and_hold() {
        let mut names = Names::default();
        let stint = vector_a(&mut names);
        let detail = detail("7".into(), &stint, Vec::new(), &names);
        let segments: Vec<_> = detail.segments.iter().map(|s| (s.kind, s.from, s.to)).collect();
        assert_eq!(
            segments,
            [
                ("ivr", 988, 1000),
                ("waiting", 1000, 1025),
                ("talking", 1025, 1040),
                ("hold", 1040, 1060),
                ("talking", 1060, 1125),
            ]
        );
        assert_eq!(detail.row.hold, 20);
        assert_eq!(detail.row.quality, ["manual"]);
        assert_eq!(detail.row.stints, 1);
    }

    #[test]
    fn the_timeline_is_in_order_of_time_and_late_annotations_follow_the_end() {
        let mut names = Names::default();
        let stint = vector_a(&mut names);
        let timeline = timeline(&stint, &names);
        let kinds: Vec<_> = timeline.iter().map(|m| (m.at, m.kind)).collect();
        assert_eq!(
            kinds,
            [
                (1000, "enter"),
                (1010, "no_answer"),
                (1012, "short_ring"),
                (1025, "connect"),
                (1040, "hold"),
                (1060, "unhold"),
                (1125, "end"),
                (1300, "outcome"),
            ]
        );
        assert_eq!(timeline[3].agent.as_deref(), Some("PJSIP/8"));
        assert_eq!(timeline[1].secs, Some(9));
        assert_eq!(timeline[6].text, "caller");
    }

    #[test]
    fn an_open_conversation_has_its_talk_so_far_and_no_end_line() {
        let mut names = Names::default();
        let mut stint = vector_a(&mut names);
        stint.talk = None;
        stint.end = 1060;
        let open = OpenStint {
            stint,
            state: crate::model::StintState::Talking,
            connected: Some(1025),
            hold_since: None,
            last_tried: None,
        };
        let seen = so_far(&open, 1085);
        assert_eq!((seen.talk, seen.end), (Some(60), 1085));
        let seen = so_far(&open, 1225);
        assert_eq!((seen.talk, seen.end), (Some(200), 1225));
        let row = row("open-1".into(), &seen, 1, &names);
        assert!(row.open);
        assert!(timeline(&seen, &names).iter().all(|moment| moment.kind != "end"));
    }

    #[test]
    fn rows_have_the_names_of_the_interface() {
        let mut names = Names::default();
        let stint = vector_a(&mut names);
        let detail = detail("7".into(), &stint, Vec::new(), &names);
        let json = serde_json::to_value(&detail).unwrap();
        for field in ["id", "call_id", "direction", "segments", "timeline", "others", "stints"] {
            assert!(json.get(field).is_some(), "{field}");
        }
        assert_eq!(json["direction"], "in");
        assert_eq!(json["attempts"], 3);
    }
}
