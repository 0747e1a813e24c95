//! Changes become rows, within the transaction of a commit.

use std::collections::BTreeMap;

use rusqlite::{CachedStatement, Connection, named_params, params};

use crate::base::Result;
use crate::model::{Change, Ignored, IvrCall, Membership, NameKind, Pause, Session, Stint};
use crate::store::batch::{ODD_LINES, OddLine};
use crate::store::interval_insert::{
    INSERT_PAUSE, INSERT_PAUSES, bind_pause, next_free, put_interval,
};
use crate::store::interval_row;
use crate::store::numbers::Given;
use crate::store::recent::Recent;
use crate::store::stint_insert::{StintInsert, taken};
use crate::store::stint_row::{self, StintRow, number_cell};
use crate::store::together::TOGETHER;
use crate::store::touched::Touched;

/// Takes the changes of one batch in. Statements are prepared when first
/// used: a commit a second needs one or two of them, an import reuses them.
pub(crate) struct Apply<'c, 'b> {
    db: &'c Connection,
    insert_stint: StintInsert<'c>,
    insert_session: Option<CachedStatement<'c>>,
    insert_membership: Option<CachedStatement<'c>>,
    insert_pause: Option<CachedStatement<'c>>,
    insert_pauses: Option<CachedStatement<'c>>,
    /// Numbers given within recent seconds, so that an import need not ask.
    given: &'c mut Given,
    recent: &'c mut Recent,
    /// Stints to write at the end, so that one that is replaced within its
    /// batch is written once.
    stints: Vec<&'b Stint>,
    /// Pauses to write at the end, for the same reason.
    pauses: Vec<&'b Pause>,
    /// What the store counts itself: changes that were ignored, by reason.
    counted: BTreeMap<Box<str>, u64>,
    /// Days whose totals may differ now.
    touched: Touched,
}

/// What applying a batch came to.
pub(crate) struct Applied {
    pub counted: BTreeMap<Box<str>, u64>,
    /// Days whose totals may differ now.
    pub touched: Touched,
}

impl<'c, 'b> Apply<'c, 'b> {
    pub(crate) fn new(
        db: &'c Connection,
        given: &'c mut Given,
        recent: &'c mut Recent,
        touched: Touched,
    ) -> Self {
        Apply {
            db,
            insert_stint: StintInsert::new(db),
            insert_session: None,
            insert_membership: None,
            insert_pause: None,
            insert_pauses: None,
            given,
            recent,
            stints: Vec::new(),
            pauses: Vec::new(),
            counted: BTreeMap::new(),
            touched,
        }
    }

    /// Takes all changes in, in order.
    pub(crate) fn changes(&mut self, changes: &'b [Change]) -> Result<()> {
        changes.iter().try_for_each(|change| self.change(change))
    }

    /// Writes the stints and the pauses.
    pub(crate) fn finish(mut self) -> Result<Applied> {
        let mut stints = std::mem::take(&mut self.stints);
        // Rows in order of time go to the end of the table and fill its pages.
        stints.sort_by_key(|stint| stint.enter);
        let (chunks, rest) = stints.as_chunks::<TOGETHER>();
        for chunk in chunks {
            self.put_together(chunk)?;
        }
        for stint in rest {
            let n = self.number(stint);
            self.put(stint, n)?;
        }
        let mut pauses = std::mem::take(&mut self.pauses);
        pauses.sort_by_key(|pause| pause.start);
        let (chunks, rest) = pauses.as_chunks::<TOGETHER>();
        chunks.iter().try_for_each(|chunk| self.put_pauses(chunk))?;
        rest.iter().try_for_each(|pause| self.put_pause(pause))?;
        Ok(Applied { counted: self.counted, touched: self.touched })
    }

    fn change(&mut self, change: &'b Change) -> Result<()> {
        match change {
            Change::Name { kind, id, text } => self.name(*kind, *id, text),
            Change::Stint(stint) => {
                self.stint(stint);
                Ok(())
            }
            Change::StintReplaced { old, new } => self.replace(old, new),
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
            Change::Pause(pause) => {
                self.pause(pause);
                Ok(())
            }
            Change::PauseReplaced { old, new } => {
                self.remove_pause(old)?;
                if let Some(new) = new {
                    self.pause(new);
                }
                Ok(())
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

    fn stint(&mut self, stint: &'b Stint) {
        if self.touched.too_old(stint.enter) {
            self.count("too old");
        } else {
            self.stints.push(stint);
        }
    }

    fn replace(&mut self, old: &Stint, new: &'b Stint) -> Result<()> {
        let unwritten = self.stints.iter().rposition(|stint| same(stint, old));
        match unwritten {
            Some(at) => {
                self.stints.remove(at);
            }
            None => self.remove_stint(old)?,
        }
        self.stint(new);
        Ok(())
    }

    /// The number of a stint within its second, and a note of it for the
    /// totals.
    fn number(&mut self, stint: &Stint) -> u32 {
        self.touched.stint(stint);
        self.recent.stints.add(stint);
        self.given.stints.give(stint.enter)
    }

    /// Should any of their numbers be taken, they go one by one.
    fn put_together(&mut self, stints: &[&Stint; TOGETHER]) -> Result<()> {
        let numbers = stints.map(|stint| self.number(stint));
        let in_reach = numbers.iter().all(|n| *n < 1 << stint_row::ID_BITS);
        let rows = std::array::from_fn(|at| {
            let stint = stints[at];
            (stint, stint_row::first_id(stint.enter) + i64::from(numbers[at]))
        });
        if in_reach && self.insert_stint.put_together(&rows)? {
            return Ok(());
        }
        stints.iter().zip(numbers).try_for_each(|(stint, n)| self.put(stint, n))
    }

    fn put(&mut self, stint: &Stint, n: u32) -> Result<()> {
        let first = stint_row::first_id(stint.enter);
        if n < 1 << stint_row::ID_BITS && self.insert_stint.put(stint, first + i64::from(n))? {
            return Ok(());
        }
        // The number is taken, or the second is full: ask.
        let mut shift = 0;
        loop {
            let start = first + (shift << stint_row::ID_BITS);
            let n = next_free(self.db, LAST_STINT, start, stint_row::ID_BITS)?;
            if let Some(n) = n
                && self.insert_stint.put(stint, start + n)?
            {
                match shift {
                    0 => {
                        self.given
                            .stints
                            .set(stint.enter, u32::try_from(n + 1).unwrap_or(u32::MAX));
                    }
                    // Its row lies among those of another second.
                    _ => self.recent.stints.give_up(),
                }
                return Ok(());
            }
            shift += 1;
        }
    }

    /// Removes the row of a fact that was replaced; one that is not there any
    /// more (older than the details kept) needs no removing.
    fn remove_stint(&mut self, old: &Stint) -> Result<()> {
        if self.touched.too_old(old.enter) {
            return Ok(());
        }
        self.touched.stint(old);
        self.recent.stints.remove(old);
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
        let numbers = &mut self.given.sessions;
        let id = put_interval(self.db, numbers, session.start, LAST_SESSION, |id| {
            taken(insert.execute(params![
                id,
                session.agent,
                interval_row::length(session.start, session.end),
                session.extension,
                session.cause as u8,
                session.quality.0,
            ]))
        })?;
        let (start, end) = interval_row::stored(id, session.start, session.end);
        self.recent.intervals.add_session(Session { start, end, ..session.clone() });
        Ok(())
    }

    fn remove_session(&mut self, old: &Session) -> Result<()> {
        self.touched.interval(old.agent, old.start, old.end);
        self.recent.intervals.remove_session(old);
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
        put_interval(
            self.db,
            &mut self.given.memberships,
            membership.start,
            LAST_MEMBERSHIP,
            |id| {
                taken(insert.execute(params![
                    id,
                    membership.agent,
                    membership.queue,
                    interval_row::length(membership.start, membership.end),
                    membership.cause as u8,
                    membership.quality.0,
                ]))
            },
        )
        .map(drop)
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

    fn pause(&mut self, pause: &'b Pause) {
        if self.touched.too_old(pause.end) {
            return self.count("too old");
        }
        if pause.queue.is_none() {
            self.touched.interval(pause.agent, pause.start, pause.end);
        }
        self.pauses.push(pause);
    }

    /// Should any of their numbers be taken, they go one by one.
    fn put_pauses(&mut self, pauses: &[&Pause; TOGETHER]) -> Result<()> {
        let numbers = pauses.map(|pause| self.given.pauses.give(pause.start));
        let mut ids = numbers.iter().zip(pauses).map(|(n, pause)| {
            (*n < 1 << interval_row::ID_BITS)
                .then(|| interval_row::first_id(pause.start) + i64::from(*n))
        });
        let ids: [Option<i64>; TOGETHER] = std::array::from_fn(|_| ids.next().flatten());
        if ids.iter().all(Option::is_some) {
            let statement = match &mut self.insert_pauses {
                Some(statement) => statement,
                place => place.insert(self.db.prepare_cached(&INSERT_PAUSES)?),
            };
            for (row, (pause, id)) in pauses.iter().zip(ids).enumerate() {
                bind_pause(statement, row, id.unwrap_or_default(), pause)?;
            }
            if taken(statement.raw_execute())? {
                for (pause, id) in pauses.iter().zip(ids) {
                    self.keep_pause(pause, id.unwrap_or_default());
                }
                return Ok(());
            }
        }
        pauses.iter().try_for_each(|pause| self.put_pause(pause))
    }

    fn put_pause(&mut self, pause: &Pause) -> Result<()> {
        let insert = ready(self.db, &mut self.insert_pause, INSERT_PAUSE)?;
        let id = put_interval(self.db, &mut self.given.pauses, pause.start, LAST_PAUSE, |id| {
            bind_pause(insert, 0, id, pause)?;
            taken(insert.raw_execute())
        })?;
        self.keep_pause(pause, id);
        Ok(())
    }

    fn keep_pause(&mut self, pause: &Pause, id: i64) {
        if pause.queue.is_none() {
            let (start, end) = interval_row::stored(id, pause.start, pause.end);
            self.recent.intervals.add_pause(Pause { start, end, ..pause.clone() });
        }
    }

    fn remove_pause(&mut self, old: &Pause) -> Result<()> {
        if old.queue.is_none() {
            self.touched.interval(old.agent, old.start, old.end);
        }
        let key = |pause: &Pause| (pause.agent, pause.queue, pause.start, pause.end);
        let unwritten = self.pauses.iter().rposition(|pause| *pause == old);
        let unwritten =
            unwritten.or_else(|| self.pauses.iter().rposition(|pause| key(pause) == key(old)));
        if let Some(at) = unwritten {
            self.pauses.remove(at);
            return Ok(());
        }
        if old.queue.is_none() {
            self.recent.intervals.remove_pause(old);
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
        let numbers = &mut self.given.ivr_calls;
        let put = put_interval(self.db, numbers, call.start, LAST_IVR_CALL, |id| {
            taken(insert.execute(named_params! {
                ":id": id,
                ":secs": interval_row::length(call.start, call.end),
                ":number": number_cell(&call.number),
                ":dnis": call.dnis,
                ":rest": rest,
            }))
        });
        put.map(drop)
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

/// Whether two facts are one by the key that finds it.
fn same(a: &Stint, b: &Stint) -> bool {
    a.enter == b.enter && a.queue == b.queue && a.entry == b.entry && a.call_id == b.call_id
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
            if same(&stint, fact) {
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
        Ignored::ToldTwice => "ignored told twice",
    }
}
