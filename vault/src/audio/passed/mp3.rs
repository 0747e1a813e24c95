//! MPEG audio, layers II and III: the first frame, and the count of frames that
//! encoders of variable rate leave in it. Otherwise the duration is an estimate.

use crate::audio::{Codec, Container, Error, Info, fill};
use crate::bytes::ReadAt;

/// How far behind a tag a first frame is looked for.
const LOOK: usize = 4096;

/// kbit/s by the four bits of the header (ISO 11172-3 2.4.2.3, ISO 13818-3).
const FIRST_LAYER_3: [u16; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const FIRST_LAYER_2: [u16; 15] =
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const SECOND: [u16; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES: [u32; 3] = [44_100, 48_000, 32_000];

struct Frame {
    rate: u32,
    channels: u16,
    bits_a_second: u32,
    samples: u32,
    bytes: usize,
    /// Where an encoder's own header stands in a frame of layer III.
    count_at: usize,
}

fn frame(head: &[u8]) -> Option<Frame> {
    let [0xff, second, third, fourth, ..] = *head else { return None };
    // Versions 2.5, (none), 2, 1; layers (none), III, II, I.
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    if second >> 5 != 7 || version == 1 || !matches!(layer, 1 | 2) {
        return None;
    }
    let first = version == 3;
    let table = match (first, layer) {
        (true, 1) => &FIRST_LAYER_3,
        (true, _) => &FIRST_LAYER_2,
        (false, _) => &SECOND,
    };
    let kbits = *table.get(usize::from(third >> 4)).filter(|kbits| **kbits > 0)?;
    let rate = RATES.get(usize::from(third >> 2 & 3))? >> [2, 0, 1, 0][usize::from(version)];
    let mono = fourth >> 6 == 3;
    let samples = if layer == 1 && !first { 576 } else { 1152 };
    let bits_a_second = u32::from(kbits) * 1000;
    let padding = u32::from(third >> 1 & 1);
    let bytes = samples / 8 * bits_a_second / rate + padding;
    let side = match (first, mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    Some(Frame {
        rate,
        channels: if mono { 1 } else { 2 },
        bits_a_second,
        samples,
        bytes: bytes as usize,
        count_at: 4 + side,
    })
}

pub(super) fn probe(
    source: &mut (impl ReadAt + ?Sized),
    length: u64,
) -> Result<Option<Info>, Error> {
    let mut tag = [0; 10];
    let got = fill(source, 0, &mut tag)?;
    let tagged = got == 10 && tag.starts_with(b"ID3");
    let mut from = 0;
    if tagged {
        // Seven bits a byte, and a foot as long as the head where it is announced.
        let size = tag[6..].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
        from = 10 + size + if tag[5] & 0x10 == 0 { 0 } else { 10 };
    }
    let mut bytes = vec![0; LOOK];
    let got = fill(source, from, &mut bytes)?;
    let bytes = &bytes[..got];
    let most = if tagged { got } else { 1 };
    let found = (0..most).find_map(|at| {
        let rest = bytes.get(at..)?;
        let frame = frame(rest)?;
        // Two frames in a row, or a file that ends with the first.
        let followed = match rest.get(frame.bytes..) {
            Some(next) if next.len() >= 4 => self::frame(next).is_some(),
            _ => true,
        };
        followed.then_some((at, frame))
    });
    let Some((at, frame)) = found else {
        return Ok(tagged.then(|| Info::passed(Container::Mp3, Codec::Mp3)));
    };
    let mut info = Info::passed(Container::Mp3, Codec::Mp3);
    (info.rate, info.channels) = (frame.rate, frame.channels);
    match counted(&bytes[at..], &frame) {
        Some(frames) => info.set_frames(u64::from(frames) * u64::from(frame.samples)),
        None => {
            info.estimated = true;
            let bytes = length.saturating_sub(from + at as u64);
            let seconds_8000 = u128::from(bytes) * 8000 / u128::from(frame.bits_a_second);
            info.duration_ms = u64::try_from(seconds_8000).ok();
        }
    }
    Ok(Some(info))
}

/// The count of frames in an encoder's own header.
fn counted(bytes: &[u8], frame: &Frame) -> Option<u32> {
    let own = bytes.get(frame.count_at..)?;
    if !own.starts_with(b"Xing") && !own.starts_with(b"Info") {
        return None;
    }
    let flags = own.get(7)?;
    let count = own.get(8..12)?.try_into().ok().map(u32::from_be_bytes)?;
    (flags & 1 == 1 && count > 0).then_some(count)
}
