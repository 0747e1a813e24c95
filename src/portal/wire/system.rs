//! The box itself on the wire. The daemon fills these in.

use std::collections::BTreeMap;

use crate::live::{LinkState, SourceState};
use crate::portal::schema::{Components, Described, wire, words};

/// Whether the tracker writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackerState {
    /// There is no connection.
    Off,
    /// Connected; it is found out whether another one writes.
    Listening,
    Writing,
    /// Another one writes.
    Aside,
}

impl Described for TrackerState {
    fn shape(_: &mut Components) -> serde_json::Value {
        words(&["off", "listening", "writing", "aside"])
    }
}

wire! {
    /// A name of the log with the one for people.
    pub struct Labelled {
        name: String,
        label: String,
    }

    pub struct Queues {
        queues: Vec<Labelled>,
    }

    pub struct Agents {
        agents: Vec<Labelled>,
    }

    /// How reading the log goes.
    pub struct LogHealth {
        state: SourceState,
        path: String,
        last_record: Option<i64>,
        last_read: i64,
        detail: Option<String>,
        /// Bytes read of the file.
        offset: Option<u64>,
        /// Bytes of the file.
        size: Option<u64>,
        inode: Option<u64>,
        /// Seconds since the file was last written.
        file_age: Option<i64>,
    }

    /// Records since the daemon started.
    pub struct Counts {
        lines: u64,
        records: u64,
        unknown: u64,
        malformed: u64,
        duplicates: u64,
        /// Came later than the reordering waits.
        too_old: u64,
        /// Well-formed records without effect, by reason.
        ignored: BTreeMap<String, u64>,
    }

    /// A line with a verb nobody knows.
    pub struct UnknownLine {
        at: i64,
        verb: String,
        line: String,
    }

    /// A line that is no record.
    pub struct MalformedLine {
        at: i64,
        /// Byte of the line where it stopped making sense.
        position: u64,
        reason: String,
        line: String,
    }

    pub struct DatabaseHealth {
        path: String,
        bytes: u64,
        wal_bytes: u64,
        stints: u64,
        oldest: Option<i64>,
        newest: Option<i64>,
        last_commit: Option<i64>,
        last_backup: Option<i64>,
        /// Bytes.
        written_today: u64,
        /// 0: kept for ever.
        detail_days: u32,
        /// What is damaged.
        damaged: Option<String>,
    }

    pub struct Memory {
        /// Resident bytes of the daemon.
        rss: u64,
    }

    /// What has begun and not ended.
    pub struct Open {
        calls: u64,
        sessions: u64,
        pauses: u64,
    }

    pub struct Health {
        now: i64,
        started: i64,
        version: String,
        log: LogHealth,
        counts: Counts,
        /// Newest first, at most 20.
        unknown: Vec<UnknownLine>,
        /// Newest first, at most 20.
        malformed: Vec<MalformedLine>,
        /// How often each unknown verb came.
        unknown_verbs: BTreeMap<String, u64>,
        database: DatabaseHealth,
        memory: Memory,
        open: Open,
        live_streams: usize,
        /// None where no connection to Asterisk is configured.
        ami: Option<AmiHealth>,
        /// None where no tracker is configured.
        tracker: Option<TrackerHealth>,
    }

    /// How the connection to Asterisk does.
    pub struct AmiHealth {
        state: LinkState,
        since: i64,
        /// The last error, while there is no connection.
        detail: Option<String>,
        /// Of Asterisk; empty where the user may not ask.
        version: String,
        system: String,
        /// Since the daemon started.
        events: u64,
        events_per_second: u64,
        /// Left out because a limit was reached.
        dropped: u64,
        /// Lists the manager user may not ask for, with Asterisk's words.
        refused: Vec<String>,
    }

    /// How the tracker does: what Asterisk does not log.
    pub struct TrackerHealth {
        state: TrackerState,
        /// The machine of another tracker, while that one writes.
        other: Option<String>,
        /// Where the records go: internal, ami or file.
        sink: String,
        /// Calls followed now.
        open: u64,
        /// Channels remembered now.
        channels: u64,
        /// Written since the daemon started, by verb.
        records: BTreeMap<String, u64>,
        /// Of them such as correct what was missed.
        recovered: u64,
        /// Not written because they had been.
        duplicates: u64,
        /// That reached no sink.
        lost: u64,
        /// On their way to the sink.
        waiting: u64,
        /// Taken in, and of them such whose name is not known, or of which nobody takes notice.
        events: u64,
        unknown: u64,
        quiet: u64,
        /// Read from Asterisk.
        bytes: u64,
        /// Our clock minus the stamp of the newest event; 0 where events carry none.
        lag_ms: i64,
        /// Log-ins since the daemon started; one more than reconnections.
        connections: u64,
        /// Restarts of Asterisk that were noticed.
        restarts: u64,
    }

    pub struct Backup {
        name: String,
        at: i64,
        bytes: u64,
    }

    pub struct Backups {
        backups: Vec<Backup>,
    }
}
