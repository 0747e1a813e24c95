//! What holds for sealed files of any length, read anywhere, altered anywhere.

use std::io::Write;

use proptest::prelude::*;
use switchroom_vault::age::{CHUNK, Header, Identity, Opened, Sealer, rewrapped};
use switchroom_vault::bytes::ReadAt;

fn bytes(len: usize) -> Vec<u8> {
    (0..len as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn sealed(plain: &[u8], identity: &Identity, piece: usize) -> Vec<u8> {
    let mut sealer = Sealer::new(Vec::new(), &[identity.recipient()]).unwrap();
    for piece in plain.chunks(piece) {
        sealer.write_all(piece).unwrap();
    }
    sealer.finish().unwrap()
}

fn open(file: Vec<u8>, identity: &Identity) -> Option<Opened<Vec<u8>>> {
    Opened::open(file, std::slice::from_ref(identity)).ok()
}

/// Whether the whole file reads to its end.
fn reads(file: Vec<u8>, identity: &Identity) -> bool {
    let Some(mut opened) = open(file, identity) else { return false };
    let mut plain = vec![0; opened.len().unwrap() as usize];
    opened.read_at(0, &mut plain).is_ok()
}

/// Lengths of all kinds, those at the edges of chunks most of all.
fn length() -> impl Strategy<Value = usize> {
    let edge = (0..4usize, -2..=2isize)
        .prop_map(|(chunks, off)| (chunks * CHUNK).saturating_add_signed(off));
    prop_oneof![0..200usize, 0..4 * CHUNK, edge]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_length_is_read_from_any_place(
        len in length(),
        piece in 1..3 * CHUNK,
        reads in prop::collection::vec((length(), 0..2 * CHUNK), 1..8),
    ) {
        let identity = Identity::generate().unwrap();
        let plain = bytes(len);
        let mut opened = open(sealed(&plain, &identity, piece), &identity).unwrap();
        prop_assert_eq!(opened.len().unwrap(), len as u64);
        for (from, count) in reads {
            let mut buf = vec![0xa5; count];
            let read = opened.read_at(from as u64, &mut buf).unwrap();
            let expected = plain.get(from..).unwrap_or(&[]);
            let expected = &expected[..expected.len().min(count)];
            prop_assert!(buf[..read] == *expected, "{} bytes at {}", read, from);
            prop_assert!(buf[read..].iter().all(|byte| *byte == 0xa5));
        }
    }

    #[test]
    fn any_bit_changed_is_noticed(len in length(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let identity = Identity::generate().unwrap();
        let mut file = sealed(&bytes(len), &identity, CHUNK);
        let at = at.index(file.len());
        file[at] ^= 1 << bit;
        prop_assert!(!reads(file, &identity), "bit {} of byte {}", bit, at);
    }

    #[test]
    fn any_cut_is_noticed_before_the_first_byte(len in length(), at in any::<prop::sample::Index>()) {
        let identity = Identity::generate().unwrap();
        let mut file = sealed(&bytes(len), &identity, CHUNK);
        file.truncate(at.index(file.len()));
        prop_assert!(open(file, &identity).is_none());
    }

    #[test]
    fn anything_behind_is_noticed(len in length(), more in prop::collection::vec(any::<u8>(), 1..300)) {
        let identity = Identity::generate().unwrap();
        let mut file = sealed(&bytes(len), &identity, CHUNK);
        file.extend_from_slice(&more);
        prop_assert!(!reads(file, &identity));
    }

    #[test]
    fn a_new_header_changes_nothing_but_who_opens_it(len in length(), count in 1..5usize) {
        let old = Identity::generate().unwrap();
        let new: Vec<Identity> = (0..count).map(|_| Identity::generate().unwrap()).collect();
        let file = sealed(&bytes(len), &old, CHUNK);
        let header = Header::parse(&file).unwrap();
        let recipients: Vec<_> = new.iter().map(Identity::recipient).collect();
        let head = rewrapped(&header, std::slice::from_ref(&old), &recipients).unwrap();
        let moved = [&head, &file[header.payload_at() as usize..]].concat();
        prop_assert!(open(moved.clone(), &old).is_none());
        for identity in &new {
            let mut opened = open(moved.clone(), identity).unwrap();
            let mut plain = vec![0; len];
            prop_assert_eq!(opened.read_at(0, &mut plain).unwrap(), len);
            prop_assert!(plain == bytes(len));
        }
    }

    #[test]
    fn any_bytes_are_refused_or_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        switchroom_vault::age::fuzz::header(&bytes);
        switchroom_vault::age::fuzz::file(&bytes);
        switchroom_vault::age::fuzz::key(&bytes);
    }
}

/// Every bit of a small file, header and all: no two files open alike.
#[test]
fn every_single_bit_of_a_small_file_counts() {
    let identity = Identity::generate().unwrap();
    let file = sealed(b"every bit", &identity, CHUNK);
    for bit in 0..file.len() * 8 {
        let mut flipped = file.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!reads(flipped, &identity), "bit {bit}");
    }
}

/// A source that shrinks or changes after opening.
#[test]
fn a_file_that_changes_while_it_is_read_gives_no_wrong_byte() {
    struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);
    impl ReadAt for Shared {
        fn len(&mut self) -> std::io::Result<u64> {
            Ok(self.0.borrow().len() as u64)
        }
        fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> std::io::Result<usize> {
            self.0.borrow_mut().read_at(pos, buf)
        }
    }
    let identity = Identity::generate().unwrap();
    let file =
        std::rc::Rc::new(std::cell::RefCell::new(sealed(&bytes(3 * CHUNK), &identity, CHUNK)));
    let mut opened = Opened::open(Shared(file.clone()), std::slice::from_ref(&identity)).unwrap();
    let mut buf = [0; 10];
    assert_eq!(opened.read_at(0, &mut buf).unwrap(), 10);
    *file.borrow_mut() = sealed(&vec![0; 3 * CHUNK], &identity, CHUNK);
    assert_eq!(opened.read_at(5, &mut buf).unwrap(), 10, "of the piece that is held");
    assert!(buf == bytes(15)[5..]);
    assert!(opened.read_at(CHUNK as u64, &mut buf).is_err());
    file.borrow_mut().truncate(CHUNK);
    let error = opened.read_at(CHUNK as u64, &mut buf).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}
