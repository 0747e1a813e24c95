//! The queue_log files of real PBXs read without a complaint.

use std::collections::BTreeMap;
use std::path::Path;

use switchroom_core::input::queue_log::lines::{Cutter, Line};
use switchroom_core::input::queue_log::{Options, Parsed, parse};

#[test]
fn every_line_of_the_captures_is_a_record_and_only_supervisor_is_unknown() {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures");
    let mut unknown = BTreeMap::new();
    let mut records = BTreeMap::new();
    for file in ["16/queue_log.0", "16/queue_log", "22/queue_log", "22-restart/queue_log"] {
        let bytes = std::fs::read(captures.join(file)).unwrap();
        let mut cutter = Cutter::default();
        cutter.feed(&bytes, |line, _| {
            let Line::Complete(line) = line else { panic!("{file}: a line is too long") };
            match parse(line, &Options::default()) {
                Parsed::Event(_) => *records.entry(file).or_insert(0) += 1,
                Parsed::Unknown(verb) => *unknown.entry(verb.verb.into_owned()).or_insert(0) += 1,
                Parsed::Malformed(complaint) => panic!("{file}: {complaint}"),
            }
        });
        assert_eq!(cutter.begun(), 0, "{file} ends in a whole line");
    }
    assert_eq!(unknown, BTreeMap::from([("SUPERVISOR".to_owned(), 2)]));
    let expected = [
        ("16/queue_log", 192),
        ("16/queue_log.0", 167),
        ("22-restart/queue_log", 226),
        ("22/queue_log", 347),
    ];
    assert_eq!(records, BTreeMap::from(expected));
}
