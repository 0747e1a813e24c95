//! What no outside test can see: known answers, and parts that are not public.

use std::io::Write;

use x25519_dalek::StaticSecret;

use super::fuzz::IDENTITY;
use super::header::written;
use super::key::{FileKey, unwrap, wrap};
use super::payload::SEALED_CHUNK;
use super::*;
use crate::bytes::ReadAt;

/// The public key of the specification's example.
const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

fn identity() -> Identity {
    Identity::from_text(IDENTITY).unwrap()
}

fn sealed(plain: &[u8], recipients: &[Recipient]) -> Vec<u8> {
    let mut sealer = Sealer::new(Vec::new(), recipients).unwrap();
    sealer.write_all(plain).unwrap();
    sealer.finish().unwrap()
}

fn opened(sealed: Vec<u8>, identity: &Identity) -> Result<Vec<u8>, Error> {
    let mut opened = Opened::open(sealed, std::slice::from_ref(identity))?;
    let mut plain = vec![0; opened.len()? as usize];
    let count = opened.read_at(0, &mut plain)?;
    assert_eq!(count, plain.len());
    Ok(plain)
}

#[test]
fn the_keys_of_the_specification_read_and_print() {
    assert_eq!(identity().recipient().to_string(), RECIPIENT);
    assert_eq!(RECIPIENT.parse::<Recipient>().unwrap(), identity().recipient());
    assert_eq!(*identity().to_text(), IDENTITY);
    assert_eq!(format!(" {IDENTITY}\r\n").parse::<Recipient>().unwrap_err().verdict(), "key");
}

#[test]
fn a_key_in_another_spelling_is_refused() {
    let wrong_digit = RECIPIENT.replace("zvky", "zvkx");
    let upper = RECIPIENT.to_uppercase();
    let cut = &RECIPIENT[..RECIPIENT.len() - 1];
    for text in ["", "age1", "age", wrong_digit.as_str(), upper.as_str(), cut, IDENTITY] {
        assert!(text.parse::<Recipient>().is_err(), "{text:?}");
    }
    assert!(Identity::from_text(&IDENTITY.to_lowercase()).is_err());
    assert!(Identity::from_text(RECIPIENT).is_err());
}

#[test]
fn a_secret_key_does_not_print() {
    let shown = format!("{:?}", identity());
    assert_eq!(shown, format!("Identity({})", identity().recipient().fingerprint()));
    assert_eq!(identity().recipient().fingerprint().len(), 16);
}

#[test]
fn an_identity_file_has_comments_and_several_keys() {
    let other = Identity::generate().unwrap();
    let text = format!("# created: today\r\n\n{IDENTITY}\r\n  {}\n", *other.to_text());
    let identities = Identity::from_file_text(&text).unwrap();
    assert_eq!(identities[0].recipient(), identity().recipient());
    assert_eq!(identities[1].recipient(), other.recipient());
    assert_eq!(Identity::from_file_text("# none\n").unwrap_err().verdict(), "key");
}

#[test]
fn two_random_keys_differ() {
    assert_ne!(
        Identity::generate().unwrap().recipient(),
        Identity::generate().unwrap().recipient()
    );
}

#[test]
fn a_stanza_unwraps_only_for_its_key() {
    let key = FileKey([7; 16]);
    let once = StaticSecret::from([9; 32]);
    let stanza = identity().recipient().wrap_with(&key, &once).unwrap();
    let parts = key::X25519Stanza::of(&stanza).unwrap().unwrap();
    assert_eq!(identity().unwrap(&parts).unwrap().unwrap().0, key.0);
    assert!(Identity::generate().unwrap().unwrap(&parts).unwrap().is_none());
}

#[test]
fn a_wrapped_key_with_one_bit_changed_unwraps_to_nothing() {
    let body = wrap(&[1; 32], &FileKey([2; 16]));
    assert!(unwrap(&[1; 32], body.as_slice().try_into().unwrap()).is_some());
    for bit in 0..body.len() * 8 {
        let mut flipped = body.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(unwrap(&[1; 32], flipped.as_slice().try_into().unwrap()).is_none());
    }
}

#[test]
fn a_public_key_that_keeps_nothing_secret_is_refused_at_sealing() {
    // The point of order one: by its form a key.
    let zeros =
        bech32::encode_lower::<bech32::Bech32>(bech32::Hrp::parse("age").unwrap(), &[0; 32]);
    let recipient: Recipient = zeros.unwrap().parse().unwrap();
    assert!(Sealer::new(Vec::new(), &[recipient]).is_err());
}

#[test]
fn a_file_for_nobody_is_not_begun() {
    let error = Sealer::new(Vec::new(), &[]).err().unwrap();
    assert!(error.to_string().contains("no key"), "{error}");
}

#[test]
fn each_of_several_recipients_opens_the_file_and_nobody_else() {
    let keys = [identity(), Identity::generate().unwrap()];
    let file = sealed(b"good day", &[keys[0].recipient(), keys[1].recipient()]);
    for key in &keys {
        assert_eq!(opened(file.clone(), key).unwrap(), b"good day");
    }
    let stranger = Identity::generate().unwrap();
    assert_eq!(opened(file.clone(), &stranger).unwrap_err().verdict(), "wrong-key");
    assert_eq!(Header::parse(&file).unwrap().recipients(), 2);
}

#[test]
fn stanzas_of_unknown_types_are_passed_over() {
    let key = FileKey::generate().unwrap();
    let grease = Stanza { args: vec!["xyz-grease".into(), "~!".into()], body: vec![5; 48] };
    let ours = identity().recipient().wrap(&key).unwrap();
    // 48 bytes fill a line, so that an empty one ends the body.
    let header = written(&key, &[grease.clone(), ours, grease]);
    assert!(String::from_utf8_lossy(&header).contains("\n\n"));
    let mut sealer = Sealer::begin(Vec::new(), &header, &key, [3; 16]).unwrap();
    sealer.write_all(b"through").unwrap();
    assert_eq!(opened(sealer.finish().unwrap(), &identity()).unwrap(), b"through");
}

#[test]
fn a_new_header_gives_the_payload_to_others() {
    let file = sealed(b"the same sound", &[identity().recipient()]);
    let header = Header::parse(&file).unwrap();
    let heir = Identity::generate().unwrap();
    let new = rewrapped(&header, &[identity()], &[heir.recipient()]).unwrap();
    let moved = [&new, &file[header.payload_at() as usize..]].concat();
    assert_eq!(opened(moved.clone(), &heir).unwrap(), b"the same sound");
    assert_eq!(opened(moved, &identity()).unwrap_err().verdict(), "wrong-key");
    assert_eq!(new.len(), header.as_bytes().len(), "as many recipients take as many bytes");
    let stranger = rewrapped(&header, &[heir], &[identity().recipient()]);
    assert_eq!(stranger.unwrap_err().verdict(), "wrong-key");
}

#[test]
fn a_passphrase_opens_what_it_sealed_and_no_other_does() {
    let file = passphrase::seal(b"a key", "correct horse", 4).unwrap();
    assert_eq!(**passphrase::open(&file, "correct horse").unwrap(), *b"a key");
    assert_eq!(passphrase::open(&file, "correct").unwrap_err().verdict(), "wrong-passphrase");
    assert_eq!(opened(file.clone(), &identity()).unwrap_err().verdict(), "other-kind");
    let by_key = sealed(b"", &[identity().recipient()]);
    assert_eq!(passphrase::open(&by_key, "any").unwrap_err().verdict(), "other-kind");
}

#[test]
fn a_work_factor_that_takes_the_memory_is_refused_before_it_is_spent() {
    assert!(passphrase::seal(b"", "p", 19).is_err());
    assert!(passphrase::seal(b"", "p", 0).is_err());
    let file = passphrase::seal(b"", "p", 1).unwrap();
    let text = String::from_utf8_lossy(&file).into_owned();
    let line = text.lines().nth(1).unwrap().to_owned();
    for (work, verdict) in [
        ("19", "too-much-work"),
        ("64", "too-much-work"),
        ("999", "too-much-work"),
        ("01", "header"),
        ("+1", "header"),
        ("0", "header"),
        ("1 1", "header"),
    ] {
        let altered = line.strip_suffix('1').unwrap().to_owned() + work;
        let at = FIRST + line.len();
        let file = [&file[..FIRST], altered.as_bytes(), &file[at..]].concat();
        assert_eq!(passphrase::open(&file, "p").unwrap_err().verdict(), verdict, "{work}");
    }
}

/// Length of the first line.
const FIRST: usize = 22;

#[test]
fn what_a_sealer_says_it_wrote_it_wrote() {
    let mut sealer = Sealer::new(Vec::new(), &[identity().recipient()]).unwrap();
    let head = sealer.written();
    sealer.write_all(&vec![1; CHUNK + 1]).unwrap();
    assert_eq!(sealer.written(), head + SEALED_CHUNK, "the second chunk waits for its end");
    assert_eq!(sealer.finish().unwrap().len() as u64, head + SEALED_CHUNK + 17);
}

#[test]
fn a_chunk_that_fails_leaves_nothing_in_the_buffer_and_the_others_readable() {
    let plain: Vec<u8> = (0..3 * CHUNK as u32).map(|at| at as u8).collect();
    let mut file = sealed(&plain, &[identity().recipient()]);
    let header = Header::parse(&file).unwrap().payload_at() as usize;
    file[header + 16 + CHUNK + 16 + 5] ^= 1;
    let mut opened = Opened::open(file, &[identity()]).unwrap();
    let mut buf = [0; 4];
    assert_eq!(opened.read_at(CHUNK as u64 - 4, &mut buf).unwrap(), 4);
    let error = opened.read_at(CHUNK as u64, &mut buf).unwrap_err();
    let inner = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    assert!(matches!(inner, Error::Damaged { chunk: 1 }));
    assert!(buf == [252, 253, 254, 255]);
    assert_eq!(opened.read_at(2 * CHUNK as u64, &mut buf).unwrap(), 4);
    assert_eq!(buf, [0, 1, 2, 3]);
    assert!(opened.read_at(CHUNK as u64 - 1, &mut buf).is_err());
}
