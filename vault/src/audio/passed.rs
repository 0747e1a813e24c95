//! Containers that browsers play themselves: recognised by their first bytes,
//! and asked for codec, rate and duration where that is cheap.

mod mp3;
mod mp4;
mod ogg;

use super::{Codec, Container, Error, Info, fill};
use crate::bytes::ReadAt;

/// None where it is none of them. `named_raw`: the name says another thing, so
/// eleven set bits of an MPEG header are not enough.
pub(super) fn probe(
    source: &mut (impl ReadAt + ?Sized),
    length: u64,
    head: &[u8],
    named_raw: bool,
) -> Result<Option<Info>, Error> {
    if head.starts_with(b"OggS") {
        return ogg::probe(source, length).map(Some);
    }
    if head.starts_with(b"fLaC") {
        return flac(source).map(Some);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return mp4::probe(source, length).map(Some);
    }
    if head.starts_with(b"ID3") || !named_raw && head.first() == Some(&0xff) {
        return mp3::probe(source, length);
    }
    Ok(None)
}

/// RFC 9639, 8.2: the first block says all.
fn flac(source: &mut (impl ReadAt + ?Sized)) -> Result<Info, Error> {
    let mut info = Info::passed(Container::Flac, Codec::Flac);
    let mut bytes = [0; 26];
    if fill(source, 0, &mut bytes)? < bytes.len() || bytes[4] & 0x7f != 0 {
        return Ok(info);
    }
    let mut packed = [0; 8];
    packed.copy_from_slice(&bytes[18..26]);
    // 20 bits of rate, 3 of channels less one, 5 of sample size, 36 of samples.
    let packed = u64::from_be_bytes(packed);
    info.rate = (packed >> 44) as u32;
    info.channels = (packed >> 41 & 7) as u16 + 1;
    let frames = packed & 0xf_ffff_ffff;
    if frames > 0 && info.rate > 0 {
        info.set_frames(frames);
    }
    Ok(info)
}
