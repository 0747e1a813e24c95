//! Every statement that may meet many rows finds them by a key or an index;
//! SQLite itself says so.

use rusqlite::Connection;

use crate::store::day_cells::Table;
use crate::store::{apply, facts, number_days, retention, schema, seen};

/// What SQLite would do, one step per line.
fn plan(sql: &str) -> String {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(schema::SCHEMA).unwrap();
    let mut statement = db.prepare(&format!("explain query plan {sql}")).unwrap();
    // Values make no difference to these plans: no table has statistics.
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get::<_, String>(3).unwrap());
    }
    lines.join("\n")
}

fn check(sql: &str, wanted: &[&str]) {
    let plan = plan(sql);
    assert!(!plan.contains("SCAN"), "{sql}\nreads a whole table:\n{plan}");
    for step in wanted {
        assert!(plan.contains(step), "{sql}\ndoes not {step}:\n{plan}");
    }
}

#[test]
fn periods_of_facts_are_ranges_of_row_ids() {
    let range = ["SEARCH stint USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"];
    check(facts::STINTS, &range);
    check(facts::STINTS_BACK, &range);
    for sql in [facts::STINTS, facts::STINTS_BACK] {
        assert!(!plan(sql).contains("TEMP B-TREE"), "{sql} sorts");
    }
    check(facts::STINTS_OF_CALL, &range);
    check(facts::STINTS_OF_TEXT, &["USING INDEX stint_call (call=?)"]);
    check(facts::STINT, &["USING INTEGER PRIMARY KEY (rowid=?)"]);
    check(facts::IVR_CALLS, &["USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]);
}

#[test]
fn overlaps_take_a_range_and_the_index_of_long_intervals() {
    for (sql, index) in [
        (facts::SESSIONS, "INDEX session_long"),
        (facts::MEMBERSHIPS, "INDEX membership_long"),
        (facts::PAUSES, "INDEX pause_long"),
        (facts::AGENT_PAUSES, "INDEX pause_long"),
    ] {
        check(sql, &["USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)", index]);
    }
}

#[test]
fn totals_are_ranges_of_row_ids() {
    for table in Table::ALL {
        check(table.select(), &["USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]);
    }
}

#[test]
fn corrections_and_retention_look_at_few_rows() {
    for sql in apply::BY_KEY {
        check(sql, &["PRIMARY KEY"]);
    }
    for sql in retention::OLD {
        check(sql, &["PRIMARY KEY"]);
    }
    check(number_days::ROW, &["USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]);
    check(number_days::DAY, &["USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]);
    check(seen::SEEN, &["USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]);
}
