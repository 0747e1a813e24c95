//! Passwords: kept only as argon2id hashes, made one at a time.
//!
//! m = 8 MiB, t = 3, p = 1 (`peers-and-limits.md` 6 and 8): a hash must not
//! break the box's memory limit, so one runs at a time, a few may wait, and
//! the memory goes back to the system at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;

pub use crate::base::Secret;
use crate::base::{Error, Kind, Result};

/// Shortest password taken, in characters. NIST SP 800-63B-4 section 3.1.1.2
/// asks for 15 where the password is the only factor and 8 beside another;
/// 10 with throttled attempts is our middle for an office network.
pub const SHORTEST: usize = 10;
/// Longest password taken, in bytes, so that nobody hands us a book to hash.
pub const LONGEST: usize = 256;

const M_COST_KIB: u32 = 8 * 1024;
const T_COST: u32 = 3;
const P_COST: u32 = 1;
const SALT: usize = 16;
const HASH: usize = 32;

/// Hashes that may wait for the one that runs; more are refused as busy.
const WAITING: usize = 4;

/// glibc raises its limit for separate mappings up to 32 MiB as such blocks
/// are freed, and then keeps freed memory. A reservation above that limit is
/// always a mapping of its own and leaves with it; only the blocks in use
/// are ever touched, so only those count as resident.
const RESERVED_BLOCKS: usize = 33 * 1024;

/// What is stored of a password, with the costs it was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
    pub m_cost: u32,
    pub t_cost: u32,
    pub p_cost: u32,
}

impl Hashed {
    /// A hash no password has, made with today's costs: checking against it
    /// takes as long as checking a real one.
    pub fn nobody() -> Self {
        Hashed {
            salt: vec![0; SALT],
            hash: vec![0; HASH],
            m_cost: M_COST_KIB,
            t_cost: T_COST,
            p_cost: P_COST,
        }
    }
}

/// Makes and checks hashes, one at a time.
#[derive(Debug, Default)]
pub struct Hasher {
    /// Held while a hash runs (tens of milliseconds on a PC, hundreds on the
    /// box); taken only on blocking threads, never across an await.
    running: Mutex<()>,
    waiting: AtomicUsize,
}

impl Hasher {
    /// Hashes a new password. Blocks; not for the event loop.
    ///
    /// Errors: [`Kind::Invalid`] when too short or too long, [`Kind::Busy`]
    /// when too many hashes wait already.
    pub fn hash(&self, password: &Secret) -> Result<Hashed> {
        check_length(password)?;
        let mut salt = vec![0; SALT];
        fill_random(&mut salt)?;
        let mut hashed = Hashed { salt, hash: vec![0; HASH], ..Hashed::nobody() };
        hashed.hash = self.run(password, &hashed)?;
        Ok(hashed)
    }

    /// Whether the password is the one that was hashed. Blocks; not for the
    /// event loop. The comparison takes the same time wherever they differ.
    ///
    /// Errors: [`Kind::Busy`] when too many hashes wait already,
    /// [`Kind::Damaged`] when the stored costs make no sense.
    pub fn verify(&self, password: &Secret, stored: &Hashed) -> Result<bool> {
        if password.reveal().len() > LONGEST {
            return Ok(false);
        }
        let made = self.run(password, stored)?;
        Ok(made.ct_eq(&stored.hash).into())
    }

    fn run(&self, password: &Secret, like: &Hashed) -> Result<Vec<u8>> {
        let _place = Place::take(&self.waiting)?;
        // A panic inside a hash leaves nothing behind: the lock guards no
        // data. It is held until the memory below is given back.
        let _turn = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let damaged = |what| Error::new(Kind::Damaged, format!("a stored password has bad {what}"));
        if like.m_cost > M_COST_KIB * 8 {
            return Err(damaged("costs"));
        }
        let params = Params::new(like.m_cost, like.t_cost, like.p_cost, Some(like.hash.len()))
            .map_err(|_| damaged("costs"))?;
        let blocks = params.block_count();
        let mut memory: Vec<Block> = Vec::with_capacity(RESERVED_BLOCKS.max(blocks));
        memory.resize(blocks, Block::new());
        let mut out = vec![0; like.hash.len()];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                password.reveal().as_bytes(),
                &like.salt,
                &mut out,
                &mut memory,
            )
            .map_err(|_| damaged("salt"))?;
        Ok(out)
    }
}

/// A place among those who wait for the hasher, given back when dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self> {
        // One runs, the others wait.
        if waiting.fetch_add(1, Ordering::AcqRel) > WAITING {
            waiting.fetch_sub(1, Ordering::AcqRel);
            return Err(Error::new(Kind::Busy, "too many people log in at once; try again")
                .coded("login.crowd", []));
        }
        Ok(Place(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn check_length(password: &Secret) -> Result<()> {
    if password.reveal().chars().count() < SHORTEST {
        return Err(Error::new(
            Kind::Invalid,
            format!("the password is too short; take at least {SHORTEST} characters"),
        )
        .coded("password.short", [("n", SHORTEST.to_string())]));
    }
    if password.reveal().len() > LONGEST {
        return Err(Error::new(
            Kind::Invalid,
            format!("the password is too long; take at most {LONGEST} bytes"),
        )
        .coded("password.long", [("n", LONGEST.to_string())]));
    }
    Ok(())
}

/// Random bytes of the system.
pub fn fill_random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|error| Error::caused(Kind::Unavailable, "the system gives no randomness", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_password_fits_its_own_hash_and_no_other() {
        let hasher = Hasher::default();
        let hashed = hasher.hash(&secret("correct horse")).unwrap();
        assert!(hasher.verify(&secret("correct horse"), &hashed).unwrap());
        assert!(!hasher.verify(&secret("correct horsf"), &hashed).unwrap());
        assert!(!hasher.verify(&secret("correct horse"), &Hashed::nobody()).unwrap());
        let again = hasher.hash(&secret("correct horse")).unwrap();
        assert_ne!(again.salt, hashed.salt);
        assert_ne!(again.hash, hashed.hash);
    }

    #[test]
    fn a_known_input_gives_the_hash_other_argon2id_programs_give() {
        // argon2-cffi, hash_secret_raw(b"password 12", b"somesaltsomesalt", 3, 8192, 1, 32, Type.ID).
        let stored =
            Hashed { salt: b"somesaltsomesalt".to_vec(), hash: vec![0; 32], ..Hashed::nobody() };
        let made = Hasher::default().run(&secret("password 12"), &stored).unwrap();
        let hex: String = made.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "3a4c840fac6f3ecf8865c8b99f49a6e4caebc485fc84dfe4df900f44d8cdd336");
    }

    #[test]
    fn passwords_too_short_or_too_long_are_refused_before_any_work() {
        let hasher = Hasher::default();
        for text in ["", "ninechars", &"x".repeat(LONGEST + 1)] {
            assert_eq!(hasher.hash(&secret(text)).unwrap_err().kind(), Kind::Invalid);
        }
        assert!(!hasher.verify(&secret(&"x".repeat(LONGEST + 1)), &Hashed::nobody()).unwrap());
    }

    #[test]
    fn stored_costs_beyond_reason_are_damage_and_take_no_memory() {
        let stored = Hashed { m_cost: u32::MAX, ..Hashed::nobody() };
        let error = Hasher::default().verify(&secret("whatever it is"), &stored).unwrap_err();
        assert_eq!(error.kind(), Kind::Damaged);
    }

    #[test]
    fn a_crowd_at_the_door_is_refused_as_busy() {
        let hasher = Hasher::default();
        let mut places: Vec<_> =
            (0..=WAITING).map(|_| Place::take(&hasher.waiting).unwrap()).collect();
        let error = hasher.hash(&secret("correct horse")).unwrap_err();
        assert_eq!(error.kind(), Kind::Busy);
        places.pop();
        assert!(hasher.hash(&secret("correct horse")).is_ok());
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", secret("hunter2hunter2")), "Secret(…)");
    }
}
