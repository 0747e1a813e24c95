//! Codecs without a memory: every sample stands for itself.

use super::Codec;
use super::law::{ALAW, ULAW};

/// One sample of the bytes of one sample. Anything else than such a codec is silence.
pub(super) fn sample(codec: Codec, bytes: &[u8]) -> i16 {
    match (codec, bytes) {
        (Codec::Pcm8, [byte]) => (i16::from(*byte) - 128) << 8,
        (Codec::Pcm16, [low, high])
        | (Codec::Pcm24, [_, low, high])
        | (Codec::Pcm32, [_, _, low, high]) => i16::from_le_bytes([*low, *high]),
        // A float that is no number becomes 0, a larger one the largest.
        (Codec::Float32, [a, b, c, d]) => (f32::from_le_bytes([*a, *b, *c, *d]) * 32768.0) as i16,
        (Codec::Ulaw, [byte]) => ULAW[usize::from(*byte)],
        (Codec::Alaw, [byte]) => ALAW[usize::from(*byte)],
        _ => 0,
    }
}
