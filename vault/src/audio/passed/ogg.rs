//! Ogg (RFC 3533): the first page names the codec, the last one says how many
//! samples there were.

use crate::audio::{Codec, Container, Error, Info, fill};
use crate::bytes::ReadAt;

/// A page is at most 65,307 bytes, so the last one begins in here.
const TAIL: usize = 65_536;
const PAGE_HEAD: usize = 27;

pub(super) fn probe(source: &mut (impl ReadAt + ?Sized), length: u64) -> Result<Info, Error> {
    let mut first = [0; 512];
    let got = fill(source, 0, &mut first)?;
    let first = &first[..got];
    let mut info = Info::passed(Container::Ogg, Codec::Other);
    let Some(segments) = first.get(PAGE_HEAD - 1) else { return Ok(info) };
    let packet = first.get(PAGE_HEAD + usize::from(*segments)..).unwrap_or(&[]);
    let long = |at: usize| four(packet, at).map_or(0, u32::from_le_bytes);
    let byte = |at: usize| u16::from(packet.get(at).copied().unwrap_or(0));
    let mut before = 0;
    if packet.starts_with(b"OpusHead") {
        // RFC 7845, 5.1: granules always count 48 kHz, less what the decoder throws away.
        (info.codec, info.rate, info.channels) = (Codec::Opus, 48_000, byte(9));
        before = u64::from(byte(10) | byte(11) << 8);
    } else if packet.starts_with(b"\x01vorbis") {
        (info.codec, info.rate, info.channels) = (Codec::Vorbis, long(12), byte(11));
    } else if packet.starts_with(b"Speex   ") {
        (info.codec, info.rate, info.channels) = (Codec::Speex, long(36), byte(48));
    } else if packet.starts_with(b"\x7fFLAC") {
        info.codec = Codec::Flac;
    }
    if info.rate > 0
        && let Some(serial) = four(first, 14)
        && let Some(granule) = last_granule(source, length, serial)?
    {
        info.set_frames(granule.saturating_sub(before));
    }
    Ok(info)
}

fn four(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at + 4)?.try_into().ok()
}

fn last_granule(
    source: &mut (impl ReadAt + ?Sized),
    length: u64,
    serial: [u8; 4],
) -> Result<Option<u64>, Error> {
    let mut tail = vec![0; TAIL];
    let got = fill(source, length.saturating_sub(TAIL as u64), &mut tail)?;
    let pages = tail[..got].windows(PAGE_HEAD).rev();
    let granules = pages.filter(|page| page.starts_with(b"OggS") && four(page, 14) == Some(serial));
    Ok(granules
        .filter_map(|page| page.get(6..14)?.try_into().ok().map(u64::from_le_bytes))
        // All ones: no packet ends on this page.
        .find(|granule| *granule != u64::MAX))
}
