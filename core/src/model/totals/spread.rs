//! Waits and talks with their histograms.
//!
//! Waits are compared as "≤ t", so bins end at their limit: 0–120 s by 1 s,
//! to 600 s by 10 s, to 3600 s by 60 s, rest (`metrics.md` SLA-10). Talks are
//! compared as "≥ t", so bins begin at their limit.

use crate::model::totals::packing::{Cursor, Damaged, Stat, Tally, clamp, put};

/// Up to here each second has its own bin.
const EXACT: u32 = 120;
const TENS_TO: u32 = 600;
const MINUTES_TO: u32 = 3600;
const LAST_TEN: u32 = EXACT + (TENS_TO - EXACT) / 10;
const LAST_MINUTE: u32 = LAST_TEN + (MINUTES_TO - TENS_TO) / 60;

/// Where the bins of talks begin, in seconds. `effective_threshold` and
/// `short_talk` are exact from totals at these values.
pub const TALK_STEPS: [u32; 19] =
    [0, 1, 5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 180, 240, 300, 600, 900, 1800, 3600];

/// The bin of a wait.
pub fn wait_bin(secs: u32) -> u32 {
    if secs <= EXACT {
        secs
    } else if secs <= TENS_TO {
        EXACT + (secs - EXACT).div_ceil(10)
    } else if secs <= MINUTES_TO {
        LAST_TEN + (secs - TENS_TO).div_ceil(60)
    } else {
        LAST_MINUTE + 1
    }
}

/// The longest wait a bin holds; `None` for the last bin, which has no end.
pub fn wait_bin_end(bin: u32) -> Option<u32> {
    if bin <= EXACT {
        Some(bin)
    } else if bin <= LAST_TEN {
        Some(EXACT + (bin - EXACT) * 10)
    } else if bin <= LAST_MINUTE {
        Some(TENS_TO + (bin - LAST_TEN) * 60)
    } else {
        None
    }
}

/// Whether "wait ≤ t" can be counted exactly from a histogram whatever it
/// holds.
pub fn wait_limit_is_exact(t: u32) -> bool {
    wait_bin_end(wait_bin(t)) == Some(t)
}

/// Whether "talk ≥ t" can be counted exactly from a histogram.
pub fn talk_limit_is_exact(t: u32) -> bool {
    TALK_STEPS.contains(&t)
}

/// Known waits of some stints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    pub stat: Stat,
    bins: Tally,
}

impl Waits {
    pub fn add(&mut self, secs: i64) {
        self.stat.add(secs);
        self.bins.add(wait_bin(clamp(secs)), 1);
    }

    pub fn merge(&mut self, other: &Waits) {
        if other.is_empty() {
            return;
        }
        self.stat.merge(&other.stat);
        self.bins.merge(&other.bins);
    }

    /// How many waited `t` seconds or less. Between two limits of the bins
    /// (see [`wait_limit_is_exact`]) the bin that `t` cuts is not counted.
    pub fn within(&self, t: u32) -> u32 {
        match self.stat.max() {
            Some(max) if max <= t => self.stat.n,
            _ => {
                let bin = wait_bin(t);
                let whole = wait_bin_end(bin) == Some(t);
                match bin.checked_sub(u32::from(!whole)) {
                    Some(last) => self.bins.up_to(last),
                    None => 0,
                }
            }
        }
    }

    /// How many waited less than `t` seconds.
    pub fn below(&self, t: u32) -> u32 {
        t.checked_sub(1).map_or(0, |t| self.within(t))
    }

    /// The wait that `percent` of the calls did not exceed (nearest rank):
    /// exact up to 120 s, then the end of its bin, never past the maximum.
    pub fn percentile(&self, percent: u32) -> Option<u32> {
        let max = self.stat.max()?;
        let rank = (u64::from(self.stat.n) * u64::from(percent)).div_ceil(100).max(1);
        let mut seen = 0u64;
        for (bin, n) in self.bins.iter() {
            seen += u64::from(n);
            if seen >= rank {
                return Some(wait_bin_end(bin).unwrap_or(max).min(max));
            }
        }
        Some(max)
    }

    pub fn is_empty(&self) -> bool {
        self.stat.n == 0
    }

    /// The wait when there is one.
    pub(super) fn only_one(&self) -> Option<u32> {
        self.stat.max().filter(|_| self.stat.n == 1)
    }

    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        self.bins.pack(out);
        // Below the exact limit the bins say all there is to say.
        if self.stat.max().is_some_and(|max| max > EXACT) {
            self.stat.pack_spread(out);
        }
    }

    /// Passes over a packed value.
    pub(super) fn skip(from: &mut Cursor<'_>) -> Result<(), Damaged> {
        let (mut n, mut last) = (0u32, 0);
        Tally::scan(from, |bin, count| {
            n = n.saturating_add(count);
            last = bin;
        })?;
        if n > 0 && last > EXACT {
            Stat::read_spread(n, from)?;
        }
        Ok(())
    }

    pub(super) fn read_onto(&mut self, from: &mut Cursor<'_>) -> Result<(), Damaged> {
        let (mut n, mut sum, mut min, mut last) = (0u32, 0u64, u32::MAX, 0);
        self.bins.read_into(from, |bin, count| {
            n = n.saturating_add(count);
            sum = sum.saturating_add(u64::from(bin) * u64::from(count));
            min = min.min(bin);
            last = bin;
        })?;
        let stat = match (n, last > EXACT) {
            (0, _) => Stat::default(),
            (_, false) => Stat::of_parts(n, sum, min, last),
            (_, true) => Stat::read_spread(n, from)?,
        };
        self.stat.merge(&stat);
        Ok(())
    }
}

/// Known talks of answered stints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talks {
    pub stat: Stat,
    bins: Tally,
}

impl Talks {
    pub fn add(&mut self, secs: i64) {
        self.stat.add(secs);
        let secs = clamp(secs);
        let bin = TALK_STEPS.partition_point(|&step| step <= secs).saturating_sub(1);
        self.bins.add(bin as u32, 1);
    }

    pub fn merge(&mut self, other: &Talks) {
        if other.is_empty() {
            return;
        }
        self.stat.merge(&other.stat);
        self.bins.merge(&other.bins);
    }

    /// How many talked `t` seconds or longer; exact at [`TALK_STEPS`], the
    /// next step above otherwise.
    pub fn at_least(&self, t: u32) -> u32 {
        let bin = TALK_STEPS.partition_point(|&step| step < t) as u32;
        self.bins.iter().filter(|entry| entry.0 >= bin).map(|entry| entry.1).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.stat.n == 0
    }

    /// The talk when there is one.
    pub(super) fn only_one(&self) -> Option<u32> {
        self.stat.max().filter(|_| self.stat.n == 1)
    }

    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        self.bins.pack(out);
        self.stat.pack_spread(out);
    }

    /// Passes over a packed value.
    pub(super) fn skip(from: &mut Cursor<'_>) -> Result<(), Damaged> {
        let n = Tally::scan_total(from)?;
        Stat::read_spread(n, from).map(|_| ())
    }

    pub(super) fn read_onto(&mut self, from: &mut Cursor<'_>) -> Result<(), Damaged> {
        let mut n = 0u32;
        self.bins.read_into(from, |_, count| n = n.saturating_add(count))?;
        self.stat.merge(&Stat::read_spread(n, from)?);
        Ok(())
    }
}

/// Rings of attempts: how many, how many of known length, their sum in
/// milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rings {
    pub n: u32,
    pub known: u32,
    pub sum_ms: u64,
}

impl Rings {
    pub fn add(&mut self, ring_ms: Option<i64>) {
        self.n += 1;
        if let Some(ms) = ring_ms {
            self.known += 1;
            self.sum_ms += ms.max(0) as u64;
        }
    }

    pub fn merge(&mut self, other: &Rings) {
        self.n = self.n.saturating_add(other.n);
        self.known = self.known.saturating_add(other.known);
        self.sum_ms = self.sum_ms.saturating_add(other.sum_ms);
    }

    /// Average ring in seconds of those of known length.
    pub fn mean_secs(&self) -> Option<f64> {
        (self.known > 0).then(|| self.sum_ms as f64 / 1000.0 / f64::from(self.known))
    }

    /// All rings together in seconds; `None` when no length is known.
    pub fn total_secs(&self) -> Option<f64> {
        (self.known > 0).then(|| self.sum_ms as f64 / 1000.0)
    }

    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        put(out, self.n);
        if self.n > 0 {
            put(out, self.n - self.known);
            put(out, self.sum_ms);
        }
    }

    pub(super) fn read(from: &mut Cursor<'_>) -> Result<Rings, Damaged> {
        let n = from.small()?;
        if n == 0 {
            return Ok(Rings::default());
        }
        let known = n.checked_sub(from.small()?).ok_or(Damaged)?;
        Ok(Rings { n, known, sum_ms: from.number()? })
    }
}

/// Times on hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// Calls with at least one hold.
    pub calls: u32,
    /// Each hold.
    pub stat: Stat,
}

impl Holds {
    pub fn add(&mut self, holds: &[crate::model::fact::Hold]) {
        self.calls += u32::from(!holds.is_empty());
        for hold in holds {
            self.stat.add(hold.secs);
        }
    }

    pub fn merge(&mut self, other: &Holds) {
        self.calls = self.calls.saturating_add(other.calls);
        self.stat.merge(&other.stat);
    }

    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        put(out, self.calls);
        self.stat.pack(out);
    }

    pub(super) fn read(from: &mut Cursor<'_>) -> Result<Holds, Damaged> {
        Ok(Holds { calls: from.small()?, stat: Stat::read(from)? })
    }
}
