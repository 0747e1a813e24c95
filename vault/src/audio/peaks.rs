//! The picture of a recording, drawn while its bytes pass by once.

mod quiet;
mod wave;

pub use quiet::PIECE_MS;
pub use wave::Wave;

use super::g722::G722;
use super::gsm::{Gsm, WavGsm};
use super::stepped::Decoder;
use super::{Codec, Info, linear};
use quiet::Quiet;

/// Points of one channel.
pub const MOST_POINTS: usize = 1000;

/// Bytes decoded at once; the worst of them become 20 KiB of samples.
const PIECE: usize = 2048;

/// Least and greatest of the samples of a point, of sixteen bits the upper eight.
type Point = (i8, i8);

/// Push the bytes of the file from its first on; the length need not be known:
/// when the points are full, every two become one.
///
/// Holds some 30 KB whatever is pushed. Containers that are not decoded here give
/// a wave without points.
pub struct Peaks {
    info: Info,
    decoder: Stream,
    /// Of the file, of the next byte pushed.
    at: u64,
    /// The beginning of a unit that is not whole yet.
    begun: Vec<u8>,
    samples: Vec<i16>,
    frames: u64,
    /// Frames of a point.
    stride: u64,
    points: Vec<Vec<Point>>,
    /// The point being made, and the frames in it.
    point: Vec<(i16, i16)>,
    in_point: u64,
    quiet: Quiet,
}

enum Stream {
    None,
    Plain,
    Gsm(Box<Gsm>),
    WavGsm(Box<WavGsm>),
    G722(Box<G722>),
}

impl Peaks {
    /// `info` as [`probe`](super::probe) gave it for the same file.
    pub fn new(info: &Info) -> Self {
        let decoder = match info.codec {
            _ if !info.is_decoded() || info.channels == 0 => Stream::None,
            Codec::Gsm => Stream::Gsm(Box::default()),
            Codec::WavGsm => Stream::WavGsm(Box::default()),
            Codec::G722 => Stream::G722(Box::default()),
            _ => Stream::Plain,
        };
        let drawn = !matches!(decoder, Stream::None);
        let channels = if drawn { usize::from(info.channels) } else { 0 };
        Self {
            info: *info,
            decoder,
            at: 0,
            begun: Vec::new(),
            samples: Vec::new(),
            frames: 0,
            stride: u64::from(info.rate / 100).max(1),
            points: vec![Vec::new(); channels],
            point: vec![(i16::MAX, i16::MIN); channels],
            in_point: 0,
            quiet: Quiet::new(info.rate),
        }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        let end = self.at.saturating_add(bytes.len() as u64);
        let from = self.info.data_from.clamp(self.at, end) - self.at;
        let to = self.info.data_to.unwrap_or(u64::MAX).clamp(self.at, end) - self.at;
        self.at = end;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let mut sound = bytes.get(place(from)..place(to)).unwrap_or(&[]);
        if matches!(self.decoder, Stream::None) {
            return;
        }
        let unit = usize::try_from(self.info.unit().0).unwrap_or(1);
        if !self.begun.is_empty() {
            let missing = (unit - self.begun.len()).min(sound.len());
            self.begun.extend_from_slice(&sound[..missing]);
            sound = &sound[missing..];
            if self.begun.len() < unit {
                return;
            }
            let whole = std::mem::take(&mut self.begun);
            self.units(&whole);
        }
        let whole = sound.len() - sound.len() % unit;
        // Pieces of whole units, so that little is decoded at once.
        for piece in sound[..whole].chunks(PIECE.next_multiple_of(unit)) {
            self.units(piece);
        }
        self.begun.extend_from_slice(&sound[whole..]);
    }

    fn units(&mut self, bytes: &[u8]) {
        let mut samples = std::mem::take(&mut self.samples);
        samples.clear();
        match &mut self.decoder {
            Stream::None => {}
            Stream::Plain => {
                let unit = usize::try_from(self.info.unit().0).unwrap_or(1);
                let wide = (unit / self.points.len().max(1)).max(1);
                let codec = self.info.codec;
                samples.extend(bytes.chunks_exact(wide).map(|one| linear::sample(codec, one)));
            }
            Stream::Gsm(decoder) => decode(&mut **decoder, bytes, &mut samples),
            Stream::WavGsm(decoder) => decode(&mut **decoder, bytes, &mut samples),
            Stream::G722(decoder) => decode(&mut **decoder, bytes, &mut samples),
        }
        self.draw(&samples);
        self.samples = samples;
    }

    fn draw(&mut self, mut samples: &[i16]) {
        let channels = self.points.len().max(1);
        while !samples.is_empty() {
            let frames = (samples.len() / channels) as u64;
            let now = frames.min(self.stride - self.in_point).min(self.quiet.left());
            let end = usize::try_from(now).unwrap_or(usize::MAX) * channels;
            let Some((piece, rest)) = samples.split_at_checked(end) else { return };
            if now == 0 {
                return;
            }
            for (channel, (least, greatest)) in self.point.iter_mut().enumerate() {
                for sample in piece.iter().skip(channel).step_by(channels) {
                    *least = (*least).min(*sample);
                    *greatest = (*greatest).max(*sample);
                }
            }
            self.quiet.frames(piece, now);
            self.frames += now;
            self.in_point += now;
            if self.in_point >= self.stride {
                self.end_point();
            }
            samples = rest;
        }
    }

    fn end_point(&mut self) {
        self.in_point = 0;
        for (points, point) in self.points.iter_mut().zip(&mut self.point) {
            points.push(((point.0 >> 8) as i8, (point.1 >> 8) as i8));
            *point = (i16::MAX, i16::MIN);
        }
        if self.points.first().is_some_and(|points| points.len() >= MOST_POINTS) {
            for points in &mut self.points {
                wave::fold(points);
            }
            self.stride = self.stride.saturating_mul(2);
        }
    }

    pub fn finish(mut self) -> Wave {
        if self.in_point > 0 {
            self.end_point();
        }
        Wave {
            rate: self.info.rate,
            frames: self.frames,
            stride: self.stride,
            points: self.points,
            runs: self.quiet.finish(),
        }
    }
}

fn decode<D: Decoder>(decoder: &mut D, bytes: &[u8], samples: &mut Vec<i16>) {
    let units = bytes.chunks_exact(D::BYTES);
    samples.resize(units.len() * D::SAMPLES, 0);
    for (unit, out) in units.zip(samples.chunks_exact_mut(D::SAMPLES)) {
        decoder.decode(unit, out);
    }
}
