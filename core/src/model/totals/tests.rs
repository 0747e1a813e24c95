//! Laws of the cells.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::model::fact::{Direction, Pause, Session, Stint};
use crate::model::totals::random::{SPAN, START, presence, stints};
use crate::model::totals::*;

fn range() -> Slots {
    Slots::quarters(START, START + SPAN + 7200)
}

fn talks(stints: &[Stint]) -> Vec<Talk> {
    stints.iter().filter_map(Talk::of).collect()
}

fn whole(cells: impl IntoIterator<Item = QueueCell>) -> QueueCell {
    cells.into_iter().fold(QueueCell::default(), |mut sum, cell| {
        sum.merge(&cell);
        sum
    })
}

proptest! {
    #[test]
    fn cells_do_not_depend_on_the_order_of_facts(stints in stints(), facts in presence()) {
        let (mut sessions, _, mut pauses) = facts;
        let mut backwards = stints.clone();
        backwards.reverse();
        prop_assert_eq!(queue_cells(&stints, range()), queue_cells(&backwards, range()));
        prop_assert_eq!(agent_queue_cells(&stints, range()), agent_queue_cells(&backwards, range()));
        let forwards = agent_cells(&sessions, &pauses, &talks(&stints), range());
        sessions.reverse();
        pauses.reverse();
        prop_assert_eq!(forwards, agent_cells(&sessions, &pauses, &talks(&backwards), range()));
    }

    #[test]
    fn packed_cells_come_back_and_add_up_as_they_are(stints in stints(), facts in presence()) {
        let mut sum = QueueCell::default();
        let cells = queue_cells(&stints, range());
        for cell in cells.values() {
            let mut bytes = Vec::new();
            cell.pack(&mut bytes);
            prop_assert_eq!(&QueueCell::unpack(&bytes).unwrap(), cell);
            let counts = (cell.answered(), cell.lost());
            prop_assert_eq!(QueueCell::counts_packed(&bytes), Ok(counts));
            sum.merge_packed(&bytes).unwrap();
            for (figures, chosen) in [
                (Figures::COUNTS, QueueCell::default()),
                (Figures::TALK, QueueCell { talk: cell.talk.clone(), ..QueueCell::default() }),
                (
                    Figures::WAITS,
                    QueueCell {
                        wait_answered: cell.wait_answered.clone(),
                        wait_abandoned: cell.wait_abandoned.clone(),
                        wait_lost: cell.wait_lost.clone(),
                        ..QueueCell::default()
                    },
                ),
                (
                    Figures::TIMES.with(Figures::POSITIONS),
                    QueueCell {
                        position_answered: cell.position_answered.clone(),
                        position_lost: cell.position_lost.clone(),
                        waiting_secs: cell.waiting_secs,
                        waiting_max: cell.waiting_max,
                        left: cell.left,
                        talking_secs: cell.talking_secs,
                        last_end: cell.last_end,
                        ..QueueCell::default()
                    },
                ),
            ] {
                let mut some = QueueCell::default();
                some.merge_figures(figures, &bytes).unwrap();
                let (answered_by, lost_by) = (cell.answered_by.clone(), cell.lost_by.clone());
                prop_assert_eq!(some, QueueCell { answered_by, lost_by, ..chosen });
            }
        }
        prop_assert_eq!(sum, whole(cells.into_values()));
        for cell in agent_queue_cells(&stints, range()).values() {
            let mut bytes = Vec::new();
            cell.pack(&mut bytes);
            prop_assert_eq!(&AgentQueueCell::unpack(&bytes).unwrap(), cell);
        }
        for cell in agent_cells(&facts.0, &facts.2, &talks(&stints), range()).values() {
            let mut bytes = Vec::new();
            cell.pack(&mut bytes);
            prop_assert_eq!(&AgentCell::unpack(&bytes).unwrap(), cell);
        }
    }

    #[test]
    fn cells_of_hours_and_days_are_what_counting_in_longer_slots_gives(
        stints in stints(),
        facts in presence(),
    ) {
        let (sessions, _, pauses) = facts;
        let talks = talks(&stints);
        let quarters = Slots::quarters(START - 79_200, START + 2 * 86_400);
        let mut counted = QueueCells::new(quarters, Counted::default());
        stints.iter().for_each(|stint| counted.add(stint));
        let queues = counted.cells();
        let mut counted = AgentQueueCells::new(quarters, Counted::default());
        stints.iter().for_each(|stint| counted.add(stint));
        let both = counted.cells();
        let agents = agent_cells_made(&sessions, &pauses, &talks, quarters);
        for step in [Step::Hour, Step::Day] {
            let slots = Slots { secs: step.secs(), ..quarters };
            let mut direct = queue_cells(&stints, slots);
            direct.values_mut().for_each(|cell| cell.last_end = 0);
            prop_assert_eq!(longer(&queues, step).into_map(), direct);
            prop_assert_eq!(longer(&both, step).into_map(), agent_queue_cells(&stints, slots));
            let direct = agent_cells(&sessions, &pauses, &talks, slots);
            prop_assert_eq!(longer(&agents, step).into_map(), direct);
        }
        // Days may be added up from hours.
        let hours = longer(&agents, Step::Hour);
        prop_assert_eq!(longer(&hours, Step::Day).into_map(), longer(&agents, Step::Day).into_map());
    }

    #[test]
    fn a_cut_or_foreign_packing_is_damage_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = QueueCell::unpack(&bytes);
        let _ = QueueCell::counts_packed(&bytes);
        let _ = AgentCell::unpack(&bytes);
        let _ = AgentQueueCell::unpack(&bytes);
    }

    #[test]
    fn cells_of_two_halves_of_the_stints_merge_to_the_cells_of_all(
        stints in stints(),
        halves in prop::collection::vec(any::<bool>(), 60),
    ) {
        let half = |side: bool| {
            let chosen = stints.iter().zip(&halves).filter(move |(_, half)| **half == side);
            chosen.map(|(stint, _)| stint)
        };
        let mut merged = queue_cells(half(true), range());
        for (key, cell) in queue_cells(half(false), range()) {
            merged.entry(key).or_default().merge(&cell);
        }
        let mut all = queue_cells(&stints, range());
        // The most that waited at once is no sum: callers of both halves may
        // have waited together.
        for (key, cell) in &mut all {
            prop_assert!(cell.waiting_max >= merged[key].waiting_max);
            cell.waiting_max = merged[key].waiting_max;
        }
        prop_assert_eq!(merged, all);
    }

    #[test]
    fn two_days_counted_apart_are_the_days_counted_together(
        stints in stints(),
        facts in presence(),
        cut in 1i64..40,
    ) {
        let all = range();
        let at = START + cut * SLOT_SECS;
        let first = Slots { to: at, ..all };
        let second = Slots { from: at, ..all };
        let (sessions, _, pauses) = facts;
        let talks = talks(&stints);
        let mut queues = queue_cells(&stints, first);
        queues.extend(queue_cells(&stints, second));
        prop_assert_eq!(queues, queue_cells(&stints, all));
        let mut agents = agent_cells(&sessions, &pauses, &talks, first);
        agents.extend(agent_cells(&sessions, &pauses, &talks, second));
        prop_assert_eq!(agents, agent_cells(&sessions, &pauses, &talks, all));
        let mut both = agent_queue_cells(&stints, first);
        both.extend(agent_queue_cells(&stints, second));
        prop_assert_eq!(both, agent_queue_cells(&stints, all));
    }

    #[test]
    fn the_agents_of_a_queue_add_up_to_the_queue(stints in stints()) {
        let mut agents: BTreeMap<QueueKey, AgentCalls> = BTreeMap::new();
        for (key, cell) in agent_queue_cells(&stints, range()) {
            for direction in [Direction::Inbound, Direction::Outbound] {
                let key = QueueKey { slot: key.slot, queue: key.queue, direction };
                agents.entry(key).or_default().merge(cell.of(direction));
            }
        }
        for (key, queue) in queue_cells(&stints, range()) {
            let sum = agents.remove(&key).unwrap_or_default();
            prop_assert_eq!(&sum.answered_by, &queue.answered_by);
            prop_assert_eq!(&sum.wait, &queue.wait_answered);
            prop_assert_eq!(&sum.talk, &queue.talk);
            prop_assert_eq!(&sum.hold, &queue.hold);
            prop_assert_eq!(sum.rings_lost, queue.rings_lost);
            prop_assert_eq!(sum.rings_taken, queue.rings_taken);
            prop_assert_eq!(sum.rings_zero, queue.rings_zero);
        }
    }

    #[test]
    fn times_of_an_agent_add_up_to_the_intervals(facts in presence(), stints in stints()) {
        let (sessions, _, pauses) = facts;
        let wide = Slots::quarters(START - 7200, START + 3 * 86_400);
        let talks = talks(&stints);
        let cells = agent_cells(&sessions, &pauses, &talks, wide);
        let sum = |each: fn(&AgentCell) -> u32| cells.values().map(|c| i64::from(each(c))).sum::<i64>();
        prop_assert_eq!(sum(|c| c.session), sessions.iter().map(|s| s.end - s.start).sum::<i64>());
        prop_assert_eq!(
            sum(|c| c.pauses.values().map(|p| p.secs).sum()),
            pauses.iter().map(|p| p.end - p.start).sum::<i64>()
        );
        prop_assert_eq!(
            sum(|c| c.talk() + c.talk_outside),
            talks.iter().map(|t| t.end - t.start).sum::<i64>()
        );
        for cell in cells.values() {
            prop_assert!(cell.session <= 900 && cell.pause() <= cell.session);
            prop_assert!(cell.overlap() <= cell.talk());
            for pause in cell.pauses.values() {
                prop_assert!(pause.after_call_inside <= pause.after_call);
                prop_assert!(pause.after_call <= pause.secs);
            }
        }
        let starts = |slots: Slots| {
            let cells = agent_cells(&sessions, &pauses, &talks, slots);
            let first = slots.slot(slots.from);
            cells.iter().map(|(key, cell)| {
                cell.starts + if key.slot == first { cell.carried } else { 0 }
            }).sum::<u32>() as usize
        };
        let slots = range();
        let overlapping = sessions.iter().filter(|s| {
            slots.holds(s.start) || s.start < slots.from && s.end > slots.from
        });
        prop_assert_eq!(starts(slots), overlapping.count());
    }

    #[test]
    fn a_histogram_counts_what_a_list_counts(waits in prop::collection::vec(0i64..5000, 0..80), t in 0u32..4000) {
        let mut spread = Waits::default();
        waits.iter().for_each(|&wait| spread.add(wait));
        let exactly = waits.iter().filter(|&&wait| wait <= i64::from(t)).count() as u32;
        if wait_limit_is_exact(t) {
            prop_assert_eq!(spread.within(t), exactly);
        } else {
            prop_assert!(spread.within(t) <= exactly);
        }
        let mut sorted = waits.clone();
        sorted.sort_unstable();
        let median = (!sorted.is_empty()).then(|| sorted[(sorted.len() - 1) / 2]);
        match (spread.percentile(50), median) {
            (Some(bin), Some(exact)) if exact <= 120 => prop_assert_eq!(i64::from(bin), exact),
            (Some(bin), Some(exact)) => prop_assert!(i64::from(bin) >= exact && i64::from(bin) < exact + 3600),
            (bin, exact) => prop_assert_eq!(bin.is_none(), exact.is_none()),
        }
        let mut talks = Talks::default();
        waits.iter().for_each(|&talk| talks.add(talk));
        for limit in TALK_STEPS {
            let longer = waits.iter().filter(|&&talk| talk >= i64::from(limit)).count() as u32;
            prop_assert_eq!(talks.at_least(limit), longer);
        }
    }
}

#[test]
fn waiting_is_integrated_and_its_peak_kept() {
    // Two callers at once for 20 s, half-open: one leaves as another enters.
    let mut base = sample();
    let mut at = |enter: i64, wait: i64| {
        base.enter = START + enter;
        base.wait = Some(wait);
        base.end = base.enter + wait;
        base.clone()
    };
    let stints = [at(0, 60), at(40, 20), at(60, 30)];
    let cells = queue_cells(&stints, range());
    let cell = &cells[&QueueKey { slot: START, queue: 1, direction: Direction::Inbound }];
    assert_eq!((cell.waiting_secs, cell.waiting_max, cell.left), (110, 2, 3));
}

#[test]
fn vector_d_of_overlapping_pause_and_talk() {
    use crate::model::fact::{EndCause, Quality};
    let (agent, quality) = (1, Quality::default());
    let session = Session {
        agent,
        start: START,
        end: START + 3600,
        extension: None,
        cause: EndCause::Logoff,
        quality,
    };
    let pause = |start: i64, end: i64, code| Pause {
        agent,
        queue: None,
        start: START + start,
        end: START + end,
        code: Some(code),
        cause: EndCause::Unpaused,
        quality,
    };
    // 300 s billable, 300 s not; 100 s of the talk lie in the latter.
    let pauses = [pause(0, 300, 1), pause(1500, 1800, 2)];
    let talk = Talk {
        agent,
        start: START + 1700,
        end: START + 3500,
        direction: Direction::Inbound,
        queue: 1,
    };
    let cells = agent_cells(&[session], &pauses, &[talk], range());
    let sum = |each: fn(&AgentCell) -> u32| cells.values().map(each).sum::<u32>();
    assert_eq!(sum(|cell| cell.session), 3600);
    assert_eq!(sum(AgentCell::pause), 600);
    assert_eq!(sum(AgentCell::talk), 1800);
    assert_eq!(sum(AgentCell::overlap), 100);
    assert_eq!(cells.len(), 4);
}

#[test]
fn a_busy_quarter_hour_packs_small() {
    let stints: Vec<Stint> = (0..17)
        .map(|n| {
            let mut stint = sample();
            stint.enter = START + n * 50;
            stint.wait = Some(3 + n * 7 % 40);
            if n % 6 != 0 {
                stint.answered = true;
                stint.cause = Cause::Caller;
                stint.talk = Some(60 + n * 37 % 400);
            }
            stint.end = stint.enter + stint.wait.unwrap_or(0) + stint.talk.unwrap_or(0);
            stint
        })
        .collect();
    let cells = queue_cells(&stints, Slots::quarters(START, START + SLOT_SECS));
    let mut bytes = Vec::new();
    whole(cells.into_values()).pack(&mut bytes);
    assert!(bytes.len() <= 70, "{} bytes", bytes.len());
    let mut ready = Vec::new();
    AgentCell { session: 900, carried: 1, last: 900, ..AgentCell::default() }.pack(&mut ready);
    assert_eq!(ready.len(), 1);
}

fn sample() -> Stint {
    use crate::base::CallId;
    Stint {
        wait: Some(0),
        cause: Cause::Abandon,
        position: Some(1),
        ..Stint::begun(CallId::Usual { epoch: 1, seq: 1 }, 1, START)
    }
}
