//! One recording put away: looked at, hashed, drawn and sealed in one pass,
//! its row committed, the plain file removed. In that order.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};

use crate::audio::{self, Peaks};
use crate::base::error::io;
use crate::base::{Error, Kind, Result};
use crate::daemon::recordings::Keys;
use crate::daemon::recordings::sealer::{sealed_name, waits_in_spool};
use crate::recordings::files::seal::{Order, seal};
use crate::recordings::files::spool;
use crate::recordings::{Place, Recording, Recordings, Sealed, Sound, sql};

/// A WAV of this size is a header alone.
const HEADER: u64 = 44;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Sealed,
    Plain,
    /// Nothing was recorded; row and file are gone.
    Empty,
    /// Its file is gone.
    Gone,
}

/// Puts one closed recording away.
///
/// Errors: those of files and of a full disk; it stays as it was.
pub fn one(
    recordings: &Recordings,
    recording: &Recording,
    keys: &Keys,
    stop: &AtomicBool,
) -> Result<Done> {
    let Some(below) = waits_in_spool(recording) else {
        return Err(Error::new(Kind::Internal, "it waits nowhere"));
    };
    let plain = recordings.folders().path(Place::Spool, below)?;
    let (store, id) = (recordings.store(), recording.id);
    let Some(size) = spool::size(&plain) else {
        store.write(|db| sql::recordings::lose(db, id, "its file went away"))?;
        return Ok(Done::Gone);
    };
    let info = spool::sound(&plain);
    let silent = info.as_ref().is_some_and(|info| info.frames == Some(0));
    if size == 0 || silent || (size <= HEADER && below.ends_with("wav")) {
        // The row first: a file without a row is looked at again, a row
        // without a file is a loss that never was.
        store.write(|db| sql::recordings::discard(db, id))?;
        recordings.folders().remove(&plain)?;
        return Ok(Done::Empty);
    }
    let sound = info.as_ref().map(sound);
    let mut peaks = info.as_ref().map(Peaks::new);
    let mut tap = |bytes: &[u8]| {
        if let Some(peaks) = &mut peaks {
            peaks.push(bytes);
        }
    };
    let recipients = keys();
    if recipients.is_empty() {
        let (size, sha256) = read_through(&plain, &mut tap, stop)?;
        let finished = sql::recordings::Finished {
            place: Place::Spool,
            path: below,
            sound: sound.as_ref(),
            size,
            sha256,
            sealed: None,
        };
        commit(recordings, id, &finished, peaks)?;
        return Ok(Done::Plain);
    }
    let name = sealed_name(recording, below);
    let vault = &recordings.folders().vault;
    // Ids are never given twice, so a file of that name is one a power cut left.
    let order = Order { plain: &plain, vault, name: &name, recipients: &recipients, replace: true };
    let mut watch = |_| match stop.load(Ordering::Acquire) {
        true => Err(std::io::Error::new(std::io::ErrorKind::Interrupted, "stopping")),
        false => Ok(()),
    };
    let made = seal(&order, &mut tap, &mut watch)?;
    let fingerprints: Vec<String> = recipients.iter().map(|one| one.fingerprint()).collect();
    let sealed = Sealed { size: made.size, sha256: made.sha256, keys: fingerprints.join(" ") };
    let finished = sql::recordings::Finished {
        place: Place::Vault,
        path: &name,
        sound: sound.as_ref(),
        size: made.plain_size,
        sha256: made.plain_sha256,
        sealed: Some(&sealed),
    };
    commit(recordings, id, &finished, peaks)?;
    made.remove_plain(&mut |_| Ok(()))?;
    Ok(Done::Sealed)
}

fn commit(
    recordings: &Recordings,
    id: i64,
    finished: &sql::recordings::Finished<'_>,
    peaks: Option<Peaks>,
) -> Result<()> {
    let wave = peaks.map(|peaks| peaks.finish().pack());
    recordings.store().write(|db| {
        if !sql::recordings::finish(db, id, finished)? {
            return Err(Error::new(
                Kind::Conflict,
                "the recording was deleted while it was sealed",
            ));
        }
        match &wave {
            Some(wave) => sql::waves::put(db, id, wave),
            None => Ok(()),
        }
    })
}

fn sound(info: &audio::Info) -> Sound {
    Sound {
        codec: info.codec.to_string(),
        rate: info.rate,
        channels: info.channels,
        duration_ms: info.duration_ms.map_or(0, |ms| u32::try_from(ms).unwrap_or(u32::MAX)),
    }
}

/// Size and hash of a file that stays plain.
fn read_through(
    path: &std::path::Path,
    tap: &mut dyn FnMut(&[u8]),
    stop: &AtomicBool,
) -> Result<(u64, [u8; 32])> {
    let fail = |error| io(format!("can't read {}", path.display()), error);
    let mut file = std::fs::File::open(path).map_err(fail)?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 64 << 10]);
    loop {
        if stop.load(Ordering::Acquire) {
            return Err(Error::new(Kind::Unavailable, "stopping"));
        }
        let count = file.read(&mut buffer).map_err(fail)?;
        if count == 0 {
            return Ok((size, hash.finalize().into()));
        }
        hash.update(&buffer[..count]);
        tap(&buffer[..count]);
        size += count as u64;
    }
}
