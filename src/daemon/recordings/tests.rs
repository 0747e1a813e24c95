//! Clerk and sealer on a real folder, as Asterisk uses it.

use std::io::Write as _;
use std::path::Path;

use super::*;
use crate::age::{Identity, Opened};
use crate::base::time;
use crate::bytes::ReadAt as _;
use crate::recordings::{Folders, Place, Recording, Source, State};
use crate::store::{Settings as StoreSettings, Store};

struct House {
    folder: tempfile::TempDir,
    recordings: Recordings,
    identity: Identity,
    gauge: Gauge,
}

/// A WAV of so many samples, as Asterisk leaves it.
fn wav(samples: u32) -> Vec<u8> {
    let data = samples * 2;
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((data + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend([1, 0, 1, 0]);
    bytes.extend(8000u32.to_le_bytes());
    bytes.extend(16_000u32.to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    bytes.extend((0..samples).flat_map(|n| ((n % 200) as i16 * 100).to_le_bytes()));
    bytes
}

impl House {
    fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), StoreSettings::default()).unwrap();
        let folders =
            Folders { spool: folder.path().join("spool"), vault: folder.path().join("vault") };
        std::fs::create_dir_all(&folders.spool).unwrap();
        let recordings = Recordings::new(store, folders);
        House {
            folder,
            recordings,
            identity: Identity::generate().unwrap(),
            gauge: Gauge::default(),
        }
    }

    fn start(&self, sealed: bool) -> Running {
        let recipients = if sealed { vec![self.identity.recipient()] } else { Vec::new() };
        let keys: Keys = Arc::new(move || recipients.clone());
        let gauge = self.gauge.clone();
        let settings = Settings { keys, mute_ms: 180_000, low_bytes: 0, gauge };
        Running::start(self.recordings.clone(), settings).unwrap()
    }

    fn spool(&self, name: &str) -> PathBuf {
        self.folder.path().join("spool").join(name)
    }

    /// Waits until the recordings of a call are as wanted.
    fn until(&self, call: &str, wanted: impl Fn(&[Recording]) -> bool) -> Vec<Recording> {
        // Waited for by looking: what happens is seen in the database alone.
        for _ in 0..3000 {
            let rows = self.recordings.of_call(call, time::now()).unwrap();
            if wanted(&rows) {
                return rows;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
        panic!("{:?}", self.recordings.of_call(call, time::now()));
    }

    fn opened(&self, recording: &Recording) -> Vec<u8> {
        let path = self.recordings.folders().path_of(recording).unwrap().unwrap();
        let sealed = std::fs::read(path).unwrap();
        let mut opened = Opened::open(sealed, std::slice::from_ref(&self.identity)).unwrap();
        let mut plain = vec![0; usize::try_from(opened.len().unwrap()).unwrap()];
        let mut at = 0;
        while at < plain.len() {
            at += opened.read_at(at as u64, &mut plain[at..]).unwrap();
        }
        plain
    }
}

const NAME: &str = "sales-1795132810.5.wav";
const CALL: &str = "1795132810.5";

fn source() -> Source {
    Source {
        uniqueid: CALL.to_owned(),
        name: "PJSIP/trunk-5".to_owned(),
        call: CALL.to_owned(),
        linkedid: CALL.to_owned(),
        asked: None,
    }
}

fn put_away(rows: &[Recording]) -> bool {
    rows.iter().any(|row| matches!(row.state, State::Sealed | State::Plain))
}

fn gone(path: &Path) -> bool {
    !path.exists()
}

#[test]
fn a_recording_told_by_asterisk_is_sealed_when_the_call_ends_and_the_plain_file_goes() {
    let house = House::new();
    let running = house.start(true);
    let path = house.spool(NAME);
    let mut file = std::fs::File::create(&path).unwrap();
    running.teller().started(time::now_micro(), source(), path.to_str().unwrap());
    house.until(CALL, |rows| rows.iter().any(|row| row.state == State::Growing));
    let bytes = wav(16_000);
    file.write_all(&bytes).unwrap();
    drop(file);
    running.teller().ended(time::now_micro(), CALL);
    let rows = house.until(CALL, |rows| put_away(rows) && gone(&path));
    let row = &rows[0];
    assert_eq!(
        (row.state, row.place, row.queue.as_deref()),
        (State::Sealed, Place::Vault, Some("sales"))
    );
    assert_eq!(row.size, Some(bytes.len() as u64));
    assert_eq!(row.sound.as_ref().map(|sound| (sound.rate, sound.duration_ms)), Some((8000, 2000)));
    assert_eq!(row.sealed.as_ref().unwrap().keys, house.identity.recipient().fingerprint());
    assert_eq!(house.opened(row), bytes);
    assert!(house.recordings.wave(row.id).unwrap().is_some_and(|wave| !wave.is_empty()));
    assert_eq!(house.gauge.get().sealed, 1);
}

#[test]
fn what_lay_there_at_the_start_is_sealed_and_what_is_no_recording_is_left() {
    let house = House::new();
    std::fs::write(house.spool(NAME), wav(800)).unwrap();
    std::fs::write(house.spool("notes.txt"), b"mine").unwrap();
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_795_132_900);
    std::fs::File::options()
        .write(true)
        .open(house.spool(NAME))
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    let running = house.start(true);
    let rows = house.until(CALL, |rows| put_away(rows) && gone(&house.spool(NAME)));
    assert_eq!((rows.len(), rows[0].started()), (1, 1_795_132_900));
    assert!(house.spool("notes.txt").exists());
    drop(running);
}

#[test]
fn without_a_key_a_recording_stays_plain_and_is_not_taken_twice() {
    let house = House::new();
    std::fs::write(house.spool(NAME), wav(800)).unwrap();
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_795_132_900);
    std::fs::File::options()
        .write(true)
        .open(house.spool(NAME))
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    let running = house.start(false);
    house.until(CALL, put_away);
    drop(running);
    let again = "sales-1795132811.6.wav";
    std::fs::write(house.spool(again), wav(80)).unwrap();
    std::fs::File::options()
        .write(true)
        .open(house.spool(again))
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    let running = house.start(true);
    house.until("1795132811.6", put_away);
    let rows = house.recordings.of_call(CALL, time::now()).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].state, rows[0].place), (State::Plain, Place::Spool));
    assert!(house.spool(NAME).exists());
    drop(running);
}

#[test]
fn a_header_alone_is_no_recording() {
    let house = House::new();
    let running = house.start(true);
    let path = house.spool(NAME);
    running.teller().started(time::now_micro(), source(), path.to_str().unwrap());
    std::fs::write(&path, wav(0)).unwrap();
    house.until(CALL, |rows| !rows.is_empty());
    running.teller().ended(time::now_micro(), CALL);
    house.until(CALL, |rows| rows.is_empty() && gone(&path));
    assert!(
        gone(&house.folder.path().join("vault/parts"))
            || std::fs::read_dir(house.folder.path().join("vault/parts")).unwrap().next().is_none()
    );
}

#[test]
fn a_mute_is_found_where_the_sound_is_silent() {
    let house = House::new();
    let running = house.start(true);
    let path = house.spool(NAME);
    let begin = time::now_micro() - 10_000_000;
    running.teller().started(begin, source(), path.to_str().unwrap());
    // Joined after 6 of the 10 seconds: the file has the last four.
    std::fs::write(&path, wav(32_000)).unwrap();
    running.teller().muted(begin + 7_000_000, CALL, true);
    running.teller().muted(begin + 8_500_000, CALL, false);
    running.teller().ended(begin + 10_000_000, CALL);
    let rows = house.until(CALL, put_away);
    assert_eq!(rows[0].muted, [(1000, 2500)]);
}

#[test]
fn a_vault_that_can_not_be_written_is_told_and_the_plain_recording_stays() {
    let house = House::new();
    // A file where the folder should be: nobody can write below it.
    std::fs::write(house.folder.path().join("vault"), b"").unwrap();
    let running = house.start(true);
    let path = house.spool(NAME);
    running.teller().started(time::now_micro(), source(), path.to_str().unwrap());
    std::fs::write(&path, wav(800)).unwrap();
    running.teller().ended(time::now_micro(), CALL);
    let rows = house.until(CALL, |rows| rows.iter().any(|row| row.state == State::Failed));
    assert!(rows[0].note.is_some() && path.exists());
    house.until(CALL, |_| house.gauge.trouble().is_some());
    drop(running);
    // The next start finds the disk well again.
    std::fs::remove_file(house.folder.path().join("vault")).unwrap();
    let running = house.start(true);
    house.until(CALL, |rows| put_away(rows) && gone(&path));
    drop(running);
}

#[test]
fn the_vault_is_compared_with_its_manifests_through_deletion_and_tampering() {
    let house = House::new();
    let running = house.start(true);
    let path = house.spool(NAME);
    std::fs::write(&path, wav(800)).unwrap();
    running.teller().started(time::now_micro(), source(), path.to_str().unwrap());
    running.teller().ended(time::now_micro(), CALL);
    let row = house.until(CALL, |rows| put_away(rows) && gone(&path)).remove(0);
    drop(running);
    let keys = house.folder.path().join("keys");
    let (room, now) = (&house.recordings, time::now());
    let tomorrow = now + 86_400;
    assert!(
        room.verify(&keys, true, now).unwrap().is_good(),
        "in no manifest yet, as its row says"
    );
    assert_eq!(room.keep_ledger(&keys, tomorrow).unwrap(), Some(1));
    assert_eq!(room.keep_ledger(&keys, tomorrow).unwrap(), None, "once a day");
    let report = room.verify(&keys, true, now).unwrap();
    assert!(report.is_good() && report.good == 1 && report.days == 1, "{report:?}");

    let file = room.folders().path_of(&row).unwrap().unwrap();
    let sealed = std::fs::read(&file).unwrap();
    let mut altered = sealed.clone();
    *altered.last_mut().unwrap() ^= 1;
    std::fs::write(&file, altered).unwrap();
    assert_eq!(room.verify(&keys, true, now).unwrap().changed.count, 1);
    assert_eq!(room.verify(&keys, false, now).unwrap().changed.count, 0, "of the same size");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(room.verify(&keys, true, now).unwrap().missing.count, 1);
    std::fs::write(&file, sealed).unwrap();
    std::fs::write(file.with_file_name("else.wav.age"), b"x").unwrap();
    assert_eq!(room.verify(&keys, true, now).unwrap().extra.count, 1);
    std::fs::remove_file(file.with_file_name("else.wav.age")).unwrap();

    room.delete(row.id, "root", "asked for", now).unwrap();
    assert!(room.verify(&keys, true, now).unwrap().is_good(), "deleted by somebody who may");
    assert_eq!(room.keep_ledger(&keys, tomorrow + 86_400).unwrap(), Some(1));
    let report = room.verify(&keys, true, now).unwrap();
    assert!(report.is_good() && report.days == 2, "{report:?}");
}

#[test]
fn what_was_kept_plain_is_sealed_when_a_key_is_made() {
    use crate::daemon::config::Recordings as Config;
    use crate::portal::Archive as _;

    let house = House::new();
    let running = house.start(false);
    let path = house.spool(NAME);
    std::fs::write(&path, wav(800)).unwrap();
    running.teller().started(time::now_micro(), source(), path.to_str().unwrap());
    running.teller().ended(time::now_micro(), CALL);
    house.until(CALL, |rows| rows.iter().any(|row| row.state == State::Plain));
    drop(running);
    let shelves = Config::default().shelves(house.folder.path()).unwrap();
    let archive =
        Archivist::open(house.recordings.clone(), shelves, house.gauge.clone(), time::now())
            .unwrap();
    archive.make_key(None, time::now()).unwrap();
    let running = house.start(true);
    house.until(CALL, |rows| rows[0].state == State::Sealed && gone(&path));
    drop(running);
}

#[test]
fn what_others_encrypted_is_opened_by_the_program_that_is_set_and_says_so_without() {
    use crate::base::Kind;
    use crate::daemon::config::Recordings as Config;
    use crate::portal::Archive as _;
    use crate::recordings::{Begun, Direction, Leg, Lock, Occasion, sql};
    use std::os::unix::fs::PermissionsExt as _;

    let house = House::new();
    let (program, file) = (house.folder.path().join("open"), house.folder.path().join("a.wav.gpg"));
    std::fs::write(&program, "#!/bin/sh\nexec tail -c +9 \"$1\"\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut bytes = b"NOTSOUND".to_vec();
    bytes.extend(wav(8000));
    std::fs::write(&file, bytes).unwrap();
    let begun = Begun {
        started: 1_795_000_000,
        call: "1795000000.9".to_owned(),
        linkedid: None,
        channel: None,
        queue: None,
        agent: None,
        number: None,
        direction: Direction::Unknown,
        place: Place::Elsewhere,
        path: file.to_string_lossy().into_owned(),
        leg: Leg::Mix,
        occasion: Occasion::Queue,
        asked: None,
    };
    let store = house.recordings.store();
    let id = store.write(|db| sql::recordings::insert(db, &begun)).unwrap();
    let row = house.recordings.one(id, time::now()).unwrap();
    assert_eq!(row.lock(|_| true), Lock::Foreign);
    let archive = |decrypt: Option<String>| {
        let config = Config { decrypt, ..Config::default() };
        let shelves = config.shelves(house.folder.path()).unwrap();
        let gauge = house.gauge.clone();
        Archivist::open(house.recordings.clone(), shelves, gauge, time::now()).unwrap()
    };
    let set = archive(Some(program.to_string_lossy().into_owned()));
    let sound = set.sound(&row).unwrap();
    assert_eq!((&*sound.kind, &*sound.ending), ("audio/wav", "wav"));
    let crate::media::Source::Anywhere(mut source) = sound.source else { panic!("no ranges") };
    let mut heard = vec![0; 64];
    assert_eq!(source.len().unwrap(), wav(8000).len() as u64);
    assert_eq!(source.read_at(44, &mut heard).unwrap(), 64);
    assert_eq!(heard, wav(8000)[44..108]);
    set.tidy();
    // Not set, and set to what is no program: the daemon starts, the sound stays locked.
    for other in [None, Some("/nonexistent/open".to_owned())] {
        let refused = archive(other).sound(&row).err().unwrap();
        assert_eq!(refused.kind(), Kind::Conflict);
        assert!(refused.to_string().contains("recordings.decrypt"), "{refused}");
    }
}
