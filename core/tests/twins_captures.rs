//! The same day told by the log and by the manager interface: real Asterisks
//! 22 and 16, each side alone, and both together with one of them missing for
//! a while.

mod folded;

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use folded::Run;
use proptest::prelude::*;
use switchroom_core::event::manager::{Channel, Event, Told};
use switchroom_core::input::ami::{Buffer, Frame, Message, parse as parse_block};
use switchroom_core::input::queue_log::{Options, Parsed, parse};
use switchroom_core::live::Office;
use switchroom_core::model::{AttemptResult, Cause, Settings};
use switchroom_core::twins::{Line, Pairing, Side, Twins};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures").join(name)
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

/// A line of one side, and when it comes, in seconds.
#[derive(Clone, Debug)]
struct Telling {
    at: f64,
    side: Side,
    line: String,
    guessed: bool,
}

/// What AMI tells. `variables`: whether the user may read class `dialplan`.
fn by_ami(name: &str, variables: bool) -> Vec<Telling> {
    by_ami_but(name, variables, &|_| false)
}

/// The same over a link that is cut at times; then a snapshot follows.
fn by_ami_but(name: &str, variables: bool, cut: &dyn Fn(f64) -> bool) -> Vec<Telling> {
    let bytes = unpacked(&folder(name).join("ami.raw.gz"));
    let index = String::from_utf8(unpacked(&folder(name).join("ami.raw.idx.gz"))).unwrap();
    let (mut buffer, mut twins, mut told) = (Buffer::default(), Twins::default(), Vec::new());
    let (mut office, mut was_cut) = (Office::default(), false);
    for line in index.lines() {
        let (at, from, len): (f64, usize, usize) = serde_json::from_str(line).unwrap();
        buffer.feed(&bytes[from..from + len]);
        loop {
            match buffer.next() {
                Frame::Block { block, .. } => {
                    let Message::Event(notice) = parse_block(block) else { continue };
                    if !variables && matches!(notice.event, Event::VarSet { .. }) {
                        continue;
                    }
                    let event = Told { at: (at * 1e6) as i64, event: notice.event };
                    office.apply(&event);
                    if cut(at) {
                        was_cut = true;
                        continue;
                    }
                    let lines = if std::mem::take(&mut was_cut) {
                        snapshot(&mut twins, &office, event.at)
                    } else {
                        twins.apply(&event)
                    };
                    told.extend(lines.into_iter().map(|line| Telling {
                        at,
                        side: Side::Ami,
                        line: line.text,
                        guessed: line.guessed,
                    }));
                }
                Frame::Incomplete => break,
                _ => {}
            }
        }
    }
    told
}

/// What the lists of Asterisk say at a moment.
fn snapshot(twins: &mut Twins, office: &Office, at: i64) -> Vec<Line> {
    twins.begin_snapshot();
    let mut items = Vec::new();
    for (name, queue) in office.queues.named() {
        items.extend(queue.waiting.iter().zip(1..).map(|(one, place)| Event::QueueEntry {
            queue: name.into(),
            position: Some(place),
            channel: (&*one.channel).into(),
            uniqueid: (&*one.uniqueid).into(),
            number: (&*one.number).into(),
            caller_name: "".into(),
            wait: Some(at / 1_000_000 - one.since),
            priority: None,
        }));
    }
    items.extend(office.channels.iter().map(|leg| Event::CoreShowChannel {
        channel: Channel { uniqueid: (&*leg.uniqueid).into(), ..Channel::default() },
        bridge: "".into(),
        application: "".into(),
        application_data: "".into(),
        duration: None,
    }));
    let mut lines = Vec::new();
    for event in items {
        lines.extend(twins.item(&Told { at, event }));
    }
    lines.extend(twins.end_snapshot(true, at));
    lines
}

fn by_log(files: &[PathBuf]) -> Vec<Telling> {
    let mut told = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for line in text.lines() {
            let at: f64 = line.split('|').next().unwrap().parse().unwrap();
            // Somewhere within its second; the places in the file are its order.
            let (side, line) = (Side::Log, line.to_owned());
            told.push(Telling { at: at + 0.5, side, line, guessed: false });
        }
    }
    told
}

fn log_of(name: &str) -> Vec<Telling> {
    let files = ["queue_log.0", "queue_log"].map(|file| folder(name).join(file));
    by_log(&files.into_iter().filter(|file| file.exists()).collect::<Vec<_>>())
}

/// Folds what is no second telling.
fn fold(tellings: &[Telling]) -> Run {
    let mut pairing = Pairing::default();
    let mut run = Run::new(Settings::default());
    for telling in tellings {
        let Parsed::Event(event) = parse(telling.line.as_bytes(), &Options::default()) else {
            continue;
        };
        if telling.side == Side::Log {
            pairing.log_told(&event);
        }
        let known = telling.guessed && pairing.log_knows(&event.call_id);
        if !known && !pairing.is_second(&event, telling.side) {
            run.feed(&telling.line);
        }
    }
    run
}

/// Each passage through a queue: call, queue, whether answered, by whom; wait
/// and talk apart, since the clocks may differ by a second.
type Row = (String, String, bool, String);

fn rows(run: &Run) -> Vec<(Row, i64, i64)> {
    let row = |stint: &switchroom_core::model::Stint| {
        let queue = run.fold.names().queue_name(stint.queue).to_owned();
        let who = (stint.call_id.to_string(), queue, stint.answered, run.agent(stint).to_owned());
        (who, stint.wait.unwrap_or(-1), stint.talk.unwrap_or(-1))
    };
    let queued = run.facts.stints.iter().filter(|stint| stint.cause != Cause::OutCall);
    let mut rows: Vec<_> = queued.map(row).collect();
    rows.sort();
    rows
}

fn counts(run: &Run) -> Vec<Row> {
    rows(run).into_iter().map(|(row, ..)| row).collect()
}

/// Rings that nobody took, by agent; those cancelled only the log tells of.
fn unanswered(run: &Run) -> Vec<(String, String)> {
    let of = |stint: &switchroom_core::model::Stint| {
        let lost = stint.attempts.iter().filter(|one| one.result == AttemptResult::NoAnswer);
        let id = stint.call_id.to_string();
        lost.map(|one| (id.clone(), run.fold.names().agent_name(one.agent).to_owned()))
            .collect::<Vec<_>>()
    };
    let mut all: Vec<_> = run.facts.stints.iter().flat_map(of).collect();
    all.sort();
    all
}

#[test]
fn a_day_told_by_ami_alone_has_the_calls_of_the_log() {
    for name in ["22", "16"] {
        let (log, ami) = (fold(&log_of(name)), fold(&by_ami(name, false)));
        assert_eq!(counts(&ami), counts(&log), "{name}");
        assert_eq!(unanswered(&ami), unanswered(&log), "{name}");
        for ((_, wait, talk), (row, told_wait, told_talk)) in rows(&log).into_iter().zip(rows(&ami))
        {
            assert!(
                (wait - told_wait).abs() <= 1,
                "{name}: {row:?} waited {told_wait}, not {wait}"
            );
            assert!(
                (talk - told_talk).abs() <= 1,
                "{name}: {row:?} talked {told_talk}, not {talk}"
            );
        }
    }
}

#[test]
fn why_a_caller_was_lost_is_the_same_where_variables_may_be_read() {
    for name in ["22", "16"] {
        let causes = |run: &Run| -> Vec<(String, Cause)> {
            let lost = run.facts.stints.iter().filter(|stint| !stint.answered);
            let mut all: Vec<_> =
                lost.map(|stint| (stint.call_id.to_string(), stint.cause)).collect();
            all.sort();
            all
        };
        let log = causes(&fold(&log_of(name)));
        let (read, blind) =
            (causes(&fold(&by_ami(name, true))), causes(&fold(&by_ami(name, false))));
        for ((id, cause), (read, blind)) in log.iter().zip(read.iter().zip(&blind)) {
            // Whom an action took out of the line did not hang up, and which key
            // was pressed AMI never says.
            let open =
                *read == (id.clone(), Cause::Left) && matches!(cause, Cause::Abandon | Cause::Key);
            assert!(open || *read == (id.clone(), *cause), "{name}: {id} {read:?}, not {cause:?}");
            let told = matches!(blind.1, Cause::Left | Cause::Abandon);
            assert!(
                told && (blind.1 == Cause::Left || *cause == Cause::Abandon),
                "{name}: {id} {blind:?}"
            );
        }
        let abandoned = |all: &[(String, Cause)]| {
            all.iter().filter(|(_, cause)| *cause == Cause::Abandon).count()
        };
        assert!(abandoned(&blind) > 5, "{name}: hanging up is known without variables");
    }
}

#[test]
fn both_sides_together_are_the_log_alone_whichever_comes_first() {
    for name in ["22", "16"] {
        let log = fold(&log_of(name));
        // Lines come within a tenth of a second of their event; half a second either
        // way is in this anyhow, since stamps are whole seconds.
        for log_late in [-0.4, 0.0, 0.1] {
            let both = fold(&merged(name, log_late, &[]));
            assert_eq!(counts(&both), counts(&log), "{name} {log_late}");
            assert_eq!(unanswered(&both), unanswered(&log), "{name} {log_late}");
            let pauses = |run: &Run| -> Vec<_> {
                let of = |pause: &switchroom_core::model::Pause| {
                    let agent = run.fold.names().agent_name(pause.agent).to_owned();
                    let queue =
                        pause.queue.map(|queue| run.fold.names().queue_name(queue).to_owned());
                    (agent, queue, pause.start / 3)
                };
                let mut all: Vec<_> = run.facts.pauses.iter().map(of).collect();
                all.sort();
                all
            };
            assert_eq!(pauses(&both), pauses(&log), "{name} {log_late}: pauses");
            let sessions = |run: &Run| run.facts.sessions.len();
            assert_eq!(sessions(&both), sessions(&log), "{name} {log_late}: sessions");
        }
    }
}

/// Both sides in the order of coming. Within `gaps` (share of the day from,
/// to; side) one of them is silent.
fn merged(name: &str, log_late: f64, gaps: &[(f64, f64, Side)]) -> Vec<Telling> {
    let log = log_of(name);
    let (first, last) = (log[0].at, log[log.len() - 1].at);
    let silent = |one: Side, at: f64| {
        let share = (at - first) / (last - first);
        gaps.iter().any(|(from, to, side)| *side == one && (*from..*to).contains(&share))
    };
    let ami = by_ami_but(name, false, &|at| silent(Side::Ami, at));
    let log = log.into_iter().filter(|telling| !silent(Side::Log, telling.at));
    let mut all: Vec<Telling> = log.chain(ami).collect();
    for telling in &mut all {
        if telling.side == Side::Log {
            telling.at += log_late;
        }
    }
    // Stable: what one side told first stays first.
    all.sort_by(|a, b| a.at.total_cmp(&b.at));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    /// One side and then the other is missing for a part of the day, never
    /// both at once: no call is lost, none counts twice.
    #[test]
    fn with_either_side_missing_for_a_while_every_call_counts_once(
        edges in prop::collection::btree_set(0..1000_u32, 4),
        log_first in any::<bool>(),
        log_late in -0.4..1.4_f64,
        version in prop::sample::select(vec!["22", "16"]),
    ) {
        let at: Vec<f64> = edges.iter().map(|edge| f64::from(*edge) / 1000.0).collect();
        // Some seconds between, in which both are heard.
        prop_assume!(at[2] - at[1] > 0.05);
        let sides = if log_first { [Side::Log, Side::Ami] } else { [Side::Ami, Side::Log] };
        let gaps = [(at[0], at[1], sides[0]), (at[2], at[3], sides[1])];
        let run = fold(&merged(version, log_late, &gaps));
        prop_assert_eq!(counts(&run), counts(&fold(&log_of(version))));
    }
}
