//! The clerk: what Asterisk and the spool tell goes through the journal into
//! rows.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::base::{Result, UnixMicro, time};
use crate::daemon::recordings::gauge::Gauge;
use crate::daemon::recordings::sealer::Work;
use crate::daemon::recordings::teller::{Teller, Told};
use crate::daemon::recordings::watch::{Seen, Watch};
use crate::recordings::files::spool;
use crate::recordings::{
    Change, Closed, Journal, Place, Recording, Recordings, State, Touch, intervals, naming, sql,
};

/// How often time passes for the journal while something is recorded.
const TICK: Duration = Duration::from_millis(500);
/// …and while nothing is.
const IDLE: Duration = Duration::from_secs(15);
/// How often the spool is looked through, against what was missed.
const LOOK: UnixMicro = 600_000_000;
/// Changes kept while the database can't take them.
const MOST_WAITING: usize = 4000;

pub struct Clerk {
    recordings: Recordings,
    mute_ms: u32,
    hears: Receiver<(UnixMicro, Told)>,
    watch: Watch,
    teller: Arc<Teller>,
    work: Work,
    gauge: Gauge,
    journal: Journal,
    waiting: Vec<Change>,
    looked: Option<UnixMicro>,
    refused: bool,
}

impl Clerk {
    pub fn new(
        recordings: Recordings,
        mute_ms: u32,
        hears: Receiver<(UnixMicro, Told)>,
        watch: Watch,
        teller: Arc<Teller>,
        work: Work,
        gauge: Gauge,
    ) -> Self {
        Clerk {
            recordings,
            mute_ms,
            hears,
            watch,
            teller,
            work,
            gauge,
            journal: Journal::default(),
            waiting: Vec::new(),
            looked: None,
            refused: false,
        }
    }

    /// Until it is stopped.
    pub fn run(mut self) {
        if let Err(error) = self.remember() {
            tracing::error!(error = error.chain(), "recordings of before the start are not known");
        }
        while !self.teller.is_stopped() {
            let now = time::now_micro();
            if self.looked.is_none_or(|looked| now - looked >= LOOK || now < looked) {
                self.look(now);
            }
            let busy = !self.journal.is_empty() || !self.waiting.is_empty();
            let seen = self.watch.wait(if busy { TICK } else { IDLE });
            let now = time::now_micro();
            for one in seen {
                self.see(now, one);
            }
            while let Ok((at, told)) = self.hears.try_recv() {
                self.hear(at, told);
            }
            self.journal.tick(now);
            for source in self.journal.forgotten(now, self.mute_ms) {
                tracing::warn!(channel = source.name, "a recording was muted too long; it goes on");
                self.teller.unmute(&source.name);
            }
            self.waiting.extend(self.journal.changes());
            self.write();
        }
    }

    /// Those that had not ended when we stopped.
    fn remember(&mut self) -> Result<()> {
        let now = time::now();
        let open = self.recordings.store().read(|db| sql::recordings::unfinished(db, now))?;
        for recording in open.iter().filter(|one| one.state == State::Growing) {
            if let Some(path) = &recording.path {
                self.journal.known(path, recording.started());
                let whole = self.recordings.folders().path(Place::Spool, path)?;
                if spool::size(&whole).is_none() {
                    self.journal.file(time::now_micro(), path, Touch::Removed);
                }
            }
        }
        Ok(())
    }

    /// Looks through the spool.
    fn look(&mut self, now: UnixMicro) {
        self.looked = Some(now);
        let lying = spool::lying(&self.recordings.folders().spool);
        for folder in &lying.folders {
            self.watch.folder(folder);
        }
        for (path, since) in lying.files {
            let touch = Touch::Lies { since, whole: spool::is_whole(&path) };
            self.file(now, &path, touch);
        }
    }

    fn see(&mut self, now: UnixMicro, seen: Seen) {
        match seen {
            Seen::File(path, touch) => self.file(now, &path, touch),
            // What was written before it was watched is found by looking.
            Seen::Folder | Seen::Missed => self.looked = None,
        }
    }

    fn file(&mut self, now: UnixMicro, path: &Path, touch: Touch) {
        let Some(below) = self.recordings.folders().in_spool(path).map(str::to_owned) else {
            return;
        };
        let lies = matches!(touch, Touch::Lies { .. });
        if lies && !self.journal.follows(&below) && self.is_written_down(path, &below) {
            return;
        }
        self.journal.file(now, &below, touch);
    }

    /// Whether a file that lies there belongs to a row: one that waits for the
    /// sealer, one that stays plain, or one that is sealed and was cut off
    /// before this file was removed, which is made up for.
    fn is_written_down(&self, path: &Path, below: &str) -> bool {
        let Some(named) = naming::read(below.rsplit('/').next().unwrap_or(below)) else {
            return false;
        };
        let now = time::now();
        // When it can't be told it is looked at again later.
        let Ok(rows) = self.recordings.of_call_named(&named.call, now) else { return true };
        let here =
            |row: &&Recording| row.place == Place::Spool && row.path.as_deref() == Some(below);
        if rows.iter().any(|row| here(&row)) {
            return true;
        }
        rows.iter().any(|row| match self.recordings.settle(row, path) {
            Ok(settled) => settled,
            Err(error) => {
                tracing::warn!(error = error.chain(), "a sealed recording's plain file is left");
                true
            }
        })
    }

    fn hear(&mut self, at: UnixMicro, told: Told) {
        match told {
            Told::Started { source, path } => self.journal.started(at, source, &path),
            Told::Muted { uniqueid, muted } => self.journal.muted(at, &uniqueid, muted),
            Told::Held { linkedid, held } => self.journal.held(at, &linkedid, held),
            Told::Ended { uniqueid } => self.journal.ended(at, &uniqueid),
        }
    }

    /// Writes down what waits; what the database refuses waits on.
    fn write(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let now = time::now();
        let waiting = &self.waiting;
        let folders = self.recordings.folders();
        let written = self.recordings.store().write(|db| {
            for change in waiting {
                match change {
                    Change::Begin(begun) => {
                        sql::recordings::insert(db, begun)?;
                    }
                    Change::Source { path, source } => {
                        if let Some(row) =
                            sql::recordings::unfinished_at(db, Place::Spool, path, now)?
                        {
                            sql::recordings::put_source(db, row.id, source)?;
                        }
                    }
                    Change::Close(closed) => {
                        let path = &closed.path;
                        if let Some(row) =
                            sql::recordings::unfinished_at(db, Place::Spool, path, now)?
                        {
                            let whole = folders.path(Place::Spool, path)?;
                            let (muted, on_hold) = in_the_file(closed, spool::duration_ms(&whole));
                            sql::recordings::put_stretches(db, row.id, &muted, &on_hold)?;
                            sql::recordings::close(db, row.id, closed.at)?;
                        }
                    }
                    Change::Lost { path } => {
                        if let Some(row) =
                            sql::recordings::unfinished_at(db, Place::Spool, path, now)?
                        {
                            sql::recordings::lose(db, row.id, "its file went away")?;
                        }
                    }
                }
            }
            Ok(())
        });
        match written {
            Ok(()) => {
                let count = |wanted: fn(&Change) -> bool| {
                    self.waiting.iter().filter(|change| wanted(change)).count() as u64
                };
                let begun = count(|change| matches!(change, Change::Begin(_)));
                let lost = count(|change| matches!(change, Change::Lost { .. }));
                self.gauge.note(|tally| {
                    tally.begun += begun;
                    tally.lost += lost;
                });
                if count(|change| matches!(change, Change::Close(_))) > 0 {
                    self.work.there_is();
                }
                self.waiting.clear();
                self.refused = false;
            }
            Err(error) => {
                if !std::mem::replace(&mut self.refused, true) {
                    tracing::error!(
                        error = error.chain(),
                        "recordings are not written down; again soon"
                    );
                }
                let over = self.waiting.len().saturating_sub(MOST_WAITING);
                self.waiting.drain(..over);
            }
        }
    }
}

/// Stretches by the clock as they are in the file. With MixMonitor's option
/// `b` the file begins when the call is joined; what is missing of the clock's
/// length is missing at the beginning.
fn in_the_file(
    closed: &Closed,
    sound_ms: Option<u32>,
) -> (Vec<intervals::Interval>, Vec<intervals::Interval>) {
    let lead = match (closed.length_ms, sound_ms) {
        (Some(clock), Some(sound)) => clock.saturating_sub(sound),
        _ => 0,
    };
    let shifted = |list: &[intervals::Interval]| {
        let mut out = Vec::new();
        for &(from, to) in list {
            intervals::add(&mut out, (from.saturating_sub(lead), to.saturating_sub(lead)));
        }
        out
    };
    (shifted(&closed.muted), shifted(&closed.on_hold))
}
