//! Laws of the machine, on random scripts of records.
//!
//! A script is made of the verbs and the small numbers that make calls cross
//! one another; proptest prints the script that breaks a law.

mod folded;

use std::collections::BTreeMap;

use folded::{Facts, Run};
use proptest::prelude::*;
use switchroom_core::input::queue_log::{Options, Parsed, parse};
use switchroom_core::model::{
    Cause, Change, Fold, Ignored, NameKind, Names, OpenStint, Quality, Recent, Settings, Stint,
};

/// One record without its time, with the seconds since the one before.
#[derive(Clone, Debug)]
struct Record {
    after: i64,
    rest: String,
}

fn steps() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => 0..12i64,
        3 => 12..90i64,
        1 => 90..2400i64,
        1 => -3..0i64,
        1 => Just(4000i64),
        1 => Just(15_000i64),
    ]
}

/// Records about calls; numbers are often right by chance.
fn call_record() -> impl Strategy<Value = String> {
    let call = prop_oneof![
        Just("100.1"),
        Just("100.2"),
        Just("pbx-1-100.3"),
        Just("100.4"),
        Just(":100.4")
    ];
    let queue = prop_oneof![4 => Just("q1"), 3 => Just("q2"), 1 => Just("NONE")];
    let agent = prop_oneof![Just("ann"), Just("bob"), Just("PJSIP/7"), Just("NONE")];
    let secs = prop_oneof![0..15i64, 0..100i64, 0..5000i64];
    (call, queue, agent, secs.clone(), secs, 0..28u8, any::<bool>()).prop_map(
        |(call, queue, agent, a, b, verb, odd)| {
            let verb = match verb {
                0..=4 => format!("NONE|ENTERQUEUE||555{}|{}", a % 3, b % 4),
                5..=8 => format!("{agent}|CONNECT|{a}|m{b}|{}", a.min(5)),
                9 | 10 => format!("{agent}|COMPLETECALLER|{a}|{b}|1"),
                11 => format!("{agent}|COMPLETEAGENT|{a}|{b}|1"),
                12 if odd => format!("{agent}|TRANSFER|20{}|default", a % 3),
                12 => format!("{agent}|BLINDTRANSFER|20{}|internal|{a}|{b}|1", a % 3),
                13 => format!("NONE|ABANDON|1|2|{a}"),
                14 if odd => "NONE|EXITWITHTIMEOUT|1".to_owned(),
                14 => format!("NONE|EXITWITHTIMEOUT|1|1|{a}"),
                15 => format!("NONE|EXITWITHKEY|{}|1|1|{b}", a % 10),
                16 => format!("{agent}|RINGNOANSWER|{}", a * 100),
                17 => format!("{agent}|AGENTDUMP|"),
                18 => format!("{agent}|CALLERONHOLD|"),
                19 => format!("{agent}|CALLEROFFHOLD|{a}"),
                20 => format!("{agent}|CALLSTATUS|S{}", a % 3),
                21 => format!("NONE|INFO|DID|700{}", a % 3),
                22 => format!("NONE|INFO|IVRSTART|70{}|12{a}", b % 3),
                23 if odd => "NONE|INFO|IVRHANGUP|".to_owned(),
                23 => format!("NONE|INFO|IVRAPPEND|{}|{b}|node", a % 10),
                24 => format!("{agent}|INFO|TAG|t{}", a % 3),
                25 => format!("{agent}|INFO|FTR|f{}|text", a % 3),
                26 if odd => format!("{agent}|OUTCALL|ANSWER|{a}|0555"),
                26 => format!("{agent}|CALLOUTBOUND||0666"),
                _ if odd => format!("{agent}|SYSCOMPAT|"),
                _ => "NONE|FULL|".to_owned(),
            };
            format!("{call}|{queue}|{verb}")
        },
    )
}

/// Records about agents and the whole system.
fn agent_record() -> impl Strategy<Value = String> {
    let agent = prop_oneof![Just("ann"), Just("bob"), Just("PJSIP/7"), Just("Agent/1")];
    let queue = prop_oneof![Just("q1"), Just("q2"), Just("q3")];
    let code = prop_oneof![Just(""), Just("lunch"), Just("wrap")];
    (agent, queue, code, 0..200i64, 0..17u8).prop_map(|(agent, queue, code, secs, verb)| match verb
    {
        0..=2 => format!("MANAGER|{queue}|{agent}|ADDMEMBER|"),
        3 => format!("MANAGER|{queue}|{agent}|ADDMEMBER|PAUSED"),
        4..=6 => format!("MANAGER|{queue}|{agent}|REMOVEMEMBER|"),
        7 => format!("NONE|NONE|{agent}|PAUSEALL|{code}"),
        8 | 9 => format!("NONE|{queue}|{agent}|PAUSE|{code}"),
        10 => format!("NONE|{queue}|{agent}|UNPAUSE|{code}"),
        11 => format!("NONE|NONE|{agent}|UNPAUSEALL|"),
        12 => format!("NONE|NONE|{agent}|PAUSEREASON|{}", secs % 9),
        13 => format!("x|NONE|{agent}|AGENTLOGIN|PJSIP/{}", secs % 3),
        14 => format!("x|NONE|{agent}|AGENTLOGOFF|PJSIP/1|{secs}"),
        15 => format!("NONE|NONE|{agent}|HOTDESK|PJSIP/{}", 7 + secs % 2),
        _ => "NONE|NONE|NONE|QUEUESTART|".to_owned(),
    })
}

fn script(most: usize) -> impl Strategy<Value = Vec<Record>> {
    let rest = prop_oneof![5 => call_record(), 2 => agent_record()];
    let record = (steps(), rest).prop_map(|(after, rest)| Record { after, rest });
    prop::collection::vec(record, 1..most)
}

fn lines(script: &[Record]) -> Vec<String> {
    let mut at = 1_000_000;
    script
        .iter()
        .map(|record| {
            at += record.after;
            format!("{at}|{}", record.rest)
        })
        .collect()
}

/// What a store keeps: facts, names and the newest value of every part.
#[derive(Default)]
struct Stored {
    facts: Facts,
    names: Vec<(NameKind, String)>,
    parts: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Stored {
    fn commit(&mut self, fold: &mut Fold, changes: &mut Vec<Change>) {
        for change in changes.iter() {
            if let Change::Name { kind, text, .. } = change {
                self.names.push((*kind, text.to_string()));
            }
        }
        self.facts.take(changes);
        for put in fold.take_state() {
            match put.value {
                Some(value) => self.parts.insert(put.key, value),
                None => self.parts.remove(&put.key),
            };
        }
    }

    /// A new process on this store.
    fn restart(&self, settings: &Settings) -> Fold {
        let mut names = Names::default();
        for (kind, text) in &self.names {
            names.restore(*kind, text);
        }
        let newest = Fold::open_from_parts(self.parts.clone()).unwrap().newest;
        let within = |stint: &&Stint| stint.end >= newest - Fold::LOOKBACK;
        let stints = self.facts.stints.iter().filter(within).cloned().collect();
        let recent = Recent { stints };
        Fold::restore(settings.clone(), names, self.parts.clone(), recent).unwrap()
    }
}

/// Facts in an order that does not depend on when they were told.
fn in_order(mut facts: Facts) -> Facts {
    facts.stints.sort_by_cached_key(|fact| format!("{fact:?}"));
    facts.sessions.sort_by_cached_key(|fact| format!("{fact:?}"));
    facts.memberships.sort_by_cached_key(|fact| format!("{fact:?}"));
    facts.pauses.sort_by_cached_key(|fact| format!("{fact:?}"));
    facts.ivr.sort_by_cached_key(|fact| format!("{fact:?}"));
    facts.ignored.sort();
    facts
}

fn apply(fold: &mut Fold, line: &str, changes: &mut Vec<Change>) {
    match parse(line.as_bytes(), &Options::default()) {
        Parsed::Event(event) => fold.apply(&event, changes),
        other => panic!("the script holds what is no event: {line}: {other:?}"),
    }
}

fn opened(stint: &Stint) -> bool {
    let told_at_once = matches!(stint.cause, Cause::OutCall | Cause::Refused);
    !stint.quality.has(Quality::SYNTHETIC_START) && !told_at_once
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn folding_in_pieces_with_restarts_between_is_folding_at_once(
        script in script(90),
        cuts in prop::collection::vec(0.0..1.0f64, 1..4),
        commits in 1..7usize,
    ) {
        let lines = lines(&script);
        let settings = Settings::default();
        let mut at_once = Run::new(settings.clone());
        let mut stored = Stored::default();
        let mut fold = Fold::new(settings.clone());
        let mut changes = Vec::new();
        let cuts: Vec<usize> = cuts.iter().map(|cut| (cut * lines.len() as f64) as usize).collect();
        for (index, line) in lines.iter().enumerate() {
            at_once.feed(line);
            if cuts.contains(&index) {
                stored.commit(&mut fold, &mut changes);
                fold = stored.restart(&settings);
            }
            apply(&mut fold, line, &mut changes);
            if index % commits == 0 {
                stored.commit(&mut fold, &mut changes);
            }
        }
        stored.commit(&mut fold, &mut changes);
        prop_assert_eq!(fold.open(), at_once.fold.open());
        prop_assert_eq!(Fold::open_from_parts(stored.parts.clone()).unwrap(), fold.open());
        prop_assert_eq!(fold.names(), at_once.fold.names());
        prop_assert_eq!(in_order(stored.facts), in_order(at_once.facts));
    }

    #[test]
    fn every_entering_becomes_exactly_one_stint(script in script(120)) {
        let lines = lines(&script);
        let mut run = Run::new(Settings::default());
        let opening = |line: &&String| {
            line.contains("|ENTERQUEUE|") || line.contains("|CALLOUTBOUND|")
        };
        let entered = lines.iter().filter(opening).count();
        lines.iter().for_each(|line| run.feed(line));
        let twice =
            run.facts.ignored.iter().filter(|why| **why == Ignored::DuplicateEntry).count();
        let closed = run.facts.stints.iter().filter(|stint| opened(stint)).count();
        // A stint that was given up and goes on stands in the facts as well,
        // until it really ends.
        let counted_already = |open: &OpenStint| {
            run.facts.stints.iter().any(|stint| {
                stint.call_id == open.stint.call_id
                    && (stint.enter, stint.entry) == (open.stint.enter, open.stint.entry)
            })
        };
        let open = run.fold.open();
        let open =
            open.stints.iter().filter(|open| opened(&open.stint) && !counted_already(open)).count();
        prop_assert_eq!(closed + open, entered - twice);
    }

    #[test]
    fn facts_make_sense_whatever_the_script(script in script(120)) {
        let mut run = Run::new(Settings::default());
        lines(&script).iter().for_each(|line| run.feed(line));
        for stint in &run.facts.stints {
            prop_assert!(stint.end >= stint.enter, "{stint:?}");
            prop_assert!(stint.wait.unwrap_or(0) >= 0 && stint.talk.unwrap_or(0) >= 0);
            prop_assert!(stint.answered || stint.talk.is_none(), "{stint:?}");
            prop_assert_ne!(stint.cause, Cause::Ongoing);
        }
        let mut keys: Vec<_> = run
            .facts
            .stints
            .iter()
            .map(|stint| (stint.call_id.to_string(), stint.enter, stint.queue, stint.entry))
            .filter(|key| key.0 != "NONE")
            .collect();
        keys.sort();
        let before = keys.len();
        keys.dedup();
        prop_assert_eq!(keys.len(), before, "a stint can be found by its key");
        let mut sessions: Vec<_> =
            run.facts.sessions.iter().map(|s| (s.agent, s.start, s.end)).collect();
        sessions.sort_unstable();
        for pair in sessions.windows(2) {
            let overlap = pair[0].0 == pair[1].0 && pair[1].1 < pair[0].2;
            prop_assert!(!overlap, "two sessions of one agent at once: {pair:?}");
        }
    }

    #[test]
    fn nothing_a_line_can_say_makes_it_panic(
        script in script(60),
        numbers in prop::collection::vec(prop_oneof![
            Just(i64::MAX.to_string()), Just("-5".to_owned()), Just(String::new()),
            Just("999999999999".to_owned()), Just("x|y".to_owned())
        ], 1..6),
        times in prop::collection::vec(prop_oneof![
            Just(i64::MIN), Just(i64::MAX), Just(-1), Just(0), Just(1_000_050), Just(999_999_999_999),
        ], 1..5),
    ) {
        let mut fold = Fold::new(Settings::default());
        let mut changes = Vec::new();
        let mut facts = Facts::default();
        for (index, line) in lines(&script).iter().enumerate() {
            let line = match index % 3 {
                0 => format!("{line}|{}", numbers[index % numbers.len()]),
                1 => line.replace('1', &numbers[index % numbers.len()]),
                _ => line.clone(),
            };
            if let Parsed::Event(mut event) = parse(line.as_bytes(), &Options::default()) {
                if index % 5 == 0 {
                    event.time = times[index % times.len()];
                }
                fold.apply(&event, &mut changes);
            }
            if index % 4 == 0 {
                fold.tick(times[index % times.len()], &mut changes);
            }
            facts.take(&mut changes);
        }
        let parts = fold.take_state().into_iter().filter_map(|put| Some((put.key, put.value?)));
        prop_assert_eq!(Fold::open_from_parts(parts).unwrap(), fold.open());
    }

    #[test]
    fn damaged_parts_are_refused_and_never_panic(
        script in script(40),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut run = Run::new(Settings::default());
        lines(&script).iter().for_each(|line| run.feed(line));
        let mut parts: Vec<_> =
            run.fold.take_state().into_iter().filter_map(|put| Some((put.key, put.value?))).collect();
        let part = at.index(parts.len());
        let value = &mut parts[part].1;
        let position = at.index(value.len().max(1));
        match value.get_mut(position) {
            Some(have) => *have = byte,
            None => value.push(byte),
        }
        // Whether it is taken depends on the byte; it must not panic.
        let _ = Fold::open_from_parts(parts.clone());
        parts[part].1.truncate(position);
        let _ = Fold::open_from_parts(parts.clone());
        parts.push((b"?".to_vec(), Vec::new()));
        prop_assert!(Fold::open_from_parts(parts).is_err());
    }
}
