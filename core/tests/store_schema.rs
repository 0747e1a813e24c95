//! The schema is a contract: a dump of it is kept in `tests/contracts` of the whole, one
//! per released version, and every old version is brought up to the newest.
//! `SWITCHROOM_REWRITE=1` writes the newest dump anew.

mod store_support;

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use store_support::settings;
use switchroom_core::base::CallId;
use switchroom_core::store::{DATABASE, SCHEMA, Store, VERSION};

fn contracts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/contracts/schema")
}

/// What SQLite made of the schema, comments and all.
fn dump(db: &Connection) -> String {
    let mut statement = db
        .prepare("select sql from sqlite_schema where sql is not null order by type desc, name")
        .unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|sql| sql.unwrap() + ";\n\n").collect()
}

#[test]
fn the_schema_is_the_one_in_the_contract() {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(SCHEMA).unwrap();
    let path = contracts().join(format!("v{VERSION}.sql"));
    if std::env::var_os("SWITCHROOM_REWRITE").is_some() {
        fs::create_dir_all(contracts()).unwrap();
        fs::write(&path, dump(&db)).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == dump(&db),
        "{} is not the schema of the program. A released schema is never edited: add a step. \
         Before the release, SWITCHROOM_REWRITE=1 cargo test --test store_schema writes it anew",
        path.display()
    );
}

#[test]
fn every_released_schema_is_brought_up_to_the_newest_with_its_rows() {
    for version in 1..=VERSION {
        let folder = tempfile::tempdir().unwrap();
        let old = Connection::open(folder.path().join(DATABASE)).unwrap();
        let read = |name: String| fs::read_to_string(contracts().join(name)).unwrap();
        old.execute_batch(&read(format!("v{version}.sql"))).unwrap();
        old.execute_batch(&read(format!("v{version}-rows.sql"))).unwrap();
        old.pragma_update(None, "user_version", version).unwrap();
        drop(old);

        let (store, loaded) = Store::open(folder.path(), settings()).unwrap();
        assert_eq!(loaded.repaired, None, "version {version}");
        assert_eq!(store.check().unwrap().findings, vec![], "version {version}");
        // The rows kept their meaning.
        assert_eq!(loaded.names.queue_name(1), "sales");
        assert_eq!(loaded.counters["lines"], 7);
        assert_eq!(loaded.positions[0].offset, 4711);
        let stints =
            store.query(|reader| reader.stints_of_call(&CallId::parse("1795132810.5"))).unwrap();
        let (_, stint) = &stints[0];
        assert_eq!((stint.queue, stint.agent, stint.talk), (1, Some(1), Some(60)));
        assert_eq!(&*stint.number, "0612345678");
        let newest: i64 = store
            .read(|db| Ok(db.query_row("select max(version) from version", [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(newest, VERSION);
    }
}

#[test]
fn every_table_is_explained_and_strict() {
    let mut faults = Vec::new();
    let mut above = "";
    for (number, line) in SCHEMA.lines().enumerate() {
        let begins = line.starts_with("create table");
        if begins && !above.starts_with("--") {
            faults.push(format!("line {}: {line}", number + 1));
        }
        above = line;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let strict = SCHEMA.matches("\n) strict").count();
    assert_eq!(strict, SCHEMA.matches("create table").count(), "a table is not strict");
}
