//! A notation for tests: `seconds Event key=value …`, as in appendix A of the
//! tracker's law, turned into events.

use std::collections::HashMap;

use crate::base::UnixMicro;
use crate::event::manager::*;
use crate::tracker::{Options, Record, Round, Tracker};

/// A tracker with everything on, and what it wrote.
pub struct Run {
    pub tracker: Tracker,
    pub records: Vec<Record>,
}

pub fn options() -> Options {
    Options { parked_calls: true, outbound_calls: true, ..Options::default() }
}

impl Run {
    pub fn new(options: Options) -> Self {
        Run { tracker: Tracker::new(options), records: Vec::new() }
    }

    pub fn of(options: Options, script: &str) -> Self {
        let mut run = Run::new(options);
        run.play(script);
        run
    }

    /// Plays the lines, then lets ten seconds pass.
    pub fn play(&mut self, script: &str) {
        let last = self.play_on(script);
        let late = self.tracker.tick(last + 10_000_000);
        self.records.extend(late);
    }

    /// Plays the lines; the time of the last.
    pub fn play_on(&mut self, script: &str) -> UnixMicro {
        let mut last = 0;
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            last = self.line(line);
        }
        last
    }

    fn line(&mut self, line: &str) -> UnixMicro {
        let mut words = line.split_whitespace();
        let at = micros(words.next().unwrap());
        let name = words.next().unwrap();
        let fields: Fields = Fields(
            words
                .map(|word| word.split_once('=').unwrap_or_else(|| panic!("{line}: {word}")))
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        );
        let written = match name {
            "snapshot" => {
                self.tracker.snapshot_begin(at, fields.0.get("start").map(|s| s.parse().unwrap()));
                Vec::new()
            }
            "listed" => self.tracker.snapshot_end(at, Round::Connected),
            "round" => self.tracker.snapshot_end(at, Round::Regular),
            "cut" => {
                self.tracker.disconnected();
                Vec::new()
            }
            "tick" => self.tracker.tick(at),
            _ => self.tracker.apply(&Told { at, event: event(name, &fields) }),
        };
        self.records.extend(written);
        at
    }

    /// What was written for others to read, one line each.
    pub fn lines(&self) -> Vec<String> {
        self.records.iter().filter(|record| !record.internal).map(Record::line).collect()
    }

    #[track_caller]
    pub fn wrote(&self, expected: &str) {
        let expected: Vec<&str> =
            expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let lines = self.lines();
        assert_eq!(lines, expected, "\n{}", lines.join("\n"));
    }
}

pub fn micros(text: &str) -> UnixMicro {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let part = format!("{part:0<6}");
    whole.parse::<i64>().unwrap() * 1_000_000 + part[..6].parse::<i64>().unwrap()
}

pub struct Fields(HashMap<String, String>);

impl Fields {
    pub fn of(text: &str) -> Self {
        let pairs = text.split_whitespace().filter_map(|word| word.split_once('='));
        Fields(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    pub fn text(&self, key: &str) -> String {
        self.0.get(key).cloned().unwrap_or_default()
    }

    fn number<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.0.get(key).and_then(|value| value.parse().ok())
    }

    /// A channel block: `u` unique id, `l` linked id (the same if absent),
    /// `c` channel, `acc`, `ext`, `num`, `conn`, each with a prefix.
    fn channel(&self, prefix: &str) -> Channel<'static> {
        let get = |key: &str| self.text(&format!("{prefix}{key}"));
        let uniqueid = get("u");
        let linkedid = Some(get("l")).filter(|l| !l.is_empty()).unwrap_or(uniqueid.clone());
        Channel {
            name: get("c").into(),
            account: get("acc").into(),
            exten: get("ext").into(),
            number: get("num").into(),
            connected_number: get("conn").into(),
            uniqueid: uniqueid.into(),
            linkedid: linkedid.into(),
            ..Channel::default()
        }
    }

    fn maybe(&self, prefix: &str) -> Option<Channel<'static>> {
        self.0.contains_key(&format!("{prefix}u")).then(|| self.channel(prefix))
    }

    fn bridge(&self) -> Bridge<'static> {
        Bridge {
            id: self.text("b").into(),
            technology: self.text("tech").into(),
            ..Bridge::default()
        }
    }

    fn parking(&self) -> Parking<'static> {
        Parking {
            parkee: self.channel(""),
            parker: self.text("parker").into(),
            lot: self.text("lot").into(),
            space: self.text("space").into(),
            timeout: None,
            duration: self.number("dur"),
        }
    }

    fn attempt(&self) -> Attempt<'static> {
        Attempt {
            queue: self.text("q").into(),
            name: self.text("name").into(),
            interface: self.text("if").into(),
            caller: self.channel(""),
            member: self.channel("d"),
        }
    }

    fn member(&self) -> Member<'static> {
        Member {
            queue: self.text("q").into(),
            name: self.text("name").replace('_', " ").into(),
            interface: self.text("if").into(),
            membership: Some(self.text("as"))
                .filter(|a| !a.is_empty())
                .unwrap_or("dynamic".into())
                .into(),
            paused: self.text("paused") == "1",
            ..Member::default()
        }
    }

    fn status(&self) -> DialStatus<'static> {
        match &*self.text("status") {
            "ANSWER" => DialStatus::Answer,
            "BUSY" => DialStatus::Busy,
            "CANCEL" => DialStatus::Cancel,
            "CHANUNAVAIL" => DialStatus::ChanUnavail,
            "CONGESTION" => DialStatus::Congestion,
            "NOANSWER" => DialStatus::NoAnswer,
            "RINGING" => DialStatus::Ringing,
            "PROGRESS" => DialStatus::Progress,
            other => DialStatus::Other(other.to_owned().into()),
        }
    }
}

pub fn event(name: &str, f: &Fields) -> Event<'static> {
    match name {
        "Newchannel" => Event::NewChannel(f.channel("")),
        "Newstate" => Event::NewState(f.channel("")),
        "NewAccountCode" => {
            Event::NewAccountCode { channel: f.channel(""), old: String::new().into() }
        }
        "Rename" => Event::Rename {
            uniqueid: f.text("u").into(),
            old: f.text("old").into(),
            new: f.text("new").into(),
        },
        "Hangup" => {
            Event::Hangup { channel: f.channel(""), cause: None, cause_text: String::new().into() }
        }
        "HangupRequest" => {
            Event::HangupRequest { channel: f.channel(""), soft: false, cause: None }
        }
        "SoftHangupRequest" => {
            Event::HangupRequest { channel: f.channel(""), soft: true, cause: None }
        }
        "DialBegin" => Event::DialBegin {
            caller: f.maybe(""),
            dest: f.channel("d"),
            dial_string: f.text("string").into(),
        },
        "DialState" => Event::DialState {
            caller: f.maybe(""),
            dest: f.channel("d"),
            status: f.status(),
            forward: String::new().into(),
        },
        "DialEnd" => Event::DialEnd {
            caller: f.maybe(""),
            dest: f.channel("d"),
            status: f.status(),
            forward: f.text("forward").into(),
        },
        "LocalBridge" => Event::LocalBridge {
            one: f.channel("1"),
            two: f.channel("2"),
            context: String::new().into(),
            exten: String::new().into(),
            optimized: false,
        },
        "BridgeEnter" => Event::BridgeEnter {
            bridge: f.bridge(),
            channel: f.channel(""),
            swap: f.text("swap").into(),
        },
        "BridgeLeave" => Event::BridgeLeave { bridge: f.bridge(), channel: f.channel("") },
        "BridgeMerge" => Event::BridgeMerge {
            to: f.bridge(),
            from: Bridge { id: f.text("from").into(), ..Bridge::default() },
        },
        "Hold" => Event::Hold { channel: f.channel(""), class: String::new().into() },
        "Unhold" => Event::Unhold(f.channel("")),
        "MusicOnHoldStart" => {
            Event::MusicOnHoldStart { channel: f.channel(""), class: String::new().into() }
        }
        "MusicOnHoldStop" => Event::MusicOnHoldStop(f.channel("")),
        "ParkedCall" => Event::ParkedCall(f.parking()),
        "UnParkedCall" => Event::UnparkedCall { parking: f.parking(), retriever: f.channel("r") },
        "ParkedCallTimeOut" => Event::ParkedCallTimeOut(f.parking()),
        "ParkedCallGiveUp" => Event::ParkedCallGiveUp(f.parking()),
        "ParkedCallSwap" => Event::ParkedCallSwap(f.parking()),
        "BlindTransfer" => Event::BlindTransfer(Box::new(BlindTransfer {
            success: f.text("result") != "Fail",
            transferer: f.channel("t"),
            transferee: f.maybe("p"),
            bridge: String::new().into(),
            external: f.text("external") == "Yes",
            context: f.text("ctx").into(),
            exten: f.text("to").into(),
        })),
        "AttendedTransfer" => Event::AttendedTransfer(Box::new(AttendedTransfer {
            success: true,
            original: Leg { channel: f.channel("o"), bridge: String::new().into() },
            second: Leg { channel: f.channel("s"), bridge: String::new().into() },
            transferee: f.maybe("p"),
            target: None,
            to: match &*f.text("type") {
                "App" => TransferTo::App(f.text("to").into()),
                "Link" => TransferTo::Link { one: f.text("one").into(), two: f.text("two").into() },
                "Fail" => TransferTo::Fail,
                _ => TransferTo::Bridge(f.text("to").into()),
            },
            external: false,
        })),
        "QueueCallerJoin" => Event::QueueCallerJoin {
            caller: f.channel(""),
            queue: f.text("q").into(),
            position: None,
            count: None,
        },
        "QueueCallerLeave" => Event::QueueCallerLeave {
            caller: f.channel(""),
            queue: f.text("q").into(),
            position: None,
            count: None,
        },
        "AgentCalled" => Event::AgentCalled(f.attempt()),
        "AgentConnect" => Event::AgentConnect { attempt: f.attempt(), ring: None, hold: None },
        "AgentComplete" => Event::AgentComplete {
            attempt: f.attempt(),
            hold: None,
            talk: None,
            reason: CompleteReason::Other,
        },
        "QueueMemberAdded" => Event::MemberAdded(f.member()),
        "QueueMemberRemoved" => Event::MemberRemoved(f.member()),
        "QueueMember" => Event::QueueMember(f.member()),
        "DeviceStateChange" => Event::DeviceStateChange {
            device: f.text("device").into(),
            state: if f.text("state") == "ONHOLD" {
                DeviceState::OnHold
            } else {
                DeviceState::NotInUse
            },
        },
        "ExtensionStatus" => Event::ExtensionStatus {
            exten: String::new().into(),
            context: String::new().into(),
            hint: f.text("hint").into(),
            status: ExtensionState::Unknown,
        },
        "FullyBooted" => Event::FullyBooted { uptime: f.number("uptime"), last_reload: None },
        "Shutdown" => Event::Shutdown { restart: false },
        "CoreShowChannel" => Event::CoreShowChannel {
            channel: f.channel(""),
            bridge: f.text("b").into(),
            application: f.text("app").into(),
            application_data: f.text("data").into(),
            duration: f.number("dur"),
        },
        other => panic!("no event {other}"),
    }
}
