//! How long recordings stay: by queue and age, and less when the disk fills
//! up. What is held stays in any case.

use std::collections::BTreeMap;

use crate::base::{Result, Secs, UnixSec};
use crate::recordings::fact::Recording;
use crate::recordings::{Recordings, sql};

/// Recordings looked at in one question.
const LOOK: u32 = 200;
/// Deletions in one go, so that nobody waits long for the database.
const A_GO: usize = 50;

/// Days to keep; 0 keeps for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub days: u32,
    /// Queues with days of their own.
    pub queues: BTreeMap<String, u32>,
}

impl Rules {
    /// When a recording is due for deletion; `None`: never.
    pub fn due(&self, recording: &Recording) -> Option<UnixSec> {
        let own = recording.queue.as_ref().and_then(|queue| self.queues.get(queue));
        let days = own.copied().unwrap_or(self.days);
        (days > 0).then(|| recording.started() + Secs::from(days) * 86_400)
    }
}

/// What a sweep did, and where the next one goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub deleted: u32,
    pub bytes: u64,
    /// The first id that was not looked at; `None` when all were.
    pub next: Option<i64>,
}

impl Recordings {
    /// Deletes some of those that are due by the rules, oldest first, from an
    /// id on. To be called again with [`Swept::next`] until there is none.
    pub fn sweep(&self, rules: &Rules, from: i64, now: UnixSec) -> Result<Swept> {
        let found = self.store().read(|db| sql::recordings::deletable(db, from, LOOK, now))?;
        let mut swept = Swept::default();
        let full = found.len() == LOOK as usize;
        for recording in found {
            if swept.deleted as usize >= A_GO {
                swept.next = Some(recording.id);
                return Ok(swept);
            }
            if full {
                swept.next = Some(recording.id + 1);
            }
            if rules.due(&recording).is_some_and(|due| due <= now) {
                self.delete(recording.id, "retention", "", now)?;
                swept.deleted += 1;
                swept.bytes += on_disk(&recording);
            }
        }
        Ok(swept)
    }

    /// Those that are due by the rules, oldest first, at most `limit`; what a
    /// sweep would delete.
    pub fn due(&self, rules: &Rules, limit: usize, now: UnixSec) -> Result<Vec<Recording>> {
        let (mut due, mut from) = (Vec::new(), 0);
        loop {
            let found = self.store().read(|db| sql::recordings::deletable(db, from, LOOK, now))?;
            let full = found.len() == LOOK as usize;
            for recording in found {
                from = recording.id + 1;
                if rules.due(&recording).is_some_and(|due| due <= now) {
                    due.push(recording);
                }
                if due.len() >= limit {
                    return Ok(due);
                }
            }
            if !full {
                return Ok(due);
            }
        }
    }

    /// Deletes the oldest that are not held until so many bytes are gone, a
    /// few at a time; says what went. Nothing deleted means that nothing may
    /// be.
    pub fn make_room(&self, bytes: u64, now: UnixSec) -> Result<Swept> {
        let mut swept = Swept::default();
        let found = self.store().read(|db| sql::recordings::deletable(db, 0, A_GO as u32, now))?;
        for recording in found {
            if swept.bytes >= bytes {
                break;
            }
            self.delete(recording.id, "low space", "", now)?;
            swept.deleted += 1;
            swept.bytes += on_disk(&recording);
        }
        Ok(swept)
    }

    /// Removes the files of deleted ones that could not be removed at once,
    /// and the rows of those deleted ones that began before `before`. Says how
    /// many files are still there.
    pub fn tidy(&self, before: UnixSec, now: UnixSec) -> Result<u32> {
        let mut left = 0;
        for doomed in self.store().read(|db| sql::recordings::doomed(db, 1000, now))? {
            if self.unlink(&doomed).is_err() {
                left += 1;
            }
        }
        self.store().write(|db| sql::recordings::forget(db, before))?;
        Ok(left)
    }
}

/// Bytes its file takes.
fn on_disk(recording: &Recording) -> u64 {
    recording.sealed.as_ref().map(|sealed| sealed.size).or(recording.size).unwrap_or(0)
}
