//! Two legs of one call as one recording of two channels.

use super::played::{self, Sound, WavOf};
use super::{Error, Info};
use crate::bytes::ReadAt;
use std::io;

type Leg<'a> = (Box<dyn ReadAt + Send>, &'a Info);

/// A WAV of two channels: the caller left, the agent right. The shorter leg is
/// silent to the end of the longer.
///
/// Both must be decoded here (no MP3 and the like), of one channel and one rate;
/// the codecs may differ.
pub fn pair(agent: Leg<'_>, caller: Leg<'_>) -> Result<Box<dyn ReadAt + Send>, Error> {
    let (agent_info, caller_info) = (agent.1, caller.1);
    if agent_info.rate != caller_info.rate {
        return Err(Error::Unpaired("their rates differ"));
    }
    if agent_info.channels != 1 || caller_info.channels != 1 {
        return Err(Error::Unpaired("one of them has more than one channel"));
    }
    let decoded = |leg: Leg<'_>| {
        played::sound(leg.0, leg.1).map_err(|_| Error::Unpaired("one of them is not decoded here"))
    };
    let legs = [decoded(caller)?, decoded(agent)?];
    Ok(Box::new(WavOf::new(Pair { legs })))
}

struct Pair {
    /// Left, right.
    legs: [Box<dyn Sound>; 2],
}

impl Sound for Pair {
    fn rate(&self) -> u32 {
        self.legs[0].rate()
    }

    fn channels(&self) -> u16 {
        2
    }

    fn frames(&mut self) -> io::Result<u64> {
        Ok(self.legs[0].frames()?.max(self.legs[1].frames()?))
    }

    fn read(&mut self, from: u64, out: &mut [i16]) -> io::Result<usize> {
        let mut one = [0i16; 512];
        let wanted = (out.len() / 2).min(one.len());
        out[..wanted * 2].fill(0);
        let mut longest = 0;
        for (side, leg) in self.legs.iter_mut().enumerate() {
            let mut got = 0;
            while got < wanted {
                match leg.read(from.saturating_add(got as u64), &mut one[got..wanted])? {
                    0 => break,
                    count => got += count,
                }
            }
            for (frame, sample) in out.chunks_exact_mut(2).zip(&one[..got]) {
                frame[side] = *sample;
            }
            longest = longest.max(got);
        }
        Ok(longest)
    }
}
