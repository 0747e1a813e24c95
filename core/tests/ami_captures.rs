//! The manager stream of a real Asterisk, read whole: every byte has its
//! block, every block its message, and the messages say what the driver did.

use std::collections::BTreeMap;
use std::io::Read;

use switchroom_core::event::manager::{Channel, CompleteReason, Event, TransferTo};
use switchroom_core::input::ami::capture::Content;
use switchroom_core::input::ami::{Frame, Message, Notice, Outcome, capture_file, frame, parse};

fn raw(capture: &str) -> Vec<u8> {
    let path = format!("{}/../tests/captures/{capture}/ami.raw.gz", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Calls `look` with each message; returns how many greetings and blocks there
/// were and how many bytes are left.
fn read(bytes: &[u8], mut look: impl FnMut(&[u8], Message<'_>)) -> (usize, usize, usize) {
    let (mut greetings, mut blocks, mut at) = (0, 0, 0);
    loop {
        match frame::next(&bytes[at..]) {
            Frame::Greeting { used, .. } => {
                greetings += 1;
                at += used;
            }
            Frame::Block { block, used } => {
                blocks += 1;
                look(block, parse(block));
                at += used;
            }
            Frame::Incomplete => return (greetings, blocks, bytes.len() - at),
            other => panic!("at byte {at}: {other:?}"),
        }
    }
}

#[test]
fn every_byte_belongs_to_a_message() {
    // Of 22-restart: the killed PBX left one block unfinished.
    for (capture, logins) in [("22", 1), ("16", 1), ("22-restart", 2)] {
        let bytes = raw(capture);
        // What a plain search for the words finds.
        let text = String::from_utf8_lossy(&bytes);
        let begins = text.lines().filter(|line| line.starts_with("Event: ")).count();
        let mut events = 0;
        let (greetings, _, left) = read(&bytes, |block, message| match message {
            Message::Event(_) => events += 1,
            Message::Response(_) => {}
            Message::Neither => panic!("{}", String::from_utf8_lossy(block)),
        });
        assert_eq!(greetings, logins, "{capture}");
        assert!(events == begins || events + 1 == begins && left > 2, "{capture}: {events}");
    }
}

#[test]
fn what_no_room_asks_for_is_the_only_thing_left_untyped() {
    let mut others = BTreeMap::new();
    for capture in ["22", "16", "22-restart"] {
        read(&raw(capture), |_, message| {
            if let Message::Event(Notice { event: Event::Other(name), .. }) = message {
                *others.entry(name.into_owned()).or_insert(0) += 1;
            }
        });
    }
    let names: Vec<&str> = others.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "Cdr",
            "ChallengeSent",
            "ChanSpyStart",
            "ChanSpyStop",
            "CoreShowChannelsComplete",
            "DTMFEnd",
            "DeviceStateListComplete",
            "EndpointListComplete",
            "MessageWaiting",
            "Newexten",
            "QueueStatusComplete",
            "QueueSummary",
            "QueueSummaryComplete",
            "RTCPSent",
            "RequestNotAllowed",
            "SuccessfulAuth",
            "TestEvent",
            "VoicemailUserEntry",
            "VoicemailUserEntryComplete",
        ]
    );
}

/// The channel an event is about, where it has one.
fn channel<'e, 'a>(event: &'e Event<'a>) -> Option<&'e Channel<'a>> {
    Some(match event {
        Event::NewChannel(channel)
        | Event::NewState(channel)
        | Event::NewCallerId(channel)
        | Event::NewConnectedLine(channel)
        | Event::NewAccountCode { channel, .. }
        | Event::Hangup { channel, .. }
        | Event::HangupRequest { channel, .. }
        | Event::DialBegin { dest: channel, .. }
        | Event::DialState { dest: channel, .. }
        | Event::DialEnd { dest: channel, .. }
        | Event::BridgeEnter { channel, .. }
        | Event::BridgeLeave { channel, .. }
        | Event::Hold { channel, .. }
        | Event::Unhold(channel)
        | Event::MusicOnHoldStart { channel, .. }
        | Event::MusicOnHoldStop(channel)
        | Event::MixMonitorStart(channel)
        | Event::VarSet { channel, .. }
        | Event::QueueCallerJoin { caller: channel, .. }
        | Event::QueueCallerLeave { caller: channel, .. }
        | Event::QueueCallerAbandon { caller: channel, .. }
        | Event::CoreShowChannel { channel, .. } => channel,
        Event::ParkedCall(parking) => &parking.parkee,
        _ => return None,
    })
}

#[test]
fn channels_are_whole_and_their_names_are_as_meant() {
    for capture in ["22", "16", "22-restart"] {
        let mut eva = 0;
        read(&raw(capture), |block, message| {
            let Message::Event(notice) = message else { return };
            let Some(channel) = channel(&notice.event) else { return };
            // VarSet of a global variable and the answer of an Originate have none.
            if channel.name.is_empty() {
                assert!(matches!(notice.event, Event::VarSet { .. }), "{notice:?}");
                return;
            }
            let text = std::str::from_utf8(block).unwrap();
            assert!(text.contains(&*channel.uniqueid) && channel.uniqueid.contains('.'));
            assert!(channel.linkedid.contains('.') && channel.device() != channel.name);
            for name in [&channel.caller_name, &channel.connected_name] {
                assert!(!name.contains(['\\', '<']), "{name}");
                eva += usize::from(*name == "Eva O'Neill");
            }
            assert_ne!(channel.number, "<unknown>");
        });
        assert!(eva > 100, "{capture}: {eva}");
    }
}

#[test]
fn fields_of_events_and_lists_are_numbers_and_words_that_exist() {
    for capture in ["22", "16", "22-restart"] {
        let mut seen = BTreeMap::new();
        let mut count = |what: &'static str| *seen.entry(what).or_insert(0) += 1;
        read(&raw(capture), |_, message| {
            let notice = match message {
                Message::Event(notice) => notice,
                Message::Response(response) => {
                    let refused = response.outcome == Outcome::Error;
                    assert_eq!(refused, response.message == "Permission denied");
                    return;
                }
                Message::Neither => return,
            };
            match notice.event {
                Event::AgentConnect { attempt, ring, hold } => {
                    assert!(ring.is_some() && hold.is_some());
                    assert!(!attempt.queue.is_empty() && !attempt.interface.is_empty());
                    assert!(attempt.member.uniqueid != attempt.caller.uniqueid);
                    count("connect");
                }
                Event::AgentComplete { reason, talk, attempt, .. } => {
                    assert!(reason != CompleteReason::Other && talk.is_some());
                    // At times the channels are gone already.
                    count(if attempt.caller.uniqueid.is_empty() { "bare" } else { "complete" });
                }
                Event::AgentRingNoAnswer { ring_ms: Some(ms), .. } => {
                    assert!((0..60_000).contains(&ms));
                    count("no answer");
                }
                Event::MemberPause(member) => {
                    assert!(member.ring_in_use.is_some() && member.wrapup.is_some());
                    count(if member.pause_reason.is_empty() { "no reason" } else { "reason" });
                }
                Event::QueueMember(member) => {
                    assert!(!member.name.is_empty() && member.interface.contains('/'));
                    assert!(!notice.action_id.is_empty());
                    count("member");
                }
                Event::QueueEntry { position, wait, uniqueid, number, .. } => {
                    assert!(position.is_some() && wait.is_some() && uniqueid.contains('.'));
                    assert_ne!(number, "unknown");
                    count("entry");
                }
                Event::CoreShowChannel { duration, .. } => {
                    assert!(duration.is_some());
                    count("channel");
                }
                Event::AttendedTransfer(transfer) => {
                    assert!(transfer.original.channel.uniqueid.contains('.'));
                    assert!(transfer.success && transfer.to != TransferTo::Fail);
                    count("attended");
                }
                Event::BlindTransfer(transfer) => {
                    assert!(transfer.success && !transfer.exten.is_empty());
                    assert!(transfer.transferee.is_some() && !transfer.context.is_empty());
                    count("blind");
                }
                Event::ParkedCall(parking) => {
                    assert!(parking.timeout.is_some() && parking.space.starts_with('7'));
                    count("parked");
                }
                Event::UnparkedCall { parking, retriever } => {
                    assert!(parking.duration.is_some() && !retriever.name.is_empty());
                    count("unparked");
                }
                Event::UserEvent { name, fields } => {
                    assert!(!name.is_empty() && !fields.is_empty());
                    count("user");
                }
                Event::FullyBooted { uptime, .. } => {
                    assert!(uptime.is_some());
                    count("booted");
                }
                _ => {}
            }
        });
        let of = |what| seen.get(what).copied().unwrap_or(0);
        assert!(of("connect") >= 20 && of("complete") >= 18, "{capture}: {seen:?}");
        assert!(of("channel") > 10 && of("member") > 30 && of("entry") > 0, "{capture}: {seen:?}");
        assert!(of("reason") > 0 && of("no reason") > 0 && of("user") > 0, "{capture}: {seen:?}");
        if capture != "22-restart" {
            for what in ["attended", "blind", "parked", "unparked", "no answer", "booted"] {
                assert!(of(what) > 0, "{capture}: no {what} in {seen:?}");
            }
        }
    }
}

#[test]
fn a_capture_has_a_time_for_each_block_and_they_never_run_backwards() {
    for (capture, begins) in [("22", 1_795_189_117_i64), ("16", 1_795_189_116)] {
        let folder = format!("{}/../tests/captures/{capture}", env!("CARGO_MANIFEST_DIR"));
        let path = std::path::Path::new(&folder).join("ami.raw.gz");
        let capture = capture_file::open(&path).unwrap();
        let mut last = 0;
        let mut blocks = 0;
        for captured in &capture {
            assert!(captured.at >= last);
            assert!(!captured.sent && !matches!(captured.content, Content::Damaged(_)));
            last = captured.at;
            blocks += 1;
        }
        let first = capture.iter().next().unwrap();
        assert!(matches!(first.content, Content::Greeting(_)));
        assert_eq!(first.at / 1_000_000, begins);
        // A day of the laboratory takes some minutes.
        assert!((last - first.at) / 1_000_000 > 100 && blocks > 10_000);
    }
}
