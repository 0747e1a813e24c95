//! One answer, whichever way it is found.

use jiff::civil::Weekday;
use proptest::prelude::*;

use crate::base::Zone;
use crate::model::totals::random::{SPAN, START, presence, stints};
use crate::model::{Membership, Pause, Session, Stint};
use crate::reports::block::{catalogue, run};
use crate::reports::handling::after_call;
use crate::reports::period::Window;
use crate::reports::presence::free_times;
use crate::reports::query::{Activity, PauseKind, Query, SlaTarget};
use crate::reports::stretch::figures_of;
use crate::reports::study::Study;
use crate::reports::tests::memory::Memory;

fn queries() -> impl Strategy<Value = Query> {
    let period = (-3600i64..SPAN, 60i64..SPAN, any::<bool>());
    let choice = (0u8..4, any::<bool>(), 0u8..3, any::<bool>());
    (period, choice).prop_map(|((from, length, aligned), (who, window, slot, incomplete))| {
        let align = |at: i64| if aligned { at - at.rem_euclid(900) } else { at };
        let from = align(START + from);
        let to = align(from + length).max(from + 900);
        let mut query = Query::over(from, to, Zone::named("Europe/Paris").unwrap());
        match who {
            1 => query.queues = vec!["queue-1".into(), "queue-2".into()],
            2 => query.agents = vec!["agent-2".into()],
            3 => query.direction = Some(crate::model::Direction::Inbound),
            _ => {}
        }
        if window {
            let times = vec![(22 * 60, 2 * 60), (3 * 60, 5 * 60 + 30)];
            query.window = Window { days: vec![Weekday::Sunday], times };
        }
        query.rules.hourly_slot = [60, 20, 15][usize::from(slot)];
        query.rules.consider_incomplete = incomplete;
        let wrap = PauseKind { kind: Activity::Wrap, billable: true, payable: false };
        query.rules.pauses.insert("word-1".into(), wrap);
        let target = SlaTarget { secs: 60, goal: 10.0 };
        query.rules.sla.target_of.insert("queue-2".into(), target);
        query.rules.short_abandon_of.insert("queue-1".into(), 30);
        query
    })
}

const ZONES: [&str; 4] = ["UTC", "Europe/Paris", "Asia/Kolkata", "America/St_Johns"];

/// Days in zones whose days begin anywhere between those of UTC.
fn long_queries() -> impl Strategy<Value = Query> {
    let period = (-30i64..60, 1i64..100, 0i64..3600, any::<bool>());
    (queries(), proptest::sample::select(&ZONES[..]), period).prop_map(
        |(query, zone, (from, hours, odd, cut))| {
            let from = START + from * 3600 + if cut { odd } else { 0 };
            let zone = Zone::named(zone).unwrap();
            Query { from, to: from + hours * 3600, zone, ..query }
        },
    )
}

/// The facts of a few hours, each moved to one of some days.
fn over_days(
    mut stints: Vec<Stint>,
    presence: (Vec<Session>, Vec<Membership>, Vec<Pause>),
    days: &[i64],
) -> Memory {
    let (mut sessions, memberships, mut pauses) = presence;
    for (stint, day) in stints.iter_mut().zip(days) {
        let by = day * 86_400;
        (stint.enter, stint.end) = (stint.enter + by, stint.end + by);
        stint.attempts.iter_mut().for_each(|attempt| attempt.at += by);
        stint.holds.iter_mut().for_each(|hold| hold.start += by);
        stint.notes.iter_mut().for_each(|note| note.at += by);
    }
    stints.sort_by_key(|stint| stint.enter);
    for (session, day) in sessions.iter_mut().zip(days) {
        (session.start, session.end) = (session.start + day * 86_400, session.end + day * 86_400);
    }
    for (pause, day) in pauses.iter_mut().zip(days) {
        (pause.start, pause.end) = (pause.start + day * 86_400, pause.end + day * 86_400);
    }
    Memory { stints, sessions, memberships, pauses, ..Memory::named() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn settled_cells_and_facts_give_the_same_answer_to_every_block(
        stints in stints(),
        presence in presence(),
        query in queries(),
        settled in 0i64..48,
    ) {
        let (sessions, memberships, pauses) = presence;
        let facts = Memory { stints, sessions, memberships, pauses, ..Memory::named() };
        let cells = Memory { settled_until: START + settled * 900, ..facts.clone() };
        for block in catalogue() {
            let from_facts = run(block.id, &query, &facts).unwrap();
            let from_cells = run(block.id, &query, &cells).unwrap();
            prop_assert_eq!(from_facts, from_cells, "{}", block.id);
        }
    }

    #[test]
    fn cells_of_hours_and_days_with_quarter_hours_at_the_edges_give_what_facts_give(
        stints in stints(),
        presence in presence(),
        days in proptest::collection::vec(0i64..4, 90),
        query in long_queries(),
        settled in 0i64..120,
    ) {
        let facts = over_days(stints, presence, &days);
        let cells = Memory { settled_until: START + settled * 3600, ..facts.clone() };
        for block in catalogue() {
            let from_facts = run(block.id, &query, &facts).unwrap();
            let from_cells = run(block.id, &query, &cells).unwrap();
            prop_assert_eq!(from_facts, from_cells, "{}", block.id);
        }
    }

    #[test]
    fn facts_read_a_stretch_at_a_time_give_what_all_of_them_give(
        stints in stints(),
        presence in presence(),
        days in proptest::collection::vec(0i64..4, 90),
        query in long_queries(),
        length in prop_oneof![Just(900i64), 900i64..200_000],
    ) {
        let source = over_days(stints, presence, &days);
        let study = Study::new(&query, &source, None, false);
        let whole = study.sessions().unwrap();
        // The sessions, and pieces of them.
        let stretches: Vec<_> = whole
            .iter()
            .flat_map(|s| {
                let middle = s.start + (s.end - s.start) / 3;
                [(s.agent, s.start, s.end), (s.agent, s.start, middle), (s.agent, middle, s.end)]
            })
            .collect();
        let all = i64::MAX;
        prop_assert_eq!(
            figures_of(&study, &stretches, length).unwrap(),
            figures_of(&study, &stretches, all).unwrap()
        );
        prop_assert_eq!(free_times(&study, length).unwrap(), free_times(&study, all).unwrap());
        prop_assert_eq!(after_call(&study, length).unwrap(), after_call(&study, all).unwrap());
    }

    #[test]
    fn rows_of_queues_and_of_hours_add_up_to_the_whole(
        stints in stints(),
        query in queries(),
    ) {
        let source = Memory { stints, ..Memory::named() };
        let whole = run("overview", &query, &source).unwrap();
        let sum = |block: &str, column: &str| -> i64 {
            let report = run(block, &query, &source).unwrap();
            let at = report.columns.iter().position(|known| known.id == column).unwrap();
            report.rows.iter().map(|row| match &row.values[at] {
                crate::reports::report::Value::Int(number) => *number,
                _ => 0,
            }).sum()
        };
        let total = |column: &str| match whole.value("all", column) {
            Some(crate::reports::report::Value::Int(number)) => *number,
            _ => 0,
        };
        prop_assert_eq!(sum("overview-queues", "OV-1"), total("OV-1"));
        prop_assert_eq!(sum("overview-queues", "OV-15"), total("OV-15"));
        prop_assert_eq!(sum("by-hour-answered", "DI-1"), total("OV-2"));
        prop_assert_eq!(sum("by-day-lost", "DI-9"), total("OV-4"));
        prop_assert_eq!(sum("by-dow-answered", "DI-1"), total("OV-2"));
        prop_assert_eq!(sum("answered-causes", "OK-35"), total("OV-2"));
        prop_assert_eq!(sum("lost-causes", "KO-25"), total("OV-4"));
        prop_assert_eq!(sum("all-positions", "KO-43"), total("OV-1"));
        prop_assert_eq!(sum("all-ivr", "KO-49"), total("OV-1"));
        prop_assert_eq!(sum("all-dnis", "KO-53"), total("OV-1"));
        prop_assert_eq!(sum("areas", "AR-3"), total("OV-1"));
        prop_assert_eq!(sum("answered-agents", "OK-27"), total("OV-2"));
        let listed = run("calls", &query, &source).unwrap().rows.len() as i64;
        prop_assert_eq!(listed, total("OV-1"));
        prop_assert_eq!(whole.header.processed as i64, total("OV-1"));
    }
}
