//! Worked examples of `metrics.md` 3.20 and rules of 2.6 and 3.0.

use crate::base::{CallId, Kind, Zone};
use crate::model::totals::{NO_WORD, SLOT_SECS};
use crate::model::{
    Attempt, AttemptResult, Cause, EndCause, Hold, Membership, OpenStint, Pause, Quality, Session,
    Stint, StintState,
};
use crate::reports::block::run;
use crate::reports::query::{Activity, JoinedQueue, PauseKind, Query};
use crate::reports::report::{Report, Value};
use crate::reports::tests::memory::Memory;

/// 2026-11-20T00:00:00Z.
const DAY: i64 = 1_795_132_800;

pub(super) fn stint(enter: i64, queue: u32, wait: i64) -> Stint {
    Stint {
        end: enter + wait,
        wait: Some(wait),
        cause: Cause::Abandon,
        position: Some(1),
        exit_position: Some(1),
        number: "5551".into(),
        ..Stint::begun(CallId::Usual { epoch: enter as u32, seq: queue }, queue, enter)
    }
}

pub(super) fn taken(enter: i64, queue: u32, wait: i64, talk: i64, agent: u32) -> Stint {
    let at = enter + wait;
    let ring_ms = Some(4000);
    Stint {
        end: at + talk,
        talk: Some(talk),
        answered: true,
        cause: Cause::Caller,
        agent: Some(agent),
        exit_position: None,
        attempts: vec![Attempt { at, agent, ring_ms, result: AttemptResult::Taken }],
        ..stint(enter, queue, wait)
    }
}

fn day() -> Query {
    Query::over(DAY, DAY + 86_400, Zone::utc())
}

fn with(stints: Vec<Stint>) -> Memory {
    Memory { stints, ..Memory::named() }
}

#[track_caller]
fn is(report: &Report, key: &str, column: &str, wanted: impl Into<Value>) {
    let found = report.value(key, column);
    match (found, wanted.into()) {
        (Some(Value::Real(found)), Value::Real(wanted)) => {
            assert!((found - wanted).abs() < 0.05, "{key} {column}: {found}, not {wanted}");
        }
        (found, wanted) => assert_eq!(found, Some(&wanted), "{key} {column}"),
    }
}

fn none() -> Value {
    Value::None
}

/// Ten answered after 1 to 10 s, five abandoned.
fn example_c() -> Memory {
    let mut stints: Vec<Stint> = (1..=10).map(|n| taken(DAY + n * 60, 1, n, 60, 1)).collect();
    stints.extend([2, 4, 6, 30, 40].map(|wait| stint(DAY + 1000, 1, wait)));
    with(stints)
}

#[test]
fn vector_c_of_the_service_level_family() {
    let mut query = day();
    query.rules.sla.target.secs = 5;
    let source = example_c();
    let report = run("answered-sla", &query, &source).unwrap();
    is(&report, "5", "OK-31", 5u32);
    is(&report, "5", "OK-33", 50.0);
    is(&report, "5", "OK-34", 33.3);
    let report = run("sla", &query, &source).unwrap();
    is(&report, "all", "SLA-1", 46.7);
    is(&report, "all", "SLA-2", 33.3);
    is(&report, "all", "SLA-3", 50.0);
    is(&report, "all", "SLA-4", 33.3);
    is(&report, "all", "SLA-5", 38.5);
    is(&report, "all", "SLA-6", 38.5);
    is(&report, "all", "SLA-10P50", 5u32);
    is(&report, "all", "SLA-10P90", 9u32);
    is(&report, "all", "SLA-11LOST", 40u32);
    is(&report, "all", "SLA-12", 0i64);
    let steps = run("sla-steps", &query, &source).unwrap();
    is(&steps, "5", "SLA-1", 46.7);
    is(&steps, "5", "SLA-6", 38.5);
    let rates = run("lost-rates", &query, &source).unwrap();
    is(&rates, "all", "KO-56", 2u32);
    is(&rates, "all", "KO-57", 33.3);
    is(&rates, "all", "KO-58", 100.0 * 3.0 / 13.0);
    is(&rates, "all", "KO-62", 16.4);
    assert_eq!((report.header.answered, report.header.lost), (10, 5));
}

#[test]
fn calls_are_measured_with_their_own_queues_target() {
    let mut query = day();
    let source = with(vec![taken(DAY, 1, 15, 60, 1), taken(DAY, 2, 15, 60, 1)]);
    query.rules.sla.target.secs = 20;
    let target = crate::reports::query::SlaTarget { secs: 10, goal: 80.0 };
    query.rules.sla.target_of.insert("queue-2".into(), target);
    let report = run("sla", &query, &source).unwrap();
    is(&report, "all", "SLA-4", 50.0);
    let report = run("sla-queues", &query, &source).unwrap();
    is(&report, "queue-1", "SLA-12", 1i64);
    is(&report, "queue-2", "SLA-4", 0.0);
}

/// One session of an hour, 600 s of pauses, 1 800 s of talk.
fn example_d() -> (Memory, Query) {
    let (agent, quality) = (1, Quality::default());
    let pause = |start: i64, end: i64, code| Pause {
        agent,
        queue: None,
        start: DAY + start,
        end: DAY + end,
        code: Some(code),
        cause: EndCause::Unpaused,
        quality,
    };
    let session = Session {
        agent,
        start: DAY,
        end: DAY + 3600,
        extension: None,
        cause: EndCause::Logoff,
        quality,
    };
    let source = Memory {
        sessions: vec![session],
        pauses: vec![pause(0, 300, 1), pause(1500, 1800, 2)],
        ..with(vec![taken(DAY + 1690, 1, 10, 1800, agent)])
    };
    let mut query = day();
    let billable = PauseKind { kind: Activity::Pause, billable: true, payable: true };
    query.rules.pauses.insert("word-1".into(), billable);
    (source, query)
}

#[test]
fn vector_d_of_occupancy() {
    let (source, query) = example_d();
    let report = run("agents-occupancy", &query, &source).unwrap();
    for (column, secs) in [
        ("AG-33", 3600u64),
        ("AG-34", 300),
        ("AG-35", 300),
        ("AG-36", 600),
        ("AG-37", 100),
        ("AG-38", 1800),
        ("AG-41", 1300),
        ("AG-56", 0),
    ] {
        is(&report, "agent-1", column, secs);
    }
    is(&report, "agent-1", "AG-39", 58.1);
    is(&report, "agent-1", "AG-40", 100.0 * 2100.0 / 3600.0);
    let report = run("agents-availability", &query, &source).unwrap();
    is(&report, "agent-1", "AG-12", 3100u64);
    is(&report, "agent-1", "AG-10", 16.7);
    let report = run("agents-performance", &query, &source).unwrap();
    is(&report, "agent-1", "AG-28", 36.1);
    is(&report, "agent-1", "AG-29", 50.0);
    is(&report, "agent-1", "AG-21", DAY);
    let report = run("agents-hours-billable", &query, &source).unwrap();
    is(&report, "agent-1", "AG-46", 3400u64);
    is(&report, "agent-1", "AG-46:00", 3400u64);
    let report = run("pauses", &query, &source).unwrap();
    is(&report, "agent-1 / word-2", "AG-59", 300u32);
    is(&report, "agent-1 / word-2", "AG-61", 50.0);
    is(&report, "agent-1 / word-2", "AG-60MAX", 300i64);
    let report = run("agents", &query, &source).unwrap();
    is(&report, "all", "AG-1", 1usize);
    is(&report, "all", "AG-75MAX", 1u32);
    let report = run("agents-idle", &query, &source).unwrap();
    is(&report, "agent-1", "AG-41", 1300u64);
    // The caller waited 10 s while the agent was paused: idle all the same.
    is(&report, "agent-1", "AG-42", 1300i64);
    is(&report, "agent-1", "AG-43MAX", 1200i64);
    is(&report, "agent-1", "AG-43", DAY + 3500);
}

#[test]
fn vector_q_of_midnight() {
    let (agent, quality) = (1, Quality::default());
    let session = Session {
        agent,
        start: DAY - 3600,
        end: DAY + 3600,
        extension: None,
        cause: EndCause::Logoff,
        quality,
    };
    let source =
        Memory { sessions: vec![session], ..with(vec![taken(DAY - 10, 1, 15, 60, agent)]) };
    let query = Query::over(DAY - 86_400, DAY + 86_400, Zone::utc());
    let report = run("agents-hours-session", &query, &source).unwrap();
    is(&report, "agent-1", "AG-44:23", 3600u64);
    is(&report, "agent-1", "AG-44:00", 3600u64);
    let report = run("agents-days", &query, &source).unwrap();
    is(&report, "agent-1 / 2026-11-19", "AG-33", 3600u64);
    is(&report, "agent-1 / 2026-11-20", "AG-74FIRST", DAY);
    is(&report, "agent-1 / 2026-11-20", "AG-74LAST", DAY + 3600);
    let report = run("by-hour-answered", &query, &source).unwrap();
    is(&report, "23", "DI-1", 1u32);
    is(&report, "00", "DI-1", 0u32);
    let report = run("agents-sessions", &query, &source).unwrap();
    is(&report, "agent-1", "AG-6", 1u64);
    // The second day sees the rest of the session as one session.
    let report = run("agents-sessions", &day(), &source).unwrap();
    is(&report, "agent-1", "AG-6", 1u64);
    is(&report, "agent-1", "AG-7", 3600.0);
}

#[test]
fn the_repeated_hour_counts_double_and_is_told() {
    let paris = Zone::named("Europe/Paris").unwrap();
    let from = paris.day_start(jiff::civil::date(2026, 10, 25));
    let to = paris.day_start(jiff::civil::date(2026, 10, 26));
    // 02:10 the first time and 02:10 the second time.
    let first = from + 2 * 3600 + 600;
    let source = with(vec![taken(first, 1, 5, 60, 1), taken(first + 3600, 1, 5, 60, 1)]);
    let report = run("by-hour-answered", &Query::over(from, to, paris), &source).unwrap();
    is(&report, "02", "DI-1", 2u32);
    assert_eq!(report.rows.len(), 24);
    assert!(report.header.notes[0].starts_with("02 "), "{:?}", report.header.notes);
}

#[test]
fn vector_l_of_talk_without_a_session() {
    let source = with(vec![taken(DAY, 1, 5, 60, 9)]);
    let report = run("agents-occupancy", &day(), &source).unwrap();
    is(&report, "agent-9", "AG-56", 60u64);
    is(&report, "agent-9", "AG-33", 0u64);
    is(&report, "agent-9", "AG-39", none());
    assert_eq!(run("sessions", &day(), &source).unwrap().rows.len(), 0);
    is(&run("agents", &day(), &source).unwrap(), "all", "AG-1", 0usize);
}

/// A call over three queues.
fn example_b() -> Memory {
    let call_id = CallId::parse("u2");
    let mut stints = vec![
        Stint { cause: Cause::Timeout, ..stint(DAY + 2000, 1, 50) },
        Stint { cause: Cause::Key, detail: Some(2), entry: 1, ..stint(DAY + 2053, 2, 40) },
        Stint { position: Some(2), entry: 2, ..taken(DAY + 2095, 3, 20, 30, 1) },
    ];
    for stint in &mut stints {
        stint.call_id = call_id.clone();
    }
    with(stints)
}

#[test]
fn vector_b_of_joined_stints() {
    let source = example_b();
    let mut query = day();
    let single = run("overview", &query, &source).unwrap();
    is(&single, "all", "OV-2", 1u32);
    is(&single, "all", "OV-4", 2u32);
    query.rules.join_multistint = true;
    let report = run("calls-answered", &query, &source).unwrap();
    assert_eq!(report.rows.len(), 1);
    is(&report, "1", "CL-QUEUE", "queue-1");
    is(&report, "1", "CL-POSITION", 1u32);
    is(&report, "1", "CL-WAIT", 110i64);
    is(&report, "1", "CL-ELAPSED", 115i64);
    is(&report, "1", "CL-TALK", 30i64);
    is(&report, "1", "CL-STINTS", 3u32);
    let report = run("overview-queues", &query, &source).unwrap();
    is(&report, "queue-1", "OV-2", 1u32);
    assert_eq!(report.rows.iter().filter(|row| row.values[0] != Value::Int(0)).count(), 1);
    is(&run("answered-stints", &query, &source).unwrap(), "3", "OK-43", 1u32);
    is(&run("lost", &query, &source).unwrap(), "all", "KO-1", 0u32);
    assert!(report.header.multi_stint);
    query.rules.multistint_queue = JoinedQueue::Last;
    let report = run("calls-answered", &query, &source).unwrap();
    is(&report, "1", "CL-QUEUE", "queue-3");
    // A stint that reaches past the period is not joined.
    query.to = DAY + 2100;
    is(&run("overview", &query, &source).unwrap(), "all", "OV-4", 1u32);
}

#[test]
fn whole_calls_leave_out_those_that_end_after_the_period() {
    let source = with(vec![taken(DAY + 100, 1, 5, 60, 1), taken(DAY + 800, 1, 5, 200, 1)]);
    let mut query = day();
    query.to = DAY + 900;
    is(&run("answered", &query, &source).unwrap(), "all", "OK-1", 2u32);
    is(&run("answered-within", &query, &source).unwrap(), "all", "OK-14", 1u32);
    let settled = Memory { settled_until: DAY + SLOT_SECS, ..source };
    is(&run("answered-within", &query, &settled).unwrap(), "all", "OK-14", 1u32);
}

#[test]
fn short_calls_are_left_out_and_counted_in_the_header() {
    let mut query = day();
    query.rules.short_wait = Some(5);
    query.rules.short_talk = Some(10);
    let source = with(vec![
        stint(DAY, 1, 4),
        stint(DAY, 1, 5),
        taken(DAY, 1, 1, 9, 1),
        taken(DAY, 1, 1, 10, 1),
    ]);
    let report = run("overview", &query, &source).unwrap();
    is(&report, "all", "OV-1", 2u32);
    let header = &report.header;
    assert_eq!((header.processed, header.short, header.ratio), (4, 2, Some(50.0)));
}

#[test]
fn an_agent_filter_keeps_his_calls_and_his_attempts_on_others() {
    let mut rang = taken(DAY, 1, 5, 60, 2);
    let lost = Attempt { at: DAY, agent: 1, ring_ms: Some(0), result: AttemptResult::NoAnswer };
    rang.attempts.insert(0, lost);
    let mut query = day();
    query.agents = vec!["AGENT-1".into()];
    let source = with(vec![rang, taken(DAY, 1, 5, 60, 1), stint(DAY, 1, 9)]);
    let report = run("overview", &query, &source).unwrap();
    is(&report, "all", "OV-1", 1u32);
    is(&report, "all", "OV-5", 1u32);
    is(&report, "all", "OV-6", 50.0);
    let report = run("attempts-agents", &query, &source).unwrap();
    assert_eq!(report.rows.len(), 1);
    is(&report, "agent-1", "AT-22", 1u32);
    is(&report, "agent-1", "AT-20", 4.0);
}

#[test]
fn conversations_that_go_on_count_only_when_asked_for() {
    let mut stint = taken(DAY + 50, 1, 5, 0, 1);
    (stint.talk, stint.cause) = (None, Cause::Ongoing);
    let open = OpenStint {
        stint,
        state: StintState::Talking,
        connected: Some(DAY + 55),
        hold_since: None,
        last_tried: None,
    };
    let mut source = with(Vec::new());
    source.open.stints.push(open);
    source.open.newest = DAY + 155;
    let mut query = day();
    is(&run("overview", &query, &source).unwrap(), "all", "OV-1", 0u32);
    query.rules.consider_incomplete = true;
    is(&run("overview", &query, &source).unwrap(), "all", "OV-15", 100u64);
    source.settled_until = DAY + 3600;
    is(&run("overview", &query, &source).unwrap(), "all", "OV-15", 100u64);
    is(&run("answered-causes", &query, &source).unwrap(), "ongoing", "OK-35", 1u32);
}

#[test]
fn numbers_to_be_recalled_know_what_came_after() {
    let number = |number: &str, stint: Stint| Stint { number: number.into(), ..stint };
    let source = with(vec![
        number("111", stint(DAY, 1, 20)),
        number("222", stint(DAY + 1, 1, 20)),
        number("333", stint(DAY + 2, 2, 20)),
        number("", stint(DAY + 3, 2, 20)),
        number("1-11", taken(DAY + 10, 1, 5, 31, 2)),
        number("222", taken(DAY + 20, 1, 5, 3, 2)),
        number("444", taken(DAY + 30, 1, 5, 3, 2)),
    ]);
    let report = run("recalls", &day(), &source).unwrap();
    assert_eq!(report.rows.len(), 3);
    is(&report, "111", "KO-70", "recalled");
    is(&report, "111", "KO-69AGENT", "agent-2");
    is(&report, "222", "KO-70", "needs further recall");
    is(&report, "333", "KO-70", "not yet recalled");
    is(&report, "333", "KO-66", "queue-2");
}

#[test]
fn detail_that_is_gone_is_said_and_not_guessed() {
    let old = taken(DAY - 86_400 * 2, 1, 5, 60, 1);
    let new = taken(DAY + 100, 1, 5, 60, 1);
    let mut source = with(vec![old, new]);
    source.settled_until = DAY;
    source.detail_from = Some(DAY - 86_400);
    let query = Query::over(DAY - 86_400 * 3, DAY + 86_400, Zone::utc());
    // Totals are kept for ever.
    let report = run("overview", &query, &source).unwrap();
    is(&report, "all", "OV-2", 2u32);
    assert_eq!(report.header.covered_from, None);
    let report = run("calls-answered", &query, &source).unwrap();
    assert_eq!(report.rows.len(), 1);
    assert_eq!(report.header.covered_from, Some(DAY - 86_400));
    assert!(report.header.notes[0].contains("no longer kept"));
    let gone = Query::over(DAY - 86_400 * 3, DAY - 86_400 * 2, Zone::utc());
    is(&run("answered-callers", &gone, &source).unwrap(), "all", "OK-65", none());
}

#[test]
fn queues_choose_their_agents() {
    let (agent, quality) = (3, Quality::default());
    let session = |agent| Session {
        agent,
        start: DAY,
        end: DAY + 900,
        extension: None,
        cause: EndCause::Logoff,
        quality,
    };
    let membership = |agent, queue| Membership {
        agent,
        queue,
        start: DAY,
        end: DAY + 900,
        cause: EndCause::Removed,
        quality,
    };
    let source = Memory {
        sessions: vec![session(1), session(2), session(agent)],
        memberships: vec![membership(1, 1), membership(2, 2)],
        ..with(vec![taken(DAY, 2, 5, 60, 4)])
    };
    let mut query = day();
    query.queues = vec!["queue-1".into(), "no such queue".into()];
    let report = run("agents-sessions", &query, &source).unwrap();
    let keys: Vec<&str> = report.rows.iter().map(|row| row.key.as_str()).collect();
    // Agent 3 was logged on without a choice of queues.
    assert_eq!(keys, ["agent-1", "agent-3"]);
    assert!(report.header.notes[0].contains("no such queue"));
}

#[test]
fn after_call_work_counts_into_handling_time() {
    let (mut source, mut query) = example_d();
    let wrap = PauseKind { kind: Activity::Wrap, billable: false, payable: true };
    query.rules.pauses.insert("word-3".into(), wrap);
    source.pauses.push(Pause {
        agent: 1,
        queue: None,
        start: DAY + 3505,
        end: DAY + 3545,
        code: Some(3),
        cause: EndCause::Unpaused,
        quality: Quality::default(),
    });
    source.stints[0].holds = vec![Hold { start: DAY + 1800, secs: 20 }];
    let report = run("agents-calls", &query, &source).unwrap();
    is(&report, "agent-1", "AG-69", 1840.0);
    is(&report, "agent-1", "AG-70", 20u64);
    is(&report, "agent-1", "AG-73", 1.0);
    let report = run("agents-occupancy", &query, &source).unwrap();
    is(&report, "agent-1", "AG-40", 100.0 * 2140.0 / 3600.0);
    assert_eq!(NO_WORD, 0);
}

#[test]
fn an_unknown_block_is_not_found() {
    let error = run("nonsense", &day(), &with(Vec::new())).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[test]
fn every_block_answers_an_empty_period() {
    for block in crate::reports::catalogue() {
        let report = run(block.id, &day(), &Memory::named()).unwrap();
        for row in &report.rows {
            assert_eq!(row.values.len(), report.columns.len(), "{}", block.id);
        }
    }
}
