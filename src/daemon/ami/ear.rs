//! What the client tells, into the office and out to those who watch.

use std::sync::Arc;

use crate::base::{UnixMicro, time};
use crate::daemon::ami::Room;
use crate::daemon::ami::chain::Hearer;
use crate::daemon::recordings::Teller;
use crate::event::manager::{Event, Told};
use crate::input::ami::{Action, Answer, Moment, Out};
use crate::live::LinkState;
use crate::live::news::{self, Facets, News};
use crate::live::office::{Lists, recorded_by};
use crate::recordings::Source;

/// News is told at most this often, in microseconds: what comes within is
/// told together.
const TELL: UnixMicro = 10_000;
/// Channels asked after a snapshot whether they are recorded.
const MOST_ASKED: usize = 200;
/// The board's part is renewed at most this often.
const BOARD: UnixMicro = 400_000;

/// The listener on the client's thread.
pub struct Ear {
    room: Arc<Room>,
    points: Vec<News>,
    /// Office as told last.
    told: u64,
    told_at: UnixMicro,
    shown: u64,
    shown_at: UnixMicro,
    /// When the next telling is due, if anything is to be told.
    due: Option<UnixMicro>,
    started: String,
}

impl Ear {
    pub fn new(room: Arc<Room>) -> Self {
        Ear {
            room,
            points: Vec::new(),
            told: 0,
            told_at: 0,
            shown: 0,
            shown_at: 0,
            due: None,
            started: String::new(),
        }
    }

    fn hear(&mut self, now: Moment, out: &Out<'_>) {
        match out {
            Out::Up(peer) => {
                let restarted = !self.started.is_empty() && self.started != peer.started;
                self.started.clone_from(&peer.started);
                if restarted {
                    self.room.office().restarted();
                }
                let mut state = self.room.state();
                state.version.clone_from(&peer.version);
                state.system.clone_from(&peer.system_name);
                drop(state);
                self.room.set_link(LinkState::Resyncing, None);
            }
            Out::SnapshotBegin => self.room.office().begin_snapshot(),
            Out::Item(told) => {
                self.count(now);
                self.room.office().item(told);
            }
            Out::SnapshotEnd { refused } => {
                let denied = |words: &str| !is_empty_list(words);
                let has = |list: &str| {
                    !refused.iter().any(|(name, words)| *name == list && denied(words))
                };
                let lists = Lists {
                    queues: has("QueueStatus"),
                    channels: has("CoreShowChannels"),
                    parking: has("ParkedCalls"),
                    devices: has("DeviceStateList"),
                    extensions: has("ExtensionStateList"),
                    contacts: has("PJSIPShowContacts"),
                };
                self.room.office().end_snapshot(lists, now.wall);
                self.room.state().refused = refused
                    .iter()
                    .filter(|(_, words)| denied(words))
                    .map(|(name, words)| format!("{name}: {words}"))
                    .collect();
                self.publish(now);
                self.room.set_link(LinkState::Up, None);
                self.ask_all();
            }
            Out::Event(told) => self.event(now, told),
            Out::Stale(true) => {
                let detail = "Asterisk says nothing; what is shown may be old".to_owned();
                self.room.set_link(LinkState::Stale, Some(detail));
            }
            Out::Stale(false) => {
                let syncing = self.room.office().is_resyncing();
                let state = if syncing { LinkState::Resyncing } else { LinkState::Up };
                self.room.set_link(state, None);
            }
            Out::Rest => self.rest(now),
            Out::Down(reason) => {
                self.room.set_link(LinkState::Down, Some(reason.to_string()));
                // What rings and who is a member is not known any more; the
                // log's word counts again.
                self.room.follow.see(None);
                self.shown = 0;
            }
            Out::Listed { .. } | Out::Answer { .. } => {}
        }
    }

    fn event(&mut self, now: Moment, told: &Told<'_>) {
        self.count(now);
        if let Some(recordings) = &self.room.recordings {
            tell_recordings(recordings, now.wall, &told.event);
        }
        let mut office = self.room.office();
        office.apply(told);
        let point = news::told(told, &office);
        drop(office);
        self.points.extend(point);
        match &told.event {
            Event::MixMonitorStart(channel) => self.ask_where(&channel.name, &channel.uniqueid),
            Event::AgentConnect { attempt, .. } => {
                self.ask_variables(&attempt.caller.name, &attempt.caller.uniqueid);
            }
            _ => {}
        }
        if let Event::ParkedCall(parking) = &told.event {
            let waits = self.room.state().parked.remove(&*parking.parkee.uniqueid);
            if let Some(waits) = waits {
                // Whoever asked may have left.
                let _ = waits.send(parking.space.to_string());
            }
        }
    }

    /// Asks where a recording lies: the event that says so is of the class
    /// `dialplan`, half of all bytes.
    fn ask_where(&self, channel: &str, uniqueid: &str) {
        let (name, began) = (channel.to_owned(), time::now_micro());
        self.ask(channel, uniqueid, "MIXMONITOR_FILENAME", move |room, uniqueid, _, path| {
            let mut office = room.office();
            office.recorded_to(uniqueid, path);
            let Some(recordings) = room.recordings.as_ref().filter(|_| !path.is_empty()) else {
                return;
            };
            let call = recorded_by(uniqueid).unwrap_or(uniqueid);
            let leg = office.channels.get(call);
            let source = Source {
                uniqueid: uniqueid.to_owned(),
                name,
                call: call.to_owned(),
                linkedid: leg.map(|leg| leg.linkedid.to_string()).unwrap_or_default(),
                asked: None,
            };
            drop(office);
            recordings.started(began, source, path);
        });
    }

    /// Asks for what the pop-up's address names.
    fn ask_variables(&self, channel: &str, uniqueid: &str) {
        for name in &self.room.variables {
            self.ask(channel, uniqueid, name, |room, uniqueid, name, value| {
                room.office().variable(uniqueid, name, value);
            });
        }
    }

    fn ask(
        &self,
        channel: &str,
        uniqueid: &str,
        name: &str,
        tell: impl FnOnce(&Room, &str, &str, &str) + Send + 'static,
    ) {
        let Some(client) = self.room.state().client.clone() else { return };
        let name = name.to_owned();
        let action = Action::GetVariable { channel: channel.to_owned(), name: name.clone() };
        let (room, uniqueid) = (Arc::clone(&self.room), uniqueid.to_owned());
        client.act(action, move |answer| {
            let Answer::Done { fields, .. } = answer else { return };
            if let Some((_, value)) = fields.iter().find(|(field, _)| field == "Value") {
                tell(&room, &uniqueid, &name, value);
            }
        });
    }

    /// The same for calls that were there before us.
    fn ask_all(&self) {
        let office = self.room.office();
        let there = office.channels.iter().filter(|leg| {
            leg.recording.is_none()
                && leg.up_since.is_some()
                && (leg.is_recorder() || !leg.is_local())
        });
        let asked: Vec<_> =
            there.take(MOST_ASKED).map(|leg| (leg.name.clone(), leg.uniqueid.clone())).collect();
        drop(office);
        for (name, uniqueid) in asked {
            self.ask_where(&name, &uniqueid);
            self.ask_variables(&name, &uniqueid);
        }
    }

    fn count(&self, now: Moment) {
        let mut state = self.room.state();
        state.events += 1;
        state.rate.add(now.wall.div_euclid(1_000_000));
    }

    /// Tells what is due, and notes when the rest will be.
    fn rest(&mut self, now: Moment) {
        let office = self.room.office();
        let (version, syncing) = (office.version(), office.is_resyncing());
        drop(office);
        // Half a snapshot is no picture of anything.
        if syncing || self.room.state().link.state == LinkState::Down {
            self.due = None;
            return;
        }
        // A clock that stepped back makes everything due.
        let since = |at: UnixMicro| if now.wall < at { UnixMicro::MAX } else { now.wall - at };
        let news = version != self.told || !self.points.is_empty();
        let board = version != self.shown;
        if news && since(self.told_at) >= TELL {
            self.tell(now);
        }
        if board && since(self.shown_at) >= BOARD {
            self.show(now);
        }
        let later = [
            (version != self.told).then_some(self.told_at + TELL),
            (version != self.shown).then_some(self.shown_at + BOARD),
        ];
        self.due = later.into_iter().flatten().min();
    }

    fn publish(&mut self, now: Moment) {
        self.tell(now);
        self.show(now);
        self.due = None;
    }

    fn tell(&mut self, now: Moment) {
        let points = std::mem::take(&mut self.points);
        self.told_at = now.wall;
        let office = self.room.office();
        self.told = office.version();
        // While nobody subscribes nothing is made ready.
        if !self.room.news.is_read() {
            return;
        }
        let facets = Facets::of(&office);
        drop(office);
        self.room.news.publish(facets, points, now.wall);
    }

    fn show(&mut self, now: Moment) {
        self.shown_at = now.wall;
        let office = self.room.office();
        self.shown = office.version();
        let sight = office.sight();
        drop(office);
        self.room.follow.see(Some(Box::new(sight)));
    }
}

/// What recordings want to know of an event.
fn tell_recordings(recordings: &Teller, now: UnixMicro, event: &Event<'_>) {
    match event {
        Event::MixMonitorMute { channel, muted, .. } => {
            recordings.muted(now, &channel.uniqueid, *muted);
        }
        // The stop is told only when somebody stops it, the end of the call
        // always.
        Event::MixMonitorStop(channel) | Event::Hangup { channel, .. } => {
            recordings.ended(now, &channel.uniqueid);
        }
        Event::MusicOnHoldStart { channel, .. } => recordings.held(now, &channel.linkedid, true),
        Event::MusicOnHoldStop(channel) => recordings.held(now, &channel.linkedid, false),
        _ => {}
    }
}

/// Asterisk refuses some lists that would be empty: "No Contacts found".
fn is_empty_list(words: &str) -> bool {
    words.starts_with("No ") && words.ends_with(" found")
}

impl Hearer for Ear {
    fn take(&mut self, now: Moment, out: &Out<'_>) {
        self.hear(now, out);
    }

    fn next(&self) -> Option<UnixMicro> {
        self.due
    }

    fn due(&mut self, now: Moment) {
        self.rest(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_would_be_empty_is_no_refusal() {
        // Asterisk 22, res_pjsip/pjsip_configuration.c and location.c.
        assert!(is_empty_list("No Contacts found"));
        assert!(is_empty_list("No endpoints found"));
        assert!(!is_empty_list("Permission denied"));
        assert!(!is_empty_list("Invalid/unknown command: PJSIPShowContacts"));
    }
}
