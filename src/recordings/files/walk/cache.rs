//! What searches found lately, and which roots could not be opened.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::layout::{Call, Found};
use crate::recordings::files::beneath::{self, Wanted};
use crate::recordings::files::walk::{Hit, hit};

/// Nothing found: looked for again after this, the recording may come.
const NOTHING: Duration = Duration::from_secs(15);
const SOMETHING: Duration = Duration::from_secs(600);
const DOWN: Duration = Duration::from_secs(15);
/// Searches kept, the oldest forgotten; about half a kilobyte each.
const MOST: usize = 512;

pub(super) type Key = (u16, Call, bool);

/// What was found, and when the folders it lies in were last changed.
#[derive(Clone, Debug)]
pub(super) struct Known {
    hits: Vec<Found<Hit>>,
    folders: Vec<(Vec<u8>, (i64, i64))>,
}

#[derive(Debug, Default)]
pub(super) struct Cache {
    known: VecDeque<(Key, Known, Duration)>,
    /// Root, and until when it is not tried again.
    down: Vec<(u16, Duration)>,
}

impl Known {
    pub(super) fn new(root: impl AsFd, hits: &[Found<Hit>]) -> Known {
        let mut folders: Vec<(Vec<u8>, (i64, i64))> = Vec::new();
        for found in hits {
            let folder = folder_of(&found.item.path);
            if !folders.iter().any(|(known, _)| known == folder)
                && let Some(changed) = changed(&root, folder)
            {
                folders.push((folder.to_vec(), changed));
            }
        }
        Known { hits: hits.to_vec(), folders }
    }

    /// The files with their present sizes, if their folders have not changed.
    pub(super) fn still_true(self, root: impl AsFd, now: i64) -> Option<Vec<Found<Hit>>> {
        for (folder, then) in &self.folders {
            if changed(&root, folder)? != *then {
                return None;
            }
        }
        let again = |mut found: Found<Hit>| {
            let file = beneath::open(&root, &found.item.path, Wanted::File).ok()?;
            found.item = hit(found.item.root, found.item.path, &file, now)?;
            Some(found)
        };
        self.hits.into_iter().map(again).collect()
    }
}

impl Cache {
    pub(super) fn known(&mut self, key: &Key, now: Duration) -> Option<Known> {
        self.known.retain(|(_, _, until)| now < *until);
        self.known.iter().find(|(known, _, _)| known == key).map(|(_, known, _)| known.clone())
    }

    pub(super) fn keep(&mut self, key: Key, known: Known, now: Duration) {
        self.known.retain(|(other, _, _)| *other != key);
        if self.known.len() >= MOST {
            self.known.pop_front();
        }
        let life = if known.hits.is_empty() { NOTHING } else { SOMETHING };
        self.known.push_back((key, known, now.saturating_add(life)));
    }

    pub(super) fn is_down(&self, root: u16, now: Duration) -> bool {
        self.down.iter().any(|(down, until)| *down == root && now < *until)
    }

    pub(super) fn mark_down(&mut self, root: u16, now: Duration) {
        self.down.retain(|(down, _)| *down != root);
        self.down.push((root, now.saturating_add(DOWN)));
    }
}

fn folder_of(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
    &path[..end]
}

fn changed(root: impl AsFd, folder: &[u8]) -> Option<(i64, i64)> {
    let known = beneath::open(root, folder, Wanted::Folder).ok()?.metadata().ok()?;
    Some((known.mtime(), known.mtime_nsec()))
}
