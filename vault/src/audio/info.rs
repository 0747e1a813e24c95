//! What a file of sound is.

use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    Wav,
    /// Nothing but the codec's bytes; the name's ending says which.
    Raw,
    Ogg,
    Flac,
    Mp3,
    Mp4,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Unsigned, as WAV has it.
    Pcm8,
    /// Little-endian, as the following.
    Pcm16,
    Pcm24,
    Pcm32,
    Float32,
    Ulaw,
    Alaw,
    /// 33 bytes are 160 samples.
    Gsm,
    /// "wav49": 65 bytes are 320 samples.
    WavGsm,
    /// 64 kbit/s; a byte is two samples of 16 kHz.
    G722,
    Opus,
    Vorbis,
    Speex,
    Flac,
    Mp3,
    Aac,
    /// In a container that browsers may know what to do with.
    Other,
}

const NAMES: &[(Codec, &str)] = &[
    (Codec::Pcm8, "pcm_u8"),
    (Codec::Pcm16, "pcm_s16le"),
    (Codec::Pcm24, "pcm_s24le"),
    (Codec::Pcm32, "pcm_s32le"),
    (Codec::Float32, "pcm_f32le"),
    (Codec::Ulaw, "pcm_mulaw"),
    (Codec::Alaw, "pcm_alaw"),
    (Codec::Gsm, "gsm"),
    (Codec::WavGsm, "gsm_ms"),
    (Codec::G722, "g722"),
    (Codec::Opus, "opus"),
    (Codec::Vorbis, "vorbis"),
    (Codec::Speex, "speex"),
    (Codec::Flac, "flac"),
    (Codec::Mp3, "mp3"),
    (Codec::Aac, "aac"),
    (Codec::Other, "other"),
];

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(codec, _)| codec == self).map_or("other", |(_, name)| name);
        f.write_str(name)
    }
}

impl FromStr for Codec {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        NAMES.iter().find(|(_, name)| *name == text).map(|(codec, _)| *codec).ok_or(())
    }
}

/// What [`probe`](super::probe) found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    pub container: Container,
    pub codec: Codec,
    /// Samples a second of one channel; 0 where the container does not say.
    pub rate: u32,
    /// 0 where the container does not say.
    pub channels: u16,
    /// Samples of one channel.
    pub frames: Option<u64>,
    pub duration_ms: Option<u64>,
    /// The duration comes from a bit rate or the like, not from a count.
    pub estimated: bool,
    /// Where the sound's bytes begin.
    pub data_from: u64,
    /// Where they end; `None`: with the file, however long that becomes.
    pub data_to: Option<u64>,
    /// The header did not tell the length (0 while being written, more than
    /// there is when cut, less than there is past 4 GB): it was taken from the
    /// file.
    pub header_lied: bool,
}

impl Info {
    pub(super) fn raw(codec: Codec, rate: u32, length: u64) -> Self {
        let mut info = Self {
            container: Container::Raw,
            codec,
            rate,
            channels: 1,
            frames: None,
            duration_ms: None,
            estimated: false,
            data_from: 0,
            data_to: None,
            header_lied: false,
        };
        info.count(length);
        info
    }

    /// A container that is handed on as it is.
    pub(super) fn passed(container: Container, codec: Codec) -> Self {
        Self {
            container,
            codec,
            rate: 0,
            channels: 0,
            frames: None,
            duration_ms: None,
            estimated: false,
            data_from: 0,
            data_to: None,
            header_lied: false,
        }
    }

    /// Fills in frames and duration for a file of `length` bytes.
    pub(super) fn count(&mut self, length: u64) {
        let frames = self.frames_in(length);
        self.set_frames(frames);
    }

    pub(super) fn set_frames(&mut self, frames: u64) {
        self.frames = Some(frames);
        let ms = u128::from(frames) * 1000 / u128::from(self.rate.max(1));
        self.duration_ms = u64::try_from(ms).ok();
    }

    /// Frames that are whole in a file of `length` bytes.
    pub(super) fn frames_in(&self, length: u64) -> u64 {
        let end = self.data_to.unwrap_or(length).min(length);
        let bytes = end.saturating_sub(self.data_from);
        let (unit, frames) = self.unit();
        (bytes / unit).saturating_mul(frames)
    }

    /// Bytes of the least piece that can be decoded, and the frames in it.
    pub(super) fn unit(&self) -> (u64, u64) {
        let channels = u64::from(self.channels.max(1));
        match self.codec {
            Codec::Pcm8 | Codec::Ulaw | Codec::Alaw => (channels, 1),
            Codec::Pcm16 => (2 * channels, 1),
            Codec::Pcm24 => (3 * channels, 1),
            Codec::Pcm32 | Codec::Float32 => (4 * channels, 1),
            Codec::Gsm => (33, 160),
            Codec::WavGsm => (65, 320),
            Codec::G722 => (1, 2),
            Codec::Opus
            | Codec::Vorbis
            | Codec::Speex
            | Codec::Flac
            | Codec::Mp3
            | Codec::Aac
            | Codec::Other => (1, 0),
        }
    }

    /// Decoded here, so that it becomes a WAV; otherwise the bytes are handed on.
    pub fn is_decoded(&self) -> bool {
        matches!(self.container, Container::Wav | Container::Raw)
    }

    /// The type of what [`playable`](super::playable) gives.
    pub fn played_type(&self) -> &'static str {
        match self.container {
            Container::Wav | Container::Raw => "audio/wav",
            Container::Ogg => "audio/ogg",
            Container::Flac => "audio/flac",
            Container::Mp3 => "audio/mpeg",
            Container::Mp4 => "audio/mp4",
        }
    }

    /// The ending of a file of what [`playable`](super::playable) gives.
    pub fn played_ending(&self) -> &'static str {
        match self.container {
            Container::Wav | Container::Raw => "wav",
            Container::Ogg if self.codec == Codec::Opus => "opus",
            Container::Ogg => "ogg",
            Container::Flac => "flac",
            Container::Mp3 => "mp3",
            Container::Mp4 => "m4a",
        }
    }
}
