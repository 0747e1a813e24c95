//! What the office says of its agents and outcomes: groups, places, levels,
//! contacts and sales; and groups of filters.

use crate::base::Zone;
use crate::model::{Direction, EndCause, Note, NoteKind, Pause, Quality, Session, Stint};
use crate::reports::block::run;
use crate::reports::crew::agents_of;
use crate::reports::params::Defaults;
use crate::reports::query::{
    Activity, Language, Level, OutcomeKind, PauseKind, Query, Rules, Team,
};
use crate::reports::report::{Report, Value};
use crate::reports::tests::memory::Memory;
use crate::reports::tests::vectors::{stint, taken};

/// 2026-11-20T00:00:00Z.
const DAY: i64 = 1_795_132_800;

fn day() -> Query {
    Query::over(DAY, DAY + 86_400, Zone::utc())
}

/// Agent 1 takes three calls and agents 2 and 3 one each.
fn calls() -> Memory {
    let mut stints = vec![
        taken(DAY + 100, 1, 5, 60, 1),
        taken(DAY + 200, 1, 5, 60, 1),
        taken(DAY + 300, 2, 5, 90, 1),
        taken(DAY + 4000, 1, 5, 30, 2),
        taken(DAY + 5000, 2, 5, 40, 3),
    ];
    for (n, outcome) in [Some(1), Some(2), None, Some(3), Some(1)].into_iter().enumerate() {
        stints[n].outcome = outcome;
    }
    Memory { stints, ..Memory::named() }
}

/// Two hours from midnight.
fn session(agent: u32) -> Session {
    Session {
        agent,
        start: DAY,
        end: DAY + 7200,
        extension: None,
        cause: EndCause::Logoff,
        quality: Quality::default(),
    }
}

#[track_caller]
fn column(report: &Report, id: &str) -> Vec<(String, Value)> {
    let at = report.columns.iter().position(|column| column.id == id).unwrap();
    report.rows.iter().map(|row| (row.key.clone(), row.values[at].clone())).collect()
}

fn counts(list: &[(&str, i64)]) -> Vec<(String, Value)> {
    list.iter().map(|(key, n)| ((*key).to_owned(), Value::Int(*n))).collect()
}

#[test]
fn calls_are_told_by_group_place_and_level() {
    let mut query = day();
    let team = |groups: &[&str], location: &str| Team {
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        location: Some(location.to_owned()),
    };
    // Names of agents are one in any case.
    query.rules.teams.insert("AGENT-1".into(), team(&["north", "night"], "Nantes"));
    query.rules.teams.insert("agent-2".into(), team(&["north"], "Brest"));
    let levels = [("agent-1".to_owned(), Level::Main), ("agent-2".to_owned(), Level::Spill)];
    query.rules.levels.insert("queue-1".into(), levels.into());
    let source = calls();
    let ask = |block: &str| run(block, &query, &source).unwrap();
    let groups = counts(&[("night", 3), ("north", 4), ("-", 1)]);
    assert_eq!(column(&ask("agents-groups"), "AG-18"), groups);
    assert_eq!(column(&ask("answered-groups"), "OK-62"), groups);
    let share = column(&ask("answered-groups"), "OK-62PCT");
    assert_eq!(share[1].1, Value::Real(80.0));
    let places = counts(&[("Brest", 1), ("Nantes", 3), ("-", 1)]);
    assert_eq!(column(&ask("agents-locations"), "AG-19"), places);
    assert_eq!(column(&ask("answered-locations"), "OK-63"), places);
    assert_eq!(
        column(&ask("agents-levels"), "AG-20"),
        counts(&[("Main", 2), ("Spill", 1), ("Undefined", 2)])
    );
    assert_eq!(column(&ask("agents-levels"), "AG-20TALK")[0].1, Value::Int(120));
}

#[test]
fn a_sale_is_counted_as_the_office_says_and_rates_are_of_billable_hours() {
    let mut query = day();
    let kind = |contact, qualified, sale| OutcomeKind { contact, qualified, sale };
    query.rules.outcomes.insert("word-1".into(), kind(true, true, true));
    query.rules.outcomes.insert("word-2".into(), kind(true, false, false));
    let mut source = calls();
    source.sessions.push(session(1));
    let sales = run("by-hour-sales", &query, &source).unwrap();
    assert_eq!(sales.value("00", "DI-16"), Some(&Value::Int(1)));
    assert_eq!(sales.value("00", "DI-14"), Some(&Value::Real(50.0)));
    assert_eq!(sales.value("00", "DI-15"), Some(&Value::Real(100.0)));
    assert_eq!(sales.value("00", "DI-16PCT"), Some(&Value::Real(50.0)));
    assert_eq!(sales.value("02", "DI-14"), Some(&Value::None));
    let contacts = run("by-dow-contacts", &query, &source).unwrap();
    assert_eq!(contacts.value("fri", "DI-18"), Some(&Value::Int(3)));
    assert_eq!(contacts.value("fri", "DI-17"), Some(&Value::Int(2)));
    let agents = run("agents-outcomes", &query, &source).unwrap();
    assert_eq!(agents.value("agent-1", "AG-65"), Some(&Value::Real(1.0)));
    assert_eq!(agents.value("agent-1", "AG-65SALES"), Some(&Value::Real(0.5)));
    assert_eq!(agents.value("agent-1", "AG-65CONV"), Some(&Value::Real(50.0)));
    // No session, no hours.
    assert_eq!(agents.value("agent-3", "AG-65"), Some(&Value::None));
    let none = run("agents-outcomes", &day(), &source).unwrap();
    assert!(none.rows.is_empty() && none.header.notes[0].contains("office.outcomes"));
}

#[test]
fn work_after_a_call_belongs_to_the_queue_of_that_call() {
    let mut query = day();
    let wrap = PauseKind { kind: Activity::Wrap, ..PauseKind::default() };
    query.rules.pauses.insert("word-4".into(), wrap);
    let mut source = calls();
    let pause = |agent, start, secs, code| Pause {
        agent,
        queue: None,
        start,
        end: start + secs,
        code,
        cause: EndCause::Unpaused,
        quality: Quality::default(),
    };
    source.pauses = vec![
        // Eight seconds after the second call of queue 1, into the third, of
        // queue 2: only what is not spent talking.
        pause(1, DAY + 273, 100, Some(4)),
        // During the call of queue 2, to its end and 20 s more.
        pause(1, DAY + 390, 25, Some(4)),
        // Another kind of pause, and one that follows no call.
        pause(2, DAY + 4036, 50, Some(5)),
        pause(3, DAY + 9000, 50, Some(4)),
    ];
    let report = run("handling-queues", &query, &source).unwrap();
    assert_eq!(report.value("queue-1", "AG-69ACW"), Some(&Value::Int(32)));
    assert_eq!(report.value("queue-2", "AG-69ACW"), Some(&Value::Int(20)));
    let talk = 60 + 60 + 30;
    assert_eq!(report.value("queue-1", "AG-69TALK"), Some(&Value::Int(talk)));
    assert_eq!(report.value("queue-1", "AG-69"), Some(&Value::Real((talk + 32) as f64 / 3.0)));
    // By agent it is the same work.
    let agents = run("agents-calls", &query, &source).unwrap();
    let Some(Value::Real(handling)) = agents.value("agent-1", "AG-69") else { panic!() };
    assert_eq!((handling * 3.0).round() as i64, 60 + 60 + 90 + 52);
}

fn read(pairs: &[(&str, &str)]) -> Result<Query, String> {
    let mut rules = Rules::default();
    let team = Team { groups: vec!["north".into()], location: None };
    rules.teams.insert("agent-2".into(), team);
    let defaults =
        Defaults { zone: Zone::utc(), rules, language: Language::English, now: DAY + 86_400 };
    let period = [("from", "2026-11-20"), ("to", "2026-11-21")];
    Query::read(period.iter().chain(pairs).copied(), &defaults)
        .map_err(|faults| format!("{}: {}", faults[0].field, faults[0].message))
}

#[test]
fn filters_stand_in_groups_of_all_any_and_none() {
    let mut source = calls();
    let note = |kind, text: &str, more: &str| Note {
        at: DAY,
        kind,
        agent: None,
        text: text.into(),
        more: more.into(),
    };
    source.stints[0].notes =
        vec![note(NoteKind::Variable, "mood", "good"), note(NoteKind::Skill, "french", "3")];
    source.stints[1].notes =
        vec![note(NoteKind::Variable, "mood", "good"), note(NoteKind::NoVariable, "mood", "")];
    source.stints[2].call_id = crate::base::CallId::parse("pbx2-1795132800.7");
    source.stints.push(Stint { direction: Direction::Outbound, ..stint(DAY + 6000, 2, 20) });
    let ask = |pairs: &[(&str, &str)]| {
        let query = read(pairs).unwrap();
        let calls = run("calls", &query, &source).unwrap();
        let overview = run("overview", &query, &source).unwrap();
        assert_eq!(calls.rows.len() as u64, overview.header.processed, "{pairs:?}");
        assert_eq!(calls.header.processed, overview.header.processed, "{pairs:?}");
        calls.rows.len()
    };
    for (text, count) in [
        ("queue=queue-1", 3),
        ("any(queue=queue-1, talk_min=90)", 4),
        ("none(queue=queue-1, talk_min=90)", 2),
        ("any(agent=agent-2, all(agent=agent-1, queue=queue-2))", 2),
        ("direction=out", 1),
        ("answered=yes, none(outcome=word-1)", 3),
        ("agent=nobody", 0),
        ("none(agent=nobody)", 6),
        ("any(variable=mood, server=pbx2)", 2),
    ] {
        assert_eq!(ask(&[("where", text)]), count, "{text}");
    }
    assert_eq!(ask(&[("where", "queue=queue-1"), ("agent", "agent-1")]), 2);
    assert_eq!(ask(&[("variable", "mood")]), 1);
    assert_eq!(ask(&[("variable", "mood=bad")]), 0);
    assert_eq!(ask(&[("skill", "french>=3")]), 1);
    assert_eq!(ask(&[("skill", "french>=4")]), 0);
    assert_eq!(ask(&[("server", "pbx2")]), 1);
    assert_eq!(ask(&[("group", "north")]), 1);
    let described = read(&[("where", "any(tag=a,tag=b)"), ("skill", "x>=2")]).unwrap().described();
    assert_eq!(described["where"], "any(tag=a,tag=b)");
    assert_eq!(described["skill"], "x>=2");
}

#[test]
fn what_is_wrong_with_a_group_is_told_with_its_field() {
    for (pair, wrong) in [
        (("where", "any(wait_min=x)"), "where: wait_min: \"x\" is no whole number"),
        (("where", "limit=5"), "where: \"limit\" is no filter of a group"),
        (("where", "tag="), "where: \"tag\" has no value"),
        (("skill", "french>=much"), "skill: "),
        (("group", "south"), "group: "),
    ] {
        let error = read(&[pair]).unwrap_err();
        assert!(error.contains(wrong), "{error}");
    }
    assert!(read(&[("group", "north"), ("agent", "agent-1")]).is_err());
}

#[test]
fn a_confined_question_knows_only_agents_of_its_queues() {
    let mut source = calls();
    source.sessions.push(session(4));
    let mut query = Query { queues: vec!["queue-2".into()], ..day() };
    assert_eq!(agents_of(&query, &source).unwrap(), ["agent-1", "agent-3"]);
    // Agent 4 belongs to no queue: only who may see all queues sees him.
    let seen = |query: &Query| {
        let report = run("agents-sessions", query, &source).unwrap();
        report.rows.into_iter().map(|row| row.key).collect::<Vec<_>>()
    };
    assert_eq!(seen(&query), ["agent-1", "agent-3", "agent-4"]);
    query.confined = true;
    assert_eq!(seen(&query), ["agent-1", "agent-3"]);
    assert_eq!(agents_of(&day(), &source).unwrap().len(), 9);
}
