//! The running tracker without a connection: what is heard goes in by hand.

use std::sync::Mutex;
use std::sync::mpsc::sync_channel;

use super::*;
use crate::event::manager::{Channel, Event, Parking};
use crate::input::ami::session::Peer;

/// A database that can be shut.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<(bool, Vec<Tracked>)>>);

impl Book for Shelf {
    fn take(&mut self, tracked: Tracked) -> Result<(), Tracked> {
        let mut shelf = self.0.lock().unwrap();
        if shelf.0 {
            return Err(tracked);
        }
        shelf.1.push(tracked);
        Ok(())
    }
}

impl Shelf {
    fn lines(&self) -> Vec<String> {
        let shelf = self.0.lock().unwrap();
        shelf.1.iter().flat_map(|tracked| tracked.lines.clone()).collect()
    }

    fn journal(&self) -> Option<String> {
        self.0.lock().unwrap().1.iter().rev().find_map(|tracked| tracked.journal.clone())
    }
}

fn setup(journal: Option<&str>) -> Setup<'_> {
    Setup {
        options: Options { parked_calls: true, ..Options::default() },
        journal,
        orphans: Vec::new(),
        sinks: vec![Sink::Internal],
        echoes: None,
        lines: Lines::None,
        manner: Manner::StandAside,
        gauge: None,
        ended: None,
    }
}

fn moment(wall: UnixMicro) -> Moment {
    Moment { mono: std::time::Duration::ZERO, wall }
}

fn parked(at: UnixMicro) -> Told<'static> {
    let parkee = Channel {
        uniqueid: "1.1".into(),
        linkedid: "1.1".into(),
        number: "079".into(),
        ..Channel::default()
    };
    let lot = "default".into();
    let parking = Parking { parkee, lot, space: "701".into(), ..Parking::default() };
    Told { at, event: Event::ParkedCall(parking) }
}

fn channel_1_1() -> Event<'static> {
    Event::CoreShowChannel {
        channel: Channel {
            uniqueid: "1.1".into(),
            linkedid: "1.1".into(),
            name: "PJSIP/t-1".into(),
            ..Channel::default()
        },
        bridge: "".into(),
        application: "Park".into(),
        application_data: "".into(),
        duration: Some(1),
    }
}

fn hello() -> Told<'static> {
    let fields = [("Id", "other"), ("Host", "elsewhere"), ("New", "0")];
    let fields = fields.map(|(key, text)| (key, text.into())).to_vec();
    Told { at: 100_000_000, event: Event::UserEvent { name: "TrackerHello".into(), fields } }
}

/// A tracker whose connection stands at 100 s; everything it has said.
fn connected<B: Book>(tracking: &mut Tracking<B>) -> Vec<String> {
    tracking.hear(moment(100_000_000), Out::Up(&Peer::default()));
    tracking.hear(moment(100_000_000), Out::SnapshotBegin);
    tracking.hear(moment(100_000_000), Out::SnapshotEnd { refused: &[] });
    said(tracking)
}

fn said<B: Book>(tracking: &mut Tracking<B>) -> Vec<String> {
    let says = std::iter::from_fn(|| tracking.say().map(|(_, action)| action));
    says.map(|action| match action {
        Action::UserEvent { name, .. } => name,
        Action::QueueLog { uniqueid, queue, event, message, .. } => {
            format!("{uniqueid}|{queue}|{event}|{message}")
        }
        other => format!("{other:?}"),
    })
    .collect()
}

#[test]
fn records_and_journal_go_together_and_wait_while_the_database_is_shut() {
    let shelf = Shelf::default();
    let mut tracking = Tracking::new(setup(None), shelf.clone());
    shelf.0.lock().unwrap().0 = true;
    tracking.event(&parked(100_500_000), 100_500_000);
    assert!(shelf.lines().is_empty());
    assert_eq!(tracking.due_at(101_000_000), 101_000_000 + AGAIN);
    shelf.0.lock().unwrap().0 = false;
    tracking.tick(101_100_000);
    assert_eq!(shelf.lines(), ["100|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1"]);
    assert!(shelf.journal().unwrap().contains(":1.1"));
    assert_eq!(tracking.due_at(101_100_000), 100_500_000 + HEARTBEAT);
}

#[test]
fn a_run_goes_on_from_the_journal_of_the_one_before() {
    let shelf = Shelf::default();
    Tracking::new(setup(None), shelf.clone()).event(&parked(100_500_000), 100_500_000);
    let journal = shelf.journal();
    let mut after = Tracking::new(setup(journal.as_deref()), shelf.clone());
    after.begin(160_000_000);
    after.end(160_100_000);
    let lines = shelf.lines();
    // Stamped with the last moment it was known to be there.
    assert_eq!(lines[1..], ["100|:1.1|pk-default|NONE|ABANDON|1|1|0"]);
}

#[test]
fn what_asterisk_writes_for_us_comes_back_as_no_hint() {
    let shelf = Shelf::default();
    let (send, lines) = sync_channel(4);
    let setup = Setup { sinks: vec![Sink::Ami], lines: Lines::Told(lines), ..setup(None) };
    let mut tracking = Tracking::new(setup, shelf.clone());
    tracking.event(&parked(100_500_000), 100_500_000);
    assert!(said(&mut tracking).is_empty(), "there is no connection yet");
    assert!(shelf.lines().is_empty(), "they come by the log");
    let first = connected(&mut tracking);
    let record = ":1.1|pk-default|ENTERQUEUE||701-079|1".to_owned();
    assert!(first.contains(&record), "{first:?}");
    send.send(b"100|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1".as_slice().into()).unwrap();
    tracking.tick(101_000_000);
    assert!(said(&mut tracking).is_empty());
}

#[test]
fn with_two_sinks_a_record_goes_to_both_and_the_one_who_reads_the_log_is_told() {
    let shelf = Shelf::default();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue_log");
    let echoes: Echoes = Arc::new(Mutex::new(Echo::patient()));
    let setup = Setup {
        sinks: vec![Sink::Internal, Sink::File(LogFile::open(&path).unwrap())],
        echoes: Some(Arc::clone(&echoes)),
        ..setup(None)
    };
    let mut tracking = Tracking::new(setup, shelf.clone());
    tracking.event(&parked(100_500_000), 100_500_000);
    let line = "100|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1";
    assert_eq!(shelf.lines(), [line]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{line}\n"));
    let mut echoes = echoes.lock().unwrap();
    assert!(echoes.takes(line.as_bytes(), 200_000_000));
    assert!(!echoes.takes(line.as_bytes(), 200_000_000), "each comes back once");
}

#[test]
fn it_greets_holds_records_for_three_seconds_and_writes_them_when_nobody_answers() {
    let shelf = Shelf::default();
    let mut tracking = Tracking::new(setup(None), shelf.clone());
    assert_eq!(connected(&mut tracking), ["TrackerHello", "TrackerSync"]);
    tracking.hear(moment(100_500_000), Out::Event(parked(100_500_000)));
    assert!(shelf.lines().is_empty() && shelf.journal().is_none());
    assert_eq!(tracking.next(), Some(103_000_000));
    tracking.due(moment(103_000_000));
    assert_eq!(shelf.lines().len(), 1);
    assert!(shelf.journal().is_some());
}

#[test]
fn where_another_writes_the_daemon_stands_aside_and_the_health_page_says_so() {
    let shelf = Shelf::default();
    let gauge = Gauge::default();
    let setup = Setup { gauge: Some(gauge.clone()), ..setup(None) };
    let mut tracking = Tracking::new(setup, shelf.clone());
    connected(&mut tracking);
    tracking.hear(moment(100_200_000), Out::Event(hello()));
    tracking.hear(moment(100_500_000), Out::Event(parked(100_500_000)));
    tracking.due(moment(110_000_000));
    assert!(shelf.lines().is_empty() && shelf.journal().is_none());
    let health = gauge.get().unwrap();
    assert_eq!(health.state, TrackerState::Aside);
    assert_eq!(health.other.as_deref(), Some("elsewhere"));
    assert_eq!((health.open, health.connections), (1, 1));
}

#[test]
fn the_command_leaves_where_another_writes_and_where_the_log_in_is_refused() {
    for out in [Out::Event(hello()), Out::Down(&Down::WrongSecret("no".to_owned()))] {
        let (end, ended) = sync_channel(1);
        let setup = Setup {
            manner: Manner::Leave,
            ended: Some(Box::new(move |error: Error| {
                end.send(error.message().to_owned()).unwrap();
            })),
            ..setup(None)
        };
        let mut tracking = Tracking::new(setup, Shelf::default());
        connected(&mut tracking);
        let wanted = if matches!(out, Out::Event(_)) { "--force" } else { "manager.conf" };
        tracking.hear(moment(100_200_000), out);
        assert!(ended.try_recv().unwrap().contains(wanted));
    }
}

#[test]
fn a_call_that_two_rounds_miss_is_over() {
    let shelf = Shelf::default();
    let mut tracking = Tracking::new(setup(None), shelf.clone());
    connected(&mut tracking);
    tracking.due(moment(103_000_000));
    tracking.hear(moment(104_000_000), Out::Event(parked(104_000_000)));
    for (round, listed) in [(160, true), (220, false), (280, false)] {
        let now = moment(round * 1_000_000);
        tracking.due(now);
        assert_eq!(said(&mut tracking), ["CoreShowChannels"], "{round}");
        if listed {
            tracking.hear(now, Out::Listed { ticket: LISTED, event: channel_1_1() });
        }
        assert_eq!(shelf.lines().len(), 1, "{round}");
        let answer = Answer::Done { message: String::new(), fields: Vec::new() };
        tracking.hear(now, Out::Answer { ticket: LISTED, answer });
    }
    let lines = shelf.lines();
    assert!(lines[1].contains("|:1.1|pk-default|NONE|ABANDON|1|1|"), "{lines:?}");
    tracking.due(moment(400_000_000));
    assert!(said(&mut tracking).is_empty(), "nothing is open, nothing is asked");
}
