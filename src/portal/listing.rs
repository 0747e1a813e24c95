//! Pages of the call list, and one call: read from the store, filtered by
//! the rules of reports, within what the viewer may see.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::base::{Result, Secs, UnixSec};
use crate::model::{Names, OpenStint, Stint};
use crate::portal::sight::Sight;
use crate::portal::wire::calls::CallsSummary;
use crate::reports::calls::{self, CallDetail, CallRow};
use crate::reports::{Filter, Query};
use crate::store::{Order, Reader, StintFilter, Wanted};

/// How long counting the whole list may take before the page goes without
/// its total: pages come in 10 ms.
const COUNTING: Duration = Duration::from_millis(4);
/// How much of the period is counted between two looks at the clock: an hour
/// at first, twice as much each time that took less than [`COUNT_STEP`].
const COUNT_FIRST: Secs = 3600;
const COUNT_STEP: Duration = Duration::from_micros(500);
/// Open calls shown before the closed ones.
const MOST_OPEN: usize = 100;
/// Before the id of a call that has not ended.
const OPEN: &str = "open-";

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageOf {
    pub limit: usize,
    pub order: Order,
    /// The last row of the page before.
    pub after: Option<i64>,
}

/// Rows, and where to go on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    pub rows: Vec<CallRow>,
    pub next: Option<i64>,
    /// Of the whole list; `None` on later pages and when counting took long.
    pub summary: Option<CallsSummary>,
}

/// The rows of a page, without what is said of the whole list.
pub fn rows(reader: &Reader<'_>, query: &Query, sight: &Sight, of: PageOf) -> Result<Page> {
    read(reader, query, sight, of, false)
}

/// A page of the calls that a (narrowed) question lets through. Calls that
/// have not ended stand on the first page, newest first, and are not counted.
pub fn page(reader: &Reader<'_>, query: &Query, sight: &Sight, of: PageOf) -> Result<Page> {
    read(reader, query, sight, of, of.after.is_none())
}

fn read(
    reader: &Reader<'_>,
    query: &Query,
    sight: &Sight,
    of: PageOf,
    counted: bool,
) -> Result<Page> {
    let names = reader.names()?;
    let filter = Filter::new(query, &names);
    let mut page = Page::default();
    if of.after.is_none() && of.order == Order::NewestFirst {
        page.rows = open_rows(reader, query, sight, &filter, &names)?;
    }
    let Some(coarse) = coarse(query, &filter, of.after) else { return Ok(page) };
    let wanted = |stint: &Stint| passes(&filter, stint) && sight.sees(stint, &names);
    let mut found = Vec::new();
    reader.for_each_stint(query.from..query.to, &coarse, of.order, |id, stint| {
        if !wanted(&stint) {
            return Ok(ControlFlow::Continue(()));
        }
        if found.len() == of.limit {
            page.next = found.last().map(|(id, _)| *id);
            return Ok(ControlFlow::Break(()));
        }
        found.push((id, stint));
        Ok(ControlFlow::Continue(()))
    })?;
    let calls: Vec<_> = found.iter().map(|(_, stint)| &stint.call_id).collect();
    let counts = reader.count_stints_of(&calls)?;
    for ((id, stint), stints) in found.iter().zip(counts) {
        let row = calls::row(id.to_string(), stint, stints, &names);
        page.rows.push(shown(row, sight));
    }
    if counted {
        page.summary = summary(reader, query, &coarse, wanted)?;
    }
    Ok(page)
}

fn passes(filter: &Filter, stint: &Stint) -> bool {
    filter.has_queue(stint.queue)
        && filter.has_direction(stint.direction)
        && filter.is_theirs(stint)
        && filter.lets(stint)
}

/// What the store can look at without unpacking; `None` when nothing can
/// match.
fn coarse(query: &Query, filter: &Filter, after: Option<i64>) -> Option<StintFilter> {
    let ids = |ids: &Option<Vec<u32>>| match ids {
        None => Some(Vec::new()),
        Some(ids) if ids.is_empty() => None,
        Some(ids) => Some(ids.clone()),
    };
    Some(StintFilter {
        queues: ids(&filter.queues)?,
        agents: ids(&filter.agents)?,
        direction: query.direction,
        answered: query.filters.answered,
        causes: query.filters.causes.clone(),
        wait_min: query.filters.wait.min,
        wait_max: query.filters.wait.max,
        talk_min: query.filters.talk.min,
        talk_max: query.filters.talk.max,
        number: filter.caller().cloned(),
        after,
    })
}

/// Offered, answered and lost of the whole list, if that is quick.
fn summary(
    reader: &Reader<'_>,
    query: &Query,
    coarse: &StintFilter,
    wanted: impl Fn(&Stint) -> bool,
) -> Result<Option<CallsSummary>> {
    let began = Instant::now();
    let mut summary = CallsSummary { offered: 0, answered: 0, lost: 0 };
    let parts = if query.filters.is_open() { Wanted::TIMES } else { Wanted::ALL };
    // What the rows are of lies in the period asked for, however wide that is.
    let Some((first, last)) = reader.stint_range()? else { return Ok(Some(summary)) };
    let (mut at, end) = (query.from.max(first), query.to.min(last + 1));
    let mut step = COUNT_FIRST;
    while at < end {
        let began_step = began.elapsed();
        let to = at.saturating_add(step).min(end);
        reader.for_each_stint_with(parts, at..to, coarse, Order::OldestFirst, |_, stint| {
            if wanted(&stint) {
                summary.offered += 1;
                summary.answered += u64::from(stint.answered);
                summary.lost += u64::from(!stint.answered);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        at = to;
        let spent = began.elapsed();
        if spent > COUNTING && at < end {
            return Ok(None);
        }
        if spent - began_step < COUNT_STEP {
            step = step.saturating_mul(2);
        }
    }
    Ok(Some(summary))
}

fn open_rows(
    reader: &Reader<'_>,
    query: &Query,
    sight: &Sight,
    filter: &Filter,
    names: &Names,
) -> Result<Vec<CallRow>> {
    // A caller who waits is neither answered nor lost.
    if query.filters.answered == Some(false) {
        return Ok(Vec::new());
    }
    let open = reader.open()?;
    let rows = open.stints.iter().rev().filter_map(|open| {
        let stint = calls::so_far(open, query.now);
        let wanted = (query.from..query.to).contains(&stint.enter)
            && passes(filter, &stint)
            && sight.sees(&stint, names);
        wanted.then(|| shown(calls::row(open_id(open, names), &stint, 1, names), sight))
    });
    Ok(rows.take(MOST_OPEN).collect())
}

/// The id of an open call's row, which is the live view's with a word before
/// it.
fn open_id(open: &OpenStint, names: &Names) -> String {
    let stint = &open.stint;
    format!("{OPEN}{}/{}/{}", stint.call_id, stint.entry, names.queue_name(stint.queue))
}

/// The live view's id of an open call; `None` for one that has ended.
pub fn live_id(id: &str) -> Option<&str> {
    id.strip_prefix(OPEN)
}

/// One call with its stints, closed or open; `None` when there is none or
/// the viewer may not see it.
pub fn detail(
    reader: &Reader<'_>,
    id: &str,
    sight: &Sight,
    now: UnixSec,
) -> Result<Option<CallDetail>> {
    let names = reader.names()?;
    let open = reader.open()?;
    let stint = match live_id(id) {
        Some(_) => open
            .stints
            .iter()
            .find(|open| open_id(open, &names) == id)
            .map(|open| calls::so_far(open, now)),
        None => match id.parse() {
            Ok(id) => reader.stint(id)?,
            Err(_) => None,
        },
    };
    let Some(stint) = stint.filter(|stint| sight.sees(stint, &names)) else { return Ok(None) };
    let mut others: Vec<_> = reader
        .stints_of_call(&stint.call_id)?
        .into_iter()
        .map(|(id, stint)| (id.to_string(), stint))
        .collect();
    let still = open.stints.iter().filter(|open| open.stint.call_id == stint.call_id);
    others.extend(still.map(|open| (open_id(open, &names), calls::so_far(open, now))));
    let others = others
        .iter()
        .filter(|(_, other)| sight.sees_queue(names.queue_name(other.queue)))
        .map(|(other_id, other)| calls::other(other_id.clone(), other, other_id == id, &names));
    let others = others.collect();
    let mut detail = calls::detail(id.to_owned(), &stint, others, &names);
    detail.row = shown(detail.row, sight);
    Ok(Some(detail))
}

/// Empties what the viewer may not see.
fn shown(mut row: CallRow, sight: &Sight) -> CallRow {
    if !sight.callers {
        row.number.clear();
        row.name.clear();
    }
    row
}
