//! Captures of a real PBX, folded and set beside what the telephones saw,
//! call by call. What a queue_log cannot know is in each capture's `why.md`
//! and named here.

mod folded;

use std::collections::BTreeMap;
use std::fs;

use folded::Run;
use serde_json::Value;
use switchroom_core::model::{Cause, EndCause, Settings, Stint};

/// A capture: its files in the order they were written.
fn fold(name: &str, files: &[&str]) -> (Run, Value, usize) {
    let mut run = Run::new(Settings::default());
    let mut entered = 0;
    for file in files {
        let text = fs::read_to_string(format!("../tests/captures/{name}/{file}")).unwrap();
        entered += text.lines().filter(|line| line.contains("|ENTERQUEUE|")).count();
        run.feed(&text);
    }
    let truth = fs::read_to_string(format!("../tests/captures/{name}/truth.json")).unwrap();
    (run, serde_json::from_str(&truth).unwrap(), entered)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("")
}

/// The ends a stint may have when the telephones saw this. `hidden`: the
/// member sits on a Local channel, and the queue never learns of a transfer.
fn ends(call: &Value, hidden: bool) -> &'static [Cause] {
    let hung_up: &[Cause] = match text(call, "ended_by") {
        "caller" => &[Cause::Caller],
        "agent" => &[Cause::Agent],
        _ => &[Cause::Caller, Cause::Agent],
    };
    match text(call, "outcome") {
        "answered" => hung_up,
        "abandoned" | "redirected-from-queue" | "dumped" => &[Cause::Abandon],
        "timed-out" => &[Cause::Timeout],
        "left-with-key" => &[Cause::Key],
        "left-empty" => &[Cause::Empty],
        "withdrawn" => &[Cause::Withdrawn],
        "cut" => &[Cause::Restart],
        "redirected-from-agent" => &[Cause::Caller],
        "blind-transferred" | "attended-transferred" if hidden => &[Cause::Agent, Cause::Caller],
        "blind-transferred" | "parked-retrieve" | "parked-timeout" | "parked-hangup" => {
            &[Cause::BlindTransfer]
        }
        "attended-transferred" => &[Cause::AttendedTransfer],
        other => panic!("an outcome nobody thought of: {other}"),
    }
}

fn compare(name: &str, files: &[&str]) -> Run {
    let (run, truth, entered) = fold(name, files);
    let names: BTreeMap<&str, &str> = truth["agents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|agent| (text(agent, "ext"), text(agent, "name")))
        .chain([("Agent/3001", "Pool 3001")])
        .collect();
    let local: Vec<&str> = truth["queues"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|queue| text(queue, "style") == "local")
        .map(|queue| text(queue, "name"))
        .collect();
    let mut seen = 0;
    for call in truth["calls"].as_array().unwrap() {
        let what = format!("{name}: {} {}", text(call, "id"), text(call, "outcome"));
        let mut ids: Vec<&str> =
            call["queue_uniqueids"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        ids.dedup();
        let stints: Vec<&Stint> = run
            .facts
            .stints
            .iter()
            .filter(|stint| ids.contains(&stint.call_id.to_string().as_str()))
            .collect();
        seen += stints.len();
        let entered: Vec<&str> = call["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| text(event, "what") == "joined")
            .map(|event| text(event, "queue"))
            .collect();
        let queues: Vec<&str> =
            stints.iter().map(|stint| run.fold.names().queue_name(stint.queue)).collect();
        assert_eq!(queues, entered, "{what}: queues");
        let Some((last, before)) = stints.split_last() else { continue };
        // What the telephones call the outcome is the first queue's end, when
        // the call went on into another queue and was answered there.
        let first = before.first().unwrap_or(last);
        let hidden = local.contains(&run.fold.names().queue_name(first.queue));
        let possible = ends(call, hidden);
        assert!(possible.contains(&first.cause), "{what}: ended by {}", first.cause.label());
        if !before.is_empty() {
            assert!(matches!(last.cause, Cause::Agent | Cause::Caller), "{what}: the second queue");
        }
        let answered_by = text(call, "answered_by");
        if last.answered {
            assert_eq!(run.agent(last), names[answered_by], "{what}: agent");
        } else {
            let reached = answered_by.is_empty() || text(call, "outcome") == "dumped";
            assert!(reached, "{what}: lost, but {answered_by} answered");
        }
        let caller = text(call, "caller");
        assert!(stints.iter().all(|stint| *stint.number == *caller), "{what}: number");
        let target = text(&call["facts"], "transferred_to");
        if first.cause == Cause::BlindTransfer && !target.is_empty() {
            assert_eq!(run.word(first.transfer_to), target, "{what}: transferred to");
        }
        let status = text(&call["facts"], "status");
        if !status.is_empty() {
            // The driver marked some calls by an outcome, some by a feature.
            let noted = stints.iter().any(|stint| {
                run.word(stint.outcome) == status
                    || stint.features.iter().any(|word| run.word(Some(*word)) == status)
            });
            assert!(noted, "{what}: status {status}");
        }
        for stint in stints {
            if let (Some(wait), true) = (stint.wait, stint.answered) {
                assert_eq!(stint.quality.0 & !18, 0, "{what}: nothing to repair but the restart");
                let heard = stint.end - stint.enter - wait - stint.talk.unwrap();
                assert!((-1..=2).contains(&heard), "{what}: {heard} s unaccounted for");
            }
        }
    }
    let counted = run.facts.stints.iter().filter(|stint| stint.cause != Cause::OutCall).count();
    assert_eq!(counted, entered, "{name}: every ENTERQUEUE is one stint");
    assert_eq!(counted, seen, "{name}: every stint is a call of the telephones");
    assert!(run.fold.open().stints.is_empty(), "{name}: nothing stays open");
    run
}

/// Sessions as (agent, start, end), in order of their start.
fn sessions(run: &Run) -> Vec<(&str, i64, i64)> {
    let mut told: Vec<_> = run
        .facts
        .sessions
        .iter()
        .map(|session| (run.fold.names().agent_name(session.agent), session.start, session.end))
        .collect();
    told.sort_unstable_by_key(|(name, start, _)| (*start, *name));
    told
}

#[test]
fn a_day_on_asterisk_16_is_what_the_telephones_saw() {
    let run = compare("16", &["queue_log.0", "queue_log"]);
    assert_eq!(
        sessions(&run),
        [
            ("Dieter Braun", 1795189117, 1795189322),
            ("Eva O'Neill", 1795189117, 1795189316),
            ("Hugo Junior", 1795189117, 1795189191),
            ("Agent/3001", 1795189118, 1795189138),
            ("Agent/1208", 1795189198, 1795189204),
            ("Farid Ben Ali", 1795189238, 1795189243),
        ]
    );
}

#[test]
fn a_day_on_asterisk_22_is_what_the_telephones_saw() {
    let run = compare("22", &["queue_log"]);
    assert_eq!(sessions(&run).len(), 6);
}

#[test]
fn a_killed_pbx_cuts_the_calls_and_its_persistent_members_live_on() {
    let run = compare("22-restart", &["queue_log"]);
    let cut: Vec<&Stint> =
        run.facts.stints.iter().filter(|stint| stint.cause == Cause::Restart).collect();
    let [cut] = cut[..] else { panic!("one call was cut, not {}", cut.len()) };
    assert_eq!((run.agent(cut), cut.wait, cut.talk), ("Dieter Braun", Some(1), Some(1)));
    // Both were logged on when the PBX was killed at …509, had no ADDMEMBER
    // after QUEUESTART at …516, and a REMOVEMEMBER long after it.
    for lived_on in
        [("Dieter Braun", 1795189443, 1795189584), ("Eva O'Neill", 1795189444, 1795189578)]
    {
        assert!(sessions(&run).contains(&lived_on), "{lived_on:?} in {:?}", sessions(&run));
    }
    assert_eq!(sessions(&run).len(), 6);
    assert!(run.facts.sessions.iter().all(|session| session.cause != EndCause::Restart));
    assert_eq!(run.facts.memberships.len(), 5);
}

#[test]
fn pauses_of_static_members_are_known_without_any_session() {
    let run = compare("22-restart", &["queue_log"]);
    let of = |name: &str| -> Vec<(String, i64)> {
        run.facts
            .agent_pauses()
            .into_iter()
            .filter(|pause| run.fold.names().agent_name(pause.agent) == name)
            .map(|pause| (run.word(pause.code).to_owned(), pause.end - pause.start))
            .collect()
    };
    let told = |list: &[(&str, i64)]| -> Vec<(String, i64)> {
        list.iter().map(|(code, secs)| ((*code).to_owned(), *secs)).collect()
    };
    assert_eq!(of("Bruno Keller"), told(&[("lunch", 3)]));
    assert_eq!(of("Alice Moreau"), told(&[("7", 9)]));
    assert_eq!(of("Chiara Lodi"), told(&[("12", 2), ("training | room B", 5), ("back-office", 3)]));
    // A member of desk_4 who is paused on support only is not on pause.
    assert_eq!(of("Dieter Braun"), []);
    assert!(run.facts.pauses.iter().any(|pause| {
        run.fold.names().agent_name(pause.agent) == "Dieter Braun" && pause.queue.is_some()
    }));
}
