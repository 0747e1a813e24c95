//! The sealed bytes behind a header: chunks of 64 KiB, each with its tag, the
//! last one marked (the STREAM construction of age).

use std::io::{self, Write};

use ring::aead::{Aad, LessSafeKey, Nonce};

use super::header::sealed_for;
use super::key::{FileKey, Recipient, cipher, random};

/// Plain bytes of a chunk; only the last one may have fewer.
pub const CHUNK: usize = 64 * 1024;
/// What sealing adds to each chunk.
pub(super) const TAG: usize = 16;
/// A chunk as it lies in the file.
pub(super) const SEALED_CHUNK: u64 = (CHUNK + TAG) as u64;
/// Random bytes before the first chunk.
pub(super) const NONCE: usize = 16;

/// The key of the chunks of one file.
pub(super) fn payload_key(file_key: &FileKey, nonce: &[u8; NONCE]) -> LessSafeKey {
    cipher(&file_key.derive(nonce, b"payload"))
}

/// The nonce of a chunk: its number in eleven bytes, and 1 if it is the last.
pub(super) fn chunk_nonce(chunk: u64, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&chunk.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

/// Seals what is written to it, in constant memory. **Without
/// [`finish`](Self::finish) the file has no last chunk, and is refused as cut
/// off.**
pub struct Sealer<W: Write> {
    out: W,
    key: LessSafeKey,
    /// The plain bytes of the chunk that is being filled.
    buffer: Vec<u8>,
    chunk: u64,
    written: u64,
}

impl<W: Write> Sealer<W> {
    /// Writes the header for `recipients`, of whom there is at least one.
    pub fn new(out: W, recipients: &[Recipient]) -> io::Result<Self> {
        let file_key = FileKey::generate()?;
        let header = sealed_for(&file_key, recipients)?;
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        Sealer::begin(out, &header, &file_key, nonce)
    }

    /// The same with all that is random given by the caller. **Neither key nor
    /// nonce may have been used before.**
    pub(super) fn begin(
        mut out: W,
        header: &[u8],
        file_key: &FileKey,
        nonce: [u8; NONCE],
    ) -> io::Result<Self> {
        out.write_all(header)?;
        out.write_all(&nonce)?;
        Ok(Sealer {
            out,
            key: payload_key(file_key, &nonce),
            buffer: Vec::with_capacity(CHUNK + TAG),
            chunk: 0,
            written: (header.len() + NONCE) as u64,
        })
    }

    /// Bytes given to the writer below so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Seals the last chunk and gives the writer back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let nonce = chunk_nonce(self.chunk, last);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::empty(), &mut self.buffer)
            .map_err(|_| io::Error::other("a chunk is longer than the cipher's limit"))?;
        self.buffer.extend_from_slice(tag.as_ref());
        let result = self.out.write_all(&self.buffer);
        // Also after an error: what a second try would write under this nonce must not differ.
        self.chunk += 1;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        result
    }
}

impl<W: Write> Write for Sealer<W> {
    /// Takes all of `bytes` unless the writer below fails; after an error the
    /// file is lost and to be begun anew.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while !rest.is_empty() {
            // A full chunk is sealed when more comes: it might be the last.
            if self.buffer.len() == CHUNK {
                self.seal(false)?;
            }
            let count = rest.len().min(CHUNK - self.buffer.len());
            self.buffer.extend_from_slice(&rest[..count]);
            rest = &rest[count..];
        }
        Ok(bytes.len())
    }

    /// Flushes the writer below. What of a chunk is not full yet stays here.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
