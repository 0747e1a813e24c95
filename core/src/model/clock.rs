//! Time as the records tell it.
//!
//! Two readings are kept apart: the *raw* one, which is what records carry,
//! and the *steady* one, which never runs backwards: raw plus everything the
//! clock was ever set back. Durations that no record states are differences
//! of steady time (`metrics.md` 2.3 rule 11).

use crate::base::{Secs, UnixSec};

/// A record older than the newest by more than this is not merely late.
const STEP: Secs = 60;
/// A jump forward by more than this is believed when the next record agrees.
const LEAP: Secs = 15 * 60;
/// So many records in a row must be old before the clock counts as set back;
/// fewer are a foreign writer with stale stamps.
const SET_BACK_AFTER: u32 = 5;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Clock {
    /// Time of the newest record in the present stretch of the clock.
    pub newest: UnixSec,
    /// What steady time is ahead of raw time.
    pub shift: Secs,
    /// Steady time of the newest QUEUESTART.
    pub started: Option<UnixSec>,
    /// Where the clock stood before a leap that nothing has confirmed yet.
    pub leapt_from: Option<UnixSec>,
    /// How many records in a row were too old, and the first one's time.
    pub old: u32,
    pub first_old: UnixSec,
    /// Whether any record has come.
    pub running: bool,
}

impl Clock {
    /// Steady time of a raw moment of the present stretch.
    pub fn steady(&self, at: UnixSec) -> UnixSec {
        at + self.shift
    }

    /// Steady time of the newest record.
    pub fn now(&self) -> UnixSec {
        self.newest + self.shift
    }

    /// Whether time-out rules may trust [`Clock::now`].
    pub fn settled(&self) -> bool {
        self.leapt_from.is_none()
    }

    /// Takes a record's time in.
    pub fn advance(&mut self, at: UnixSec) {
        if !self.running {
            self.running = true;
            self.newest = at;
            return;
        }
        if let Some(from) = self.leapt_from.take()
            && at < self.newest - STEP
        {
            self.newest = from;
        }
        if at > self.newest + LEAP {
            self.leapt_from = Some(self.newest);
            self.newest = at;
            self.old = 0;
        } else if at >= self.newest - STEP {
            self.newest = self.newest.max(at);
            self.old = 0;
        } else {
            if self.old == 0 {
                self.first_old = at;
            }
            self.old += 1;
            if self.old >= SET_BACK_AFTER {
                self.set_back(self.first_old);
                self.newest = self.newest.max(at);
            }
        }
    }

    /// A start of the PBX begins a new stretch at once: a box without a
    /// battery clock comes up in the past.
    pub fn restart(&mut self, at: UnixSec) {
        if at < self.newest {
            self.set_back(at);
        }
        self.running = true;
        self.newest = at;
        self.leapt_from = None;
        self.old = 0;
        self.started = Some(self.now());
    }

    fn set_back(&mut self, to: UnixSec) {
        self.shift += (self.newest - to).max(0);
        self.newest = to;
        self.old = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(times: &[UnixSec]) -> Clock {
        let mut clock = Clock::default();
        for at in times {
            clock.advance(*at);
        }
        clock
    }

    #[test]
    fn a_single_old_stamp_does_not_move_the_clock() {
        let clock = after(&[9000, 8000, 9001, 8000, 9002]);
        assert_eq!((clock.newest, clock.shift), (9002, 0));
    }

    #[test]
    fn a_clock_set_back_goes_on_from_there_and_steady_time_never_falls() {
        let clock = after(&[9000, 8000, 8001, 8002, 8003, 8004, 8100]);
        assert_eq!(clock.newest, 8100);
        assert_eq!(clock.now(), 9100);
    }

    #[test]
    fn a_stamp_from_the_far_future_is_forgotten_with_the_next_record() {
        let mut clock = after(&[9000, 9_999_999_999]);
        assert!(!clock.settled());
        clock.advance(9001);
        assert!(clock.settled());
        assert_eq!((clock.newest, clock.shift), (9001, 0));
    }

    #[test]
    fn a_quiet_night_is_believed_with_the_second_record() {
        let clock = after(&[9000, 50_000, 50_003]);
        assert!(clock.settled());
        assert_eq!(clock.now(), 50_003);
    }
}
