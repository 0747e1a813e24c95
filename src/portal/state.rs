//! What the handlers work with: handles to the rooms, settings, limits.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, watch};

use crate::base::{Result, Secs, UnixSec, Zone};
use crate::live;
use crate::media::Deliveries;
use crate::people::{Language, People};
use crate::portal::archive::{Archive, NoArchive};
use crate::portal::asked::blocking;
use crate::portal::news::NewsRoom;
use crate::portal::streams::Streams;
use crate::portal::switchboard::{NoSwitchboard, Switchboard};
use crate::portal::wire::system::{Backup, Health};
use crate::recordings::links::Links;
use crate::reports::Rules;
use crate::store::{Reader, Store};

/// Where handlers get the time from; tests own it.
pub type Clock = Arc<dyn Fn() -> UnixSec + Send + Sync>;

/// What only the daemon can tell or do. All methods but
/// [`Office::trouble`] may block.
pub trait Office: Send + Sync {
    /// Why the box does not do its work: a damaged database, an intake that
    /// stopped. Quick: called on the event loop.
    fn trouble(&self) -> Option<String>;

    /// The figures of the health page.
    fn health(&self, now: UnixSec) -> Result<Health>;

    /// Closes an open call by hand (`metrics.md` 2.8); `id` is the row's id
    /// in the live view, `talk` its length if known.
    ///
    /// Errors: [`crate::base::Kind::NotFound`] when there is no such open
    /// call (any more).
    fn close_by_hand(&self, id: &str, talk: Option<Secs>, now: UnixSec) -> Result<()>;

    /// The backups that lie on the box, newest first.
    fn backups(&self) -> Result<Vec<Backup>>;

    /// Makes a backup now.
    fn backup(&self, now: UnixSec) -> Result<Backup>;
}

/// How much the portal takes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; more wait in the listener's backlog.
    pub connections: usize,
    /// Live streams at a time, on the box and of one session.
    pub streams: usize,
    pub streams_per_session: usize,
    /// Answers with sound at a time.
    pub listeners: usize,
    /// Bytes of one request's head.
    pub head_bytes: usize,
    /// For the head of a request, and for an idle connection.
    pub head_time: Duration,
    /// From the head to the answer.
    pub request_time: Duration,
    /// For the peer to take a piece of an answer.
    pub write_time: Duration,
    /// For requests to finish after a stop.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 512,
            streams: 400,
            streams_per_session: 8,
            listeners: 64,
            head_bytes: 16 * 1024,
            head_time: Duration::from_secs(30),
            request_time: Duration::from_secs(20),
            write_time: Duration::from_secs(30),
            stop_time: Duration::from_secs(5),
        }
    }
}

/// How the portal presents itself and whom it trusts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The office's name, for people.
    pub office: String,
    pub zone: Zone,
    /// Of pages before anybody has logged in.
    pub language: Language,
    /// Whether the figures come from the embedded demonstration.
    pub demo: bool,
    /// Whether the portal is reached by https, so that cookies must be.
    pub https: bool,
    /// Proxies on these addresses are believed what they say of the client
    /// (`X-Forwarded-For`, `X-Forwarded-Proto`).
    pub proxies: Vec<IpAddr>,
    /// How reports count unless a question says otherwise.
    pub rules: Rules,
    /// Names for people, by name in the log.
    pub queue_labels: BTreeMap<String, String>,
    pub agent_labels: BTreeMap<String, String>,
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            office: "Switchroom".to_owned(),
            zone: Zone::utc(),
            language: Language::English,
            demo: false,
            https: false,
            proxies: Vec::new(),
            rules: Rules::default(),
            queue_labels: BTreeMap::new(),
            agent_labels: BTreeMap::new(),
            limits: Limits::default(),
        }
    }
}

/// Everything the handlers work with.
pub struct App {
    pub people: Arc<People>,
    pub store: Store,
    pub live: Arc<live::Hub>,
    pub office: Arc<dyn Office>,
    /// The call-event service.
    pub news: Arc<NewsRoom>,
    /// Whoever holds the link to Asterisk.
    pub switchboard: Arc<dyn Switchboard>,
    /// Whoever holds the recordings.
    pub archive: Arc<dyn Archive>,
    /// Links to their sound, of this run.
    pub(super) links: Links,
    /// Sound on its way to browsers.
    pub(super) deliveries: Deliveries,
    /// When this run began.
    pub(super) begun: Instant,
    pub clock: Clock,
    pub settings: Settings,
    /// Becomes true when the daemon stops: streams end, requests finish.
    pub stop: watch::Receiver<bool>,
    pub(super) streams: Arc<Streams>,
    /// One long question at a time: the store has few readers, and one of
    /// them has to stay free for "who is this" and the other quick ones.
    long: Arc<Semaphore>,
}

impl App {
    pub fn new(
        people: Arc<People>,
        store: Store,
        live: Arc<live::Hub>,
        office: Arc<dyn Office>,
        clock: Clock,
        settings: Settings,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let streams = Arc::new(Streams::new(&settings.limits));
        let long = Arc::new(Semaphore::new(1));
        let switchboard = Arc::new(NoSwitchboard::default());
        let news = Arc::new(NewsRoom::new(clock()));
        App {
            people,
            store,
            live,
            office,
            news,
            switchboard,
            archive: Arc::new(NoArchive),
            links: Links::new(),
            deliveries: Deliveries::new(settings.limits.listeners, stop.clone()),
            begun: Instant::now(),
            clock,
            settings,
            stop,
            streams,
            long,
        }
    }

    /// With a link to Asterisk and the call-event service it feeds.
    pub fn with_switchboard(self, switchboard: Arc<dyn Switchboard>, news: Arc<NewsRoom>) -> Self {
        App { switchboard, news, ..self }
    }

    /// With recordings.
    pub fn with_archive(self, archive: Arc<dyn Archive>) -> Self {
        App { archive, ..self }
    }

    /// Seconds of the wall clock.
    pub fn now(&self) -> UnixSec {
        (self.clock)()
    }

    /// Asks the store what may take long, when it is this question's turn.
    /// The turn lasts as long as the work, also when the browser leaves.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let turn = Arc::clone(&self.long).acquire_owned().await;
        let store = self.store.clone();
        blocking(move || {
            let answer = store.query(question);
            drop(turn);
            answer
        })
        .await
    }

    /// What people call a queue.
    pub fn queue_label<'a>(&'a self, name: &'a str) -> &'a str {
        self.settings.queue_labels.get(name).map_or(name, |label| label)
    }

    /// What people call an agent.
    pub fn agent_label<'a>(&'a self, name: &'a str) -> &'a str {
        self.settings.agent_labels.get(name).map_or(name, |label| label)
    }

    /// Live streams that are open.
    pub fn open_streams(&self) -> usize {
        self.streams.open()
    }
}
