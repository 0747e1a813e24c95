//! Recordings themselves.

use rusqlite::{Connection, Row, named_params};

use crate::base::{Error, Kind, Result, UnixSec};
use crate::recordings::fact::{
    Begun, Counts, Direction, Filter, Leg, Occasion, Place, Recording, Sealed, Sound, State,
    first_id, started,
};
use crate::recordings::intervals::Interval;
use crate::recordings::journal::Source;
use crate::recordings::sql::{known, listed, natural, packed, stretches, whole};

/// Recordings that may begin in one second.
const A_SECOND: i64 = 1 << 12;

/// Whether some hold of `h` that is in force holds recording `r`.
pub(super) const HELD: &str = "exists (select 1 from recording_hold h
    where h.released is null and coalesce(h.until > :now, 1)
    and coalesce(h.recording = r.id, 1) and coalesce(h.call_id = r.call_id, 1)
    and (h.number is null or h.number is r.number) and (h.agent is null or h.agent is r.agent)
    and coalesce(r.id >= h.since << 12, 1) and coalesce(r.id < h.before << 12, 1))";

/// All there is to a recording, before a `where`.
pub(super) fn select(rest: &str) -> String {
    format!(
        "select r.id, r.call_id, r.linkedid, r.channel, r.queue, r.agent, r.number, r.direction,
            r.stopped, r.place, r.path, r.leg, r.occasion, r.state, r.asked, r.codec, r.rate,
            r.channels, r.duration_ms, r.size, r.sha256, r.sealed_size, r.sealed_sha256, r.keys,
            r.muted, r.on_hold, r.restricted, r.note, {HELD} as held,
            (select count(*) from recording_marker m where m.recording = r.id) as markers,
            (select count(*) from recording_listen l where l.recording = r.id) as listened
        from recording r {rest}"
    )
}

fn recording(row: &Row<'_>) -> Result<Recording> {
    let codec: Option<String> = row.get("codec")?;
    let sound = match codec {
        Some(codec) => Some(Sound {
            codec,
            rate: row.get::<_, Option<u32>>("rate")?.unwrap_or(0),
            channels: row.get::<_, Option<u16>>("channels")?.unwrap_or(0),
            duration_ms: row.get::<_, Option<u32>>("duration_ms")?.unwrap_or(0),
        }),
        None => None,
    };
    let sealed_size: Option<i64> = row.get("sealed_size")?;
    let sealed_sha256: Option<[u8; 32]> = row.get("sealed_sha256")?;
    let sealed = match (sealed_size, sealed_sha256) {
        (Some(size), Some(sha256)) => Some(Sealed {
            size: natural(size),
            sha256,
            keys: row.get::<_, Option<String>>("keys")?.unwrap_or_default(),
        }),
        _ => None,
    };
    Ok(Recording {
        id: row.get("id")?,
        call: row.get("call_id")?,
        linkedid: row.get("linkedid")?,
        channel: row.get("channel")?,
        queue: row.get("queue")?,
        agent: row.get("agent")?,
        number: row.get("number")?,
        direction: known("direction", row.get("direction")?, Direction::from_code)?,
        stopped: row.get("stopped")?,
        place: known("place", row.get("place")?, Place::from_code)?,
        path: row.get("path")?,
        leg: known("leg", row.get("leg")?, Leg::from_code)?,
        occasion: known("occasion", row.get("occasion")?, Occasion::from_code)?,
        state: known("state", row.get("state")?, State::from_code)?,
        asked: row.get("asked")?,
        sound,
        size: row.get::<_, Option<i64>>("size")?.map(natural),
        sha256: row.get("sha256")?,
        sealed,
        muted: stretches(row.get("muted")?)?,
        on_hold: stretches(row.get("on_hold")?)?,
        restricted: row.get("restricted")?,
        note: row.get("note")?,
        held: row.get("held")?,
        markers: row.get("markers")?,
        listened: row.get("listened")?,
    })
}

fn all(
    db: &Connection,
    rest: &str,
    params: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<Vec<Recording>> {
    let mut statement = db.prepare_cached(&select(rest))?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(recording(row)?);
    }
    Ok(found)
}

const INSERT: &str = "
insert into recording (id, call_id, linkedid, channel, queue, agent, number, direction, place, path,
    leg, occasion, state, asked)
values (:id, :call, :linkedid, :channel, :queue, :agent, :number, :direction, :place, :path,
    :leg, :occasion, 1, :asked)";

const LAST_OF_SECOND: &str = "select max(id) from recording where id >= :first and id < :end";

/// Adds a recording that has begun and returns its id.
///
/// Errors: [`Kind::Exhausted`] when thousands began in the same second.
pub fn insert(db: &Connection, begun: &Begun) -> Result<i64> {
    let first = first_id(begun.started);
    let last: Option<i64> = db
        .prepare_cached(LAST_OF_SECOND)?
        .query_row(named_params! { ":first": first, ":end": first + A_SECOND }, |row| row.get(0))?;
    let id = last.map_or(first, |last| last + 1);
    if id >= first + A_SECOND {
        return Err(Error::new(Kind::Exhausted, "too many recordings began in one second"));
    }
    let linkedid = begun.linkedid.as_ref().filter(|linkedid| **linkedid != begun.call);
    db.prepare_cached(INSERT)?.execute(named_params! {
        ":id": id,
        ":call": begun.call,
        ":linkedid": linkedid,
        ":channel": begun.channel,
        ":queue": begun.queue,
        ":agent": begun.agent,
        ":number": begun.number,
        ":direction": begun.direction.code(),
        ":place": begun.place.code(),
        ":path": begun.path,
        ":leg": begun.leg.code(),
        ":occasion": begun.occasion.code(),
        ":asked": begun.asked,
    })?;
    Ok(id)
}

/// The recording of an id.
pub fn one(db: &Connection, id: i64, now: UnixSec) -> Result<Option<Recording>> {
    Ok(all(db, "where r.id = :id", named_params! { ":id": id, ":now": now })?.pop())
}

pub(super) const OF_CALL: &str = "
where r.id in (select id from recording where call_id = :call
    union select id from recording where linkedid = :call and linkedid is not null)
order by r.id";

/// The recordings of a call, by its own id or that of the conversation,
/// oldest first.
pub fn of_call(db: &Connection, call: &str, now: UnixSec) -> Result<Vec<Recording>> {
    all(db, OF_CALL, named_params! { ":call": call, ":now": now })
}

/// How long after a call's begin its recordings may begin.
const LONGEST_CALL: UnixSec = 86_400;

/// The recordings of a call whose id is given without the system name before
/// it: of those that began within a day of the call, oldest first.
pub fn of_call_named(db: &Connection, call: &str, now: UnixSec) -> Result<Vec<Recording>> {
    let epoch = call.split('.').next().and_then(|epoch| epoch.parse().ok()).unwrap_or(0);
    let rest = "where r.id >= :from and r.id < :end
        and (r.call_id = :call or r.call_id like '%-' || :call) order by r.id";
    let params = named_params! {
        ":from": first_id(epoch), ":end": first_id(epoch + LONGEST_CALL), ":call": call, ":now": now,
    };
    all(db, rest, params)
}

/// Those that are not done with, oldest first.
pub fn unfinished(db: &Connection, now: UnixSec) -> Result<Vec<Recording>> {
    all(db, "where r.state in (1, 2, 5) order by r.id", named_params! { ":now": now })
}

/// The one that lies, or is written, there and is not done with.
pub fn unfinished_at(
    db: &Connection,
    place: Place,
    path: &str,
    now: UnixSec,
) -> Result<Option<Recording>> {
    let rest = "where r.state in (1, 2, 5) and r.place = :place and r.path = :path";
    let found =
        all(db, rest, named_params! { ":place": place.code(), ":path": path, ":now": now })?;
    Ok(found.into_iter().next_back())
}

pub(super) const PAGE: &str = "
where r.id >= :from and r.id < :end
    and (:queues is null or instr(:queues, char(31) || r.queue || char(31)))
    and (:agents is null or instr(:agents, char(31) || r.agent || char(31)))
    and (:number is null or r.number like :number escape '\\')
    and (:states is null or instr(:states, char(31) || r.state || char(31)))
    and (:held = 0 or HELD)
order by r.id desc limit :limit";

/// Recordings of a filter, newest first, at most `limit`.
pub fn page(db: &Connection, filter: &Filter, limit: u32, now: UnixSec) -> Result<Vec<Recording>> {
    let from = filter.from.map_or(0, first_id);
    let end = filter.to.map_or(i64::MAX, first_id).min(filter.below.unwrap_or(i64::MAX));
    let states: Option<Vec<String>> = filter
        .states
        .as_ref()
        .map(|states| states.iter().map(|state| state.code().to_string()).collect());
    all(
        db,
        &PAGE.replace("HELD", HELD),
        named_params! {
            ":from": from,
            ":end": end,
            ":queues": listed(filter.queues.as_deref()),
            ":agents": listed(filter.agents.as_deref()),
            ":number": filter.number.as_deref().map(like),
            ":states": listed(states.as_deref()),
            ":held": filter.held,
            ":limit": limit,
            ":now": now,
        },
    )
}

/// A number with stars as a pattern of `like`.
fn like(number: &str) -> String {
    let mut pattern = String::with_capacity(number.len());
    for c in number.chars() {
        match c {
            '*' => pattern.push('%'),
            '%' | '_' | '\\' => pattern.extend(['\\', c]),
            _ => pattern.push(c),
        }
    }
    pattern
}

const KNOWN: &str = "
update recording set queue = coalesce(:queue, queue), agent = coalesce(:agent, agent),
    number = coalesce(:number, number),
    direction = case :direction when 0 then direction else :direction end
where id = :id";

/// Adds what was learnt of the call; what is `None` stays.
pub fn learn(
    db: &Connection,
    id: i64,
    (queue, agent, number): (Option<&str>, Option<&str>, Option<&str>),
    direction: Direction,
) -> Result<()> {
    db.prepare_cached(KNOWN)?.execute(named_params! {
        ":id": id,
        ":queue": queue,
        ":agent": agent,
        ":number": number,
        ":direction": direction.code(),
    })?;
    Ok(())
}

const STRETCHES: &str = "update recording set muted = :muted, on_hold = :on_hold where id = :id";

/// Writes what was muted and on hold.
pub fn put_stretches(
    db: &Connection,
    id: i64,
    muted: &[Interval],
    on_hold: &[Interval],
) -> Result<()> {
    db.prepare_cached(STRETCHES)?.execute(named_params! {
        ":id": id, ":muted": packed(muted), ":on_hold": packed(on_hold),
    })?;
    Ok(())
}

const SOURCE: &str = "
update recording set call_id = :call, linkedid = :linkedid, channel = :channel where id = :id";

/// Writes which channel is recorded, learnt after the begin.
pub fn put_source(db: &Connection, id: i64, source: &Source) -> Result<()> {
    let linkedid = Some(&source.linkedid).filter(|id| !id.is_empty() && **id != source.call);
    db.prepare_cached(SOURCE)?.execute(named_params! {
        ":id": id, ":call": source.call, ":linkedid": linkedid, ":channel": source.name,
    })?;
    Ok(())
}

const LOSE: &str = "
update recording set state = 6, note = :note, channel = null, path = null
where id = :id and state in (1, 2, 5)";

/// Notes that the file of one that was not done with is gone.
pub fn lose(db: &Connection, id: i64, note: &str) -> Result<()> {
    db.prepare_cached(LOSE)?.execute(named_params! { ":id": id, ":note": note })?;
    Ok(())
}

const DISCARD: &str = "delete from recording where id = :id and state in (2, 5)";

/// Removes the row of one that holds nothing.
pub fn discard(db: &Connection, id: i64) -> Result<()> {
    db.prepare_cached(DISCARD)?.execute(named_params! { ":id": id })?;
    Ok(())
}

const CLOSE: &str = "
update recording set state = 2, stopped = :stopped, channel = null where id = :id and state = 1";

/// Notes that a growing one is written whole; says whether it was growing.
pub fn close(db: &Connection, id: i64, stopped: UnixSec) -> Result<bool> {
    let count =
        db.prepare_cached(CLOSE)?.execute(named_params! { ":id": id, ":stopped": stopped })?;
    Ok(count > 0)
}

const FINISH: &str = "
update recording set state = :state, place = :place, path = :path, codec = :codec, rate = :rate,
    channels = :channels, duration_ms = :duration, size = :size, sha256 = :sha256,
    sealed_size = :sealed_size, sealed_sha256 = :sealed_sha256, keys = :keys, note = null
where id = :id and state in (2, 4, 5)";

/// What became of a closed recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished<'a> {
    pub place: Place,
    pub path: &'a str,
    /// `None` when its sound could not be read.
    pub sound: Option<&'a Sound>,
    pub size: u64,
    pub sha256: [u8; 32],
    /// `None` when it stays plain.
    pub sealed: Option<&'a Sealed>,
}

/// Notes where a closed recording lies for good; says whether it was waiting
/// for that.
pub fn finish(db: &Connection, id: i64, finished: &Finished<'_>) -> Result<bool> {
    let state = if finished.sealed.is_some() { State::Sealed } else { State::Plain };
    let count = db.prepare_cached(FINISH)?.execute(named_params! {
        ":id": id,
        ":state": state.code(),
        ":place": finished.place.code(),
        ":path": finished.path,
        ":codec": finished.sound.map(|sound| &sound.codec),
        ":rate": finished.sound.map(|sound| sound.rate),
        ":channels": finished.sound.map(|sound| sound.channels),
        ":duration": finished.sound.map(|sound| sound.duration_ms),
        ":size": whole(finished.size),
        ":sha256": finished.sha256,
        ":sealed_size": finished.sealed.map(|sealed| whole(sealed.size)),
        ":sealed_sha256": finished.sealed.map(|sealed| sealed.sha256),
        ":keys": finished.sealed.map(|sealed| &sealed.keys),
    })?;
    Ok(count > 0)
}

const FAIL: &str =
    "update recording set state = 5, note = :note where id = :id and state in (2, 5)";

/// Notes why sealing failed; it is tried again.
pub fn fail(db: &Connection, id: i64, note: &str) -> Result<()> {
    db.prepare_cached(FAIL)?.execute(named_params! { ":id": id, ":note": note })?;
    Ok(())
}

const REOPEN: &str = "update recording set state = 2 where state = 4 and place = 0";

/// Gives the plain ones of the spool to the sealer again; says how many.
pub fn reopen_plain(db: &Connection) -> Result<usize> {
    Ok(db.prepare_cached(REOPEN)?.execute([])?)
}

const RESEAL: &str = "
update recording set sealed_size = :size, sealed_sha256 = :sha256, keys = :keys
where id = :id and state = 3";

/// Notes a new header of a sealed one.
pub fn reseal(db: &Connection, id: i64, sealed: &Sealed) -> Result<()> {
    db.prepare_cached(RESEAL)?.execute(named_params! {
        ":id": id, ":size": whole(sealed.size), ":sha256": sealed.sha256, ":keys": sealed.keys,
    })?;
    Ok(())
}

/// Sealed ones whose keys are not those given, oldest first, at most `limit`.
pub fn sealed_otherwise(
    db: &Connection,
    keys: &str,
    limit: u32,
    now: UnixSec,
) -> Result<Vec<Recording>> {
    let rest = "where r.state = 3 and r.keys is not :keys order by r.id limit :limit";
    all(db, rest, named_params! { ":keys": keys, ":limit": limit, ":now": now })
}

/// How many sealed ones have other keys than those given.
pub fn count_sealed_otherwise(db: &Connection, keys: &str) -> Result<u64> {
    let sql = "select count(*) from recording where state = 3 and keys is not :keys";
    let count =
        db.prepare_cached(sql)?.query_row(named_params! { ":keys": keys }, |row| row.get(0))?;
    Ok(natural(count))
}

const RESTRICT: &str = "update recording set restricted = :restricted where id = :id";

/// Forbids, or allows, to play and export.
pub fn restrict(db: &Connection, id: i64, restricted: bool) -> Result<()> {
    db.prepare_cached(RESTRICT)?.execute(named_params! { ":id": id, ":restricted": restricted })?;
    Ok(())
}

const DOOM: &str = "
update recording set state = 6, note = :note, channel = null,
    number = case when :anonymous then null else number end,
    asked = case when :anonymous then null else asked end
where id = :id and state not in (1, 6)";

/// Marks a recording deleted and takes its markers and picture away (who
/// listened stays); its file is to be removed next, see [`doomed`]. A growing one can't be.
/// Says how many markers went; `None` when there was nothing to delete.
pub fn doom(db: &Connection, id: i64, note: &str, anonymous: bool) -> Result<Option<u32>> {
    let count = db.prepare_cached(DOOM)?.execute(named_params! {
        ":id": id, ":note": note, ":anonymous": anonymous,
    })?;
    if count == 0 {
        return Ok(None);
    }
    let mut markers = 0;
    for (sql, counts) in [
        ("delete from recording_marker where recording = :id", true),
        ("delete from recording_wave where recording = :id", false),
    ] {
        let gone = db.prepare_cached(sql)?.execute(named_params! { ":id": id })?;
        if counts {
            markers = u32::try_from(gone).unwrap_or(u32::MAX);
        }
    }
    Ok(Some(markers))
}

const ANONYMISE: &str = "
update recording set number = null, asked = null where id = :id and state = 6";

/// Takes from a deleted one what names a person.
pub fn anonymise(db: &Connection, id: i64) -> Result<()> {
    db.prepare_cached(ANONYMISE)?.execute(named_params! { ":id": id })?;
    Ok(())
}

/// Deleted ones whose file is still there, oldest first, at most `limit`.
pub fn doomed(db: &Connection, limit: u32, now: UnixSec) -> Result<Vec<Recording>> {
    let rest = "where r.state = 6 and r.path is not null order by r.id limit :limit";
    all(db, rest, named_params! { ":limit": limit, ":now": now })
}

const UNLINKED: &str = "update recording set path = null where id = :id and state = 6";

/// Notes that the file of a deleted one is gone.
pub fn unlinked(db: &Connection, id: i64) -> Result<()> {
    db.prepare_cached(UNLINKED)?.execute(named_params! { ":id": id })?;
    Ok(())
}

const FORGET: &str = "delete from recording where id < :end and state = 6 and path is null";

/// Removes rows of deleted ones that began before `before`; says how many.
pub fn forget(db: &Connection, before: UnixSec) -> Result<usize> {
    Ok(db.prepare_cached(FORGET)?.execute(named_params! { ":end": first_id(before) })?)
}

/// What is done with and not held, oldest first, from an id on.
pub fn deletable(db: &Connection, from: i64, limit: u32, now: UnixSec) -> Result<Vec<Recording>> {
    let rest = format!(
        "where r.id >= :from and r.state in (3, 4) and not {HELD} order by r.id limit :limit"
    );
    all(db, &rest, named_params! { ":from": from, ":limit": limit, ":now": now })
}

const COUNTS: &str = "
select state, count(*), coalesce(sum(coalesce(sealed_size, size, 0)), 0) from recording
group by state";
const OLDEST: &str = "select id from recording where state in (3, 4) order by id limit 1";

/// How many there are in which state, and since when.
pub fn counts(db: &Connection) -> Result<Counts> {
    let mut statement = db.prepare_cached(COUNTS)?;
    let mut rows = statement.query([])?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        let state = known("state", row.get(0)?, State::from_code)?;
        counts.states.push((state, natural(row.get(1)?), natural(row.get(2)?)));
    }
    let mut statement = db.prepare_cached(OLDEST)?;
    let mut rows = statement.query([])?;
    if let Some(row) = rows.next()? {
        counts.oldest = Some(started(row.get(0)?));
    }
    Ok(counts)
}
