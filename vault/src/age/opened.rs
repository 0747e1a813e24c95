//! A sealed file read anywhere.

use std::io;

use ring::aead::{Aad, LessSafeKey};

use super::error::Error;
use super::header::{Header, header};
use super::key::{FileKey, Identity};
use super::payload::{CHUNK, NONCE, SEALED_CHUNK, TAG, chunk_nonce, payload_key};
use crate::bytes::ReadAt;

/// The plain bytes of a sealed file. Before it gives the first one it has
/// checked the header and the last chunk, so that a file that was cut off is
/// known as such; and it never gives a byte of a chunk whose tag is wrong.
///
/// It holds one chunk (64 KiB). The source must not change meanwhile; if it
/// does, reading fails.
pub struct Opened<S> {
    source: S,
    key: LessSafeKey,
    /// Where the first chunk lies.
    begin: u64,
    /// Plain bytes of the whole.
    len: u64,
    /// Number of the last chunk.
    last: u64,
    /// Sealed bytes of the last chunk.
    last_len: usize,
    /// The chunk whose plain bytes are in `buffer`, and how many.
    held: Option<(u64, usize)>,
    buffer: Box<[u8]>,
}

impl<S: ReadAt> Opened<S> {
    /// Opens `source` with whichever of `identities` fits.
    pub fn open(mut source: S, identities: &[Identity]) -> Result<Self, Error> {
        let header = header(&mut source)?;
        let key = header.file_key(identities)?;
        Opened::with_key(source, &header, &key)
    }

    pub(super) fn with_key(mut source: S, header: &Header, key: &FileKey) -> Result<Self, Error> {
        let mut nonce = [0; NONCE];
        if read_full(&mut source, header.payload_at(), &mut nonce)? < NONCE {
            return Err(Error::Truncated);
        }
        let begin = header.payload_at() + NONCE as u64;
        let sealed = source.len()?.checked_sub(begin).ok_or(Error::Truncated)?;
        let chunks = sealed.div_ceil(SEALED_CHUNK);
        let Some(last) = chunks.checked_sub(1) else { return Err(Error::Truncated) };
        let last_len = (sealed - last * SEALED_CHUNK) as usize;
        if last_len < TAG {
            return Err(Error::Truncated);
        }
        if last_len == TAG && last > 0 {
            // Only an empty file has an empty last chunk.
            return Err(Error::Damaged { chunk: last });
        }
        let mut opened = Opened {
            source,
            key: payload_key(key, &nonce),
            begin,
            len: sealed - chunks * TAG as u64,
            last,
            last_len,
            held: None,
            buffer: vec![0; CHUNK + TAG].into_boxed_slice(),
        };
        match opened.fetch(last) {
            Err(Error::Damaged { .. }) if opened.is_inner(last)? => Err(Error::Truncated),
            Err(error) => Err(error),
            Ok(_) => Ok(opened),
        }
    }

    /// The source, no longer needed.
    pub fn into_source(self) -> S {
        self.source
    }

    /// Makes `chunk` the one held and says how many plain bytes it has.
    fn fetch(&mut self, chunk: u64) -> Result<usize, Error> {
        if let Some((held, len)) = self.held
            && held == chunk
        {
            return Ok(len);
        }
        self.held = None;
        let len = self.open_chunk(chunk, chunk == self.last)?;
        self.held = Some((chunk, len));
        Ok(len)
    }

    /// Whether the last chunk there is was sealed as one that others follow:
    /// the file was cut off between two chunks.
    fn is_inner(&mut self, chunk: u64) -> Result<bool, Error> {
        match self.open_chunk(chunk, false) {
            Ok(_) => Ok(true),
            Err(Error::Damaged { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn open_chunk(&mut self, chunk: u64, last: bool) -> Result<usize, Error> {
        let len = if chunk == self.last { self.last_len } else { CHUNK + TAG };
        let sealed = &mut self.buffer[..len];
        let place = self.begin + chunk * SEALED_CHUNK;
        if read_full(&mut self.source, place, sealed)? < len {
            return Err(Error::Truncated);
        }
        match self.key.open_in_place(chunk_nonce(chunk, last), Aad::empty(), sealed) {
            Ok(plain) => Ok(plain.len()),
            Err(_) => {
                sealed.fill(0);
                Err(Error::Damaged { chunk })
            }
        }
    }
}

impl<S: ReadAt> ReadAt for Opened<S> {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.len)
    }

    /// As the trait says. After an error `buf` holds nothing of use, and
    /// nothing of the chunk that failed; the [`Error`] is inside the
    /// `io::Error`.
    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        let wanted =
            usize::try_from(self.len.saturating_sub(pos)).unwrap_or(usize::MAX).min(buf.len());
        let mut filled = 0;
        while filled < wanted {
            let place = pos + filled as u64;
            let len = self.fetch(place / CHUNK as u64)?;
            let within = (place % CHUNK as u64) as usize;
            let count = (wanted - filled).min(len - within);
            buf[filled..filled + count].copy_from_slice(&self.buffer[within..within + count]);
            filled += count;
        }
        Ok(filled)
    }
}

/// As many bytes as there are, up to the length of `buf`.
fn read_full(source: &mut impl ReadAt, pos: u64, buf: &mut [u8]) -> Result<usize, Error> {
    let mut filled = 0;
    while filled < buf.len() {
        match source.read_at(pos + filled as u64, &mut buf[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}
