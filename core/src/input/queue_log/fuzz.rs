//! What must hold for any bytes. Called by the fuzz targets and, with their
//! corpora, by `tests/fuzz_corpus.rs`; a broken promise panics.

use crate::input::queue_log::lines::{Cutter, Line};
use crate::input::queue_log::print::print;
use crate::input::queue_log::reorder::Reorder;
use crate::input::queue_log::{Options, Parsed, find_cuts, parse, record_hash};

/// One line: reading it never fails, and what was read prints as a line that
/// reads with the same time and verb.
pub fn line(bytes: &[u8]) {
    for rewrite_local_channels in [false, true] {
        let options = Options { rewrite_local_channels, ..Options::default() };
        match parse(bytes, &options) {
            Parsed::Event(event) => {
                let printed = print(&event);
                let again = parse(printed.as_bytes(), &options);
                // Texts with bars or newlines inside may read otherwise.
                if let Parsed::Event(again) = again {
                    assert_eq!(again.time, event.time);
                }
                assert!(find_cuts(bytes).is_ok_and(|cuts| cuts.time == event.time));
            }
            Parsed::Unknown(unknown) => {
                assert!(find_cuts(bytes).is_ok_and(|cuts| cuts.time == unknown.time));
            }
            Parsed::Malformed(complaint) => {
                assert!(complaint.at <= bytes.len());
                assert_eq!(find_cuts(bytes), Err(complaint));
            }
        }
    }
    let ended = [bytes, b"\r\n"].concat();
    assert_eq!(record_hash(&ended), record_hash(&ended[..bytes.len() + 1]));
}

/// A stream: its lines are the same however it is cut into chunks, and
/// together they are the stream.
pub fn stream(bytes: &[u8]) {
    let mut whole = Vec::new();
    let mut cutter = Cutter::default();
    cutter.feed(bytes, |line, end| whole.push((length(line), end)));
    cutter.finish(|line, end| whole.push((length(line), end)));
    assert_eq!(cutter.position(), bytes.len() as u64);
    let size = bytes.first().map_or(1, |&first| usize::from(first) + 1);
    let mut pieces = Vec::new();
    let mut cutter = Cutter::default();
    for chunk in bytes.chunks(size) {
        cutter.feed(chunk, |line, end| pieces.push((length(line), end)));
    }
    cutter.finish(|line, end| pieces.push((length(line), end)));
    assert_eq!(whole, pieces);
}

fn length(line: Line<'_>) -> u64 {
    match line {
        Line::Complete(bytes) | Line::Torn(bytes) => bytes.len() as u64,
        Line::TooLong { length, .. } => length,
    }
}

/// A log: every record that goes in comes out once, and a restart in the
/// middle changes nothing.
pub fn reorder(bytes: &[u8]) {
    let records: Vec<&[u8]> =
        bytes.split(|&byte| byte == b'\n').filter(|line| find_cuts(line).is_ok()).collect();
    let straight = ordered(&records, usize::MAX);
    let mut sorted = straight.clone();
    sorted.sort_unstable();
    let mut expected: Vec<Vec<u8>> = records.iter().map(|line| line.to_vec()).collect();
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!(ordered(&records, records.len() / 2), straight);
}

fn ordered(records: &[&[u8]], restart: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut window = Reorder::default();
    for (index, line) in records.iter().enumerate() {
        if index == restart {
            let pending: Vec<Vec<u8>> = window.pending().map(<[u8]>::to_vec).collect();
            window = Reorder::default();
            for line in &pending {
                push(&mut window, line, &mut out);
            }
        }
        push(&mut window, line, &mut out);
    }
    window.flush(|line, _| out.push(line.to_vec()));
    out
}

fn push(window: &mut Reorder, line: &[u8], out: &mut Vec<Vec<u8>>) {
    if let Ok(cuts) = find_cuts(line) {
        window.push(&cuts, line, 0, |line, _| out.push(line.to_vec()));
    }
}
