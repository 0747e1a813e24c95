use proptest::prelude::*;

use super::*;

const TTL: Duration = Duration::from_secs(900);
const START: i64 = 1_700_000_000;

fn at(seconds: u64) -> Moment {
    Moment { wall: START + i64::try_from(seconds).unwrap(), steady: Duration::from_secs(seconds) }
}

fn grant(path: &str) -> Grant {
    Grant {
        target: Target::File { root: 1, path: path.as_bytes().to_vec() },
        usage: Usage::Play,
        bound: b"session".to_vec(),
        tenant: "acme".to_owned(),
        user: "32".to_owned(),
        call: "1700000000.12".to_owned(),
    }
}

#[test]
fn a_link_opens_to_what_was_granted() {
    let links = Links::new();
    let pair = Target::Pair { root: 0, caller: b"a-in.wav".to_vec(), agent: vec![0xff, 0xfe] };
    for target in [Target::Recording(-7), pair, grant("2023/a b.wav").target] {
        for usage in [Usage::Play, Usage::Download, Usage::Wave] {
            let grant = Grant { target: target.clone(), usage, ..grant("") };
            let link = links.issue(&grant, TTL, at(0)).unwrap();
            assert_eq!(link.expires, START + 900);
            let opened = links.open(&link.text, b"session", at(899)).unwrap();
            assert_eq!((opened.grant, opened.expires), (grant, link.expires));
        }
    }
}

#[test]
fn a_link_says_nothing_of_its_path_and_no_two_are_alike() {
    let links = Links::new();
    let grant = grant("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let one = links.issue(&grant, TTL, at(0)).unwrap().text;
    let other = links.issue(&grant, TTL, at(0)).unwrap().text;
    assert_ne!(one[8..], other[8..]);
    let bytes = text::read(&one).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"AAAA"));
    assert!(one.bytes().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_')));
}

#[test]
fn a_link_ends_by_either_clock() {
    let links = Links::new();
    let link = links.issue(&grant("a.wav"), TTL, at(0)).unwrap().text;
    let open = |wall: i64, steady: u64| {
        let now = Moment { wall: START + wall, steady: Duration::from_secs(steady) };
        links.open(&link, b"session", now).map(|_| ())
    };
    assert_eq!(open(899, 899), Ok(()));
    assert_eq!(open(900, 900), Err(Refused::Expired));
    assert_eq!(open(900, 10), Err(Refused::Expired));
    // The clock was set back by a day.
    assert_eq!(open(-86_400, 900), Err(Refused::Expired));
}

#[test]
fn playing_that_began_in_time_goes_on_for_the_length_of_the_recording() {
    let links = Links::new();
    let begun = links.issue(&grant("a.wav"), TTL, at(0)).unwrap().text;
    let idle = links.issue(&grant("a.wav"), TTL, at(0)).unwrap().text;
    let opened = links.open(&begun, b"session", at(890)).unwrap();
    links.begin(&opened, Duration::from_secs(3600), at(890));
    let open = |link: &str, second: u64| links.open(link, b"session", at(second)).map(|_| ());
    assert_eq!(open(&begun, 900 + 3599), Ok(()));
    assert_eq!(open(&begun, 900 + 3600), Err(Refused::Expired));
    assert_eq!(open(&idle, 901), Err(Refused::Expired));
}

#[test]
fn playing_can_not_begin_after_the_end_nor_last_for_ever() {
    let links = Links::new();
    let link = links.issue(&grant("a.wav"), TTL, at(0)).unwrap().text;
    let opened = links.open(&link, b"session", at(1)).unwrap();
    links.begin(&opened, Duration::from_secs(3600), at(901));
    assert_eq!(links.open(&link, b"session", at(902)), Err(Refused::Expired));
    links.begin(&opened, Duration::from_secs(u64::MAX), at(2));
    let last = 900 + LONGEST_PLAY.as_secs();
    assert!(links.open(&link, b"session", at(last - 1)).is_ok());
    assert_eq!(links.open(&link, b"session", at(last)), Err(Refused::Expired));
}

#[test]
fn a_link_can_be_renewed_while_its_key_lives() {
    let links = Links::new();
    let link = links.issue(&grant("a.wav"), TTL, at(0)).unwrap().text;
    let renewed = links.renew(&link, b"session", TTL, at(1000), |_| false).unwrap().unwrap();
    assert_eq!(links.open(&link, b"session", at(1000)), Err(Refused::Expired));
    assert!(links.open(&renewed.text, b"session", at(1899)).is_ok());
    assert!(links.renew(&link, b"another", TTL, at(1000), |_| false).is_err());
    assert!(links.renew(&link[1..], b"session", TTL, at(1000), |_| false).is_err());
    assert!(links.renew(&link, b"session", TTL, at(1000), |_| true).is_err());
}

#[test]
fn a_link_of_another_session_or_run_is_refused() {
    let links = Links::new();
    let link = links.issue(&grant("a.wav"), TTL, at(0)).unwrap().text;
    assert_eq!(links.open(&link, b"another", at(1)), Err(Refused::NotYours));
    assert_eq!(links.open(&link, b"", at(1)), Err(Refused::NotYours));
    let restarted = Links::new();
    assert_eq!(restarted.open(&link, b"session", at(1)), Err(Refused::Unknown));
    restarted.issue(&grant("a.wav"), TTL, at(0)).unwrap();
    assert_eq!(restarted.open(&link, b"session", at(1)), Err(Refused::Unknown));
}

#[test]
fn a_sealed_part_is_good_under_its_own_head_only() {
    let links = Links::new();
    let one = text::read(&links.issue(&grant("a.wav"), TTL, at(0)).unwrap().text).unwrap();
    let two = text::read(&links.issue(&grant("b.wav"), TTL, at(0)).unwrap().text).unwrap();
    let crossed = [&one[..HEAD_BYTES], &two[HEAD_BYTES..]].concat();
    let refused = links.open(&text::written(&crossed), b"session", at(1));
    assert_eq!(refused, Err(Refused::Unknown));
}

#[test]
fn keys_change_every_twelve_hours_and_go_when_no_link_needs_them() {
    let links = Links::new();
    let key = |link: &str| text::read(link).unwrap()[1..5].to_vec();
    let count = || links.state.lock().unwrap().keys.len();
    let hour = 3600;
    let first = links.issue(&grant("a.wav"), LONGEST_TTL, at(0)).unwrap().text;
    let same = links.issue(&grant("a.wav"), TTL, at(12 * hour - 1)).unwrap().text;
    assert_eq!(key(&first), key(&same));
    let second = links.issue(&grant("a.wav"), TTL, at(12 * hour)).unwrap().text;
    assert_ne!(key(&first), key(&second));
    assert!(links.open(&first, b"session", at(24 * hour - 1)).is_ok());
    assert_eq!(count(), 2);
    links.issue(&grant("a.wav"), TTL, at(36 * hour)).unwrap();
    assert_eq!(count(), 1, "the day and the longest call are over for both");
    assert_eq!(links.open(&first, b"session", at(36 * hour)), Err(Refused::Unknown));
}

#[test]
fn what_is_no_link_is_refused() {
    let links = Links::new();
    links.issue(&grant("a.wav"), TTL, at(0)).unwrap();
    for not in ["", "A", "AQ", "../../etc/passwd", "%00", &"A".repeat(20_000), "é"] {
        assert!(links.open(not, b"session", at(1)).is_err(), "{not:?}");
    }
    let long = grant(&"x".repeat(5000));
    assert_eq!(links.issue(&long, TTL, at(0)).unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn what_began_is_kept_within_bounds() {
    let links = Links::new();
    let link = links.issue(&grant("a.wav"), TTL, at(0)).unwrap().text;
    let opened = links.open(&link, b"session", at(1)).unwrap();
    for number in 0..MOST_BEGUN + 10 {
        let mut other = opened.clone();
        other.salt[..8].copy_from_slice(&number.to_be_bytes());
        links.begin(&other, Duration::from_secs(60), at(1));
    }
    assert_eq!(links.state.lock().unwrap().begun.len(), MOST_BEGUN);
    links.begin(&opened, Duration::from_secs(60), at(1));
    links.begin(&opened, Duration::from_secs(60), at(1));
    assert_eq!(links.state.lock().unwrap().begun.len(), MOST_BEGUN);
}

proptest! {
    #[test]
    fn any_changed_character_is_refused(
        path in "[a-z0-9/]{1,40}", place in any::<prop::sample::Index>(), sign in any::<u8>(),
    ) {
        let links = Links::new();
        let link = links.issue(&grant(&path), TTL, at(0)).unwrap().text;
        let signs = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.%/=";
        let sign = char::from(signs[usize::from(sign) % signs.len()]);
        let place = place.index(link.len());
        prop_assume!(link.as_bytes()[place] != sign as u8);
        let changed = format!("{}{sign}{}", &link[..place], &link[place + 1..]);
        prop_assert!(links.open(&changed, b"session", at(1)).is_err());
        let shorter = &link[..place];
        prop_assert!(links.open(shorter, b"session", at(1)).is_err());
        let longer = format!("{link}{sign}");
        prop_assert!(links.open(&longer, b"session", at(1)).is_err());
    }

    #[test]
    fn unpacking_any_bytes_is_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Some((grant, expires, ends)) = Grant::unpack(&bytes) {
            prop_assert_eq!(grant.pack(expires, ends).unwrap(), bytes);
        }
    }
}
