//! The vault's book: each night what changed in it is written down in a
//! manifest, chained to the one before and signed; and the vault compared with
//! all of them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::base::{Result, UnixSec};
use crate::recordings::fact::{Filter, ManifestRow, Recording, State};
use crate::recordings::files::manifests::{self, Asked};
use crate::recordings::manifest::{Change, Day, Line, Report};
use crate::recordings::{Recordings, sql};

const DAY_SECS: UnixSec = 86_400;
/// Recordings read in one question.
const LOOK: u32 = 500;

impl Recordings {
    /// Writes the manifest of yesterday, if it is not there and something
    /// changed since the one before; says how many files it names. `keys` is
    /// the folder of this machine's own keys.
    ///
    /// Errors: a disk that can't be written or read; a manifest of that day
    /// that is another one.
    pub fn keep_ledger(&self, keys: &Path, now: UnixSec) -> Result<Option<u32>> {
        let day = now.div_euclid(DAY_SECS) - 1;
        let last = self.store().read(sql::manifest::last)?;
        if last.is_some_and(|last| last.day >= day) {
            return Ok(None);
        }
        let signer = manifests::signer(keys)?;
        let vault = &self.folders().vault;
        let chain = manifests::chain(vault, signer.public())?;
        let lines = self.changes(chain.expected(), (day + 1) * DAY_SECS, now)?;
        if lines.is_empty() {
            return Ok(None);
        }
        let files = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let day = Day { day, previous: chain.newest(), lines };
        let signed = day.signed(&signer);
        manifests::write(vault, &day, &signed)?;
        let row = ManifestRow {
            day: day.day,
            files,
            hash: signed.hash,
            previous: day.previous,
            signature: signed.signature.to_vec(),
            made: now,
        };
        self.store().write(|db| sql::manifest::put(db, &row))?;
        Ok(Some(files))
    }

    /// Compares the vault with its manifests and rows; `hashes` reads every
    /// file, else only sizes are looked at.
    ///
    /// Errors: what can't be read.
    pub fn verify(&self, keys: &Path, hashes: bool, now: UnixSec) -> Result<Report> {
        let signer = manifests::signer(keys)?;
        let newest = self.store().read(sql::manifest::last)?.map(|last| last.hash);
        let row = |path: &str| -> Option<Recording> {
            let name = path.rsplit('/').next()?;
            let id = name.split('.').next()?.parse().ok()?;
            // What can't be asked is told as unknown.
            self.store().read(|db| sql::recordings::one(db, id, now)).ok()?
        };
        let mut known = |path: &str| {
            let row = row(path).filter(|row| row.path.as_deref() == Some(path))?;
            row.sealed.map(|sealed| (sealed.size, sealed.sha256))
        };
        // A row that is forgotten was deleted before.
        let mut gone = |path: &str| row(path).is_none_or(|row| row.state == State::Deleted);
        let mut asked =
            Asked { newest, known: &mut known, gone: &mut gone, hashes, watch: &mut |_| Ok(()) };
        manifests::verify(&self.folders().vault, signer.public(), &mut asked)
    }

    /// What differs between the manifests so far and the rows of recordings
    /// that began before `before`.
    fn changes(
        &self,
        expected: &BTreeMap<String, (u64, [u8; 32])>,
        before: UnixSec,
        now: UnixSec,
    ) -> Result<Vec<Line>> {
        let mut left: BTreeMap<&str, (u64, [u8; 32])> =
            expected.iter().map(|(path, what)| (path.as_str(), *what)).collect();
        let mut lines = Vec::new();
        let mut filter =
            Filter { to: Some(before), states: Some(vec![State::Sealed]), ..Filter::default() };
        loop {
            let page = self.list(&filter, LOOK, now)?;
            for row in page.rows {
                let (Some(path), Some(sealed)) = (row.path, row.sealed) else { continue };
                let change = match left.remove(path.as_str()) {
                    Some((_, sha256)) if sha256 == sealed.sha256 => continue,
                    Some(_) => Change::Rewrapped,
                    None => Change::Sealed,
                };
                lines.push(Line { change, path, size: sealed.size, sha256: sealed.sha256 });
            }
            match page.next {
                Some(next) => filter.below = Some(next),
                None => break,
            }
        }
        // Oldest first, as they happened.
        lines.reverse();
        lines.extend(left.into_iter().map(|(path, (size, sha256))| Line {
            change: Change::Removed,
            path: path.to_owned(),
            size,
            sha256,
        }));
        Ok(lines)
    }
}
