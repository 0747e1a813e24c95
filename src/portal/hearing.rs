//! What a viewer may hear, and how a recording looks to them.

use crate::base::UnixSec;
use crate::people::{Right, Viewer};
use crate::portal::archive::Archive;
use crate::portal::refusal::Refusal;
use crate::portal::sight::{Sight, same_agent};
use crate::portal::wire::recordings as w;
use crate::recordings::{Direction, Hold, Interval, Lock, Recording, Recordings, State};

/// The limits of one viewer, and what they may do within.
pub struct Hearing {
    pub sight: Sight,
    download: bool,
    mark: bool,
    pub marks_of_others: bool,
    delete: bool,
    hold: bool,
    listens: bool,
    pub account: String,
}

impl Hearing {
    /// Errors: refused when the viewer may hear their own calls only and the
    /// office does not let agents, or the account names no agent.
    pub fn of(viewer: &Viewer, archive: &dyn Archive) -> Result<Self, Refusal> {
        if !viewer.may(Right::RecordingsPlay) && !archive.agents_listen() {
            return Err(Refusal::denied("agents hear no recordings in this office")
                .coded("recordings.agents", []));
        }
        Ok(Hearing {
            sight: Sight::of(viewer, Right::RecordingsPlay)?,
            download: viewer.may(Right::RecordingsDownload),
            mark: viewer.may(Right::MarkersAdd),
            marks_of_others: viewer.may(Right::MarkersDelete),
            delete: viewer.may(Right::RecordingsDelete),
            hold: viewer.may(Right::RecordingsHold),
            listens: viewer.may(Right::ListensView),
            account: viewer.account.account.clone(),
        })
    }

    /// Whether the viewer may know of a recording at all. One that belongs to
    /// no queue is for those who see every queue, and for its agent.
    pub fn hears(&self, recording: &Recording) -> bool {
        let own = |own: &str| recording.agent.as_deref().is_some_and(|one| same_agent(one, own));
        match (&self.sight.agent, &recording.queue) {
            (Some(agent), None) => own(agent),
            (Some(agent), Some(queue)) => own(agent) && self.sight.sees_queue(queue),
            (None, Some(queue)) => self.sight.sees_queue(queue),
            (None, None) => self.sight.queues.is_none(),
        }
    }

    /// A recording the viewer may hear; others do not exist for them.
    pub fn one(
        &self,
        recordings: &Recordings,
        id: &str,
        now: UnixSec,
    ) -> Result<Recording, Refusal> {
        let known =
            || Refusal::not_found("there is no such recording").coded("recording.unknown", []);
        let id = id.parse().map_err(|_| known())?;
        let found = recordings.one(id, now)?;
        if self.hears(&found) { Ok(found) } else { Err(known()) }
    }

    /// How a recording looks to the viewer. `call` is the id of its page.
    pub fn row(&self, of: Recording, call: Option<String>, archive: &dyn Archive) -> w::Recording {
        let there = of.state != State::Deleted;
        let lock = of.lock(|key| archive.opens(key));
        let plays = there && !of.restricted;
        w::Recording {
            id: of.id.to_string(),
            call,
            started: of.started(),
            stopped: of.stopped,
            duration: of.duration_ms().map(secs),
            direction: match of.direction {
                Direction::Inbound => Some("in"),
                Direction::Outbound => Some("out"),
                Direction::Internal | Direction::Unknown => None,
            },
            leg: of.leg.name(),
            kind: of.occasion.name(),
            codec: of.sound.as_ref().map(|sound| sound.codec.clone()).unwrap_or_default(),
            size: of.size.unwrap_or(0),
            state: of.state.name(),
            lock: lock.name(),
            held: of.held,
            hold_reason: None,
            hold_until: None,
            keep_until: if there && !of.held { archive.keep_until(&of) } else { None },
            note: of.note.filter(|_| of.state == State::Failed),
            restricted: of.restricted,
            markers: of.markers,
            listened: of.listened,
            muted: stretches(&of.muted),
            hold: stretches(&of.on_hold),
            may: w::MayDo {
                play: plays,
                download: plays && self.download && lock != Lock::Locked,
                mark: plays && self.mark,
                delete: there && self.delete && of.state != State::Growing,
                hold: there && self.hold,
                listens: self.listens,
            },
            number: of.number.filter(|_| self.sight.callers),
            call_id: of.call,
            queue: of.queue,
            agent: of.agent,
        }
    }
}

/// Tells why and until when a row is held: of the holds in force that lie on
/// it, the one that lasts longest.
pub fn tell_hold(row: &mut w::Recording, holds: &[Hold], now: UnixSec) {
    let id: Option<i64> = row.id.parse().ok();
    let on_it = holds.iter().filter(|hold| hold.in_force(now) && hold.of.recording == id);
    if let Some(hold) = on_it.max_by_key(|hold| hold.until.unwrap_or(UnixSec::MAX)) {
        row.hold_reason = Some(hold.reason.clone());
        row.hold_until = hold.until;
    }
}

pub fn secs(ms: u32) -> f64 {
    f64::from(ms) / 1000.0
}

pub fn stretches(of: &[Interval]) -> Vec<w::Stretch> {
    of.iter().map(|&(from, to)| w::Stretch(secs(from), secs(to))).collect()
}
