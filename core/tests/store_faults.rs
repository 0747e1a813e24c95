//! A full disk, a damaged file, a newer database, a slow question: each gets
//! a clear error, and nothing is lost.

mod store_support;

use std::sync::Arc;

use std::fs;
use std::path::Path;
use std::time::Duration;

use store_support::stints::answered;
use store_support::{DAY, Reading, batch, everything, log, names, settings};
use switchroom_core::base::Kind;
use switchroom_core::model::Change;
use switchroom_core::store::{BACKUPS, Batch, DATABASE, Settings, Store};

fn calls(from: u32, count: u32) -> Vec<Change> {
    (from..from + count)
        .map(|n| Change::Stint(Arc::new(answered(DAY + i64::from(n), 1, 1, 5, 60, n * 2))))
        .collect()
}

fn filled(folder: &Path) -> Store {
    let (store, loaded) = Store::open(folder, settings()).unwrap();
    let mut reading = Reading::from(loaded);
    while let Some(batch) = reading.batch(&log::office(5, 2, 40), 50) {
        store.commit(&batch).unwrap();
    }
    store
}

fn limit_pages(store: &Store, pages: i64) {
    store
        .write(|tx| Ok(tx.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?))
        .unwrap();
}

#[test]
fn a_full_disk_leaves_the_batch_to_be_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    let mut first = names(2);
    first.extend(calls(0, 10));
    store.commit(&batch(first, 1, DAY + 20)).unwrap();
    let before = everything(&store, 1);
    limit_pages(&store, 60);
    let large = batch(calls(100, 4000), 2, DAY + 5000);
    let error = store.commit(&large).unwrap_err();
    assert_eq!(error.kind(), Kind::Exhausted, "{}", error.chain());
    assert_eq!(everything(&store, 1), before);
    limit_pages(&store, 1 << 30);
    store.commit(&large).unwrap();
    let after = everything(&store, 1);
    assert_eq!(after.stints.len(), 4010);
    assert_eq!(after.positions, [large.position.unwrap()]);
    assert_eq!(store.check().unwrap().findings, vec![]);
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    store.write(|tx| Ok(tx.pragma_update(None, "user_version", 1000)?)).unwrap();
    drop(store);
    let error = Store::open(folder.path(), settings()).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.message().contains("newer Switchroom"), "{error}");
    assert!(folder.path().join(DATABASE).is_file());
}

#[test]
fn a_question_that_takes_too_long_is_stopped_and_the_next_one_answered() {
    let folder = tempfile::tempdir().unwrap();
    let limited = Settings { read_limit: Duration::from_millis(60), readers: 1, ..settings() };
    let (store, _) = Store::open(folder.path(), limited).unwrap();
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n)
        select count(*) from n";
    let error =
        store.read(|db| Ok(db.query_row(endless, [], |row| row.get::<_, i64>(0))?)).unwrap_err();
    assert_eq!(error.kind(), Kind::Busy, "{}", error.chain());
    assert_eq!(store.query(|reader| reader.stint_range()).unwrap(), None);
}

#[test]
fn a_reader_can_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let refused = store.read(|db| Ok(db.execute("delete from stint", [])?));
    assert_eq!(refused.unwrap_err().kind(), Kind::Denied);
}

#[test]
fn an_error_takes_all_statements_of_a_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let before = everything(&store, 3);
    let refused = store.write(|tx| {
        tx.execute("delete from stint", [])?;
        Ok(tx.execute("insert into no_such_table values (1)", [])?)
    });
    assert!(refused.is_err());
    assert_eq!(everything(&store, 3), before);
}

/// Writes rubbish over the pages behind the first.
fn damage(folder: &Path) {
    let path = folder.join(DATABASE);
    let mut bytes = fs::read(&path).unwrap();
    for (n, byte) in bytes.iter_mut().enumerate().skip(100) {
        *byte = (n % 251) as u8;
    }
    fs::write(&path, bytes).unwrap();
    let _ = fs::remove_file(folder.join(format!("{DATABASE}-wal")));
}

#[test]
fn a_damaged_database_is_moved_aside_and_the_last_sound_backup_taken() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let good = everything(&store, 3);
    let (kept, _) = store.backup_here(3).unwrap();
    store.commit(&batch(calls(70_000, 3), 9_999, DAY + 100_000)).unwrap();
    drop(store);
    // A later backup that is damaged itself must not be taken.
    let worse = folder.path().join(BACKUPS).join("switchroom-99990101T000000Z.db");
    fs::write(&worse, b"not a database, though it has a backup's name").unwrap();
    damage(folder.path());

    let (store, loaded) = Store::open(folder.path(), settings()).unwrap();
    let repaired = loaded.repaired.unwrap();
    assert_eq!(repaired.backup, Some(kept));
    assert!(repaired.moved_to.is_file());
    assert!(repaired.moved_to.to_string_lossy().contains("damaged-"));
    assert!(!repaired.reason.is_empty());
    assert_eq!(everything(&store, 3), good);
    assert_eq!(loaded.positions, good.positions);
    assert_eq!(store.check().unwrap().findings, vec![]);
}

#[test]
fn a_damaged_database_without_a_backup_gives_way_to_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path()));
    fs::write(folder.path().join(DATABASE), vec![b'x'; 5000]).unwrap();
    let (store, loaded) = Store::open(folder.path(), settings()).unwrap();
    assert_eq!(loaded.repaired.unwrap().backup, None);
    assert_eq!(everything(&store, 3).stints, vec![]);
}

#[test]
fn a_backup_is_of_one_moment_and_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.db");
    let store = filled(folder.path());
    let good = everything(&store, 3);
    let manifest = store.backup(&copy).unwrap();
    assert_eq!(manifest.bytes, fs::metadata(&copy).unwrap().len());
    assert!(store.last_backup().unwrap().is_some());
    store.commit(&batch(calls(70_000, 3), 9_999, DAY + 100_000)).unwrap();
    let later = everything(&store, 3);

    let error = Store::restore(folder.path(), &copy, DAY).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict, "a daemon has the folder");
    drop(store);
    let aside = Store::restore(folder.path(), &copy, DAY).unwrap().unwrap();
    assert!(aside.is_file());
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    assert_eq!(everything(&store, 3), good);
    drop(store);

    // What was moved aside is whole too.
    let old = tempfile::tempdir().unwrap();
    for part in ["", "-wal"] {
        let from = format!("{}{part}", aside.display());
        if Path::new(&from).exists() {
            fs::copy(from, old.path().join(format!("{DATABASE}{part}"))).unwrap();
        }
    }
    let (store, _) = Store::open(old.path(), settings()).unwrap();
    assert_eq!(everything(&store, 3), later);
}

#[test]
fn a_backup_that_was_changed_is_refused_and_the_database_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let store = filled(folder.path());
    let good = everything(&store, 3);
    store.backup(&copy).unwrap();
    drop(store);
    let mut bytes = fs::read(&copy).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&copy, bytes).unwrap();
    let error = Store::restore(folder.path(), &copy, DAY).unwrap_err();
    assert_eq!(error.kind(), Kind::Damaged);
    let missing = Store::restore(folder.path(), Path::new("/no/such/backup.db"), DAY);
    assert_eq!(missing.unwrap_err().kind(), Kind::NotFound);
    let (store, loaded) = Store::open(folder.path(), settings()).unwrap();
    assert_eq!(loaded.repaired, None);
    assert_eq!(everything(&store, 3), good);
}

#[test]
fn only_the_newest_backups_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let backups = folder.path().join(BACKUPS);
    fs::create_dir_all(&backups).unwrap();
    for year in [2020, 2021, 2022] {
        let old = backups.join(format!("switchroom-{year}0101T000000Z.db"));
        fs::write(&old, b"old").unwrap();
        fs::write(format!("{}.json", old.display()), b"{}").unwrap();
    }
    store.backup_here(2).unwrap();
    let mut names: Vec<_> = fs::read_dir(&backups)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 4, "{names:?}");
    assert_eq!(names[0], "switchroom-20220101T000000Z.db");
}

#[test]
fn beside_a_daemon_one_may_read_and_keep_accounts_but_not_commit_records() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = filled(folder.path());
    let beside = Store::open_beside(folder.path(), settings()).unwrap();
    assert_eq!(everything(&beside, 3), everything(&daemon, 3));
    assert!(beside.commit(&batch(calls(0, 1), 1, DAY)).is_err());
    beside.commit(&Batch::default()).unwrap();
    beside.write(|tx| Ok(tx.execute("insert into meta values ('note', 'x')", [])?)).unwrap();
    daemon.commit(&batch(calls(70_000, 1), 9_999, DAY + 100_000)).unwrap();
    let nowhere = tempfile::tempdir().unwrap();
    let error = Store::open_beside(nowhere.path(), settings()).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}
