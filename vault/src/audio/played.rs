//! Sound as a WAV of 16-bit PCM that can be read anywhere, made while it is read.

use super::g722::G722;
use super::gsm::{Gsm, WavGsm};
use super::stepped::{Decoder, way_to};
use super::{Codec, Info, fill, linear, wav};
use crate::bytes::ReadAt;
use std::io;

type Source = Box<dyn ReadAt + Send>;

/// The file as browsers play it: a WAV of 16-bit PCM with a true header, or the
/// bytes as they are for the containers browsers know.
///
/// The length is that of the source when it was asked last, so a growing file
/// has a header that agrees with the length given out. `info` must be of the same
/// source.
pub fn playable(source: Source, info: &Info) -> Source {
    match sound(source, info) {
        Ok(sound) => Box::new(WavOf::new(sound)),
        Err(source) => source,
    }
}

/// Samples at any place, interleaved.
pub(super) trait Sound: Send {
    fn rate(&self) -> u32;
    fn channels(&self) -> u16;
    /// Whole frames there are now.
    fn frames(&mut self) -> io::Result<u64>;
    /// Fills whole frames from `from` on and says how many; 0 only at the end.
    fn read(&mut self, from: u64, out: &mut [i16]) -> io::Result<usize>;
}

/// The source back where it is handed on as it is.
pub(super) fn sound(source: Source, info: &Info) -> Result<Box<dyn Sound>, Source> {
    if !info.is_decoded() || info.channels == 0 {
        return Err(source);
    }
    Ok(match info.codec {
        Codec::Gsm => Box::new(Remembering::<Gsm>::new(source, *info)),
        Codec::WavGsm => Box::new(Remembering::<WavGsm>::new(source, *info)),
        Codec::G722 => Box::new(Remembering::<G722>::new(source, *info)),
        _ => Box::new(Plain { source, info: *info }),
    })
}

/// A codec without a memory.
struct Plain {
    source: Source,
    info: Info,
}

impl Sound for Plain {
    fn rate(&self) -> u32 {
        self.info.rate
    }

    fn channels(&self) -> u16 {
        self.info.channels
    }

    fn frames(&mut self) -> io::Result<u64> {
        Ok(self.info.frames_in(self.source.len()?))
    }

    fn read(&mut self, from: u64, out: &mut [i16]) -> io::Result<usize> {
        let (unit, _) = self.info.unit();
        let channels = usize::from(self.info.channels);
        let wide = usize::try_from(unit).unwrap_or(1) / channels;
        let mut bytes = [0; 4096];
        let frame = wide * channels;
        let frames = (out.len() / channels).min(bytes.len() / frame);
        // What follows the sound in the file is not heard.
        let left = self.info.data_to.map_or(u64::MAX, |_| self.info.frames_in(u64::MAX));
        let frames = frames.min(usize::try_from(left.saturating_sub(from)).unwrap_or(usize::MAX));
        let Some(pos) = from.checked_mul(unit).and_then(|at| at.checked_add(self.info.data_from))
        else {
            return Ok(0);
        };
        let got = fill(&mut self.source, pos, &mut bytes[..frames * frame])? / frame;
        for (to, from) in out.iter_mut().zip(bytes[..got * frame].chunks_exact(wide)) {
            *to = linear::sample(self.info.codec, from);
        }
        Ok(got)
    }
}

/// A codec with a memory: always one channel.
struct Remembering<D> {
    source: Source,
    info: Info,
    decoder: D,
    /// The span the decoder was begun for, and the unit it is to decode next.
    next: Option<(u64, u64)>,
    /// The unit decoded last, and its samples.
    unit: u64,
    samples: Vec<i16>,
    /// Bytes of the source and where they lie: units are short, reads are not.
    window: Vec<u8>,
    window_at: u64,
}

/// Bytes of the source read ahead.
const WINDOW: usize = 4096;

impl<D: Decoder> Remembering<D> {
    fn new(source: Source, info: Info) -> Self {
        Self {
            source,
            info,
            decoder: D::default(),
            next: None,
            unit: 0,
            samples: Vec::new(),
            window: Vec::new(),
            window_at: 0,
        }
    }

    /// The samples of `unit`; false where there is no such unit.
    fn decode(&mut self, unit: u64) -> io::Result<bool> {
        if self.unit == unit && !self.samples.is_empty() {
            return Ok(true);
        }
        let way = way_to::<D>(unit, self.next);
        if way.afresh {
            self.decoder = D::default();
        }
        self.next = None;
        self.samples.clear();
        self.samples.resize(D::SAMPLES, 0);
        for at in way.from..=unit {
            let Some(place) = self.bytes_of(at)? else {
                self.samples.clear();
                return Ok(false);
            };
            self.decoder.decode(&self.window[place..place + D::BYTES], &mut self.samples);
        }
        self.unit = unit;
        self.next = Some((unit / D::SPAN, unit + 1));
        Ok(true)
    }

    /// Where in the window the unit lies, read there if it was not.
    fn bytes_of(&mut self, unit: u64) -> io::Result<Option<usize>> {
        let Some(pos) =
            unit.checked_mul(D::BYTES as u64).and_then(|at| at.checked_add(self.info.data_from))
        else {
            return Ok(None);
        };
        if self.info.data_to.is_some_and(|end| pos.saturating_add(D::BYTES as u64) > end) {
            return Ok(None);
        }
        let end = self.window_at + self.window.len() as u64;
        if pos < self.window_at || pos + D::BYTES as u64 > end {
            self.window.resize(WINDOW, 0);
            let got = fill(&mut self.source, pos, &mut self.window);
            self.window.truncate(*got.as_ref().unwrap_or(&0));
            self.window_at = pos;
            got?;
        }
        let place = usize::try_from(pos - self.window_at).unwrap_or(usize::MAX);
        Ok((self.window.len() >= D::BYTES).then_some(place))
    }
}

impl<D: Decoder> Sound for Remembering<D> {
    fn rate(&self) -> u32 {
        self.info.rate
    }

    fn channels(&self) -> u16 {
        1
    }

    fn frames(&mut self) -> io::Result<u64> {
        Ok(self.info.frames_in(self.source.len()?))
    }

    fn read(&mut self, from: u64, out: &mut [i16]) -> io::Result<usize> {
        let mut done = 0;
        while done < out.len() {
            let Some(at) = from.checked_add(done as u64) else { break };
            let unit = at / D::SAMPLES as u64;
            if !self.decode(unit)? {
                break;
            }
            let skip = usize::try_from(at % D::SAMPLES as u64).unwrap_or(0);
            let count = (D::SAMPLES - skip).min(out.len() - done);
            out[done..done + count].copy_from_slice(&self.samples[skip..skip + count]);
            done += count;
        }
        Ok(done)
    }
}

/// A header and samples behind it.
pub(super) struct WavOf<S> {
    sound: S,
    /// As told last, so that the header and the length agree.
    frames: Option<u64>,
}

impl<S: Sound> WavOf<S> {
    pub(super) fn new(sound: S) -> Self {
        Self { sound, frames: None }
    }

    fn frames(&mut self) -> io::Result<u64> {
        match self.frames {
            Some(frames) => Ok(frames),
            None => {
                let frames = self.sound.frames()?;
                self.frames = Some(frames);
                Ok(frames)
            }
        }
    }

    /// Samples as bytes, from the byte `at` behind the header on.
    fn read_samples(&mut self, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        let channels = u64::from(self.sound.channels());
        let wide = channels * 2;
        let frame = at / wide;
        let left = self.frames()?.saturating_sub(frame);
        let mut skip = usize::try_from(at % wide).unwrap_or(0);
        let mut samples = [0i16; 1024];
        let most = (samples.len() as u64 / channels)
            .min(left)
            .min((skip + buf.len()).div_ceil(usize::try_from(wide).unwrap_or(2)) as u64);
        let room = usize::try_from(most * channels).unwrap_or(0);
        let got = self.sound.read(frame, &mut samples[..room])?;
        let mut done = 0;
        for sample in &samples[..got * usize::from(self.sound.channels())] {
            for byte in sample.to_le_bytes() {
                if skip > 0 {
                    skip -= 1;
                } else if done < buf.len() {
                    buf[done] = byte;
                    done += 1;
                }
            }
        }
        Ok(done)
    }
}

impl<S: Sound> ReadAt for WavOf<S> {
    fn len(&mut self) -> io::Result<u64> {
        self.frames = None;
        let frames = self.frames()?;
        Ok(frames
            .saturating_mul(u64::from(self.sound.channels()) * 2)
            .saturating_add(wav::HEADER as u64))
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        if pos < wav::HEADER as u64 {
            let frames = self.frames()?;
            let header = wav::header(self.sound.rate(), self.sound.channels(), frames);
            let from = usize::try_from(pos).unwrap_or(0);
            done = buf.len().min(wav::HEADER - from);
            buf[..done].copy_from_slice(&header[from..from + done]);
        }
        while done < buf.len() {
            let at = pos.saturating_add(done as u64) - wav::HEADER as u64;
            let got = self.read_samples(at, &mut buf[done..])?;
            if got == 0 {
                break;
            }
            done += got;
        }
        Ok(done)
    }
}

impl<S: Sound + ?Sized> Sound for Box<S> {
    fn rate(&self) -> u32 {
        (**self).rate()
    }

    fn channels(&self) -> u16 {
        (**self).channels()
    }

    fn frames(&mut self) -> io::Result<u64> {
        (**self).frames()
    }

    fn read(&mut self, from: u64, out: &mut [i16]) -> io::Result<usize> {
        (**self).read(from, out)
    }
}
