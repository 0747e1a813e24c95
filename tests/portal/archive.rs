//! Recordings of a test: real rows and real files of sound, and a key that
//! is open or locked as the test wants.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use switchroom::audio;
use switchroom::base::{Error, Kind, Result, UnixSec};
use switchroom::media;
use switchroom::people::Secret;
use switchroom::portal::wire::recordings as w;
use switchroom::portal::{Archive, Erasing, Sound};
use switchroom::recordings::sql;
use switchroom::recordings::{
    Begun, Direction, Folders, Leg, Occasion, Place, Recording, Recordings, Sealed,
};
use switchroom::store::Store;

pub const KEY: &str = "0123456789abcdef";
pub const PASSPHRASE: &str = "salt and seaweed";

pub struct Shelf {
    recordings: Recordings,
    spool: PathBuf,
    pub agents_listen: AtomicBool,
    pub locked: AtomicBool,
    pub exported: AtomicBool,
    pub erased: Mutex<Vec<Erasing>>,
}

/// Seconds of sound: a tone, then as much silence, mono, 8 kHz.
pub fn wav(seconds: usize) -> Vec<u8> {
    let samples: Vec<i16> = (0..seconds * 8000)
        .map(|at| if at < seconds * 4000 { [9000, 0, -9000, 0][at % 4] } else { 0 })
        .collect();
    let length = u32::try_from(samples.len() * 2).unwrap();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((length + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(8000_u32.to_le_bytes());
    bytes.extend(16_000_u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(length.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

impl Shelf {
    pub fn new(store: Store, folder: &Path) -> Self {
        let (spool, vault) = (folder.join("spool"), folder.join("vault"));
        std::fs::create_dir_all(&spool).unwrap();
        Shelf {
            recordings: Recordings::new(store, Folders { spool: spool.clone(), vault }),
            spool,
            agents_listen: AtomicBool::new(true),
            locked: AtomicBool::new(false),
            exported: AtomicBool::new(false),
            erased: Mutex::default(),
        }
    }

    /// A recording of some seconds, with its file and its picture.
    pub fn put(&self, call: &str, started: UnixSec, queue: Option<&str>, agent: &str) -> i64 {
        self.put_with(call, started, queue, agent, None)
    }

    /// As [`Shelf::put`], as if it were sealed to [`KEY`].
    pub fn put_sealed(&self, call: &str, started: UnixSec) -> i64 {
        let sealed = Sealed { size: 1, sha256: [7; 32], keys: KEY.to_owned() };
        self.put_with(call, started, Some("sales"), "Agent/101", Some(sealed))
    }

    fn put_with(
        &self,
        call: &str,
        started: UnixSec,
        queue: Option<&str>,
        agent: &str,
        sealed: Option<Sealed>,
    ) -> i64 {
        let path = format!("{call}.wav");
        let bytes = wav(4);
        std::fs::write(self.spool.join(&path), &bytes).unwrap();
        let info = audio::probe(&mut bytes.clone(), &path).unwrap();
        let mut peaks = audio::Peaks::new(&info);
        peaks.push(&bytes);
        let begun = Begun {
            started,
            call: call.to_owned(),
            linkedid: None,
            channel: None,
            queue: queue.map(str::to_owned),
            agent: Some(agent.to_owned()),
            number: Some("0639986190".to_owned()),
            direction: Direction::Inbound,
            place: Place::Spool,
            path: path.clone(),
            leg: Leg::Mix,
            occasion: Occasion::Queue,
            asked: None,
        };
        let sound = switchroom::recordings::Sound {
            codec: "pcm_s16le".to_owned(),
            rate: 8000,
            channels: 1,
            duration_ms: 4000,
        };
        let store = self.recordings.store();
        store
            .write(|db| {
                let id = sql::recordings::insert(db, &begun)?;
                sql::recordings::close(db, id, started + 4)?;
                let finished = sql::recordings::Finished {
                    place: Place::Spool,
                    path: &path,
                    sound: Some(&sound),
                    size: bytes.len() as u64,
                    sha256: [9; 32],
                    sealed: sealed.as_ref(),
                };
                sql::recordings::finish(db, id, &finished)?;
                sql::waves::put(db, id, &peaks.finish().pack())?;
                Ok(id)
            })
            .unwrap()
    }
}

impl Archive for Shelf {
    fn recordings(&self) -> Option<&Recordings> {
        Some(&self.recordings)
    }

    fn agents_listen(&self) -> bool {
        self.agents_listen.load(Ordering::Relaxed)
    }

    fn link_ttl(&self) -> Duration {
        Duration::from_secs(900)
    }

    fn opens(&self, fingerprint: &str) -> bool {
        fingerprint == KEY && !self.locked.load(Ordering::Relaxed)
    }

    fn keep_until(&self, recording: &Recording) -> Option<UnixSec> {
        Some(recording.started() + 90 * 86_400)
    }

    fn sound(&self, recording: &Recording) -> Result<Sound> {
        let path = self.recordings.folders().path_of(recording)?;
        let bytes = path.and_then(|path| std::fs::read(path).ok());
        let gone = || Error::new(Kind::NotFound, "the file is gone");
        let mut bytes = bytes.ok_or_else(gone)?;
        let info = audio::probe(&mut bytes, "x.wav")
            .map_err(|error| Error::new(Kind::Damaged, error.to_string()))?;
        Ok(Sound {
            kind: info.played_type().into(),
            ending: info.played_ending().into(),
            tag: Some(recording.id.to_string()),
            source: media::Source::Anywhere(audio::playable(Box::new(bytes), &info)),
        })
    }

    fn keys(&self) -> Result<w::SealKeys> {
        Ok(w::SealKeys { keys: vec![self.key()], sealing: true })
    }

    fn make_key(&self, _: Option<&Secret>, _: UnixSec) -> Result<w::SealKey> {
        Err(Error::new(Kind::Conflict, "there is a key already"))
    }

    fn export_key(&self, _: &str, _: UnixSec) -> Result<w::KeyText> {
        if self.exported.swap(true, Ordering::Relaxed) {
            return Err(Error::new(Kind::Conflict, "this key was exported before"));
        }
        Ok(w::KeyText { name: "recordings.key".to_owned(), text: "AGE-SECRET-KEY-1".to_owned() })
    }

    fn unlock(&self, passphrase: &Secret) -> Result<()> {
        if passphrase.reveal() != PASSPHRASE {
            return Err(Error::new(Kind::Invalid, "passphrase: is another one"));
        }
        self.locked.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn lock(&self) -> Result<()> {
        self.locked.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn rotate(&self, _: Option<&Secret>, _: UnixSec) -> Result<w::Rotation> {
        Ok(w::Rotation { rewrapped: 2, left: 0 })
    }

    fn storage(&self, _: UnixSec) -> Result<w::RecordingStorage> {
        let manifest = w::ManifestState { day: None, days: 0, sound: true, detail: None };
        Ok(w::RecordingStorage {
            free: Some(1 << 30),
            low_space: 1 << 20,
            low: false,
            bytes: 0,
            states: [("plain".to_owned(), 1)].into(),
            oldest: None,
            retention_days: Some(90),
            due: 0,
            due_bytes: 0,
            held: 0,
            manifest,
        })
    }

    fn erase(&self, erasing: &Erasing, _: &str, _: UnixSec) -> Result<w::ErasureDone> {
        self.erased.lock().unwrap().push(erasing.clone());
        let proof =
            w::ErasedProof { recording: "1".to_owned(), sha256: "09".repeat(32), started: 1 };
        Ok(w::ErasureDone {
            id: (!erasing.dry_run).then(|| "e-1".to_owned()),
            dry_run: erasing.dry_run,
            count: w::ErasedCount { recordings: 1, markers: 2, bytes: 3, held: 0 },
            proofs: vec![proof],
        })
    }

    fn erasures(&self) -> Result<w::Erasures> {
        Ok(w::Erasures { erasures: Vec::new() })
    }
}

impl Shelf {
    fn key(&self) -> w::SealKey {
        let locked = self.locked.load(Ordering::Relaxed);
        w::SealKey {
            fingerprint: KEY.to_owned(),
            created: 1,
            state: if locked { "locked" } else { "open" },
            passphrase: true,
            exported: self.exported.load(Ordering::Relaxed),
            current: true,
        }
    }
}
