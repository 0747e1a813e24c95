//! Statements that run often find their rows by a key or an index; SQLite
//! itself says so.

use rusqlite::Connection;

use super::recordings;
use crate::store::SCHEMA;

fn plan(sql: &str) -> String {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(SCHEMA).unwrap();
    let mut statement = db.prepare(&format!("explain query plan {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get::<_, String>(3).unwrap());
    }
    lines.join("\n")
}

#[test]
fn a_call_is_found_by_two_indexes_and_no_table_is_read_whole() {
    let plan = plan(&recordings::select(recordings::OF_CALL));
    for index in ["INDEX recording_call (call_id=?)", "INDEX recording_linkedid (linkedid=?)"] {
        assert!(plan.contains(index), "{plan}");
    }
    assert!(plan.contains("SEARCH r USING INTEGER PRIMARY KEY"), "{plan}");
    assert!(!plan.contains("SCAN r"), "{plan}");
}

#[test]
fn what_is_not_done_with_is_found_by_its_index() {
    let rest = "where r.state in (1, 2, 5) order by r.id";
    assert!(plan(&recordings::select(rest)).contains("INDEX recording_open"));
    let rest = "where r.state = 6 and r.path is not null order by r.id limit 5";
    assert!(plan(&recordings::select(rest)).contains("INDEX recording_doomed"));
}

#[test]
fn pages_are_ranges_of_row_ids_and_sort_nothing() {
    let plan = plan(&recordings::select(&recordings::PAGE.replace("HELD", recordings::HELD)));
    assert!(plan.contains("SEARCH r USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE FOR ORDER"), "{plan}");
}
