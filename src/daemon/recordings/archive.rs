//! The recordings as the portal sees them: their keys, their sound, the room
//! they take. Holds the one keyring of the daemon.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::age::{Identity, Opened, Recipient};
use crate::audio;
use crate::base::{Error, Kind, Result, UnixSec};
use crate::bytes::ReadAt;
use crate::daemon::recordings::Gauge;
use crate::media;
use crate::people::Secret;
use crate::portal::wire::recordings as w;
use crate::portal::{Archive, Erasing, Sound};
use crate::recordings::files::filter::{self, Clear, Filter};
use crate::recordings::files::{self, spool::OpenFile};
use crate::recordings::keys::{Keyring, refused};
use crate::recordings::{
    Affected, Erase, KeyRow, Person, Recording, Recordings, Rules, Sealed, State, sql,
};

/// Recordings given to new keys within one request; the rest follows by
/// itself, as many a minute.
const A_GO: usize = 200;
/// Recordings that are due, counted up to so many.
const MOST_DUE: usize = 5000;

/// What is configured.
#[derive(Clone, Debug)]
pub struct Shelves {
    /// Folder of the box's own key.
    pub keys: PathBuf,
    /// Keys lent to this box.
    pub lent: Vec<Identity>,
    /// Whom to seal to besides.
    pub others: Vec<Recipient>,
    /// Whether this box opens what it sealed.
    pub opens: bool,
    pub rules: Rules,
    pub low_bytes: u64,
    pub link_ttl: Duration,
    pub agents_listen: bool,
    /// What opens recordings that others encrypted.
    pub decrypt: Option<filter::Settings>,
}

/// The keyring and the rows behind the portal.
pub struct Archivist {
    recordings: Recordings,
    shelves: Shelves,
    /// Held to look or to replace, never while a passphrase is tried or a file
    /// read.
    keyring: Mutex<Keyring>,
    /// Held through a change of keys, so that there is one at a time.
    changing: Mutex<()>,
    /// Whether recordings may lack a present key; looked for all of them at
    /// each start, and after a rotation.
    rewrapping: AtomicBool,
    gauge: Gauge,
    filter: Option<Filter>,
}

impl Archivist {
    /// Reads the key that is stored and writes down whom is sealed to.
    ///
    /// Errors: a stored key that is none, or that can't be read.
    pub fn open(
        recordings: Recordings,
        shelves: Shelves,
        gauge: Gauge,
        now: UnixSec,
    ) -> Result<Archivist> {
        let stored = match shelves.opens {
            true => files::keys::read(&shelves.keys)?,
            false => None,
        };
        let keyring = Keyring::new(stored.as_ref(), shelves.lent.clone(), shelves.others.clone())?;
        // Without it the rest works; what it would open says so when asked for.
        let filter = shelves.decrypt.clone().and_then(|settings| {
            Filter::new(settings)
                .inspect_err(|error| tracing::warn!(error = error.chain(), "recordings.decrypt"))
                .ok()
        });
        let archivist = Archivist {
            recordings,
            shelves,
            keyring: Mutex::new(keyring),
            changing: Mutex::new(()),
            rewrapping: AtomicBool::new(true),
            gauge,
            filter,
        };
        archivist.write_down(now)?;
        Ok(archivist)
    }

    /// The folder of this box's keys.
    pub fn folder(&self) -> &Path {
        &self.shelves.keys
    }

    /// Whom is sealed to now.
    pub fn recipients(&self) -> Vec<Recipient> {
        self.keyring().recipients()
    }

    /// Wipes clear sound of others' recordings that nobody asked for lately.
    pub fn tidy(&self) {
        if let Some(filter) = &self.filter {
            filter.tidy();
        }
    }

    /// A recording that others encrypted, through the program for that.
    fn unlocked(&self, recording: &Recording, path: &Path, name: &str) -> Result<Clear> {
        let filter = self.filter.as_ref().filter(|filter| filter.takes(name)).ok_or_else(|| {
            let text = "another program encrypted this recording; recordings.decrypt has to \
                name one that opens it";
            Error::new(Kind::Conflict, text).coded("recording.foreign", [])
        })?;
        filter.open(&recording.id.to_string(), path)
    }

    /// Gives some of the recordings that lack a present key to the present
    /// ones; says how many were, and whether there may be more. Nothing while
    /// the key is locked.
    pub fn rewrap_some(&self, now: UnixSec) -> Result<(u64, bool)> {
        let keyring = self.keyring().clone();
        let (identities, recipients) = (keyring.identities(), keyring.recipients());
        let wanted = keyring.fingerprints();
        if identities.is_empty() || recipients.is_empty() {
            return Ok((0, false));
        }
        if !self.rewrapping.load(Ordering::Acquire) {
            return Ok((0, false));
        }
        let store = self.recordings.store();
        let rows =
            store.read(|db| sql::recordings::sealed_otherwise(db, &wanted, A_GO as u32, now))?;
        let more = rows.len() == A_GO;
        let mut done = 0;
        for row in rows {
            // What no key of ours opens stays as it is.
            let opened = |keys: &str| keys.split(' ').any(|key| keyring.opens(key));
            let (Some(name), true) =
                (&row.path, row.sealed.as_ref().is_some_and(|one| opened(&one.keys)))
            else {
                continue;
            };
            let vault = &self.recordings.folders().vault;
            let new =
                files::rewrap::rewrap(vault, name, &identities, &recipients, &mut |_| Ok(()))?;
            let sealed = Sealed { size: new.size, sha256: new.sha256, keys: wanted.clone() };
            store.write(|db| sql::recordings::reseal(db, row.id, &sealed))?;
            done += 1;
        }
        let more = more && done > 0;
        self.rewrapping.store(more, Ordering::Release);
        Ok((done, more))
    }

    fn keyring(&self) -> MutexGuard<'_, Keyring> {
        self.keyring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows for the keys there are; those that are no longer sealed to are
    /// retired.
    fn write_down(&self, now: UnixSec) -> Result<()> {
        let keyring = self.keyring().clone();
        let present = keyring.recipients();
        self.recordings.store().write(|db| {
            let known = sql::keys::all(db)?;
            for recipient in keyring.own().iter().chain(&present) {
                let fingerprint = recipient.fingerprint();
                let old = known.iter().find(|row| row.fingerprint == fingerprint);
                let row = KeyRow {
                    recipient: recipient.to_string(),
                    own: keyring.own().contains(recipient),
                    created: old.and_then(|row| row.created).or(Some(now)),
                    exported: old.and_then(|row| row.exported),
                    retired: match present.contains(recipient) {
                        true => None,
                        false => old.and_then(|row| row.retired).or(Some(now)),
                    },
                    fingerprint,
                };
                sql::keys::put(db, &row)?;
            }
            Ok(())
        })
    }

    fn key(&self, row: &KeyRow) -> w::SealKey {
        let keyring = self.keyring();
        let state = match (keyring.opens(&row.fingerprint), row.own) {
            (true, _) => "open",
            (false, true) => "locked",
            (false, false) => "elsewhere",
        };
        w::SealKey {
            state,
            created: row.created.unwrap_or(0),
            passphrase: row.own && keyring.has_passphrase(),
            exported: row.exported.is_some(),
            current: row.retired.is_none(),
            fingerprint: row.fingerprint.clone(),
        }
    }

    fn rows(&self) -> Result<Vec<KeyRow>> {
        self.recordings.store().read(sql::keys::all)
    }

    fn row(&self, fingerprint: &str) -> Result<KeyRow> {
        let found = self.rows()?.into_iter().find(|row| row.fingerprint == fingerprint);
        found.ok_or_else(|| Error::new(Kind::NotFound, "there is no such key"))
    }
}

impl Archive for Archivist {
    fn recordings(&self) -> Option<&Recordings> {
        Some(&self.recordings)
    }

    fn agents_listen(&self) -> bool {
        self.shelves.agents_listen
    }

    fn link_ttl(&self) -> Duration {
        self.shelves.link_ttl
    }

    fn opens(&self, fingerprint: &str) -> bool {
        self.keyring().opens(fingerprint)
    }

    fn keep_until(&self, recording: &Recording) -> Option<UnixSec> {
        self.shelves.rules.due(recording)
    }

    fn sound(&self, recording: &Recording) -> Result<Sound> {
        let gone = || Error::new(Kind::NotFound, "the recording's file is gone");
        let path = self.recordings.folders().path_of(recording)?.ok_or_else(gone)?;
        let file = OpenFile::open(&path)
            .map_err(|error| crate::base::error::io("can't open a recording", error))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let (mut source, name): (Box<dyn ReadAt + Send>, &str) = match &recording.sealed {
            None if filter::is_named(&name, &filter::ENDINGS.map(str::to_owned)) => {
                let inner = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
                match self.unlocked(recording, &path, &name)? {
                    Clear::Whole(kept) => (Box::new(kept), inner),
                    // Too long to be kept: as the program gives it.
                    Clear::Coming(coming) => return Ok(as_it_comes(coming, inner)),
                }
            }
            None => (Box::new(file), &name),
            Some(_) => {
                let identities = self.keyring().identities();
                if identities.is_empty() {
                    let text = "the key of the recordings is locked; unlock it first";
                    return Err(Error::new(Kind::Conflict, text));
                }
                let opened = Opened::open(file, &identities).map_err(refused)?;
                (Box::new(opened), name.strip_suffix(".age").unwrap_or(&name))
            }
        };
        let info = audio::probe(&mut *source, name).map_err(|error| {
            Error::caused(Kind::Damaged, "the recording's sound can't be read", error)
        })?;
        let hash = recording.sealed.as_ref().map(|sealed| sealed.sha256).or(recording.sha256);
        let tag = hash.map(|hash| hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect());
        Ok(Sound {
            kind: info.played_type().into(),
            ending: info.played_ending().into(),
            source: media::Source::Anywhere(audio::playable(source, &info)),
            tag,
        })
    }

    fn keys(&self) -> Result<w::SealKeys> {
        let keys = self.rows()?.iter().map(|row| self.key(row)).collect();
        Ok(w::SealKeys { keys, sealing: !self.recipients().is_empty() })
    }

    fn make_key(&self, passphrase: Option<&Secret>, now: UnixSec) -> Result<w::SealKey> {
        let _one = self.changing();
        if !self.shelves.opens {
            let text = "recordings.identity says that this box has no key of its own";
            return Err(Error::new(Kind::Conflict, text));
        }
        let old = self.keyring().clone();
        let (stored, new) = old.created(passphrase.map(Secret::reveal), now)?;
        files::keys::write(&self.shelves.keys, &stored)?;
        let made = new.own().first().map(Recipient::fingerprint).unwrap_or_default();
        *self.keyring() = new;
        self.write_down(now)?;
        // What was kept plain for want of a key is sealed now.
        self.recordings.seal_plain()?;
        Ok(self.key(&self.row(&made)?))
    }

    fn export_key(&self, fingerprint: &str, now: UnixSec) -> Result<w::KeyText> {
        let _one = self.changing();
        let row = self.row(fingerprint)?;
        let keyring = self.keyring().clone();
        let present = keyring.own().first().map(Recipient::fingerprint);
        if present.as_deref() != Some(fingerprint) {
            let text = "only the box's present key is given out";
            return Err(Error::new(Kind::Conflict, text));
        }
        let text = keyring.export(row.exported, now)?;
        // Written down first: a secret that left unnoticed could leave twice.
        self.recordings.store().write(|db| sql::keys::exported(db, fingerprint, now))?;
        Ok(w::KeyText { name: format!("switchroom-{fingerprint}.key"), text: text.to_string() })
    }

    fn unlock(&self, passphrase: &Secret) -> Result<()> {
        let _one = self.changing();
        // On a copy: it takes a second.
        let mut keyring = self.keyring().clone();
        keyring.unlock(passphrase.reveal())?;
        *self.keyring() = keyring;
        Ok(())
    }

    fn lock(&self) -> Result<()> {
        let _one = self.changing();
        self.keyring().lock()
    }

    fn rotate(&self, passphrase: Option<&Secret>, now: UnixSec) -> Result<w::Rotation> {
        let changing = self.changing();
        let old = self.keyring().clone();
        let (stored, new) = old.rotated(passphrase.map(Secret::reveal), now)?;
        files::keys::write(&self.shelves.keys, &stored)?;
        *self.keyring() = new;
        self.write_down(now)?;
        self.rewrapping.store(true, Ordering::Release);
        drop(changing);
        let (rewrapped, _) = self.rewrap_some(now)?;
        let wanted = self.keyring().fingerprints();
        let left = self
            .recordings
            .store()
            .read(|db| sql::recordings::count_sealed_otherwise(db, &wanted))?;
        Ok(w::Rotation { rewrapped, left })
    }

    fn storage(&self, now: UnixSec) -> Result<w::RecordingStorage> {
        let counts = self.recordings.counts()?;
        let due = self.recordings.due(&self.shelves.rules, MOST_DUE, now)?;
        let days = self.recordings.store().read(sql::manifest::all)?;
        let space = files::space(&self.recordings.folders().vault).ok();
        let broken = days.windows(2).find(|two| two[1].previous != two[0].hash);
        let day =
            |day: i64| crate::base::time::timestamp(day * 86_400).strftime("%Y-%m-%d").to_string();
        let size = |one: &Recording| one.sealed.as_ref().map(|sealed| sealed.size).or(one.size);
        let low = self.shelves.low_bytes;
        let tally = self.gauge.get();
        Ok(w::RecordingStorage {
            free: space.map(|space| space.free),
            low_space: low,
            low: tally.low.is_some() || space.is_some_and(|space| space.free < low),
            bytes: counts
                .states
                .iter()
                .filter(|(state, ..)| *state != State::Deleted)
                .map(|(_, _, bytes)| bytes)
                .sum(),
            states: counts
                .states
                .iter()
                .map(|(state, count, _)| (state.name().to_owned(), *count))
                .collect::<BTreeMap<_, _>>(),
            oldest: counts.oldest,
            retention_days: (self.shelves.rules.days > 0).then_some(self.shelves.rules.days),
            due: due.len() as u64,
            due_bytes: due.iter().filter_map(size).sum(),
            held: self.recordings.holds()?.iter().filter(|hold| hold.in_force(now)).count() as u64,
            manifest: w::ManifestState {
                day: days.last().map(|last| day(last.day)),
                days: days.len() as u64,
                sound: broken.is_none(),
                detail: broken
                    .map(|two| format!("{} does not follow from the day before", day(two[1].day))),
            },
        })
    }

    fn erase(&self, erasing: &Erasing, by: &str, now: UnixSec) -> Result<w::ErasureDone> {
        let person = match (&erasing.number, &erasing.agent) {
            (Some(number), _) => Person::Number(number.clone()),
            (None, agent) => Person::Agent(agent.clone().unwrap_or_default()),
        };
        let erase = Erase { person, from: Some(erasing.from), to: Some(erasing.to) };
        let (id, affected) = match erasing.dry_run {
            true => (None, self.recordings.affected(&erase, now)?),
            false => {
                let (proof, affected) = self.recordings.erase(&erase, &erasing.reason, by, now)?;
                (Some(proof.id), affected)
            }
        };
        Ok(done(id, erasing.dry_run, &affected))
    }

    fn erasures(&self) -> Result<w::Erasures> {
        let erasures = self.recordings.erasures()?.into_iter();
        let erasures = erasures
            .map(|one| w::Erasure {
                id: one.id,
                at: one.at,
                account: one.author,
                reason: one.reason,
                recordings: u64::from(one.recordings),
            })
            .collect();
        Ok(w::Erasures { erasures })
    }
}

/// Sound nobody has looked at: its name says what it is.
fn as_it_comes(source: Box<dyn std::io::Read + Send>, name: &str) -> Sound {
    let (kind, ending) = match name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()) {
        Some(ending) if ending == "wav" => ("audio/wav", ending),
        Some(ending) if ending == "mp3" => ("audio/mpeg", ending),
        Some(ending) if matches!(&*ending, "ogg" | "opus") => ("audio/ogg", ending),
        other => ("application/octet-stream", other.unwrap_or_else(|| "bin".to_owned())),
    };
    let source = media::Source::Onward(source);
    Sound { source, kind: kind.into(), ending: ending.into(), tag: None }
}

fn done(id: Option<String>, dry_run: bool, affected: &Affected) -> w::ErasureDone {
    let hash = |one: &Recording| one.sealed.as_ref().map(|sealed| sealed.sha256).or(one.sha256);
    let hex = |hash: [u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let bytes = |one: &Recording| one.sealed.as_ref().map(|sealed| sealed.size).or(one.size);
    w::ErasureDone {
        id,
        dry_run,
        count: w::ErasedCount {
            recordings: affected.taken.len() as u64,
            markers: affected.taken.iter().map(|one| u64::from(one.markers)).sum(),
            bytes: affected.taken.iter().filter_map(bytes).sum(),
            held: affected.kept.len() as u64,
        },
        proofs: affected
            .taken
            .iter()
            .map(|one| w::ErasedProof {
                recording: one.id.to_string(),
                sha256: hash(one).map(hex).unwrap_or_default(),
                started: one.started(),
            })
            .collect(),
    }
}
