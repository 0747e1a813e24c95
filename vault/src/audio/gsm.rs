//! GSM 06.10 full rate (ETSI EN 300 961), decoding: 260 bits to 160 samples of
//! 8 kHz. Arithmetic is the standard's, sixteen bits with saturation, so that the
//! samples are its own to the bit. Any bits are a frame; nothing can fail.

use super::stepped::Decoder;

/// Bits of the eight log area ratios, then of each of four sub-frames: lag,
/// gain, grid, block maximum and thirteen pulses (table 1.1).
const RATIO_BITS: [u32; 8] = [6, 6, 5, 5, 4, 4, 3, 3];
const LAG_BITS: u32 = 7;
const GAIN_BITS: u32 = 2;
const GRID_BITS: u32 = 2;
const MAX_BITS: u32 = 6;
const PULSE_BITS: u32 = 3;

/// Per log area ratio (table 4.1 and 4.2): offset of the code, its B, and 1/A.
const RATIO_LOWEST: [i16; 8] = [-32, -32, -16, -16, -8, -8, -4, -4];
const RATIO_B: [i16; 8] = [0, 0, 2048, -2560, 94, -1792, -341, -1144];
const RATIO_INVERSE_A: [i16; 8] = [13107, 13107, 13107, 13107, 19223, 17476, 31454, 29708];
/// Gain of the long-term predictor (table 4.3b).
const GAINS: [i16; 4] = [3277, 11469, 21299, 32767];
/// Normalised direct mantissa (table 4.6).
const MANTISSAS: [i16; 8] = [18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767];

const FRAME: usize = 160;
const SUB_FRAME: usize = 40;
const LONGEST_LAG: usize = 120;

struct SubFrame {
    lag: usize,
    gain: usize,
    grid: usize,
    max: i16,
    pulses: [i16; 13],
}

/// The fields of a frame in the order they are sent, from whichever end of the
/// bytes the packing begins.
fn frame_of(mut take: impl FnMut(u32) -> u16) -> ([i16; 8], [SubFrame; 4]) {
    let ratios = RATIO_BITS.map(|bits| take(bits) as i16);
    let subs = [(); 4].map(|()| SubFrame {
        lag: usize::from(take(LAG_BITS)),
        gain: usize::from(take(GAIN_BITS)),
        grid: usize::from(take(GRID_BITS)),
        max: take(MAX_BITS) as i16,
        pulses: [(); 13].map(|()| take(PULSE_BITS) as i16),
    });
    (ratios, subs)
}

/// One bit after another, the highest of a byte first (33-byte frames, RFC 3551 4.5.8.1).
fn highest_first(bytes: &[u8], from: usize) -> impl FnMut(u32) -> u16 + '_ {
    let mut at = from;
    move |bits| {
        let mut value = 0;
        for _ in 0..bits {
            let byte = bytes.get(at / 8).copied().unwrap_or(0);
            value = value << 1 | u16::from(byte >> (7 - at % 8) & 1);
            at += 1;
        }
        value
    }
}

/// The lowest bit of a byte first (65-byte double frames of WAV).
fn lowest_first(bytes: &[u8], from: usize) -> impl FnMut(u32) -> u16 + '_ {
    let mut at = from;
    move |bits| {
        let mut value = 0;
        for bit in 0..bits {
            let byte = bytes.get(at / 8).copied().unwrap_or(0);
            value |= u16::from(byte >> (at % 8) & 1) << bit;
            at += 1;
        }
        value
    }
}

/// Rounded product of fractions (`mult_r` of the standard).
fn times(a: i16, b: i16) -> i16 {
    if a == i16::MIN && b == i16::MIN {
        return i16::MAX;
    }
    ((i32::from(a) * i32::from(b) + (1 << 14)) >> 15) as i16
}

fn shifted_right(value: i16, by: i16) -> i16 {
    match by {
        ..=-16 => 0,
        -15..=-1 => value << -by,
        0..=15 => value >> by,
        16.. => -i16::from(value < 0),
    }
}

#[derive(Clone)]
struct Speech {
    /// Residual of the past, the latest last, and room for one sub-frame.
    residual: [i16; LONGEST_LAG + SUB_FRAME],
    last_lag: usize,
    last_ratios: [i16; 8],
    lattice: [i16; 9],
    emphasis: i16,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            residual: [0; LONGEST_LAG + SUB_FRAME],
            last_lag: SUB_FRAME,
            last_ratios: [0; 8],
            lattice: [0; 9],
            emphasis: 0,
        }
    }
}

impl Speech {
    fn frame(&mut self, (codes, subs): ([i16; 8], [SubFrame; 4]), out: &mut [i16]) {
        let mut residual = [0; FRAME];
        for (sub, piece) in subs.iter().zip(residual.chunks_exact_mut(SUB_FRAME)) {
            self.long_term(sub, piece);
        }
        self.short_term(codes, &residual, out);
        for sample in out.iter_mut() {
            // 4.3.7 and 4.3.8: deemphasis, twice the size, the three lowest bits gone.
            self.emphasis = sample.saturating_add(times(self.emphasis, 28180));
            *sample = self.emphasis.saturating_add(self.emphasis) & !7;
        }
    }

    /// 4.3.2: adds what was said a pitch period ago.
    fn long_term(&mut self, sub: &SubFrame, out: &mut [i16]) {
        // 4.3.1 of the standard keeps the lag before when a broken one arrives.
        if (SUB_FRAME..=LONGEST_LAG).contains(&sub.lag) {
            self.last_lag = sub.lag;
        }
        let excitation = excitation(sub);
        let gain = GAINS[sub.gain & 3];
        for k in 0..SUB_FRAME {
            let before = self.residual[LONGEST_LAG + k - self.last_lag];
            let sample = excitation[k].saturating_add(times(gain, before));
            self.residual[LONGEST_LAG + k] = sample;
            out[k] = sample;
        }
        self.residual.copy_within(SUB_FRAME.., 0);
    }

    /// 4.3.3 to 4.3.5: the vocal tract, its ratios blended over the first 40 samples.
    fn short_term(&mut self, codes: [i16; 8], residual: &[i16; FRAME], out: &mut [i16]) {
        let ratios: [i16; 8] = std::array::from_fn(|i| ratio(codes[i], i));
        let old = self.last_ratios;
        let blend = |i: usize, span: usize| {
            let (old, new) = (old[i], ratios[i]);
            match span {
                0 => (old >> 2).saturating_add(new >> 2).saturating_add(old >> 1),
                1 => (old >> 1).saturating_add(new >> 1),
                2 => (old >> 2).saturating_add(new >> 2).saturating_add(new >> 1),
                _ => new,
            }
        };
        for (span, range) in [0..13, 13..27, 27..40, 40..FRAME].into_iter().enumerate() {
            let reflections: [i16; 8] = std::array::from_fn(|i| reflection(blend(i, span)));
            for (from, to) in residual[range.clone()].iter().zip(&mut out[range]) {
                *to = self.lattice_step(&reflections, *from);
            }
        }
        self.last_ratios = ratios;
    }

    fn lattice_step(&mut self, reflections: &[i16; 8], input: i16) -> i16 {
        let mut sample = input;
        for i in (0..8).rev() {
            sample = sample.saturating_sub(times(reflections[i], self.lattice[i]));
            self.lattice[i + 1] = self.lattice[i].saturating_add(times(reflections[i], sample));
        }
        self.lattice[0] = sample;
        sample
    }
}

/// 4.2.15 to 4.2.17: thirteen pulses on their grid of forty.
fn excitation(sub: &SubFrame) -> [i16; SUB_FRAME] {
    let mut exponent = if sub.max > 15 { (sub.max >> 3) - 1 } else { 0 };
    let mut mantissa = sub.max - (exponent << 3);
    if mantissa == 0 {
        (exponent, mantissa) = (-4, 7);
    } else {
        while mantissa <= 7 {
            mantissa = mantissa << 1 | 1;
            exponent -= 1;
        }
        mantissa -= 8;
    }
    let scale = MANTISSAS[usize::from(mantissa as u16 & 7)];
    let shift = 6 - exponent;
    let half = shifted_right(1, 1 - shift);
    let mut grid = [0; SUB_FRAME];
    for (i, code) in sub.pulses.iter().enumerate() {
        let pulse = times(scale, ((code << 1) - 7) << 12).saturating_add(half);
        // The grid has four places and the last pulse of the last is the fortieth sample.
        grid[sub.grid + 3 * i] = shifted_right(pulse, shift);
    }
    grid
}

/// 4.2.8: the code of a log area ratio.
fn ratio(code: i16, i: usize) -> i16 {
    let value = (code + RATIO_LOWEST[i]) << 10;
    let value = times(RATIO_INVERSE_A[i], value.saturating_sub(RATIO_B[i] << 1));
    value.saturating_add(value)
}

/// 4.2.9.2: from log area ratio to reflection coefficient, in three straight lines.
fn reflection(ratio: i16) -> i16 {
    let size = ratio.saturating_abs();
    let size = if size < 11059 {
        size << 1
    } else if size < 20070 {
        size + 11059
    } else {
        (size >> 2).saturating_add(26112)
    };
    if ratio < 0 { -size } else { size }
}

/// 33-byte frames; the first four bits (1101) are not looked at.
#[derive(Clone, Default)]
pub(super) struct Gsm(Speech);

impl Decoder for Gsm {
    const BYTES: usize = 33;
    const SAMPLES: usize = FRAME;
    const SPAN: u64 = 500;
    const RUN_UP: u64 = 25;

    fn decode(&mut self, unit: &[u8], out: &mut [i16]) {
        self.0.frame(frame_of(highest_first(unit, 4)), out);
    }
}

/// 65 bytes: two frames without a gap.
#[derive(Clone, Default)]
pub(super) struct WavGsm(Speech);

impl Decoder for WavGsm {
    const BYTES: usize = 65;
    const SAMPLES: usize = 2 * FRAME;
    const SPAN: u64 = 250;
    const RUN_UP: u64 = 13;

    fn decode(&mut self, unit: &[u8], out: &mut [i16]) {
        let (first, second) = out.split_at_mut(FRAME);
        self.0.frame(frame_of(lowest_first(unit, 0)), first);
        self.0.frame(frame_of(lowest_first(unit, 260)), second);
    }
}
