//! Where nothing is said, by tenths of a second.

/// Length of a piece that is quiet or not.
pub const PIECE_MS: u64 = 100;

/// Quiet is a piece whose mean power is below that of a tone 46 dB under full
/// scale and which has no click 34 dB under it: the hiss of a line, not a breath.
const QUIET_MEAN_SQUARE: u64 = 164 * 164;
const QUIET_PEAK: u16 = 650;

/// Runs kept; past them short pauses are given up, the shortest first.
pub(super) const MOST_RUNS: usize = 4096;

pub(super) struct Quiet {
    frames_a_piece: u64,
    in_piece: u64,
    samples: u64,
    squares: u64,
    peak: u16,
    /// Pieces of sound and of quiet, by turns, sound first (perhaps 0).
    runs: Vec<u32>,
    /// Pauses shorter than this are no longer kept.
    least: u32,
}

impl Quiet {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            frames_a_piece: (u64::from(rate) * PIECE_MS / 1000).max(1),
            in_piece: 0,
            samples: 0,
            squares: 0,
            peak: 0,
            runs: Vec::new(),
            least: 1,
        }
    }

    /// Frames that still belong to this piece, at least one.
    pub(super) fn left(&self) -> u64 {
        self.frames_a_piece - self.in_piece
    }

    /// Samples of at most [`left`](Self::left) frames.
    pub(super) fn frames(&mut self, samples: &[i16], frames: u64) {
        for sample in samples {
            let size = sample.unsigned_abs();
            self.peak = self.peak.max(size);
            self.squares += u64::from(u32::from(size) * u32::from(size));
        }
        self.samples += samples.len() as u64;
        self.in_piece += frames;
        if self.in_piece >= self.frames_a_piece {
            self.end_piece();
        }
    }

    fn end_piece(&mut self) {
        let mean = self.squares / self.samples.max(1);
        let quiet = mean < QUIET_MEAN_SQUARE && self.peak < QUIET_PEAK;
        (self.in_piece, self.samples, self.squares, self.peak) = (0, 0, 0, 0);
        if self.runs.is_empty() {
            self.runs.push(0);
        }
        // Runs at odd places are quiet.
        let last_is_quiet = self.runs.len().is_multiple_of(2);
        if last_is_quiet == quiet {
            if let Some(last) = self.runs.last_mut() {
                *last = last.saturating_add(1);
            }
        } else {
            self.runs.push(1);
        }
        while self.runs.len() > MOST_RUNS {
            self.least = self.least.saturating_mul(2);
            self.runs = without_short(&self.runs, self.least);
        }
    }

    pub(super) fn finish(mut self) -> Vec<u32> {
        if self.in_piece > 0 {
            self.end_piece();
        }
        self.runs
    }
}

/// The runs with pauses shorter than `least` made sound.
fn without_short(runs: &[u32], least: u32) -> Vec<u32> {
    let mut kept: Vec<u32> = Vec::with_capacity(MOST_RUNS);
    for (i, run) in runs.iter().enumerate() {
        let quiet = i % 2 == 1;
        let joins = kept.len() % 2 == 1;
        match kept.last_mut() {
            // The last pause may still grow.
            Some(_) if quiet && (*run >= least || i + 1 == runs.len()) => kept.push(*run),
            Some(last) if quiet || joins => *last = last.saturating_add(*run),
            _ => kept.push(*run),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_pauses_are_given_up_and_no_time_is_lost() {
        assert_eq!(without_short(&[5, 1, 3, 4, 2, 1], 2), [9, 4, 2, 1]);
        assert_eq!(without_short(&[0, 1, 3], 2), [4]);
        assert_eq!(without_short(&[0, 7], 2), [0, 7]);
    }

    #[test]
    fn runs_stay_within_their_bound_and_add_up_to_the_whole() {
        let mut quiet = Quiet::new(1000);
        let pieces = 3 * MOST_RUNS as u64;
        for piece in 0..pieces {
            // Short pauses, and one of three pieces.
            let loud = matches!(piece % 7, 0 | 2 | 4);
            for _ in 0..100 {
                quiet.frames(&[if loud { 8000 } else { 10 }], 1);
            }
            assert!(quiet.runs.len() <= MOST_RUNS);
        }
        let runs = quiet.finish();
        assert_eq!(runs.iter().map(|run| u64::from(*run)).sum::<u64>(), pieces);
        assert!(runs.len() > 100, "longer pauses are still there: {}", runs.len());
    }
}
