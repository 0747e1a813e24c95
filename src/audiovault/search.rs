//! A call's recordings by the journal, the folders and other services, in
//! that order and the order of the places.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::audiovault::remote::There;
use crate::audiovault::settings::Root;
use crate::base::{Error, Kind, Result};
use crate::layout::{Call, order};
use crate::recordings::Recordings;
use crate::recordings::files::walk::{Limits, Walker};
use crate::recordings::links::Moment;
use crate::recordings::search::{Item, in_journal, with_aliases};

/// The places, ready to be asked.
#[derive(Debug)]
pub struct Places {
    roots: Vec<Root>,
    /// The folders among them, in their order.
    pub walker: Walker,
}

/// What was found, and where it was looked for.
#[derive(Debug, Default)]
pub struct Searched {
    pub items: Vec<Item>,
    /// Found by another service, with its links.
    pub there: Vec<There>,
    pub truncated: bool,
    /// Places that could not be asked, by their place in the list.
    pub down: BTreeSet<usize>,
    /// Folders that were read.
    pub folders: Vec<PathBuf>,
    /// Names that were looked at.
    pub entries: usize,
    pub all_down: bool,
}

impl Places {
    /// Errors: [`Kind::Invalid`] for more places than links can name.
    pub fn new(roots: Vec<Root>, limits: Limits) -> Result<Places> {
        let folders = roots.iter().filter_map(|root| match root {
            Root::Folder(storage) => Some((**storage).clone()),
            Root::Remote(_) => None,
        });
        let walker = Walker::new(folders.collect(), limits)?;
        Ok(Places { roots, walker })
    }

    pub fn len(&self) -> usize {
        self.roots.len()
    }

    /// Places that did not answer when they were last asked.
    pub fn down(&self, now: Moment) -> usize {
        self.walker.down(now).len()
    }

    /// Blocks for as long as disks and other services take.
    ///
    /// Errors: what the database says.
    pub fn find(
        &self,
        journal: Option<&Recordings>,
        call: &Call,
        user: &str,
        loose: bool,
        now: Moment,
    ) -> Result<Searched> {
        let mut searched = Searched::default();
        let mut call = call.clone();
        if let Some(journal) = journal {
            let rows = in_journal(journal, &call, now.wall)?;
            let heard = rows.into_iter().filter(|row| !row.restricted);
            searched.items = heard.map(|row| Item::Row(Box::new(row))).collect();
            if !searched.items.is_empty() {
                return Ok(searched);
            }
            call = with_aliases(journal, call, now.wall)?;
        }
        let mut folder = 0;
        for (place, root) in self.roots.iter().enumerate() {
            match root {
                Root::Folder(_) => {
                    let outcome = self.walker.search_one(folder, &call, loose, now);
                    folder += 1;
                    searched.truncated |= outcome.truncated;
                    searched.entries += outcome.entries;
                    searched.folders.extend(outcome.folders);
                    if !outcome.down.is_empty() {
                        searched.down.insert(place);
                    }
                    searched.items = order(outcome.hits)
                        .into_iter()
                        .map(|shape| Item::File(Box::new(shape)))
                        .collect();
                }
                Root::Remote(remote) => match remote.find(&call, user) {
                    Ok(there) => searched.there = there,
                    Err(fault) => {
                        tracing::warn!(%remote, fault, "another service of recordings did not answer");
                        searched.down.insert(place);
                    }
                },
            }
            if !searched.items.is_empty() || !searched.there.is_empty() {
                return Ok(searched);
            }
        }
        searched.all_down = !self.roots.is_empty() && searched.down.len() == self.roots.len();
        Ok(searched)
    }
}

/// One search without a service: `switchroom av search`.
///
/// Errors: places that make no sense.
pub fn search(
    roots: Vec<Root>,
    limits: Limits,
    call: &Call,
    loose: bool,
    now: Moment,
) -> Result<Searched> {
    if roots.is_empty() {
        return Err(Error::new(Kind::Invalid, "no place of recordings is named"));
    }
    Places::new(roots, limits)?.find(None, call, "", loose, now)
}
