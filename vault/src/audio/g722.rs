//! G.722 at 64 kbit/s (ITU-T G.722, 1988), decoding: a byte to two samples of
//! 16 kHz. Two bands, each an adaptive differential code with two poles and six
//! zeros, joined by a quadrature mirror filter. Any byte is a code.

use super::stepped::Decoder;

/// Table 21: six bits of the lower band to a part of the step.
const LOWER_SIX: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
    -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776,
    -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280,
    11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776,
    2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
/// Table 19: its upper four bits, which alone move the predictor.
const LOWER_FOUR: [i32; 16] = [
    0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584,
    1200, 0,
];
/// Table 22.
const UPPER_TWO: [i32; 4] = [-7408, -1616, 7408, 1616];
/// How much a code moves the logarithm of the step (tables 13 and 14).
const LOWER_MOVES: [i32; 16] =
    [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
const UPPER_MOVES: [i32; 4] = [798, -214, 798, -214];
/// Table 15: 2^(i/32), 2048 being 1.
const POWERS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
/// Table 11: one half of the mirror filter; the other is its reverse.
const MIRROR: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

fn narrow(value: i32) -> i32 {
    value.clamp(-32768, 32767)
}

/// What a band's code means and how its step moves.
struct Steps {
    highest: i32,
    shift: i32,
}

const LOWER: Steps = Steps { highest: 18432, shift: 8 };
const UPPER: Steps = Steps { highest: 22528, shift: 10 };

#[derive(Clone, Default)]
struct Band {
    /// Logarithm of the step, and the step.
    log_step: i32,
    step: i32,
    predicted: i32,
    from_zeros: i32,
    /// The last two: reconstructed, partly reconstructed, poles.
    whole: [i32; 2],
    part: [i32; 2],
    poles: [i32; 2],
    differences: [i32; 6],
    zeros: [i32; 6],
}

impl Band {
    fn new(step: i32) -> Self {
        Self { step, ..Self::default() }
    }

    fn moved_step(&mut self, by: i32, steps: &Steps) {
        self.log_step = (((self.log_step * 127) >> 7) + by).clamp(0, steps.highest);
        let power = POWERS[(self.log_step >> 6 & 31) as usize];
        let shift = steps.shift - (self.log_step >> 11);
        self.step = if shift < 0 { power << -shift } else { power >> shift } << 2;
    }

    /// Section 6.2.1.4 on: moves the poles and zeros by a difference and predicts the next sample.
    fn learn(&mut self, difference: i32) {
        let whole = narrow(self.predicted + difference);
        let part = narrow(self.from_zeros + difference);
        self.move_poles(part);
        self.move_zeros(difference);
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
        self.whole = [whole, self.whole[0]];
        self.part = [part, self.part[0]];

        let by_poles = (0..2).map(|i| (self.poles[i] * narrow(2 * self.whole[i])) >> 15).sum();
        let by_zeros =
            (0..6).map(|i| (self.zeros[i] * narrow(2 * self.differences[i])) >> 15).sum();
        self.from_zeros = narrow(by_zeros);
        self.predicted = narrow(narrow(by_poles) + self.from_zeros);
    }

    fn move_poles(&mut self, part: i32) {
        let same = |a: i32, b: i32| (a < 0) == (b < 0);
        let with_last = same(part, self.part[0]);
        let slope = narrow(self.poles[0] << 2);
        let slope = (if with_last { -slope } else { slope }).min(32767) >> 7;
        let second = slope
            + if same(part, self.part[1]) { 128 } else { -128 }
            + ((self.poles[1] * 32512) >> 15);
        let second = second.clamp(-12288, 12288);
        let room = narrow(15360 - second);
        let first = narrow(if with_last { 192 } else { -192 } + ((self.poles[0] * 32640) >> 15));
        self.poles = [first.clamp(-room, room), second];
    }

    fn move_zeros(&mut self, difference: i32) {
        let by = if difference == 0 { 0 } else { 128 };
        for (zero, before) in self.zeros.iter_mut().zip(self.differences) {
            let towards = if (before < 0) == (difference < 0) { by } else { -by };
            *zero = narrow(towards + ((*zero * 32640) >> 15));
        }
    }
}

#[derive(Clone)]
pub(super) struct G722 {
    lower: Band,
    upper: Band,
    /// Twelve sums and twelve differences of the bands, the latest last.
    sums: [i32; 12],
    differences: [i32; 12],
}

impl Default for G722 {
    fn default() -> Self {
        Self { lower: Band::new(32), upper: Band::new(8), sums: [0; 12], differences: [0; 12] }
    }
}

impl Decoder for G722 {
    const BYTES: usize = 1;
    const SAMPLES: usize = 2;
    const SPAN: u64 = 80_000;
    const RUN_UP: u64 = 8_000;

    fn decode(&mut self, unit: &[u8], out: &mut [i16]) {
        let code = usize::from(unit.first().copied().unwrap_or(0));
        let (six, four, two) = (code & 63, code >> 2 & 15, code >> 6 & 3);

        let band = &mut self.lower;
        let low = (band.predicted + ((band.step * LOWER_SIX[six]) >> 15)).clamp(-16384, 16383);
        let difference = (band.step * LOWER_FOUR[four]) >> 15;
        band.moved_step(LOWER_MOVES[four], &LOWER);
        band.learn(difference);

        let band = &mut self.upper;
        let difference = (band.step * UPPER_TWO[two]) >> 15;
        let high = (band.predicted + difference).clamp(-16384, 16383);
        band.moved_step(UPPER_MOVES[two], &UPPER);
        band.learn(difference);

        self.sums.copy_within(1.., 0);
        self.sums[11] = low + high;
        self.differences.copy_within(1.., 0);
        self.differences[11] = low - high;
        // The filter's gain is 4096; the bands have fifteen bits and become sixteen.
        let joined = [
            (0..12).map(|i| self.differences[i] * MIRROR[11 - i]).sum::<i32>(),
            (0..12).map(|i| self.sums[i] * MIRROR[i]).sum::<i32>(),
        ];
        for (to, sum) in out.iter_mut().zip(joined) {
            *to = narrow(sum >> 11) as i16;
        }
    }
}
