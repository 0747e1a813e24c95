//! What overtakes what.

use proptest::prelude::*;

use super::*;
use crate::input::queue_log::line;

fn push(reorder: &mut Reorder, line: &str, clock: Secs, out: &mut Vec<String>) {
    let cuts = line::find_cuts(line.as_bytes()).unwrap();
    reorder.push(&cuts, line.as_bytes(), clock, |line, _| out.push(text(line)));
}

fn text(line: &[u8]) -> String {
    String::from_utf8(line.to_vec()).unwrap()
}

fn all(lines: &[&str]) -> Vec<String> {
    let mut reorder = Reorder::default();
    let mut out = Vec::new();
    for line in lines {
        push(&mut reorder, line, 0, &mut out);
    }
    reorder.flush(|line, _| out.push(text(line)));
    out
}

#[test]
fn a_late_line_goes_before_newer_ones_of_its_call_and_queue() {
    assert_eq!(
        all(&["10|a|q|n|1", "12|a|q|n|2", "13|b|q|n|3", "11|a|q|n|4", "12|a|q|n|5"]),
        ["10|a|q|n|1", "11|a|q|n|4", "12|a|q|n|2", "13|b|q|n|3", "12|a|q|n|5"]
    );
}

#[test]
fn other_calls_and_other_queues_keep_the_order_of_the_file() {
    let lines = ["12|a|q|n|1", "11|b|q|n|2", "11|a|r|n|3", "10|c|q|n|4"];
    assert_eq!(all(&lines), lines);
}

#[test]
fn lines_of_one_second_keep_the_order_of_the_file() {
    let lines = ["10|a|q|n|EXITWITHTIMEOUT", "10|a|q|n|ENTERQUEUE", "10|a|q|n|X"];
    assert_eq!(all(&lines), lines);
}

#[test]
fn three_seconds_are_late_and_four_are_a_clock_that_stepped_back() {
    assert_eq!(all(&["13|a|q|n|1", "10|a|q|n|2"]), ["10|a|q|n|2", "13|a|q|n|1"]);
    assert_eq!(all(&["14|a|q|n|1", "10|a|q|n|2"]), ["14|a|q|n|1", "10|a|q|n|2"]);
}

#[test]
fn after_a_step_back_lines_flow_on_at_once() {
    let mut reorder = Reorder::default();
    let mut out = Vec::new();
    push(&mut reorder, "9000|a|q|n|1", 0, &mut out);
    push(&mut reorder, "10|a|q|n|2", 0, &mut out);
    assert_eq!(out, ["9000|a|q|n|1"]);
    push(&mut reorder, "13|b|q|n|3", 0, &mut out);
    assert_eq!(out, ["9000|a|q|n|1", "10|a|q|n|2"]);
    push(&mut reorder, "16|a|q|n|4", 0, &mut out);
    assert_eq!(out.last().unwrap(), "13|b|q|n|3");
}

#[test]
fn a_quiet_file_gives_its_lines_after_the_window() {
    let mut reorder = Reorder::default();
    let mut out = Vec::new();
    push(&mut reorder, "10|a|q|n|1", 100, &mut out);
    push(&mut reorder, "11|a|q|n|2", 102, &mut out);
    reorder.release_older(102, |line, _| out.push(text(line)));
    assert!(out.is_empty());
    reorder.release_older(103, |line, _| out.push(text(line)));
    assert_eq!(out, ["10|a|q|n|1"]);
    assert_eq!(reorder.pending().map(text).collect::<Vec<_>>(), ["11|a|q|n|2"]);
    reorder.release_older(105, |line, _| out.push(text(line)));
    assert_eq!((out.len(), reorder.is_empty()), (2, true));
}

#[test]
fn a_flood_in_one_second_is_not_held_without_bound() {
    let mut reorder = Reorder::default();
    let mut count = 0_u32;
    for number in 0..200_000 {
        let line = format!("10|a|q|n|PAUSE|{number:0>60}");
        let cuts = line::find_cuts(line.as_bytes()).unwrap();
        reorder.push(&cuts, line.as_bytes(), 0, |line, _| {
            assert!(line.ends_with(format!("{count:0>60}").as_bytes()));
            count += 1;
        });
        assert!(reorder.len() <= MOST_LINES);
    }
    assert!(reorder.bytes.capacity() < 2_000_000, "{}", reorder.bytes.capacity());
}

/// The rule said slowly: each line goes before the first line of its key that
/// is newer, if it is no more than the window older than the newest so far.
fn model(lines: &[(i64, u8)]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    let (mut newest, mut window_start) = (i64::MIN, 0);
    for (index, &(time, key)) in lines.iter().enumerate() {
        if newest != i64::MIN && time < newest - WINDOW {
            window_start = order.len();
            newest = time;
        }
        newest = newest.max(time);
        let place = (window_start..order.len()).find(|&place| {
            let other = lines[order[place]];
            other.1 == key && other.0 > time
        });
        order.insert(place.unwrap_or(order.len()), index);
    }
    order
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_order_is_the_rule_s_wherever_a_restart_lies(
        steps in proptest::collection::vec((-4_i64..4, 0_u8..3), 1..60),
        cut in 0_usize..60,
    ) {
        let mut time = 1000;
        let lines: Vec<(i64, u8)> = steps
            .iter()
            .map(|&(step, key)| {
                time += step;
                (time, key)
            })
            .collect();
        let expected: Vec<String> = model(&lines).iter().map(|index| index.to_string()).collect();
        for restart in [None, Some(cut)] {
            let mut reorder = Reorder::default();
            let mut out = Vec::new();
            for (index, (time, key)) in lines.iter().enumerate() {
                if restart == Some(index) {
                    let pending: Vec<String> = reorder.pending().map(text).collect();
                    reorder = Reorder::default();
                    for line in pending {
                        push(&mut reorder, &line, 0, &mut out);
                    }
                }
                push(&mut reorder, &format!("{time}|call{key}|q|n|{index}"), 0, &mut out);
            }
            reorder.flush(|line, _| out.push(text(line)));
            let numbers: Vec<String> =
                out.iter().map(|line| line.rsplit('|').next().unwrap().to_owned()).collect();
            prop_assert_eq!(&numbers, &expected, "restart {:?}", restart);
        }
    }
}
