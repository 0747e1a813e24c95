//! The one connection to Asterisk: what it tells goes into the office, and
//! from there to the board and to the call-event service; what people want
//! goes the other way.
//!
//! Wiring only: the office keeps the state, `actions` decides, the client
//! keeps the connection.

pub mod chain;
mod ear;
mod order;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::sync::{Notify, oneshot};

use crate::actions::{Dialplan, Plan, Wait};
use crate::base::{Error, Kind, Result, UnixSec, time};
use crate::daemon::follow::Handle as Follow;
use crate::daemon::recordings::Teller;
use crate::input::ami::{self, Client, Login};
use crate::live::news::News;
use crate::live::office::Entry;
use crate::live::{Hub, Link, LinkState, Office};
use crate::portal::wire::system::AmiHealth;
use crate::portal::{DeskSettings, Later, NewsRoom, Outcome, Switchboard};

use chain::Chain;
pub use ear::Ear;

/// How long an answer is waited for before the page is told that it comes
/// later.
const PATIENCE: Duration = Duration::from_millis(2500);
/// How long a page's question after a result waits.
const RESULT: Duration = Duration::from_secs(10);
/// How long a parked call's place is waited for after Asterisk agreed.
const PARKED: Duration = Duration::from_secs(3);
/// Results kept for pages that ask.
const MOST_RESULTS: usize = 256;

/// What is configured.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub dialplan: Dialplan,
    pub desk: DeskSettings,
    pub entries: Vec<Entry>,
    /// Who writes recordings down, if somebody does.
    pub recordings: Option<Arc<Teller>>,
}

/// The office and the way to Asterisk, shared by the client's thread and the
/// portal.
pub struct Room {
    // Held for one event or one look, never across a wait.
    office: Mutex<Office>,
    // The same: for a look or a note.
    state: Mutex<State>,
    hub: Arc<Hub>,
    news: Arc<NewsRoom>,
    follow: Arc<Follow>,
    dialplan: Dialplan,
    desk: DeskSettings,
    /// Variables of callers that the pop-up's address names.
    variables: Vec<String>,
    recordings: Option<Arc<Teller>>,
    /// Wakes pages that wait for a result.
    ended: Notify,
}

#[derive(Default)]
struct State {
    link: Link,
    version: String,
    system: String,
    events: u64,
    /// Events counted at the begin of this second and of the one before.
    rate: Rate,
    client: Option<ami::Handle>,
    results: Results,
    /// Who waits for the place of a parked channel.
    parked: FxHashMap<String, oneshot::Sender<String>>,
    refused: Vec<String>,
}

/// Events per second, of the last full second.
#[derive(Default)]
struct Rate {
    second: UnixSec,
    count: u64,
    last: u64,
}

impl Rate {
    fn add(&mut self, now: UnixSec) {
        if now != self.second {
            self.last = if now == self.second + 1 { self.count } else { 0 };
            (self.second, self.count) = (now, 0);
        }
        self.count += 1;
    }

    fn at(&self, now: UnixSec) -> u64 {
        match now - self.second {
            0 => self.last,
            1 => self.count,
            _ => 0,
        }
    }
}

/// What became of actions that took longer.
#[derive(Default)]
struct Results {
    last: u64,
    /// `None` while it is not known.
    known: Vec<(u64, Option<Ended>)>,
}

#[derive(Clone)]
struct Ended(Result<String, (Kind, String)>);

impl Results {
    fn open(&mut self) -> u64 {
        self.last += 1;
        if self.known.len() >= MOST_RESULTS {
            self.known.remove(0);
        }
        self.known.push((self.last, None));
        self.last
    }

    fn end(&mut self, id: u64, how: Ended) {
        if let Some((_, known)) = self.known.iter_mut().find(|(known, _)| *known == id) {
            *known = Some(how);
        }
    }

    fn get(&self, id: u64) -> Option<Option<Ended>> {
        self.known.iter().find(|(known, _)| *known == id).map(|(_, ended)| ended.clone())
    }
}

impl Room {
    pub fn new(
        hub: Arc<Hub>,
        news: Arc<NewsRoom>,
        follow: Arc<Follow>,
        settings: Settings,
    ) -> Arc<Self> {
        let room = Room {
            office: Mutex::new(Office::new(settings.entries)),
            state: Mutex::default(),
            hub,
            news,
            follow,
            dialplan: settings.dialplan,
            variables: variables(settings.desk.popup.as_deref().unwrap_or_default()),
            desk: settings.desk,
            recordings: settings.recordings,
            ended: Notify::new(),
        };
        room.set_link(LinkState::Down, Some("connecting".to_owned()));
        Arc::new(room)
    }

    /// Starts the connection. `also` hears the same.
    ///
    /// Errors: when the system gives no pipe or no thread.
    pub fn connect(
        self: &Arc<Self>,
        login: Login,
        dial: impl ami::client::Dial + 'static,
        also: Option<Box<dyn ami::client::Listener>>,
    ) -> Result<Client> {
        let client = Client::start(login, dial, Chain::new(Ear::new(Arc::clone(self)), also))?;
        self.state().client = Some(client.handle());
        if let Some(recordings) = &self.recordings {
            let handle = client.handle();
            recordings.unmute_by(Box::new(move |channel| {
                let go_on = ami::Action::MixMonitorMute {
                    channel: channel.to_owned(),
                    direction: ami::action::Direction::Both,
                    muted: false,
                };
                handle.act(go_on, |answer| {
                    if let ami::Answer::Refused(message) = answer {
                        tracing::warn!(message, "Asterisk refused to end a recording's mute");
                    }
                });
            }));
        }
        Ok(client)
    }

    /// For the health page.
    pub fn health(&self) -> AmiHealth {
        let now = time::now();
        let dropped = self.office().dropped();
        let state = self.state();
        AmiHealth {
            state: state.link.state,
            since: state.link.since,
            detail: state.link.detail.clone(),
            version: state.version.clone(),
            system: state.system.clone(),
            events: state.events,
            events_per_second: state.rate.at(now),
            dropped,
            refused: state.refused.clone(),
        }
    }

    fn office(&self) -> MutexGuard<'_, Office> {
        self.office.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes and tells how the link does.
    fn set_link(&self, link: LinkState, detail: Option<String>) {
        let now = time::now();
        let mut state = self.state();
        if state.link.state == link && state.link.detail == detail {
            return;
        }
        let since = if state.link.state == link { state.link.since } else { now };
        state.link = Link { state: link, since, detail };
        let link = state.link.clone();
        drop(state);
        self.hub.report_link(link.clone());
        self.news.report_link(link, now * 1_000_000);
    }

    /// Sends one order and waits for the answer as long as it takes.
    async fn send(&self, order: &crate::actions::Order) -> Result<String> {
        let action = order::action(order)?;
        let parked = match &order.wait {
            Wait::Parked { uniqueid } => {
                let (tell, told) = oneshot::channel();
                self.state().parked.insert(uniqueid.clone(), tell);
                Some((uniqueid.clone(), told))
            }
            Wait::Answer | Wait::Originate => None,
        };
        let client = self.state().client.clone().ok_or_else(not_connected)?;
        let (answer, answered) = oneshot::channel();
        client.act(action, move |outcome| {
            // Whoever asked may have left.
            let _ = answer.send(outcome);
        });
        let said = answered.await.map_err(|_| not_connected())?;
        let said = order::outcome(said);
        let Some((uniqueid, told)) = parked else { return said };
        let space = match said {
            Ok(_) => tokio::time::timeout(PARKED, told).await.ok().and_then(Result::ok),
            Err(error) => {
                self.state().parked.remove(&uniqueid);
                return Err(error);
            }
        };
        self.state().parked.remove(&uniqueid);
        space.map(|space| format!("{SPACE}{space}")).ok_or_else(|| {
            Error::new(
                Kind::Unavailable,
                "Asterisk agreed but did not say where it parked the call",
            )
        })
    }
}

/// The names in `${var:NAME}` of an address.
fn variables(address: &str) -> Vec<String> {
    let parts = address.split("${var:").skip(1);
    let name = |part: &str| Some(part.split_once('}')?.0.to_owned());
    let plain = |name: &String| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let mut names: Vec<String> = parts.filter_map(name).filter(plain).collect();
    names.sort();
    names.dedup();
    names
}

/// Marks the place of a parked call in an order's result.
const SPACE: &str = "parked at ";

fn not_connected() -> Error {
    Error::new(Kind::Unavailable, "there is no connection to Asterisk just now")
}

impl std::fmt::Debug for Room {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Room").finish_non_exhaustive()
    }
}

impl Switchboard for Arc<Room> {
    fn link(&self) -> Link {
        self.state().link.clone()
    }

    fn look(&self, at: &mut dyn FnMut(&Office)) {
        at(&self.office());
    }

    fn dialplan(&self) -> &Dialplan {
        &self.dialplan
    }

    fn desk(&self) -> &DeskSettings {
        &self.desk
    }

    fn carry_out(&self, plan: Plan) -> Later<'_, Result<Outcome>> {
        let room = Arc::clone(self);
        Box::pin(async move {
            let id = room.state().results.open();
            let (done, waited) = oneshot::channel();
            // The orders go on when the page has left.
            tokio::spawn(async move {
                let mut last = Ok(String::new());
                for order in &plan.orders {
                    last = room.send(order).await;
                    if last.is_err() {
                        break;
                    }
                }
                let kept = match &last {
                    Ok(words) => Ok(words.clone()),
                    Err(error) => Err((error.kind(), error.message().to_owned())),
                };
                room.state().results.end(id, Ended(kept));
                room.ended.notify_waiters();
                if last.is_err() && plan.orders.iter().any(|one| one.wait == Wait::Originate) {
                    let failed = News::originate_failed(&id.to_string());
                    room.news.tell(vec![failed], time::now() * 1_000_000);
                }
                let _ = done.send(last);
            });
            match tokio::time::timeout(PATIENCE, waited).await {
                Ok(Ok(result)) => result.map(done_with),
                Ok(Err(_)) => Err(not_connected()),
                Err(_) => Ok(Outcome::Accepted { id: id.to_string() }),
            }
        })
    }

    fn result(&self, id: &str) -> Later<'_, Result<Option<Outcome>>> {
        let id = id.parse().unwrap_or(0);
        Box::pin(async move {
            let until = tokio::time::Instant::now() + RESULT;
            loop {
                // Listening before looking: an end between the two is heard.
                let mut ended = std::pin::pin!(self.ended.notified());
                ended.as_mut().enable();
                let known = self.state().results.get(id);
                match known {
                    None => {
                        let text = "nothing is known of this action (any more)";
                        return Err(Error::new(Kind::NotFound, text));
                    }
                    Some(Some(Ended(Ok(words)))) => return Ok(Some(done_with(words))),
                    Some(Some(Ended(Err((kind, message))))) => {
                        return Err(Error::new(kind, message));
                    }
                    Some(None) => {
                        if tokio::time::timeout_at(until, ended).await.is_err() {
                            return Ok(None);
                        }
                    }
                }
            }
        })
    }
}

fn done_with(words: String) -> Outcome {
    match words.strip_prefix(SPACE) {
        Some(space) => {
            let space = Some(space.to_owned());
            Outcome::Done { message: words, space }
        }
        None => Outcome::Done { message: words, space: None },
    }
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn only_plain_names_of_variables_are_asked_for() {
        let address = "https://crm/?c=${caller}&n=${var:CUSTOMER}&t=${var:TIER}&x=${var:CUSTOMER}";
        assert_eq!(variables(address), ["CUSTOMER", "TIER"]);
        // A function of the dialplan could do anything.
        assert!(variables("https://crm/?x=${var:SHELL(rm)}&y=${var:}&z=${var:OPEN").is_empty());
    }
}
