use super::*;
use crate::input::ami::md5;

const SECOND: Duration = Duration::from_secs(1);
const GREETING: &[u8] = b"Asterisk Call Manager/11.0.0\r\n";

/// A session, what it told in short words, and the actions it sent.
struct Desk {
    session: Session,
    now: Moment,
    told: Vec<String>,
    /// Name and id of each action not yet answered.
    asked: Vec<(String, String, String)>,
}

impl Desk {
    fn new() -> Desk {
        let mut session = Session::new(Login::new("monitor", Secret::new("s3cret".to_owned())));
        let now = Moment { mono: SECOND, wall: 1_000_000 };
        session.connected(now);
        Desk { session, now, told: Vec::new(), asked: Vec::new() }
    }

    /// Logged in, snapshot taken.
    fn live() -> Desk {
        let mut desk = Desk::new();
        desk.login();
        desk.answer_setup("22.10.1");
        desk.answer_lists();
        assert!(desk.session.is_live());
        desk.asked.clear();
        desk.told.clear();
        desk
    }

    fn hear(&mut self, bytes: &[u8]) {
        let told = &mut self.told;
        self.session.received(self.now, bytes, &mut |out| told.extend(word(&out)));
        self.collect();
    }

    fn pass(&mut self, time: Duration) {
        self.now.mono += time;
        self.now.wall += i64::try_from(time.as_micros()).unwrap();
        let told = &mut self.told;
        self.session.tick(self.now, &mut |out| told.extend(word(&out)));
        self.collect();
    }

    fn act(&mut self, ticket: u64, action: &Action) {
        let told = &mut self.told;
        self.session.act(self.now, ticket, action, &mut |out| told.extend(word(&out)));
        self.collect();
    }

    fn collect(&mut self) {
        let sent = String::from_utf8(std::mem::take(self.session.to_send())).unwrap();
        for block in sent.split_terminator("\r\n\r\n") {
            let value = |key: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(key));
                line.unwrap_or_default().trim_start_matches(": ").to_owned()
            };
            self.asked.push((value("Action"), value("ActionID"), block.to_owned()));
        }
    }

    /// Takes the oldest action called so and answers it.
    fn answer(&mut self, action: &str, answer: &str) {
        let place = self.asked.iter().position(|(name, ..)| name == action);
        let (_, id, _) = self.asked.remove(place.unwrap_or_else(|| panic!("no {action}")));
        self.hear(answer.replace("@", &id).replace('\n', "\r\n").as_bytes());
    }

    fn login(&mut self) {
        self.hear(GREETING);
        self.answer("Challenge", "Response: Success\nActionID: @\nChallenge: 135\n\n");
        self.answer("Login", "Response: Success\nActionID: @\n\n");
        self.hear(b"Event: FullyBooted\r\nUptime: 9\r\n\r\n");
    }

    fn answer_setup(&mut self, version: &str) {
        let settings = format!(
            "Response: Success\nActionID: @\nAsteriskVersion: {version}\nSystemName: x\n\n"
        );
        self.answer("CoreSettings", &settings);
        self.answer(
            "CoreStatus",
            "Response: Success\nActionID: @\nCoreStartupDate: 2026-11-20\nCoreStartupTime: 15:38:35\n\n",
        );
    }

    fn answer_lists(&mut self) {
        for (name, _) in SNAPSHOT {
            self.answer(name, "Response: Success\nActionID: @\nEventList: start\n\nEvent: XComplete\nActionID: @\nEventList: Complete\n\n");
        }
    }
}

fn word(out: &Out<'_>) -> Option<String> {
    Some(match out {
        Out::Rest => return None,
        Out::Up(peer) => format!("up {} {} {}", peer.protocol, peer.version, peer.started),
        Out::SnapshotBegin => "begin".to_owned(),
        Out::Item(told) => format!("item {}", name(&told.event)),
        Out::SnapshotEnd { refused } => match refused {
            [] => "end".to_owned(),
            refused => format!("end without {refused:?}"),
        },
        Out::Event(told) => format!("event {}", name(&told.event)),
        Out::Listed { ticket, event } => format!("{ticket} lists {}", name(event)),
        Out::Answer { ticket, answer } => format!("{ticket} {answer:?}"),
        Out::Stale(stale) => format!("stale {stale}"),
        Out::Down(down) => format!("down {down:?}"),
    })
}

fn name(event: &Event<'_>) -> String {
    let text = format!("{event:?}");
    text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}

#[test]
fn a_session_logs_in_and_tells_the_snapshot_and_then_what_happened_meanwhile() {
    let mut desk = Desk::new();
    desk.hear(GREETING);
    desk.answer("Challenge", "Response: Success\nActionID: @\nChallenge: 135\n\n");
    // MD5 of challenge and secret, never the secret.
    let login = &desk.asked[0].2;
    assert!(login.contains(&format!("Key: {}", md5::hex(b"135s3cret"))));
    assert!(login.contains("Events: system,call,agent,user") && !login.contains("s3cret"));
    desk.answer("Login", "Response: Success\nActionID: @\n\n");
    assert!(desk.asked.is_empty(), "asked before Asterisk was booted");
    desk.hear(b"Event: FullyBooted\r\n\r\n");
    desk.answer_setup("22.10.1");
    assert_eq!(desk.told, ["up 11.0.0 22.10.1 2026-11-20 15:38:35", "begin"]);
    desk.answer(
        "QueueStatus",
        "Response: Success\nActionID: @\nEventList: start\n\nEvent: QueueParams\nActionID: @\nQueue: a\n\n\
         Event: Hangup\nChannel: x\n\n\
         Event: QueueStatusComplete\nActionID: @\nEventList: Complete\n\n",
    );
    desk.answer("ParkedCalls", "Response: Error\nActionID: @\nMessage: Permission denied\n\n");
    assert_eq!(desk.told[2..], ["item QueueParams"]);
    desk.answer(
        "PJSIPShowContacts",
        "Response: Error\nActionID: @\nMessage: No Contacts found\n\n",
    );
    for (list, _) in SNAPSHOT
        .iter()
        .filter(|(n, _)| !matches!(*n, "QueueStatus" | "ParkedCalls" | "PJSIPShowContacts"))
    {
        desk.answer(list, "Response: Success\nActionID: @\nEventList: start\n\nEvent: X\nActionID: @\nEventList: Complete\n\n");
    }
    let end = r#"end without [("ParkedCalls", "Permission denied")]"#;
    assert_eq!(desk.told[3..], [end, "event Hangup"]);
    desk.hear(b"Event: Hold\r\nChannel: x\r\n\r\n");
    assert_eq!(desk.told[5..], ["event Hold"]);
}

#[test]
fn a_session_fed_byte_by_byte_tells_the_same() {
    let mut desk = Desk::live();
    for byte in b"Event: Hold\r\nChannel: x\r\n\r\n\r\nEvent: Unhold\r\n\r\n" {
        desk.hear(&[*byte]);
    }
    assert_eq!(desk.told, ["event Hold", "event Unhold"]);
}

#[test]
fn filters_are_asked_for_in_the_form_the_version_knows() {
    for (version, advanced) in [
        ("22.10.1+dfsg", true),
        ("16.28.0~dfsg", false),
        ("20.9.3", false),
        ("20.10.0", true),
        ("18.25.0", true),
        ("21.4.1", false),
        ("", false),
    ] {
        let mut desk = Desk::new();
        desk.login();
        desk.answer_setup(version);
        let filter = &desk.asked.iter().find(|(name, ..)| name == "Filter").unwrap().2;
        assert_eq!(filter.contains("MatchCriteria"), advanced, "{version}");
        desk.answer("Filter", "Response: Error\nActionID: @\nMessage: no\n\n");
        let again = &desk.asked.last().unwrap().2;
        assert_eq!(again.contains("Filter: !Event: MessageWaiting$"), advanced, "{version}");
    }
}

#[test]
fn a_wrong_secret_and_another_server_end_the_session_with_their_words() {
    let mut desk = Desk::new();
    desk.hear(GREETING);
    desk.answer("Challenge", "Response: Success\nActionID: @\nChallenge: 135\n\n");
    desk.answer("Login", "Response: Error\nActionID: @\nMessage: Authentication failed\n\n");
    let words = desk.session.fault().unwrap().to_string();
    assert!(words.contains("Authentication failed") && words.contains("manager.conf"));

    let mut desk = Desk::new();
    desk.hear(b"SSH-2.0-OpenSSH_9.2\r\n");
    assert_eq!(desk.session.fault(), Some(Down::NotAmi("SSH-2.0-OpenSSH_9.2".to_owned())));
}

#[test]
fn a_user_who_may_not_hear_that_asterisk_is_booted_waits_ten_seconds_only() {
    let mut desk = Desk::new();
    desk.hear(GREETING);
    desk.answer("Challenge", "Response: Success\nActionID: @\nChallenge: 135\n\n");
    desk.answer("Login", "Response: Success\nActionID: @\n\n");
    desk.pass(9 * SECOND);
    assert!(desk.asked.is_empty());
    desk.pass(SECOND);
    assert_eq!(desk.asked[0].0, "CoreSettings");
}

#[test]
fn silence_is_asked_about_shown_and_ends_the_session() {
    let mut desk = Desk::live();
    assert_eq!(desk.session.due(), Some(desk.now.mono + PING_AFTER));
    desk.pass(PING_AFTER);
    desk.answer("Ping", "Response: Success\nActionID: @\nPing: Pong\n\n");
    assert_eq!(desk.session.round_trip(), Some(Duration::ZERO));
    assert!(desk.told.is_empty());
    desk.pass(STALE_AFTER);
    assert_eq!(desk.told, ["stale true"]);
    desk.hear(b"Event: Hold\r\n\r\n");
    assert_eq!(desk.told[1..], ["stale false", "event Hold"]);
    desk.pass(DEAD_AFTER - SECOND);
    assert_eq!(desk.session.fault(), None);
    desk.pass(SECOND);
    assert_eq!(desk.session.fault(), Some(Down::Silent(DEAD_AFTER)));
}

#[test]
fn a_block_without_end_ends_the_session() {
    let mut desk = Desk::live();
    desk.hear(b"Event: Hold\r\nChannel: ");
    for _ in 0..9 {
        desk.pass(SECOND);
        desk.hear(b"x");
    }
    assert_eq!(desk.session.fault(), None);
    desk.pass(SECOND);
    assert_eq!(desk.session.fault(), Some(Down::NeverEnds(10 * SECOND)));

    let mut desk = Desk::live();
    desk.hear(b"Event: Hold\r\nChannel: ");
    desk.hear(&vec![b'x'; LONGEST_BLOCK]);
    assert_eq!(desk.session.fault(), Some(Down::TooLong(LONGEST_BLOCK)));
}

#[test]
fn each_action_has_its_own_answer_and_each_is_answered_once() {
    let mut desk = Desk::live();
    let pause = |reason: &str| Action::QueuePause {
        queue: String::new(),
        interface: "PJSIP/101".to_owned(),
        paused: true,
        reason: reason.to_owned(),
    };
    desk.act(1, &pause("a"));
    desk.act(2, &pause("b"));
    desk.act(3, &pause("c\r\nAction: Command"));
    desk.act(
        4,
        &Action::Park {
            channel: "x".to_owned(),
            announce: String::new(),
            timeout_ms: None,
            lot: String::new(),
        },
    );
    assert!(desk.told.remove(0).starts_with("3 Unprintable"));
    let second = desk.asked.remove(1).1;
    desk.hear(
        format!("Response: Error\r\nActionID: {second}\r\nMessage: no such\r\n\r\n").as_bytes(),
    );
    desk.answer("QueuePause", "Response: Success\nActionID: @\nMessage: paused\n\n");
    assert_eq!(desk.told[0], r#"2 Refused("no such")"#);
    assert!(desk.told[1].starts_with("1 Done"));
    desk.pass(ANSWER);
    assert!(desk.told.contains(&"4 TimedOut".to_owned()));
    let answers = desk.told.len();
    desk.answer("Park", "Response: Success\nActionID: @\n\n");
    // Of another client, or of our own last connection.
    desk.hear(
        b"Response: Success\r\nActionID: sr1-5\r\n\r\nResponse: Success\r\nActionID: 5\r\n\r\n",
    );
    assert_eq!(desk.told.iter().filter(|word| word.contains("Done")).count(), 1);
    assert!(desk.told.len() <= answers + 1);
}

#[test]
fn a_call_begun_is_answered_when_its_telephone_was() {
    let originate = Action::Originate(crate::input::ami::action::Originate::spy(
        "PJSIP/290",
        "PJSIP/201-1",
        crate::input::ami::action::Spy::Listen,
    ));
    for (event, expected) in [
        ("Response: Success\nReason: 4", "Done"),
        ("Response: Failure\nReason: 5", r#"Refused("it is busy")"#),
    ] {
        let mut desk = Desk::live();
        desk.act(7, &originate);
        let id = desk.asked[0].1.clone();
        assert!(desk.asked[0].2.contains("Data: PJSIP/201-1,qES"));
        desk.answer("Originate", "Response: Success\nActionID: @\nMessage: queued\n\n");
        assert!(desk.told.is_empty(), "queued is no outcome");
        let event = format!("Event: OriginateResponse\nActionID: {id}\n{event}\n\n");
        desk.hear(event.replace('\n', "\r\n").as_bytes());
        assert_eq!(desk.told[0], "event OriginateResponse");
        assert!(desk.told[1].starts_with("7 ") && desk.told[1].contains(expected));
    }
}

#[test]
fn what_waits_is_answered_when_the_connection_goes_and_the_next_begins_anew() {
    let mut desk = Desk::live();
    desk.act(1, &Action::ListCommands);
    let told = &mut desk.told;
    desk.session.disconnected(Down::Closed, &mut |out| told.extend(word(&out)));
    assert_eq!(desk.told, ["1 NotConnected", "down Closed"]);
    assert_eq!(desk.session.due(), None);
    desk.act(2, &Action::ListCommands);
    assert_eq!(desk.told[2..], ["2 NotConnected"]);
    desk.asked.clear();
    desk.session.connected(desk.now);
    desk.login();
    desk.answer_setup("16.28.0");
    assert!(desk.told.contains(&"begin".to_owned()));
}

#[test]
fn a_storm_during_the_snapshot_ends_the_session_and_not_the_memory() {
    let mut desk = Desk::new();
    desk.login();
    desk.answer_setup("22.10.1");
    let event = format!("Event: VarSet\r\nValue: {}\r\n\r\n", "x".repeat(60_000));
    for _ in 0..(HELD_BYTES / event.len()) {
        desk.hear(event.as_bytes());
    }
    assert_eq!(desk.session.fault(), None);
    desk.hear(event.as_bytes());
    desk.hear(event.as_bytes());
    assert_eq!(desk.session.fault(), Some(Down::Overflow));
}
