//! The box's keys from their making to their loss.

use std::io::Write;

use super::*;
use crate::age::{Opened, Sealer};
use crate::bytes::ReadAt;

const NOW: UnixSec = 1_763_640_000;
const PHRASE: &str = "twelve or more";

fn empty() -> Keyring {
    Keyring::new(None, Vec::new(), Vec::new()).unwrap()
}

fn sealed(keyring: &Keyring) -> Vec<u8> {
    let mut sealer = Sealer::new(Vec::new(), &keyring.recipients()).unwrap();
    sealer.write_all(b"good day").unwrap();
    sealer.finish().unwrap()
}

fn hears(keyring: &Keyring, file: &[u8]) -> bool {
    let Ok(mut opened) = Opened::open(file.to_vec(), &keyring.identities()) else { return false };
    let mut plain = [0; 8];
    opened.read_at(0, &mut plain).unwrap();
    plain == *b"good day"
}

fn stored(stored: &Stored) -> Keyring {
    Keyring::new(Some(stored), Vec::new(), Vec::new()).unwrap()
}

#[test]
fn a_key_without_passphrase_is_open_at_every_start() {
    assert_eq!(empty().state(), State::None);
    let (kept, keyring) = empty().created(None, NOW).unwrap();
    let file = sealed(&keyring);
    let restarted = stored(&kept);
    assert_eq!((restarted.state(), restarted.has_passphrase()), (State::Open, false));
    assert!(hears(&restarted, &file));
    assert_eq!(restarted.fingerprints(), keyring.fingerprints());
    assert_eq!(kept.public, format!("{}\n", keyring.own()[0]));
    assert_eq!(keyring.created(None, NOW).unwrap_err().kind(), Kind::Conflict);
    assert_eq!(stored(&kept).lock().unwrap_err().kind(), Kind::Conflict);
}

#[test]
fn a_key_with_a_passphrase_seals_while_locked_and_opens_when_unlocked() {
    let (kept, _) = empty().created(Some(PHRASE), NOW).unwrap();
    let mut keyring = stored(&kept);
    assert_eq!(keyring.state(), State::Locked);
    let file = sealed(&keyring);
    assert!(!hears(&keyring, &file));
    assert_eq!(keyring.unlock("twelve or less").unwrap_err().kind(), Kind::Denied);
    keyring.unlock(PHRASE).unwrap();
    assert!(keyring.state() == State::Open && hears(&keyring, &file));
    keyring.lock().unwrap();
    assert!(keyring.state() == State::Locked && !hears(&keyring, &file));
    assert!(sealed(&keyring).len() > 200, "and seals on");
    assert!(!kept.secret.windows(14).any(|bytes| bytes == b"AGE-SECRET-KEY"));
}

#[test]
fn a_short_passphrase_is_refused() {
    let error = empty().created(Some("too short"), NOW).unwrap_err();
    assert_eq!(error.code().unwrap().code, "key.passphrase_short");
}

#[test]
fn a_box_seals_for_an_office_that_keeps_the_key() {
    let office = Identity::generate().unwrap();
    let keyring = Keyring::new(None, Vec::new(), vec![office.recipient()]).unwrap();
    assert_eq!(keyring.state(), State::SealOnly);
    let file = sealed(&keyring);
    assert!(!hears(&keyring, &file));
    let lent = Keyring::new(None, vec![office], Vec::new()).unwrap();
    assert!(lent.state() == State::Open && hears(&lent, &file));
}

#[test]
fn with_other_recipients_each_opens() {
    let officer = Identity::generate().unwrap();
    let extra = vec![officer.recipient(), officer.recipient()];
    let keyring = Keyring::new(None, Vec::new(), extra).unwrap();
    let (_, keyring) = keyring.created(None, NOW).unwrap();
    assert_eq!(keyring.recipients().len(), 2, "each once");
    let file = sealed(&keyring);
    let officers = Keyring::new(None, vec![officer], Vec::new()).unwrap();
    assert!(hears(&keyring, &file) && hears(&officers, &file));
}

#[test]
fn after_a_rotation_old_and_new_recordings_are_heard() {
    for phrase in [None, Some(PHRASE)] {
        let (_, old) = empty().created(phrase, NOW).unwrap();
        let before = sealed(&old);
        let (kept, new) = old.rotated(phrase, NOW).unwrap();
        let after = sealed(&new);
        assert!(hears(&new, &before) && hears(&new, &after));
        assert!(!hears(&old, &after));
        assert_ne!(new.fingerprints(), old.fingerprints());
        let mut restarted = stored(&kept);
        if let Some(phrase) = phrase {
            assert_eq!(restarted.fingerprints(), new.fingerprints(), "also while locked");
            restarted.unlock(phrase).unwrap();
        }
        assert!(hears(&restarted, &before) && hears(&restarted, &after));
    }
}

#[test]
fn a_rotation_wants_the_key_open_and_its_passphrase() {
    assert_eq!(empty().rotated(None, NOW).unwrap_err().kind(), Kind::NotFound);
    let (kept, open) = empty().created(Some(PHRASE), NOW).unwrap();
    let code = |result: Result<(Stored, Keyring)>| result.unwrap_err().code().unwrap().code;
    assert_eq!(code(stored(&kept).rotated(Some(PHRASE), NOW)), "key.locked");
    assert_eq!(code(open.rotated(None, NOW)), "key.passphrase_needed");
    assert_eq!(code(open.rotated(Some("another phrase"), NOW)), "key.passphrase_wrong");
    let (_, plain) = empty().created(None, NOW).unwrap();
    assert_eq!(code(plain.rotated(Some(PHRASE), NOW)), "key.no_passphrase");
}

#[test]
fn a_retired_key_is_forgotten_only_when_nothing_needs_it() {
    let (_, old) = empty().created(None, NOW).unwrap();
    let (_, new) = old.rotated(None, NOW).unwrap();
    let rows = [new.fingerprints(), old.fingerprints()];
    let error = new.without_retired(rows.iter().map(String::as_str), None, NOW).unwrap_err();
    assert_eq!(error.code().unwrap().code, "key.in_use");
    let (kept, forgot) = new.without_retired([rows[0].as_str()], None, NOW).unwrap();
    assert_eq!((forgot.own().len(), stored(&kept).own().len()), (1, 1));
    assert!(!hears(&stored(&kept), &sealed(&old)));
}

#[test]
fn what_is_lost_is_counted_by_key() {
    let (_, keyring) = empty().created(None, NOW).unwrap();
    let ours = keyring.fingerprints();
    let both = format!("0123456789abcdef {ours}");
    let rows = [(ours.as_str(), 5), (both.as_str(), 2), ("0123456789abcdef", 7)];
    let lost = vec![Lost { keys: "0123456789abcdef".into(), recordings: 7 }];
    assert_eq!(keyring.lost(rows), lost);
    assert!(keyring.opens(&ours) && !keyring.opens("0123456789abcdef"));
}

#[test]
fn a_key_is_exported_once_and_brought_to_another_box() {
    let (_, keyring) = empty().created(Some(PHRASE), NOW).unwrap();
    let file = sealed(&keyring);
    let text = keyring.export(None, NOW).unwrap();
    assert_eq!(keyring.export(Some(NOW), NOW).unwrap_err().code().unwrap().code, "key.exported");
    assert_eq!(empty().export(None, NOW).unwrap_err().kind(), Kind::NotFound);

    let (kept, fresh) = empty().brought(&text, None, NOW).unwrap();
    assert!(hears(&fresh, &file) && hears(&stored(&kept), &file));
    let (_, other) = empty().created(None, NOW).unwrap();
    let (_, both) = other.brought(&text, None, NOW).unwrap();
    assert!(hears(&both, &file) && hears(&both, &sealed(&other)));
    assert_eq!(both.fingerprints(), other.fingerprints(), "its own key stays the present one");
    let (_, again) = both.brought(&text, None, NOW).unwrap();
    assert_eq!(again.own().len(), 2);
    assert_eq!(empty().brought("no key", None, NOW).unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn a_passphrase_is_changed_and_taken_off() {
    let (_, keyring) = empty().created(None, NOW).unwrap();
    let (kept, _) = keyring.protected(None, Some(PHRASE), NOW).unwrap();
    let mut locked = stored(&kept);
    assert_eq!(locked.state(), State::Locked);
    locked.unlock(PHRASE).unwrap();
    let (kept, _) = locked.protected(Some(PHRASE), None, NOW).unwrap();
    assert_eq!(stored(&kept).state(), State::Open);
    assert_eq!(stored(&kept).own(), keyring.own());
}

#[test]
fn a_keyring_does_not_print_its_secrets() {
    let (kept, keyring) = empty().created(None, NOW).unwrap();
    let shown = format!("{keyring:?}");
    assert_eq!(shown, format!("Keyring(Open, {})", keyring.fingerprints()));
    let secret = str::from_utf8(&kept.secret).unwrap().lines().last().unwrap().to_owned();
    assert!(secret.starts_with("AGE-SECRET-KEY-1") && !shown.contains(&secret[..20]));
}

#[test]
fn a_stored_key_that_is_none_says_what_to_do() {
    let broken = Stored { secret: Zeroizing::new(b"# empty\n".to_vec()), public: String::new() };
    let error = Keyring::new(Some(&broken), Vec::new(), Vec::new()).unwrap_err();
    assert_eq!(error.kind(), Kind::Damaged);
    assert!(error.message().contains("export"), "{}", error.message());
}
