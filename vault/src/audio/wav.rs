//! RIFF WAVE: finding the sound in a file whose header may not be true, and
//! writing the header of what is played.
//!
//! Asterisk writes the lengths when a recording is closed (`format_wav.c`,
//! `format_wav_gsm.c`), so a growing file says 0. Past 4 GB they wrap round. The
//! file's own length wins wherever the two disagree and what follows the sound is
//! no chunk.

use super::{Codec, Container, Error, Info, fill};
use crate::bytes::ReadAt;

/// Of the header that Asterisk writes for PCM, and that we write.
pub(super) const HEADER: usize = 44;
/// RIFF, its length, WAVE, and the head of one chunk.
pub(super) const SHORTEST: u64 = 20;
/// Chunks looked at before the sound, and after it.
const MOST_CHUNKS: usize = 64;
/// Length fields that mean "see ds64" or "not known".
const UNKNOWN: u64 = 0xffff_ffff;

pub(super) fn begins(head: &[u8]) -> bool {
    let four = |from: usize| head.get(from..from + 4).unwrap_or(&[]);
    let riff = matches!(four(0), b"RIFF" | b"RF64" | b"BW64");
    riff && (head.len() < 12 || four(8) == b"WAVE")
}

struct Format {
    codec: Codec,
    channels: u16,
    rate: u32,
}

pub(super) fn probe(source: &mut (impl ReadAt + ?Sized), length: u64) -> Result<Info, Error> {
    if length < SHORTEST {
        return Err(Error::HeaderCut { bytes: length });
    }
    let (mut format, mut long) = (None, None);
    let mut at = 12;
    for _ in 0..MOST_CHUNKS {
        let Some((id, size)) = chunk(source, at)? else {
            return Err(match format {
                _ if length < HEADER as u64 => Error::HeaderCut { bytes: length },
                Some(_) => Error::NoData,
                None => Error::NoFormat,
            });
        };
        let from = at + 8;
        match &id {
            b"fmt " => {
                format = Some(match format_at(source, from, size) {
                    Err(Error::NoFormat) if from + size > length => {
                        return Err(Error::HeaderCut { bytes: length });
                    }
                    found => found?,
                });
            }
            b"ds64" => {
                let mut sizes = [0; 16];
                if fill(source, from, &mut sizes)? == 16 {
                    let (_, data) = sizes.split_at(8);
                    long = data.try_into().ok().map(u64::from_le_bytes);
                }
            }
            b"data" => {
                let format = format.ok_or(Error::NoFormat)?;
                let declared = if size == UNKNOWN { long.unwrap_or(size) } else { size };
                return sound(source, &format, from, declared, length);
            }
            _ => {}
        }
        at = after(source, from, size)?;
    }
    Err(Error::NoData)
}

fn sound(
    source: &mut (impl ReadAt + ?Sized),
    format: &Format,
    from: u64,
    declared: u64,
    length: u64,
) -> Result<Info, Error> {
    let rest = length.saturating_sub(from);
    let true_header = declared <= rest
        && length > from
        && (rest - declared <= 1 || ends_in_chunks(source, from + declared, length)?);
    let mut info = Info {
        container: Container::Wav,
        codec: format.codec,
        rate: format.rate,
        channels: format.channels,
        frames: None,
        duration_ms: None,
        estimated: false,
        data_from: from,
        data_to: true_header.then(|| from + declared),
        // A file that ends with its header is a recording just begun.
        header_lied: !true_header && declared != rest,
    };
    info.count(length);
    Ok(info)
}

/// Id and length of the chunk at `at`; none where the file ends.
fn chunk(source: &mut (impl ReadAt + ?Sized), at: u64) -> Result<Option<([u8; 4], u64)>, Error> {
    let mut head = [0; 8];
    if fill(source, at, &mut head)? < 8 {
        return Ok(None);
    }
    let [a, b, c, d, size @ ..] = head;
    Ok(Some(([a, b, c, d], u64::from(u32::from_le_bytes(size)))))
}

fn is_name(id: [u8; 4]) -> bool {
    id.iter().all(|byte| (0x20..0x7f).contains(byte))
}

/// Chunks are padded to even lengths, which some writers forget.
fn after(source: &mut (impl ReadAt + ?Sized), from: u64, size: u64) -> Result<u64, Error> {
    let end = from + size;
    if size.is_multiple_of(2) {
        return Ok(end);
    }
    let padded = chunk(source, end + 1)?.is_some_and(|(id, _)| is_name(id));
    let forgot = chunk(source, end)?.is_some_and(|(id, _)| is_name(id));
    Ok(if forgot && !padded { end } else { end + 1 })
}

/// Whether what lies between `at` and the end of the file is chunks and nothing else.
fn ends_in_chunks(
    source: &mut (impl ReadAt + ?Sized),
    at: u64,
    length: u64,
) -> Result<bool, Error> {
    let mut at = at + at % 2;
    for _ in 0..MOST_CHUNKS {
        match chunk(source, at)? {
            Some((id, size)) if is_name(id) && at + 8 + size <= length => {
                at = after(source, at + 8, size)?;
            }
            _ => return Ok(false),
        }
        if at >= length {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The chunk `fmt `: `WAVEFORMAT` and its longer kin.
fn format_at(source: &mut (impl ReadAt + ?Sized), from: u64, size: u64) -> Result<Format, Error> {
    let mut bytes = [0; 40];
    let wanted = usize::try_from(size).unwrap_or(usize::MAX).min(bytes.len());
    let got = fill(source, from, &mut bytes[..wanted])?;
    if got < 14 {
        return Err(Error::NoFormat);
    }
    let two = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let (mut tag, channels, block, bits) = (two(0), two(2), two(12), two(14));
    let rate = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    if tag == 0xfffe && got >= 26 {
        // Extensible: the true tag begins the identifier of the kind.
        tag = two(24);
    }
    let nonsense = |field, value| Err(Error::Nonsense { field, value });
    if !(1..=8).contains(&channels) {
        return nonsense("channels", u64::from(channels));
    }
    if !(1_000..=384_000).contains(&rate) {
        return nonsense("samples a second", u64::from(rate));
    }
    // The block says how wide a sample lies in the file; bits may say how many of them count.
    let wide = match block / channels {
        bytes @ 1..=4 if block % channels == 0 => bytes,
        _ => bits.div_ceil(8),
    };
    let codec = match (tag, wide) {
        (1, 1) => Codec::Pcm8,
        (1, 2) => Codec::Pcm16,
        (1, 3) => Codec::Pcm24,
        (1, 4) => Codec::Pcm32,
        (3, 4) => Codec::Float32,
        (1, _) => return nonsense("bits a sample", u64::from(bits)),
        (6, _) => Codec::Alaw,
        (7, _) => Codec::Ulaw,
        (0x31, _) if channels == 1 => Codec::WavGsm,
        (0x31, _) => return nonsense("channels", u64::from(channels)),
        (tag, _) => return Err(Error::Codec { tag }),
    };
    Ok(Format { codec, channels, rate })
}

/// The header of 16-bit PCM. Past 4 GB the lengths say "not known", which
/// players take for "to the end".
pub(super) fn header(rate: u32, channels: u16, frames: u64) -> [u8; HEADER] {
    let data = frames.saturating_mul(u64::from(channels) * 2);
    let field = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes();
    let mut header = [0; HEADER];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        header[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(b"RIFF");
    put(&field(data.saturating_add(36)));
    put(b"WAVEfmt ");
    put(&16u32.to_le_bytes());
    put(&1u16.to_le_bytes());
    put(&channels.to_le_bytes());
    put(&rate.to_le_bytes());
    put(&rate.saturating_mul(u32::from(channels) * 2).to_le_bytes());
    put(&channels.saturating_mul(2).to_le_bytes());
    put(&16u16.to_le_bytes());
    put(b"data");
    put(&field(data));
    header
}
