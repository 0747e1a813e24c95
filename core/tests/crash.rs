//! Kill −9 at every step of the writer, and at random moments: nothing that
//! was committed is lost, nothing is counted twice, and going on gives what
//! an uninterrupted run gives.

mod store_support;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use store_support::{Everything, Reading, everything, log, settings};
use switchroom_core::store::Store;

/// The steps that `store::commit` announces to debug builds.
const STEPS: [&str; 6] = ["begun", "applied", "half poured", "journaled", "settled", "committed"];

const DAYS: i64 = 3;
const FOLDER: &str = "SWITCHROOM_CRASH_FOLDER";

fn lines() -> Vec<String> {
    log::office(11, DAYS, 40)
}

/// Reads the log to its end, from where the database stands.
fn read_on(folder: &Path) {
    let (store, loaded) = Store::open(folder, settings()).unwrap();
    let mut reading = Reading::from(loaded);
    while let Some(batch) = reading.batch(&lines(), 3) {
        store.commit(&batch).unwrap();
    }
}

/// Not a test of its own: the process that is killed. Alone it does nothing.
#[test]
fn the_writer_that_is_killed() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        read_on(Path::new(&folder));
    }
}

fn writer(folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "the_writer_that_is_killed"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn was_killed(mut child: Child) -> bool {
    let status = child.wait().unwrap();
    assert!(status.success() || status.signal() == Some(9), "{status}");
    !status.success()
}

fn uninterrupted() -> Everything {
    let folder = tempfile::tempdir().unwrap();
    read_on(folder.path());
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    everything(&store, DAYS + 1)
}

/// The position and the facts of a database agree: reading the lines before
/// the position once, without a stop, gives the same.
fn agrees(folder: &Path) {
    let (store, loaded) = Store::open(folder, settings()).unwrap();
    assert_eq!(loaded.repaired, None);
    assert_eq!(store.check().unwrap().findings, vec![]);
    let read = loaded.positions.first().map_or(0, |position| position.offset);
    let found = everything(&store, DAYS + 1);
    let again = tempfile::tempdir().unwrap();
    let (reference, loaded) = Store::open(again.path(), settings()).unwrap();
    let lines = &lines()[..usize::try_from(read).unwrap()];
    if let Some(batch) = Reading::from(loaded).batch(lines, lines.len()) {
        reference.commit(&batch).unwrap();
    }
    assert_eq!(found, everything(&reference, DAYS + 1));
}

#[test]
fn killed_at_any_step_the_writer_loses_and_repeats_nothing() {
    let whole = uninterrupted();
    for step in STEPS {
        let folder = tempfile::tempdir().unwrap();
        let mut kills = 0;
        // Each start gets a little further before it is killed.
        for nth in [1, 2, 5, 40, 90] {
            let child = writer(folder.path())
                .env("SWITCHROOM_CRASH_AT", format!("{step}:{nth}"))
                .spawn()
                .unwrap();
            kills += i32::from(was_killed(child));
            agrees(folder.path());
        }
        assert!(kills >= 2, "the writer never came to {step}");
        read_on(folder.path());
        let (store, _) = Store::open(folder.path(), settings()).unwrap();
        assert_eq!(everything(&store, DAYS + 1), whole, "after kills at {step}");
    }
}

#[test]
fn killed_at_random_moments_the_writer_loses_and_repeats_nothing() {
    let whole = uninterrupted();
    let folder = tempfile::tempdir().unwrap();
    let mut wait = 7;
    for _ in 0..12 {
        let mut child = writer(folder.path()).spawn().unwrap();
        wait = wait * 31 % 97;
        let (_stay, end) = std::sync::mpsc::sync_channel::<()>(0);
        let _ = end.recv_timeout(Duration::from_millis(5 + wait));
        let _ = child.kill();
        was_killed(child);
        agrees(folder.path());
    }
    read_on(folder.path());
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    assert_eq!(everything(&store, DAYS + 1), whole);
}
