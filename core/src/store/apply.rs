//! Changes become rows, within the transaction of a commit.

use std::collections::BTreeMap;

use rusqlite::{CachedStatement, Connection, ErrorCode, named_params, params};

use crate::base::{Result, UnixSec};
use crate::model::{Change, Ignored, IvrCall, Membership, NameKind, Pause, Session, Stint};
use crate::store::batch::{ODD_LINES, OddLine};
use crate::store::interval_row;
use crate::store::stint_row::{self, StintRow, call_cell, number_cell};
use crate::store::touched::Touched;

/// Takes the changes of one batch in. Statements are prepared when first
/// used: a commit a second needs one or two of them, an import reuses them.
pub(crate) struct Apply<'c> {
    db: &'c Connection,
    insert_stint: Option<CachedStatement<'c>>,
    insert_session: Option<CachedStatement<'c>>,
    insert_membership: Option<CachedStatement<'c>>,
    insert_pause: Option<CachedStatement<'c>>,
    /// Numbers given within recent seconds, so that an import need not ask.
    given: &'c mut Given,
    rest: Vec<u8>,
    text: String,
    /// What the store counts itself: changes that were ignored, by reason.
    counted: BTreeMap<Box<str>, u64>,
    /// Days whose totals may differ now.
    touched: Touched,
}

/// The next free number of seconds that rows were written for lately.
#[derive(Debug, Default)]
pub(crate) struct Given(rustc_hash::FxHashMap<UnixSec, u16>);

impl Given {
    /// More seconds than the calls that are open at once on a busy box.
    const MOST: usize = 8192;

    /// Forgets everything, as after a transaction that was taken back.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    fn next(&mut self, second: UnixSec) -> u16 {
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        let next = self.0.entry(second).or_default();
        let n = *next;
        *next = next.saturating_add(1);
        n
    }
}

impl<'c> Apply<'c> {
    pub(crate) fn new(db: &'c Connection, given: &'c mut Given, touched: Touched) -> Self {
        Apply {
            db,
            insert_stint: None,
            insert_session: None,
            insert_membership: None,
            insert_pause: None,
            given,
            rest: Vec::new(),
            text: String::new(),
            counted: BTreeMap::new(),
            touched,
        }
    }

    /// The counts, and the days whose totals may differ now.
    pub(crate) fn finish(self) -> (BTreeMap<Box<str>, u64>, Touched) {
        (self.counted, self.touched)
    }

    pub(crate) fn change(&mut self, change: &Change) -> Result<()> {
        match change {
            Change::Name { kind, id, text } => self.name(*kind, *id, text),
            Change::Stint(stint) => self.stint(stint),
            Change::StintReplaced { old, new } => {
                self.remove_stint(old)?;
                self.stint(new)
            }
            Change::Session(session) => self.session(session),
            Change::SessionReplaced { old, new } => {
                self.remove_session(old)?;
                new.iter().try_for_each(|new| self.session(new))
            }
            Change::Membership(membership) => self.membership(membership),
            Change::MembershipReplaced { old, new } => {
                self.remove_membership(old)?;
                new.iter().try_for_each(|new| self.membership(new))
            }
            Change::Pause(pause) => self.pause(pause),
            Change::PauseReplaced { old, new } => {
                self.remove_pause(old)?;
                new.iter().try_for_each(|new| self.pause(new))
            }
            Change::IvrCall(call) => self.ivr_call(call),
            Change::Ignored(why) => {
                self.count(ignored_name(*why));
                Ok(())
            }
        }
    }

    fn count(&mut self, name: &str) {
        *self.counted.entry(name.into()).or_default() += 1;
    }

    fn name(&mut self, kind: NameKind, id: u32, text: &str) -> Result<()> {
        let sql = match kind {
            NameKind::Queue => "insert into queue (id, name) values (:id, :name)",
            NameKind::Agent => "insert into agent (id, name) values (:id, :name)",
            NameKind::Word => "insert into word (id, text) values (:id, :name)",
        };
        self.db.prepare_cached(sql)?.execute(named_params! { ":id": id, ":name": text })?;
        Ok(())
    }

    fn stint(&mut self, stint: &Stint) -> Result<()> {
        if self.touched.too_old(stint.enter) {
            self.count("too old");
            return Ok(());
        }
        self.touched.stint(stint);
        let first = stint_row::first_id(stint.enter);
        let n = self.given.next(stint.enter);
        if n < 1 << stint_row::ID_BITS && self.put_stint(stint, first + i64::from(n))? {
            return Ok(());
        }
        // The number is taken, or the second is full: ask.
        let mut shift = 0;
        loop {
            let start = first + (shift << stint_row::ID_BITS);
            let n = next_free(self.db, LAST_STINT, start, stint_row::ID_BITS)?;
            if let Some(n) = n
                && self.put_stint(stint, start + n)?
            {
                if shift == 0 {
                    self.given.0.insert(stint.enter, u16::try_from(n + 1).unwrap_or(u16::MAX));
                }
                return Ok(());
            }
            shift += 1;
        }
    }

    /// Whether the row could be put there.
    fn put_stint(&mut self, stint: &Stint, id: i64) -> Result<bool> {
        stint_row::pack(stint, id, &mut self.rest);
        let call = call_cell(&stint.call_id, stint.enter, &mut self.text);
        let insert = ready(self.db, &mut self.insert_stint, INSERT_STINT)?;
        taken(insert.execute(params![
            id,
            stint.queue,
            stint.agent,
            stint_row::flags(stint),
            stint.wait,
            stint.talk,
            number_cell(&stint.number),
            call,
            self.rest,
        ]))
    }

    /// Removes the row of a fact that was replaced; one that is not there any
    /// more (older than the details kept) needs no removing.
    fn remove_stint(&mut self, old: &Stint) -> Result<()> {
        if self.touched.too_old(old.enter) {
            return Ok(());
        }
        self.touched.stint(old);
        match stint_id(self.db, old)? {
            Some(id) => {
                self.db.prepare_cached(DELETE_STINT)?.execute(named_params! { ":id": id })?;
            }
            None => self.count("replaced unknown"),
        }
        Ok(())
    }

    fn session(&mut self, session: &Session) -> Result<()> {
        if self.touched.too_old(session.end) {
            self.count("too old");
            return Ok(());
        }
        self.touched.interval(session.agent, session.start, session.end);
        let insert = ready(self.db, &mut self.insert_session, INSERT_SESSION)?;
        put_interval(self.db, session.start, LAST_SESSION, |id| {
            taken(insert.execute(params![
                id,
                session.agent,
                interval_row::length(session.start, session.end),
                session.extension,
                session.cause as u8,
                session.quality.0,
            ]))
        })
    }

    fn remove_session(&mut self, old: &Session) -> Result<()> {
        self.touched.interval(old.agent, old.start, old.end);
        let first = interval_row::first_id(old.start);
        self.db.prepare_cached(DELETE_SESSION)?.execute(named_params! {
            ":first": first,
            ":last": first + LAST_NUMBER,
            ":agent": old.agent,
            ":secs": interval_row::length(old.start, old.end),
        })?;
        Ok(())
    }

    fn membership(&mut self, membership: &Membership) -> Result<()> {
        if self.touched.too_old(membership.end) {
            self.count("too old");
            return Ok(());
        }
        let insert = ready(self.db, &mut self.insert_membership, INSERT_MEMBERSHIP)?;
        put_interval(self.db, membership.start, LAST_MEMBERSHIP, |id| {
            taken(insert.execute(params![
                id,
                membership.agent,
                membership.queue,
                interval_row::length(membership.start, membership.end),
                membership.cause as u8,
                membership.quality.0,
            ]))
        })
    }

    fn remove_membership(&mut self, old: &Membership) -> Result<()> {
        let first = interval_row::first_id(old.start);
        self.db.prepare_cached(DELETE_MEMBERSHIP)?.execute(named_params! {
            ":first": first,
            ":last": first + LAST_NUMBER,
            ":agent": old.agent,
            ":queue": old.queue,
            ":secs": interval_row::length(old.start, old.end),
        })?;
        Ok(())
    }

    fn pause(&mut self, pause: &Pause) -> Result<()> {
        if self.touched.too_old(pause.end) {
            self.count("too old");
            return Ok(());
        }
        if pause.queue.is_none() {
            self.touched.interval(pause.agent, pause.start, pause.end);
        }
        let insert = ready(self.db, &mut self.insert_pause, INSERT_PAUSE)?;
        put_interval(self.db, pause.start, LAST_PAUSE, |id| {
            taken(insert.execute(params![
                id,
                pause.agent,
                pause.queue,
                interval_row::length(pause.start, pause.end),
                pause.code,
                pause.cause as u8,
                pause.quality.0,
            ]))
        })
    }

    fn remove_pause(&mut self, old: &Pause) -> Result<()> {
        if old.queue.is_none() {
            self.touched.interval(old.agent, old.start, old.end);
        }
        let first = interval_row::first_id(old.start);
        self.db.prepare_cached(DELETE_PAUSE)?.execute(named_params! {
            ":first": first,
            ":last": first + LAST_NUMBER,
            ":agent": old.agent,
            ":queue": old.queue,
            ":secs": interval_row::length(old.start, old.end),
            ":code": old.code,
        })?;
        Ok(())
    }

    fn ivr_call(&mut self, call: &IvrCall) -> Result<()> {
        if self.touched.too_old(call.end) {
            self.count("too old");
            return Ok(());
        }
        let mut insert = self.db.prepare_cached(INSERT_IVR_CALL)?;
        let rest = interval_row::pack_ivr(call);
        put_interval(self.db, call.start, LAST_IVR_CALL, |id| {
            taken(insert.execute(named_params! {
                ":id": id,
                ":secs": interval_row::length(call.start, call.end),
                ":number": number_cell(&call.number),
                ":dnis": call.dnis,
                ":rest": rest,
            }))
        })
    }

    /// Keeps lines that nobody could read, the newest of them.
    pub(crate) fn odd(&self, lines: &[OddLine]) -> Result<()> {
        let most = usize::try_from(ODD_LINES).unwrap_or(usize::MAX);
        let newest = &lines[lines.len().saturating_sub(most)..];
        let mut insert = self.db.prepare_cached(INSERT_ODD)?;
        for line in newest {
            insert.execute(named_params! {
                ":at": line.at,
                ":kind": line.kind as u8,
                ":reason": line.reason.as_ref(),
                ":line": line.line.as_ref(),
            })?;
        }
        self.db.prepare_cached(DELETE_ODD)?.execute(named_params! { ":most": ODD_LINES })?;
        Ok(())
    }
}

const INSERT_STINT: &str = "
insert into stint (id, queue, agent, flags, wait, talk, number, call, rest)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const DELETE_STINT: &str = "delete from stint where id = :id";
const LAST_STINT: &str = "select max(id) from stint where id between :first and :last";
const INSERT_SESSION: &str = "
insert into session (id, agent, secs, extension, cause, quality) values (?1, ?2, ?3, ?4, ?5, ?6)";
const LAST_SESSION: &str = "select max(id) from session where id between :first and :last";
const DELETE_SESSION: &str = "
delete from session where id = (select id from session
where id between :first and :last and agent = :agent and secs = :secs limit 1)";
const INSERT_MEMBERSHIP: &str = "
insert into membership (id, agent, queue, secs, cause, quality) values (?1, ?2, ?3, ?4, ?5, ?6)";
const LAST_MEMBERSHIP: &str = "select max(id) from membership where id between :first and :last";
const DELETE_MEMBERSHIP: &str = "
delete from membership where id = (select id from membership
where id between :first and :last and agent = :agent and queue = :queue and secs = :secs limit 1)";
const INSERT_PAUSE: &str = "
insert into pause (id, agent, queue, secs, code, cause, quality)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const LAST_PAUSE: &str = "select max(id) from pause where id between :first and :last";
const DELETE_PAUSE: &str = "
delete from pause where id = (select id from pause
where id between :first and :last and agent = :agent and queue is :queue and secs = :secs
order by code is not :code limit 1)";
const INSERT_IVR_CALL: &str = "
insert into ivr_call (id, secs, number, dnis, rest) values (:id, :secs, :number, :dnis, :rest)";
const LAST_IVR_CALL: &str = "select max(id) from ivr_call where id between :first and :last";
const INSERT_ODD: &str = "
insert into odd_line (at, kind, reason, line) values (:at, :kind, :reason, :line)";
const DELETE_ODD: &str = "
delete from odd_line where id <= (select max(id) from odd_line) - :most";

/// Statements that look for one fact among all, for the test of their plans.
#[cfg(test)]
pub(crate) const BY_KEY: [&str; 10] = [
    DELETE_STINT,
    DELETE_SESSION,
    DELETE_MEMBERSHIP,
    DELETE_PAUSE,
    LAST_STINT,
    LAST_SESSION,
    LAST_MEMBERSHIP,
    LAST_PAUSE,
    LAST_IVR_CALL,
    STINTS_OF_SECOND,
];

/// The highest number within a second of an interval.
const LAST_NUMBER: i64 = (1 << interval_row::ID_BITS) - 1;

fn ready<'s, 'c>(
    db: &'c Connection,
    place: &'s mut Option<CachedStatement<'c>>,
    sql: &str,
) -> Result<&'s mut CachedStatement<'c>> {
    Ok(match place {
        Some(statement) => statement,
        None => place.insert(db.prepare_cached(sql)?),
    })
}

/// Whether an insert took its row; `false` when the id is in use.
fn taken(done: rusqlite::Result<usize>) -> Result<bool> {
    match done {
        Ok(_) => Ok(true),
        Err(rusqlite::Error::SqliteFailure(failure, _))
            if failure.code == ErrorCode::ConstraintViolation
                && [
                    rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
                    rusqlite::ffi::SQLITE_CONSTRAINT_ROWID,
                ]
                .contains(&failure.extended_code) =>
        {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// The number behind the last one in use from `first` on; `None` when all are.
fn next_free(db: &Connection, sql: &str, first: i64, bits: u32) -> Result<Option<i64>> {
    let last = first + (1 << bits) - 1;
    let used: Option<i64> = db
        .prepare(sql)?
        .query_row(named_params! { ":first": first, ":last": last }, |row| row.get(0))?;
    Ok(match used {
        None => Some(0),
        Some(used) if used < last => Some(used - first + 1),
        Some(_) => None,
    })
}

/// Puts an interval at the first free number of its second. Should 65 536
/// begin in one second, the next ones are taken as begun a second later.
fn put_interval(
    db: &Connection,
    start: UnixSec,
    last_sql: &str,
    mut put: impl FnMut(i64) -> Result<bool>,
) -> Result<()> {
    let mut first = interval_row::first_id(start);
    if put(first)? {
        return Ok(());
    }
    loop {
        if let Some(n) = next_free(db, last_sql, first, interval_row::ID_BITS)?
            && put(first + n)?
        {
            return Ok(());
        }
        first += 1 << interval_row::ID_BITS;
    }
}

const STINTS_OF_SECOND: &str = "
select id, queue, agent, flags, wait, talk, number, call, rest from stint
where id between :first and :last order by id";

/// The row of a fact, by its key: second of entering, call id, queue, entry.
fn stint_id(db: &Connection, fact: &Stint) -> Result<Option<i64>> {
    let full = 1i64 << stint_row::ID_BITS;
    let mut first = stint_row::first_id(fact.enter);
    let mut statement = db.prepare_cached(STINTS_OF_SECOND)?;
    loop {
        let last = first + full - 1;
        let mut rows = statement.query(named_params! { ":first": first, ":last": last })?;
        let mut newest = None;
        while let Some(row) = rows.next()? {
            let row = StintRow::read(row)?;
            newest = Some(row.id);
            if row.queue != fact.queue {
                continue;
            }
            let stint = row.unpack()?;
            if stint.call_id == fact.call_id
                && stint.entry == fact.entry
                && stint.enter == fact.enter
            {
                return Ok(Some(row.id));
            }
        }
        // Only behind a full second may rows have been put later.
        if newest != Some(last) {
            return Ok(None);
        }
        first += full;
    }
}

fn ignored_name(why: Ignored) -> &'static str {
    match why {
        Ignored::DuplicateEntry => "ignored duplicate entry",
        Ignored::DuplicateClosing => "ignored duplicate closing",
        Ignored::DuplicateConnect => "ignored duplicate connect",
        Ignored::LossWhileTalking => "ignored loss while talking",
        Ignored::HoldOutsideTalk => "ignored hold outside talk",
        Ignored::LateAnnotation => "ignored late annotation",
        Ignored::UnknownCall => "ignored unknown call",
        Ignored::UnpauseWithoutPause => "ignored unpause without pause",
        Ignored::LogoffWithoutLogin => "ignored logoff without login",
        Ignored::PauseWithoutSession => "ignored pause without session",
        Ignored::ReasonWithoutPause => "ignored reason without pause",
        Ignored::MemberAlreadyAdded => "ignored member already added",
        Ignored::MemberNotAdded => "ignored member not added",
        Ignored::TooMany => "ignored too many",
    }
}
