//! Sealed files with a verdict: `vectors/age/README.md` says how they are
//! written.

#[path = "vectors/reader.rs"]
mod vectors;

use switchroom_vault::age::{CHUNK, Error, Opened, passphrase};
use switchroom_vault::bytes::ReadAt;
use vectors::{Key, Vector};

/// Reads all of it in pieces that cross chunks. What came out before a fault
/// is given as well.
fn opened(vector: &Vector) -> (Vec<u8>, Result<(), Error>) {
    match &vector.key {
        Key::Passphrase(passphrase) => match passphrase::open(&vector.sealed, passphrase) {
            Ok(plain) => (plain.to_vec(), Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        },
        Key::Identity(identity) => {
            let mut opened =
                match Opened::open(vector.sealed.clone(), std::slice::from_ref(identity)) {
                    Ok(opened) => opened,
                    Err(error) => return (Vec::new(), Err(error)),
                };
            let mut plain = Vec::new();
            let mut piece = vec![0; 40_000];
            loop {
                match opened.read_at(plain.len() as u64, &mut piece) {
                    Ok(0) => break,
                    Ok(count) => plain.extend_from_slice(&piece[..count]),
                    Err(error) => {
                        let error = error.into_inner().unwrap().downcast::<Error>().unwrap();
                        return (plain, Err(*error));
                    }
                }
            }
            assert_eq!(plain.len() as u64, opened.len().unwrap());
            (plain, Ok(()))
        }
    }
}

#[test]
fn every_vector_gets_its_verdict() {
    let vectors = vectors::all();
    assert!(vectors.len() > 80, "{} vectors", vectors.len());
    for vector in &vectors {
        let (plain, result) = opened(vector);
        let verdict = match &result {
            Ok(()) => "good",
            Err(error) => error.verdict(),
        };
        assert_eq!(verdict, vector.verdict, "{}: {}", vector.name, vector.why);
        match result {
            Ok(()) => assert!(vector.is(&plain), "{}: other bytes", vector.name),
            // A sentence for people, whatever the fault.
            Err(error) => assert!(error.to_string().len() > 20, "{}", vector.name),
        }
    }
}

/// What comes out before a fault is at its place and whole, and of a chunk that
/// fails nothing comes out.
#[test]
fn what_comes_out_before_a_fault_was_sealed_there() {
    let mut partial = 0;
    for vector in vectors::all().iter().filter(|vector| vector.verdict == "damaged") {
        let Some(base) = &vector.base else { continue };
        let (whole, _) = opened(base);
        let Key::Identity(identity) = &vector.key else { continue };
        let Ok(mut opened) = Opened::open(vector.sealed.clone(), std::slice::from_ref(identity))
        else {
            continue;
        };
        let mut faults = 0;
        for chunk in 0..whole.len().div_ceil(CHUNK) {
            let mut piece = vec![0; CHUNK];
            let from = chunk * CHUNK;
            match opened.read_at(from as u64, &mut piece) {
                Ok(count) => {
                    assert!(piece[..count] == whole[from..from + count], "{}", vector.name);
                }
                Err(_) => {
                    assert!(piece.iter().all(|byte| *byte == 0), "{}", vector.name);
                    faults += 1;
                }
            }
        }
        assert!(faults > 0, "{} has a fault", vector.name);
        partial += 1;
    }
    assert!(partial >= 4, "{partial} vectors open in part");
}
