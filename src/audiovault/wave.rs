//! The picture of a recording: one pass over its bytes, kept for the next who asks.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::audio::{Info, Peaks};
use crate::base::{Result, error};
use crate::bytes::ReadAt;

/// Pictures kept, some 8 KB each.
const MOST: usize = 64;
/// Read at once.
const PIECE: usize = 64 * 1024;
/// Longer silences are worth a skip.
const SILENCE_MS: u64 = 2000;

/// As it goes over the wire.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    pub version: u8,
    /// Seconds.
    pub duration: f64,
    pub points: usize,
    /// Of each channel least and greatest in turn, −128…127.
    pub channels: Vec<Vec<i8>>,
    /// Seconds from, to.
    pub silent: Vec<(f64, f64)>,
}

/// Pictures by the tag of their bytes.
#[derive(Debug, Default)]
pub struct Pictures(Mutex<VecDeque<(String, Arc<Picture>)>>);

impl Pictures {
    pub fn known(&self, tag: &str) -> Option<Arc<Picture>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == tag).map(|(_, picture)| Arc::clone(picture))
    }

    pub fn keep(&self, tag: String, picture: Arc<Picture>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != tag);
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back((tag, picture));
    }
}

/// Draws it. Blocks while the whole recording is read.
///
/// Errors: what reading says.
pub fn drawn(source: &mut (impl ReadAt + ?Sized), info: &Info) -> Result<Picture> {
    let mut peaks = Peaks::new(info);
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    loop {
        let count = source.read_at(at, &mut piece);
        match count.map_err(|fault: io::Error| error::io("can't read a recording", fault))? {
            0 => break,
            count => {
                peaks.push(&piece[..count]);
                at += count as u64;
            }
        }
    }
    let wave = peaks.finish();
    let channels: Vec<Vec<i8>> = wave
        .points
        .iter()
        .map(|points| points.iter().flat_map(|(least, most)| [*least, *most]).collect())
        .collect();
    let seconds = |ms: u64| ms as f64 / 1000.0;
    let silent = wave.silent(SILENCE_MS).into_iter();
    Ok(Picture {
        version: 1,
        duration: seconds(wave.duration_ms()),
        points: channels.first().map_or(0, |channel| channel.len() / 2),
        channels,
        silent: silent.map(|(from, to)| (seconds(from), seconds(to))).collect(),
    })
}
