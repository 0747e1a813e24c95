//! MP4 (ISO 14496-12): the boxes that say duration and codec.

use crate::audio::{Codec, Container, Error, Info, fill};
use crate::bytes::ReadAt;

/// Boxes looked at in all; a file of sound has some thirty before it is known.
const MOST_BOXES: usize = 256;
/// Boxes that hold the boxes looked for.
const HOLDERS: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];

pub(super) fn probe(source: &mut (impl ReadAt + ?Sized), length: u64) -> Result<Info, Error> {
    let mut info = Info::passed(Container::Mp4, Codec::Other);
    // Boxes are entered by going on inside: what follows a holder follows its last box.
    let mut at = 0;
    for _ in 0..MOST_BOXES {
        let mut head = [0; 16];
        let got = fill(source, at, &mut head)?;
        if got < 8 {
            break;
        }
        let [a, b, c, d, kind @ ..] = head;
        let kind = &kind[..4];
        let short = u64::from(u32::from_be_bytes([a, b, c, d]));
        let (size, inside) = match short {
            0 => (length.saturating_sub(at), at + 8),
            1 if got == 16 => {
                let long = head[8..].try_into().map_or(0, u64::from_be_bytes);
                (long, at + 16)
            }
            size => (size, at + 8),
        };
        if size < inside - at {
            break;
        }
        match kind {
            b"mvhd" => duration(source, inside, &mut info)?,
            b"stsd" => description(source, inside, &mut info)?,
            _ => {}
        }
        let next = if HOLDERS.iter().any(|holder| *holder == kind) {
            Some(inside)
        } else {
            at.checked_add(size)
        };
        match next {
            Some(next) if next < length => at = next,
            _ => break,
        }
    }
    Ok(info)
}

/// 8.2.2: units a second, and how many; 32 or 64 bits.
fn duration(source: &mut (impl ReadAt + ?Sized), from: u64, info: &mut Info) -> Result<(), Error> {
    let mut bytes = [0; 32];
    let got = fill(source, from, &mut bytes)?;
    let four = |at: usize| u64::from(u32::from_be_bytes([0, 1, 2, 3].map(|i| bytes[at + i])));
    let (scale, units) = match (bytes[0], got) {
        (0, 20..) => (four(12), four(16)),
        (1, 32) => (four(20), four(24) << 32 | four(28)),
        _ => return Ok(()),
    };
    if scale > 0 && units != u64::from(u32::MAX) && units != u64::MAX {
        let ms = u128::from(units) * 1000 / u128::from(scale);
        info.duration_ms = u64::try_from(ms).ok();
    }
    Ok(())
}

/// 8.5.2 and 12.2.3: the first entry's kind, channels and rate.
fn description(
    source: &mut (impl ReadAt + ?Sized),
    from: u64,
    info: &mut Info,
) -> Result<(), Error> {
    let mut bytes = [0; 44];
    if fill(source, from, &mut bytes)? < bytes.len() {
        return Ok(());
    }
    let codec = match &bytes[12..16] {
        b"mp4a" => Codec::Aac,
        b"Opus" => Codec::Opus,
        b"fLaC" => Codec::Flac,
        b"alac" => Codec::Other,
        _ => return Ok(()),
    };
    info.codec = codec;
    info.channels = u16::from_be_bytes([bytes[32], bytes[33]]);
    info.rate = u32::from(u16::from_be_bytes([bytes[40], bytes[41]]));
    Ok(())
}
