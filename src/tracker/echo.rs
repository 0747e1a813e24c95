//! Our own lines, met again by the one who follows the log.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use crate::base::UnixMicro;
use crate::tracker::Record;

/// How long a line may take to come back.
const WINDOW: UnixMicro = 10_000_000;
/// The same where it would count a second time.
const PATIENCE: UnixMicro = 600_000_000;
/// Lines waited for at most; past it the oldest are given up.
const MOST: usize = 1024;

/// Lines handed to a sink that ends in the file we follow. A line that comes
/// back is known by its text after the time, because Asterisk stamps what it
/// writes for us itself.
#[derive(Clone, Debug)]
pub struct Echo {
    window: UnixMicro,
    awaited: VecDeque<(UnixMicro, u64)>,
}

impl Default for Echo {
    fn default() -> Self {
        Echo { window: WINDOW, awaited: VecDeque::new() }
    }
}

impl Echo {
    /// One that waits ten minutes: for a reader who has the record already.
    pub fn patient() -> Self {
        Echo { window: PATIENCE, ..Echo::default() }
    }

    /// A record went out.
    pub fn wrote(&mut self, record: &Record, now: UnixMicro) {
        if self.awaited.len() == MOST {
            self.awaited.pop_front();
        }
        self.awaited.push_back((now, hash(record.rest().as_bytes())));
    }

    /// Whether a line of the log is one of ours come back; each is taken once.
    pub fn takes(&mut self, line: &[u8], now: UnixMicro) -> bool {
        while self.awaited.front().is_some_and(|(at, _)| now.saturating_sub(*at) > self.window) {
            self.awaited.pop_front();
        }
        if self.awaited.is_empty() {
            return false;
        }
        let Some(bar) = line.iter().position(|&byte| byte == b'|') else { return false };
        let seen = hash(line[bar..].trim_ascii_end());
        let Some(at) = self.awaited.iter().position(|(_, key)| *key == seen) else { return false };
        self.awaited.remove(at);
        true
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    bytes.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracker::Word;

    fn record() -> Record {
        Record {
            at: 5_000_000,
            known: 5_000_000,
            call_id: ":1.1".into(),
            queue: "q-a".into(),
            agent: "PJSIP/1".into(),
            word: Word::RemoveMember,
            data: vec![],
            key: 1,
            recovered: false,
            internal: false,
        }
    }

    #[test]
    fn our_line_is_taken_once_whatever_its_stamp() {
        let mut echo = Echo::default();
        echo.wrote(&record(), 5_000_000);
        assert!(!echo.takes(b"6|:1.1|q-b|PJSIP/1|REMOVEMEMBER|", 5_100_000));
        assert!(echo.takes(b"6|:1.1|q-a|PJSIP/1|REMOVEMEMBER|\n", 5_200_000));
        assert!(!echo.takes(b"6|:1.1|q-a|PJSIP/1|REMOVEMEMBER|\n", 5_300_000));
    }

    #[test]
    fn after_ten_seconds_a_line_is_someone_elses() {
        let mut echo = Echo::default();
        echo.wrote(&record(), 0);
        assert!(!echo.takes(b"6|:1.1|q-a|PJSIP/1|REMOVEMEMBER|", WINDOW + 1));
        let mut patient = Echo::patient();
        patient.wrote(&record(), 0);
        assert!(patient.takes(b"6|:1.1|q-a|PJSIP/1|REMOVEMEMBER|", WINDOW + 1));
    }
}
