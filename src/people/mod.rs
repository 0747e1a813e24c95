//! Floor 5: persons: accounts, roles and rights, log-in sessions, audit rows.
//!
//! Knows no HTTP and no calls: the portal asks "who is this, and may they",
//! and hands over texts it has read. Rows lie in the store's file, behind
//! [`sql`]. All methods block (a password takes a while); the event loop
//! calls them on a blocking thread, the command line directly.

mod account;
mod admin;
mod audit;
mod claim;
mod kiosk;
mod login;
mod password;
mod right;
mod saved;
mod session;
mod session_cache;
mod sql;
mod throttle;

pub use account::{Account, AccountChange, Density, Language, NewAccount, Theme};
pub use audit::{Act, Actor, AuditRow};
pub use kiosk::{Board, Kiosk};
pub use login::{LoggedIn, Origin, Refused};
pub use password::Secret;
pub use right::{Right, Rights, Role};
pub use saved::View;
pub use session::{Lifetime, LoginSession, Token, Viewer};

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::{Error, Kind, Result, Secs, UnixSec};
use crate::people::claim::ClaimCode;
use crate::people::password::Hasher;
use crate::people::session_cache::SessionCache;
use crate::people::throttle::Throttle;
use crate::store::Store;

/// The persons of the office.
///
/// The mutexes inside are short: table look-ups only, never a query and never
/// a hash; they are not held across anything that waits.
#[derive(Debug)]
pub struct People {
    store: Store,
    lifetime: Lifetime,
    hasher: Hasher,
    throttle: Mutex<Throttle>,
    failures: Mutex<audit::FailureLimit>,
    /// Present from the start until the first administrator exists.
    claim: Mutex<Option<ClaimCode>>,
    cache: Mutex<SessionCache>,
    /// Counts changes of accounts and sessions made by this process.
    generation: AtomicU64,
}

impl People {
    /// Takes up the accounts of a store. Without any account a claim code is
    /// made, see [`People::claim_code`].
    pub fn open(store: Store, lifetime: Lifetime) -> Result<Self> {
        let accounts = store.read(sql::account_count)?;
        let claim = if accounts == 0 { Some(ClaimCode::new()?) } else { None };
        Ok(People {
            store,
            lifetime,
            hasher: Hasher::default(),
            throttle: Mutex::default(),
            failures: Mutex::default(),
            claim: Mutex::new(claim),
            cache: Mutex::default(),
            generation: AtomicU64::new(0),
        })
    }

    /// The code that creates the first administrator, for the console only.
    /// `None` once there is an account.
    pub fn claim_code(&self) -> Option<Secret> {
        locked(&self.claim).as_ref().map(|code| Secret::new(code.reveal().to_owned()))
    }

    /// Whether somebody has taken this box.
    pub fn claimed(&self) -> Result<bool> {
        if locked(&self.claim).is_none() {
            return Ok(true);
        }
        Ok(self.store.read(sql::account_count)? > 0)
    }

    /// A number that grows whenever an account or a session changed: what
    /// was learnt of a viewer before may be wrong after.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Audit rows before an id (all from the newest when `None`), newest
    /// first.
    pub fn audit(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>> {
        self.store.read(|db| sql::audit_before(db, before.unwrap_or(i64::MAX), limit))
    }

    /// Writes an audit row for an act of another room.
    pub fn note(&self, actor: &Actor, act: &Act<'_>, now: UnixSec) -> Result<()> {
        self.store.write(|db| sql::insert_audit(db, actor, act, now))
    }

    /// Removes audit rows older than `keep` seconds and sessions that have
    /// ended; a daily job.
    pub fn purge(&self, keep: Secs, now: UnixSec) -> Result<usize> {
        let idle_since = now - self.lifetime.idle;
        self.store.write(|db| {
            sql::delete_dead_sessions(db, now, idle_since)?;
            sql::delete_audit_before(db, now - keep)
        })
    }

    /// To be called after every change of accounts or sessions.
    fn changed(&self) {
        locked(&self.cache).clear();
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}

/// The guard of a mutex; the tables behind ours make sense after a panic too.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_such_account(account: &str) -> Error {
    Error::new(Kind::NotFound, format!("there is no account {account:?}"))
        .coded("account.unknown", [("account", account.to_owned())])
}

#[cfg(test)]
mod tests;
