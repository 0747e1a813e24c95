//! Who knocked too often with a wrong token.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

/// Failures of an address within [`WINDOW`] until it is shut out.
const MOST_FAILURES: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
const SHUT: Duration = Duration::from_secs(60);
/// Addresses remembered; the oldest is forgotten.
const MOST_ADDRESSES: usize = 1024;

/// Failures by address. Times are since the start.
#[derive(Debug, Default)]
pub struct Door {
    knocks: VecDeque<Knock>,
}

#[derive(Debug)]
struct Knock {
    address: IpAddr,
    first: Duration,
    count: u32,
    shut_until: Duration,
}

impl Door {
    pub fn is_shut(&self, address: IpAddr, now: Duration) -> bool {
        self.knocks.iter().any(|knock| knock.address == address && now < knock.shut_until)
    }

    /// A wrong token came from there.
    pub fn failed(&mut self, address: IpAddr, now: Duration) {
        let at = self.knocks.iter().position(|knock| knock.address == address);
        let mut knock = match at.and_then(|at| self.knocks.remove(at)) {
            Some(knock) if now < knock.first.saturating_add(WINDOW) => knock,
            _ => Knock { address, first: now, count: 0, shut_until: Duration::ZERO },
        };
        knock.count += 1;
        if knock.count >= MOST_FAILURES {
            knock.shut_until = now.saturating_add(SHUT);
        }
        if self.knocks.len() >= MOST_ADDRESSES {
            self.knocks.pop_front();
        }
        self.knocks.push_back(knock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn ten_failures_a_minute_shut_an_address_out_for_a_minute() {
        let mut door = Door::default();
        let (bad, good) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        for second in 0..10 {
            assert!(!door.is_shut(bad, at(second)));
            door.failed(bad, at(second));
        }
        assert!(door.is_shut(bad, at(68)) && !door.is_shut(good, at(68)));
        assert!(!door.is_shut(bad, at(69)));
    }

    #[test]
    fn slow_failures_are_forgiven() {
        let mut door = Door::default();
        let address = [192, 0, 2, 1].into();
        for minute in 0..50 {
            for _ in 0..9 {
                door.failed(address, at(minute * 61));
            }
            assert!(!door.is_shut(address, at(minute * 61)));
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut door = Door::default();
        for number in 0..5000u32 {
            door.failed(IpAddr::V4(number.into()), at(1));
        }
        assert_eq!(door.knocks.len(), MOST_ADDRESSES);
    }
}
