//! Throttled log-ins: who guesses, waits, and longer each time.
//!
//! Pure: time is an argument. The table is bounded; when it is full, the
//! entry with the fewest failures leaves first, so that a flood of invented
//! names can't wash out the one that is being guessed at.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::base::{Secs, UnixSec};

/// Entries kept: a few thousand small rows, under half a megabyte.
const ENTRIES: usize = 2048;
/// A failure is forgotten after this long without another.
const FORGOTTEN_AFTER: Secs = 3600;

/// What the failures are counted against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// An account's name as typed, folded; existing or not.
    Account(Box<str>),
    /// An address; of IPv6 the first 64 bits, since one subscriber owns them
    /// all (RFC 6177).
    Address(u128),
    /// The claim code.
    Claim,
}

impl Key {
    /// The key of an address.
    pub fn address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Key::Address(u128::from(v4.to_bits())),
            IpAddr::V6(v6) => Key::Address(v6.to_bits() >> 64 << 64),
        }
    }

    /// Failures without a wait, and the longest wait. An account's wait
    /// stays short, so that its owner can't be locked out by a stranger.
    fn limits(&self) -> (u32, Secs) {
        match self {
            Key::Account(_) => (5, 60),
            Key::Address(_) => (10, 900),
            Key::Claim => (5, 60),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    failures: u32,
    last: UnixSec,
    /// Attempts before this moment are refused.
    until: UnixSec,
}

/// The failures of the last hour.
#[derive(Debug, Default)]
pub struct Throttle {
    entries: HashMap<Key, Entry>,
}

impl Throttle {
    /// How long these have to wait, in seconds; `None` when they may try.
    pub fn wait(&self, keys: &[Key], now: UnixSec) -> Option<Secs> {
        keys.iter()
            .filter_map(|key| self.entries.get(key))
            // A clock that stepped back must not lock anybody out for long.
            .map(|entry| (entry.until - now).min(entry.until - entry.last))
            .filter(|wait| *wait > 0)
            .max()
    }

    /// Counts a failed attempt against each key.
    pub fn failed(&mut self, keys: &[Key], now: UnixSec) {
        for key in keys {
            let (free, longest) = key.limits();
            let old = self.entries.get(key).filter(|entry| now - entry.last < FORGOTTEN_AFTER);
            let failures = old.map_or(0, |entry| entry.failures).saturating_add(1);
            let wait = match failures.checked_sub(free) {
                None => 0,
                Some(over) => longest.min(1 << over.min(20)),
            };
            if !self.entries.contains_key(key) {
                self.make_room(now);
            }
            self.entries.insert(key.clone(), Entry { failures, last: now, until: now + wait });
        }
    }

    /// Forgets the failures of a key after a good attempt.
    pub fn succeeded(&mut self, key: &Key) {
        self.entries.remove(key);
    }

    fn make_room(&mut self, now: UnixSec) {
        if self.entries.len() < ENTRIES {
            return;
        }
        self.entries.retain(|_, entry| now - entry.last < FORGOTTEN_AFTER);
        if self.entries.len() < ENTRIES {
            return;
        }
        // A quarter goes at once, so that a flood does not sort on each step.
        let mut order: Vec<(u32, UnixSec)> =
            self.entries.values().map(|entry| (entry.failures, entry.last)).collect();
        let (_, limit, _) = order.select_nth_unstable(ENTRIES / 4);
        let limit = *limit;
        let mut surplus = ENTRIES / 4;
        self.entries.retain(|_, entry| {
            let leaves = surplus > 0 && (entry.failures, entry.last) <= limit;
            surplus -= usize::from(leaves);
            !leaves
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> Key {
        Key::Account(name.into())
    }

    #[test]
    fn the_first_five_failures_cost_nothing_and_then_the_wait_doubles() {
        let mut throttle = Throttle::default();
        let keys = [account("ann")];
        let mut waits = Vec::new();
        let mut now = 1_000;
        for _ in 0..13 {
            throttle.failed(&keys, now);
            let wait = throttle.wait(&keys, now).unwrap_or(0);
            waits.push(wait);
            now += wait;
            assert_eq!(throttle.wait(&keys, now), None);
        }
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn one_address_trying_many_accounts_waits_too() {
        let mut throttle = Throttle::default();
        let address = Key::address("192.0.2.7".parse().unwrap());
        for n in 0..40 {
            throttle.failed(&[account(&format!("name{n}")), address.clone()], 50);
        }
        assert_eq!(throttle.wait(&[account("fresh"), address], 50), Some(900));
        let neighbour = Key::address("192.0.2.8".parse().unwrap());
        assert_eq!(throttle.wait(&[account("fresh"), neighbour], 50), None);
    }

    #[test]
    fn addresses_of_one_ipv6_network_and_mapped_ipv4_count_as_one() {
        let key = |text: &str| Key::address(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.7"), key("192.0.2.7"));
    }

    #[test]
    fn a_flood_of_names_does_not_wash_out_the_one_that_is_guessed_at() {
        let mut throttle = Throttle::default();
        let victim = account("ann");
        for _ in 0..12 {
            throttle.failed(std::slice::from_ref(&victim), 100);
        }
        for n in 0..50_000 {
            throttle.failed(&[account(&format!("flood{n}"))], 101);
            assert!(throttle.entries.len() <= ENTRIES);
        }
        assert_eq!(throttle.wait(&[victim], 101), Some(59));
    }

    #[test]
    fn success_and_an_hour_of_peace_forget_the_failures() {
        let mut throttle = Throttle::default();
        let ann = account("ann");
        for _ in 0..9 {
            throttle.failed(std::slice::from_ref(&ann), 0);
        }
        throttle.failed(std::slice::from_ref(&ann), FORGOTTEN_AFTER);
        assert_eq!(throttle.wait(std::slice::from_ref(&ann), FORGOTTEN_AFTER), None);
        for _ in 0..9 {
            throttle.failed(std::slice::from_ref(&ann), FORGOTTEN_AFTER);
        }
        throttle.succeeded(&ann);
        assert_eq!(throttle.wait(&[ann], FORGOTTEN_AFTER), None);
    }

    #[test]
    fn a_clock_that_steps_back_does_not_lock_anybody_out_for_longer() {
        let mut throttle = Throttle::default();
        let ann = account("ann");
        for _ in 0..7 {
            throttle.failed(std::slice::from_ref(&ann), 1_000_000);
        }
        assert_eq!(throttle.wait(&[ann], 0), Some(4));
    }
}
