//! One answer, whichever way it is found.

use jiff::civil::Weekday;
use proptest::prelude::*;

use crate::base::Zone;
use crate::model::totals::random::{SPAN, START, presence, stints};
use crate::reports::block::{catalogue, run};
use crate::reports::period::Window;
use crate::reports::query::{Activity, PauseKind, Query, SlaTarget};
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
