//! The call-event service's memory: one ring of numbered events for all, the
//! facets of now, and who subscribed.
//!
//! Nothing is queued for a subscriber. A reader names the number it has seen
//! and takes what came since; when that has left the ring it is told so
//! (`gap`) and begins anew with a snapshot.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::base::{Secs, UnixMicro, UnixSec};
use crate::live::news::{Facets, News};
use crate::live::{Link, LinkState, Scope, Snapshot};
use crate::portal::summary::Summaries;

/// Events kept for readers that are behind.
const KEEP: usize = 4096;
/// Events given at once.
const MOST_AT_ONCE: usize = 512;
/// Subscriptions at a time, on the box and of one account.
const MOST: usize = 1000;
const MOST_OF_ONE: usize = 50;
/// A subscription nobody reads is forgotten after so long.
const FORGET: Secs = 60;

/// What a subscriber asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub agents: Vec<String>,
    pub queues: Vec<String>,
    /// Whether the figures of these queues are told too.
    pub summaries: bool,
}

/// What its account may see.
#[derive(Clone, Debug)]
pub struct Sight {
    pub scope: Scope,
    pub hide_callers: bool,
}

/// A place in the stream: `epoch.seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub epoch: u64,
    pub seq: u64,
}

impl Cursor {
    pub fn parse(text: &str) -> Option<Cursor> {
        let (epoch, seq) = text.split_once('.')?;
        Some(Cursor { epoch: epoch.parse().ok()?, seq: seq.parse().ok()? })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}", self.epoch, self.seq)
    }
}

/// One event for a reader: its type, and all of it as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub kind: &'static str,
    pub cursor: Cursor,
    pub json: Value,
}

#[derive(Debug)]
struct Kept {
    cursor: Cursor,
    at: UnixMicro,
    news: News,
}

#[derive(Debug)]
struct Subscription {
    account: String,
    wanted: Wanted,
    used: UnixSec,
    readers: usize,
    /// What was told of each queue last.
    summaries: Summaries,
}

#[derive(Debug)]
pub struct NewsRoom {
    // Held for a push or a copy of what a reader lacks.
    inner: Mutex<Inner>,
    newest: watch::Sender<u64>,
}

#[derive(Debug)]
struct Inner {
    /// Of the newest event.
    cursor: Cursor,
    /// Of the newest that is not kept any more.
    before: Cursor,
    ring: VecDeque<Arc<Kept>>,
    facets: Facets,
    link: Link,
    subscriptions: HashMap<String, Subscription>,
}

impl NewsRoom {
    /// `started` makes epochs of this process larger than those of earlier
    /// ones.
    pub fn new(started: UnixSec) -> Self {
        let epoch = u64::try_from(started).unwrap_or(0);
        NewsRoom {
            inner: Mutex::new(Inner {
                cursor: Cursor { epoch, seq: 0 },
                before: Cursor { epoch, seq: 0 },
                ring: VecDeque::new(),
                facets: Facets::default(),
                link: Link::default(),
                subscriptions: HashMap::new(),
            }),
            newest: watch::Sender::new(0),
        }
    }

    /// Takes the facets of now and what happened without a state, and tells
    /// what differs.
    pub fn publish(&self, facets: Facets, points: Vec<News>, at: UnixMicro) {
        let mut inner = self.lock();
        let mut news = facets.since(&inner.facets);
        inner.facets = facets;
        news.extend(points);
        for one in news {
            inner.push(one, at);
        }
        self.wake(inner);
    }

    /// Tells what happened without a state.
    pub fn tell(&self, points: Vec<News>, at: UnixMicro) {
        let mut inner = self.lock();
        for one in points {
            inner.push(one, at);
        }
        self.wake(inner);
    }

    /// Whether anybody subscribed.
    pub fn is_read(&self) -> bool {
        !self.lock().subscriptions.is_empty()
    }

    /// Tells how the link does. Each time it is up again a new epoch begins.
    pub fn report_link(&self, link: Link, at: UnixMicro) {
        let mut inner = self.lock();
        if inner.link == link {
            return;
        }
        let up = |link: &Link| link.state == LinkState::Up;
        if up(&link) && !up(&inner.link) {
            inner.cursor.epoch += 1;
        }
        let rest = match json!({ "state": link.state, "detail": link.detail }) {
            Value::Object(rest) => rest,
            _ => Map::new(),
        };
        inner.link = link;
        inner.push(News { kind: "link", agent: None, queue: None, rest }, at);
        self.wake(inner);
    }

    /// A new subscription; `None` when there are enough.
    pub fn subscribe(&self, id: String, account: &str, wanted: Wanted, now: UnixSec) -> bool {
        let mut inner = self.lock();
        inner.forget(now);
        let own = inner.subscriptions.values().filter(|one| one.account == account).count();
        if inner.subscriptions.len() >= MOST || own >= MOST_OF_ONE {
            return false;
        }
        let account = account.to_owned();
        inner.subscriptions.insert(
            id,
            Subscription {
                account,
                wanted,
                used: now,
                readers: 0,
                summaries: Summaries::default(),
            },
        );
        true
    }

    /// Ends a subscription of an account; whether there was one.
    pub fn unsubscribe(&self, id: &str, account: &str) -> bool {
        let mut inner = self.lock();
        let theirs = inner.subscriptions.get(id).is_some_and(|one| one.account == account);
        if theirs {
            inner.subscriptions.remove(id);
        }
        theirs
    }

    /// Begins to read a subscription of an account.
    pub fn read(self: &Arc<Self>, id: &str, account: &str, now: UnixSec) -> Option<Reader> {
        let mut inner = self.lock();
        inner.forget(now);
        let one = inner.subscriptions.get_mut(id).filter(|one| one.account == account)?;
        one.used = now;
        one.readers += 1;
        let wanted = one.wanted.clone();
        drop(inner);
        Some(Reader { room: Arc::clone(self), id: id.to_owned(), wanted })
    }

    /// The newest place.
    pub fn cursor(&self) -> Cursor {
        self.lock().cursor
    }

    /// A wake-up for each push.
    pub fn wait(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    fn wake(&self, inner: MutexGuard<'_, Inner>) {
        let seq = inner.cursor.seq;
        drop(inner);
        self.newest.send_if_modified(|newest| std::mem::replace(newest, seq) != seq);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn push(&mut self, news: News, at: UnixMicro) {
        self.cursor.seq += 1;
        if self.ring.len() >= KEEP
            && let Some(dropped) = self.ring.pop_front()
        {
            self.before = dropped.cursor;
        }
        self.ring.push_back(Arc::new(Kept { cursor: self.cursor, at, news }));
    }

    fn forget(&mut self, now: UnixSec) {
        self.subscriptions.retain(|_, one| one.readers > 0 || now - one.used < FORGET);
    }
}

/// Somebody who reads a subscription.
#[derive(Debug)]
pub struct Reader {
    room: Arc<NewsRoom>,
    id: String,
    wanted: Wanted,
}

impl Reader {
    /// What came since `after`, within what may be seen; a snapshot first
    /// when that is not known (any more). Returns the place reached, which
    /// may be short of the newest: then there is more.
    pub fn since(
        &self,
        after: Option<Cursor>,
        sight: &Sight,
        at: UnixMicro,
    ) -> (Vec<Told>, Cursor) {
        let inner = self.room.lock();
        let newest = inner.cursor;
        // A number of another process, or of before the ring, leads nowhere.
        let Some(known) = after.filter(|after| inner.has(*after)) else {
            let facets = inner.facets.clone();
            let link = inner.link.clone();
            drop(inner);
            return (self.anew(after, newest, &facets, &link, sight, at), newest);
        };
        let missed: Vec<Arc<Kept>> = inner
            .ring
            .iter()
            .skip(usize::try_from(known.seq - inner.before.seq).unwrap_or(usize::MAX))
            .take(MOST_AT_ONCE)
            .cloned()
            .collect();
        let facets = inner.facets.clone();
        drop(inner);
        let reached = missed.last().map_or(known, |kept| kept.cursor);
        let told = missed
            .iter()
            .filter(|kept| self.gets(&kept.news, &facets, sight))
            .map(|kept| Told {
                kind: kept.news.kind,
                cursor: kept.cursor,
                json: event(&kept.news, Some(kept.cursor), kept.at, sight),
            })
            .collect();
        (told, reached)
    }

    fn anew(
        &self,
        after: Option<Cursor>,
        newest: Cursor,
        facets: &Facets,
        link: &Link,
        sight: &Sight,
        at: UnixMicro,
    ) -> Vec<Told> {
        let mut told = Vec::new();
        if let Some(after) = after {
            let mut gap = head("gap", Some(newest), at);
            gap.insert("from".to_owned(), json!(after.to_string()));
            told.push(Told { kind: "gap", cursor: newest, json: Value::Object(gap) });
        }
        let events: Vec<Value> = facets
            .all()
            .iter()
            .filter(|news| self.gets(news, facets, sight))
            .map(|news| event(news, None, at, sight))
            .collect();
        let mut snapshot = head("snapshot", Some(newest), at);
        snapshot.insert("link".to_owned(), json!({ "state": link.state, "detail": link.detail }));
        snapshot.insert("events".to_owned(), Value::Array(events));
        told.push(Told { kind: "snapshot", cursor: newest, json: Value::Object(snapshot) });
        told
    }

    /// The rule of `portal.md` 21.1, within what the account may see.
    fn gets(&self, news: &News, facets: &Facets, sight: &Sight) -> bool {
        let queue = news.queue.as_deref();
        let agent = news.agent.as_deref();
        let asked = agent.is_none_or(|agent| self.wanted.agents.iter().any(|one| one == agent))
            && queue.is_none_or(|queue| self.wanted.queues.iter().any(|one| one == queue));
        if !asked {
            return false;
        }
        let sees = |queue: &str| sight.scope.sees(queue);
        if sight.scope.is_all() {
            return true;
        }
        match (queue, agent) {
            (Some(queue), _) => sees(queue),
            (None, Some(agent)) => facets.sits(agent, sees),
            // Parked calls name callers of anybody.
            (None, None) => matches!(news.kind, "link" | "originateFailed"),
        }
    }

    /// The queues whose figures were asked for, if any were.
    pub fn summarised(&self) -> Option<&[String]> {
        self.wanted.summaries.then_some(&self.wanted.queues)
    }

    /// What became different in the figures of its queues since they were
    /// told last on this subscription; `anew` tells all. Figures have no place
    /// of their own: they carry that which the reader has reached.
    pub fn summaries(
        &self,
        board: &Snapshot,
        anew: bool,
        cursor: Cursor,
        at: UnixMicro,
    ) -> Vec<Told> {
        let mut inner = self.room.lock();
        let Some(one) = inner.subscriptions.get_mut(&self.id) else { return Vec::new() };
        if anew {
            one.summaries = Summaries::default();
        }
        let news = one.summaries.news(board);
        drop(inner);
        let told = |(kind, rest): (&'static str, Map<String, Value>)| {
            let mut json = head(kind, Some(cursor), at);
            json.extend(rest);
            Told { kind, cursor, json: Value::Object(json) }
        };
        news.into_iter().map(told).collect()
    }

    /// Waits for something new; the receiver of [`NewsRoom::wait`].
    pub fn room(&self) -> &Arc<NewsRoom> {
        &self.room
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut inner = self.room.lock();
        if let Some(one) = inner.subscriptions.get_mut(&self.id) {
            one.readers = one.readers.saturating_sub(1);
        }
    }
}

impl Inner {
    /// Whether a place is one of this process's that what came after is still
    /// known of.
    fn has(&self, place: Cursor) -> bool {
        if place == self.before {
            return true;
        }
        let first = self.before.seq + 1;
        let index = place.seq.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| self.ring.get(index)).is_some_and(|kept| kept.cursor == place)
    }
}

fn head(kind: &str, cursor: Option<Cursor>, at: UnixMicro) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("type".to_owned(), json!(kind));
    if let Some(cursor) = cursor {
        object.insert("seq".to_owned(), json!(cursor.seq));
        object.insert("epoch".to_owned(), json!(cursor.epoch));
    }
    // Milliseconds are exact in every JSON reader.
    object.insert("ts".to_owned(), json!(at.div_euclid(1000)));
    object
}

fn event(news: &News, cursor: Option<Cursor>, at: UnixMicro, sight: &Sight) -> Value {
    let mut object = head(news.kind, cursor, at);
    if let Some(agent) = &news.agent {
        object.insert("agent".to_owned(), json!(agent));
    }
    if let Some(queue) = &news.queue {
        object.insert("queue".to_owned(), json!(queue));
    }
    for (name, value) in &news.rest {
        let caller = matches!(name.as_str(), "number" | "caller-id")
            || (news.kind == "phoneNumber" && name == "name");
        let value = if sight.hide_callers && caller && !value.is_null() {
            json!("")
        } else {
            value.clone()
        };
        // A scope property is never overwritten by a detail.
        object.entry(name.clone()).or_insert(value);
    }
    Value::Object(object)
}

/// The beat of all transports.
pub fn heartbeat(cursor: Cursor, at: UnixMicro) -> Value {
    Value::Object(head("heartbeat", Some(cursor), at))
}

#[cfg(test)]
mod tests;
