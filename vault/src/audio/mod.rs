//! The sound in recordings: containers, codecs, peaks.
//!
//! [`probe`] says what a file is, [`playable`] gives it as bytes a browser plays,
//! [`pair`] joins the two legs of a call to two channels, [`Peaks`] draws it while
//! it is being sealed. Everything works over [`ReadAt`] or on pushed bytes and is
//! total: any bytes give a value or an [`Error`], in bounded memory.
//!
//! Who reads what: a WAV of any usual codec, raw files by their name's ending as
//! Asterisk writes them (`res/format_*.c`), and MP3, Ogg, FLAC and MP4, which
//! browsers play themselves and which are only looked at from outside. Decoders
//! are for G.711, GSM 06.10 full rate and G.722; there are no encoders.
//!
//! A decoder with a memory starts afresh half a second to a second before each
//! span of ten seconds ([`stepped`]): so any place is reached by decoding at most
//! eleven seconds, and the same place gives the same bytes whatever was read before.

mod error;
pub mod fuzz;
mod g722;
mod gsm;
mod info;
mod law;
mod linear;
mod naming;
mod pair;
mod passed;
mod peaks;
mod played;
mod stepped;
mod wav;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use info::{Codec, Container, Info};
pub use pair::pair;
pub use peaks::{MOST_POINTS, PIECE_MS, Peaks, Wave};
pub use played::playable;

use crate::bytes::ReadAt;
use std::io;

/// Says what `source` is. `name` is the file's name; its ending decides for raw
/// files only, where the bytes say nothing; an ending of encryption
/// (`.age .gpg .pgp .enc`) is passed over.
///
/// Reads at most some 200 KiB, at the beginning and at the end.
pub fn probe(source: &mut (impl ReadAt + ?Sized), name: &str) -> Result<Info, Error> {
    let length = source.len()?;
    if length == 0 {
        return Err(Error::Empty);
    }
    let mut head = [0; 16];
    let got = fill(source, 0, &mut head)?;
    let head = &head[..got];
    // A raw file may by chance begin like a container: two letters of sync prove nothing.
    let raw = naming::raw(name);
    if wav::begins(head) {
        return wav::probe(source, length);
    }
    if let Some(found) = passed::probe(source, length, head, raw.is_some())? {
        return Ok(found);
    }
    match raw {
        Some((codec, rate)) => Ok(Info::raw(codec, rate, length)),
        None if naming::is_wav(name) && length < wav::SHORTEST => {
            Err(Error::HeaderCut { bytes: length })
        }
        None => Err(Error::Unknown),
    }
}

/// Reads until `buf` is full or the source ends.
fn fill(source: &mut (impl ReadAt + ?Sized), pos: u64, buf: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buf.len() {
        let Some(at) = pos.checked_add(done as u64) else { break };
        match source.read_at(at, &mut buf[done..]) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(done)
}
