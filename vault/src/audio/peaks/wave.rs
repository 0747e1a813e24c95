//! A finished picture, and its packed form in the database.

use super::quiet::{MOST_RUNS, PIECE_MS};
use super::{MOST_POINTS, Point};

const VERSION: u8 = 1;
const MOST_CHANNELS: u64 = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    pub rate: u32,
    /// Samples of one channel that were counted: the true duration.
    pub frames: u64,
    /// Samples of one point; the last point may have fewer.
    pub stride: u64,
    /// Per channel, least and greatest by eight bits.
    pub points: Vec<Vec<Point>>,
    /// Pieces of 100 ms with sound and without, by turns, sound first.
    pub(super) runs: Vec<u32>,
}

/// Every two points become one.
pub(super) fn fold(points: &mut Vec<Point>) {
    let folded = points
        .chunks(2)
        .map(|two| {
            let least = two.iter().map(|point| point.0).min().unwrap_or(0);
            let greatest = two.iter().map(|point| point.1).max().unwrap_or(0);
            (least, greatest)
        })
        .collect();
    *points = folded;
}

impl Wave {
    pub fn duration_ms(&self) -> u64 {
        let ms = u128::from(self.frames) * 1000 / u128::from(self.rate.max(1));
        u64::try_from(ms).unwrap_or(u64::MAX)
    }

    /// Beginnings and ends of silence in milliseconds, at least `least_ms` long.
    pub fn silent(&self, least_ms: u64) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        let mut at = 0;
        for (i, run) in self.runs.iter().enumerate() {
            let end = at + u64::from(*run) * PIECE_MS;
            if i % 2 == 1 && end - at >= least_ms {
                found.push((at, end.min(self.duration_ms())));
            }
            at = end;
        }
        found
    }

    /// The waves of two legs as one of two channels, caller first; silence is where
    /// both are silent. None unless both have one channel and the same rate.
    pub fn pair(agent: Self, caller: Self) -> Option<Self> {
        if agent.rate != caller.rate || agent.points.len() != 1 || caller.points.len() != 1 {
            return None;
        }
        let runs = both(&caller.runs, &agent.runs);
        let (mut left, mut right) = (caller, agent);
        // Strides are doubled from the same beginning, so they meet.
        while left.stride < right.stride {
            left.coarser();
        }
        while right.stride < left.stride {
            right.coarser();
        }
        if left.stride != right.stride {
            return None;
        }
        let (mut points, mut other) = (left.points.pop()?, right.points.pop()?);
        let most = points.len().max(other.len());
        points.resize(most, (0, 0));
        other.resize(most, (0, 0));
        Some(Self {
            rate: left.rate,
            frames: left.frames.max(right.frames),
            stride: left.stride,
            points: vec![points, other],
            runs,
        })
    }

    fn coarser(&mut self) {
        self.points.iter_mut().for_each(fold);
        self.stride = self.stride.saturating_mul(2);
    }

    pub fn pack(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        let points = self.points.first().map_or(0, Vec::len);
        for number in [
            u64::from(self.rate),
            self.frames,
            self.stride,
            self.points.len() as u64,
            points as u64,
            self.runs.len() as u64,
        ] {
            put(&mut out, number);
        }
        for (least, greatest) in self.points.iter().flatten() {
            out.extend_from_slice(&least.to_le_bytes());
            out.extend_from_slice(&greatest.to_le_bytes());
        }
        for run in &self.runs {
            put(&mut out, u64::from(*run));
        }
        out
    }

    /// None for anything that [`pack`](Self::pack) does not write.
    pub fn unpack(bytes: &[u8]) -> Option<Self> {
        let (VERSION, mut rest) = bytes.split_first().map(|(version, rest)| (*version, rest))?
        else {
            return None;
        };
        let rate = u32::try_from(take(&mut rest)?).ok()?;
        let (frames, stride) = (take(&mut rest)?, take(&mut rest)?);
        let (channels, points, runs) = (take(&mut rest)?, take(&mut rest)?, take(&mut rest)?);
        if stride == 0
            || channels > MOST_CHANNELS
            || points > MOST_POINTS as u64
            || runs > MOST_RUNS as u64
        {
            return None;
        }
        let (channels, points) = (channels as usize, points as usize);
        let drawn = rest.split_off(..channels * points * 2)?;
        let mut pairs = drawn.chunks_exact(2).map(|pair| match pair {
            [least, greatest] => (i8::from_le_bytes([*least]), i8::from_le_bytes([*greatest])),
            _ => (0, 0),
        });
        let points = (0..channels).map(|_| pairs.by_ref().take(points).collect()).collect();
        let runs = (0..runs)
            .map(|_| take(&mut rest).and_then(|run| u32::try_from(run).ok()))
            .collect::<Option<_>>()?;
        rest.is_empty().then_some(Self { rate, frames, stride, points, runs })
    }
}

/// Runs of pieces where both are quiet; past the end of one, the other counts.
fn both(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut lists = [a.iter(), b.iter()].map(|list| {
        let mut quiet = true;
        list.map(move |run| {
            quiet = !quiet;
            (quiet, *run)
        })
    });
    let mut runs = vec![0];
    let mut now = [(true, 0), (true, 0)];
    loop {
        for (now, list) in now.iter_mut().zip(&mut lists) {
            while now.1 == 0 {
                // A leg that has ended is quiet for ever.
                *now = list.next().unwrap_or((true, u32::MAX));
            }
        }
        let [(quiet_a, left_a), (quiet_b, left_b)] = now;
        let step = left_a.min(left_b);
        if step == u32::MAX {
            return runs;
        }
        let quiet = quiet_a && quiet_b;
        for (_, left) in &mut now {
            *left = if *left == u32::MAX { u32::MAX } else { *left - step };
        }
        if (runs.len() % 2 == 0) == quiet {
            if let Some(last) = runs.last_mut() {
                *last = u32::saturating_add(*last, step);
            }
        } else if runs.len() < MOST_RUNS {
            runs.push(step);
        } else {
            return runs;
        }
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn put(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
