//! The office, fed with what real Asterisks said, beside what the driver of
//! the calls did.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;
use switchroom::event::manager::{Event, Told};
use switchroom::input::ami::{Buffer, Frame, Message, parse};
use switchroom::live::Office;
use switchroom::live::office::CallState;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(name)
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Calls `each` with every event in order; its time is its arrival.
fn replay(name: &str, mut each: impl FnMut(&Told<'_>)) {
    let bytes = unpacked(&folder(name).join("ami.raw.gz"));
    let index = String::from_utf8(unpacked(&folder(name).join("ami.raw.idx.gz"))).unwrap();
    let mut buffer = Buffer::default();
    for line in index.lines() {
        let (at, from, len): (f64, usize, usize) = serde_json::from_str(line).unwrap();
        buffer.feed(&bytes[from..from + len]);
        loop {
            match buffer.next() {
                Frame::Block { block, .. } => {
                    if let Message::Event(notice) = parse(block) {
                        let at = (at * 1e6) as i64;
                        each(&Told { at, event: notice.event });
                    }
                }
                Frame::Incomplete => break,
                _ => {}
            }
        }
    }
}

fn truth(name: &str) -> Value {
    let text = std::fs::read_to_string(folder(name).join("truth.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(0.0)
}

/// A conversation as the driver saw it.
#[derive(Debug)]
struct Talk {
    id: String,
    device: String,
    caller: String,
    from: f64,
    to: f64,
    /// Events within it, and those at which the office agreed.
    looked: u32,
    agreed: u32,
}

/// A pool agent answers on the telephone he logged in with.
fn extension<'a>(truth: &'a Value, answered_by: &'a str) -> &'a str {
    let mut logins = truth["actions"].as_array().unwrap().iter();
    let login = logins.find(|act| act["what"] == "agent-login" && act["agent"] == answered_by);
    login.map_or(answered_by, |login| login["ext"].as_str().unwrap())
}

/// Conversations that were nothing else between answer and end.
fn talks(truth: &Value) -> Vec<Talk> {
    let calls = truth["calls"].as_array().unwrap().iter();
    let plain =
        calls.filter(|call| call["outcome"] == "answered" && call["answered_by"].is_string());
    plain
        .filter(|call| !call["queue"].is_null())
        // Of some the driver saw no answer.
        .filter(|call| call["answered_at"].is_number())
        .map(|call| Talk {
            id: call["id"].as_str().unwrap().to_owned(),
            device: format!("PJSIP/{}", extension(truth, call["answered_by"].as_str().unwrap())),
            caller: call["caller"].as_str().unwrap().to_owned(),
            from: number(&call["answered_at"]) + 0.5,
            to: number(&call["end"]) - 0.5,
            looked: 0,
            agreed: 0,
        })
        .collect()
}

fn compare(name: &str) -> Vec<Talk> {
    let mut talks = talks(&truth(name));
    assert!(talks.len() > 5, "{name}: {} conversations to look at", talks.len());
    let mut office = Office::default();
    let mut counted = BTreeMap::new();
    replay(name, |told| {
        if let Event::QueueParams { queue, calls: Some(calls), .. } = &told.event {
            let known = office.queues.get(queue).map_or(0, |queue| queue.waiting.len());
            *counted.entry(known == *calls as usize).or_insert(0) += 1;
        }
        office.apply(told);
        let now = told.at as f64 / 1e6;
        let mut calls = None;
        for talk in talks.iter_mut().filter(|talk| (talk.from..talk.to).contains(&now)) {
            let calls = calls.get_or_insert_with(|| office.calls());
            talk.looked += 1;
            let together = calls.iter().any(|call| {
                matches!(call.state, CallState::Talking | CallState::Hold)
                    && call.parties.iter().any(|party| *party.device == *talk.device)
                    && call.parties.iter().any(|party| *party.number == *talk.caller)
            });
            talk.agreed += u32::from(together);
        }
    });
    assert_eq!(counted.get(&false), None, "{name}: waiting calls differ from Asterisk's count");
    assert!(counted[&true] > 20, "{name}: {counted:?}");
    let left: Vec<_> = office.channels.iter().map(|leg| (&leg.name, &leg.uniqueid)).collect();
    assert!(office.is_quiet(), "{name}: {left:?} {:?}", office.parked());
    assert_eq!(office.dropped(), 0);
    talks
}

#[test]
fn who_talks_to_whom_is_what_the_telephones_did() {
    for name in ["22", "16", "22-restart"] {
        let talks = compare(name);
        let wrong: Vec<_> = talks
            .iter()
            .filter(|talk| talk.agreed != talk.looked)
            .map(|talk| (&talk.id, &talk.device, &talk.caller, talk.agreed, talk.looked))
            .collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        assert!(talks.iter().filter(|talk| talk.looked > 0).count() > 5, "{name}");
    }
}

#[test]
fn a_second_telling_of_everything_changes_nothing() {
    // Half-way through a day, the same lists once more: as after a reconnect
    // in which nothing happened.
    let mut office = Office::default();
    let mut count = 0;
    replay("22", |told| {
        count += 1;
        if count < 7000 {
            office.apply(told);
        }
    });
    let before = (office.calls(), office.sight());
    office.begin_snapshot();
    let again = office.clone();
    let at = 1_795_189_200_000_000;
    for leg in again.channels.iter() {
        let channel = switchroom::event::manager::Channel {
            name: leg.name.as_ref().into(),
            uniqueid: leg.uniqueid.as_ref().into(),
            linkedid: leg.linkedid.as_ref().into(),
            number: leg.number.as_ref().into(),
            caller_name: leg.caller_name.as_ref().into(),
            connected_number: leg.connected_number.as_ref().into(),
            connected_name: leg.connected_name.as_ref().into(),
            exten: leg.exten.as_ref().into(),
            context: leg.context.as_ref().into(),
            account: leg.account.as_ref().into(),
            state: leg.state,
        };
        let bridge = leg.bridge.as_deref().unwrap_or_default().into();
        let event = Event::CoreShowChannel {
            channel,
            bridge,
            application: "".into(),
            application_data: "".into(),
            duration: Some(5),
        };
        office.item(&Told { at, event });
    }
    let lists =
        switchroom::live::office::Lists { channels: true, ..switchroom::live::office::Lists::NONE };
    office.end_snapshot(lists, at);
    assert!(!before.0.is_empty(), "nothing was going on half-way");
    assert_eq!((office.calls(), office.sight()), before);
}
