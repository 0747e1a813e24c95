//! AMI as a second teller of the queues' records: its events become lines
//! that go where the log's go, and whichever came first counts.
//!
//! It hears the one connection; nothing waits for it.

use std::sync::Arc;

use crate::base::{UnixMicro, UnixSec};
use crate::daemon::ami::chain::Hearer;
use crate::daemon::follow::Handle;
use crate::input::ami::{Moment, Out};
use crate::model::{Direction, Fold};
use crate::twins::{Line, Talking, Twins, Underway};

/// Lines kept while the database can't take them: hours of a busy office.
const MOST_WAITING: usize = 20_000;
/// How soon what was refused is offered again.
const AGAIN: UnixMicro = 100_000;

/// The database's side: the thread that follows the log.
pub trait Teller: Send {
    /// Gives back what it can't take now.
    fn tell(&mut self, lines: Vec<Line>) -> Result<(), Vec<Line>>;
}

impl Teller for Arc<Handle> {
    fn tell(&mut self, lines: Vec<Line>) -> Result<(), Vec<Line>> {
        Handle::tell(self, lines)
    }
}

/// The one who hears.
pub struct Telling<T: Teller> {
    twins: Twins,
    teller: T,
    waiting: Vec<Line>,
    /// When what waits is offered again.
    again: Option<UnixMicro>,
    /// When the PBX started, in its words; empty before the first connection.
    started: String,
}

impl<T: Teller> Telling<T> {
    /// `underway` is what the run before left.
    pub fn new(teller: T, underway: Vec<Underway>) -> Self {
        let mut twins = Twins::default();
        twins.resume(underway);
        Telling { twins, teller, waiting: Vec::new(), again: None, started: String::new() }
    }

    fn hear(&mut self, now: Moment, out: &Out<'_>) {
        let lines = match out {
            Out::Up(peer) => {
                let restarted = !self.started.is_empty() && self.started != peer.started;
                self.started.clone_from(&peer.started);
                if restarted { vec![self.twins.restarted(now.wall)] } else { Vec::new() }
            }
            Out::SnapshotBegin => {
                self.twins.begin_snapshot();
                Vec::new()
            }
            Out::Item(told) => self.twins.item(told),
            Out::SnapshotEnd { refused } => {
                let complete = !refused
                    .iter()
                    .any(|(list, _)| matches!(*list, "QueueStatus" | "CoreShowChannels"));
                self.twins.end_snapshot(complete, now.wall)
            }
            Out::Event(told) => self.twins.apply(told),
            _ => Vec::new(),
        };
        self.deliver(lines, now.wall);
    }

    fn deliver(&mut self, lines: Vec<Line>, now: UnixMicro) {
        self.waiting.extend(lines);
        if self.waiting.is_empty() || self.again.is_some_and(|again| now < again) {
            return;
        }
        self.again = None;
        if let Err(mut refused) = self.teller.tell(std::mem::take(&mut self.waiting)) {
            let over = refused.len().saturating_sub(MOST_WAITING);
            if over > 0 {
                refused.drain(..over);
                tracing::error!(over, "events of queues are lost: the database takes none");
            }
            self.waiting = refused;
            self.again = Some(now + AGAIN);
        }
    }
}

impl<T: Teller> Hearer for Telling<T> {
    fn take(&mut self, now: Moment, out: &Out<'_>) {
        self.hear(now, out);
    }

    fn next(&self) -> Option<UnixMicro> {
        [self.twins.next_due(), self.again].into_iter().flatten().min()
    }

    fn due(&mut self, now: Moment) {
        let lines = self.twins.due(now.wall);
        self.deliver(lines, now.wall);
    }
}

/// The passages through queues that are open by the records: what a run goes
/// on with.
pub fn underway(fold: &Fold) -> Vec<Underway> {
    let names = fold.names();
    let open = fold.open().stints.into_iter();
    let of_queues = open.filter(|one| one.stint.direction == Direction::Inbound);
    of_queues
        .map(|one| {
            let stint = one.stint;
            let talking = |since: UnixSec| Talking {
                agent: stint.agent.map_or("", |agent| names.agent_name(agent)).to_owned(),
                member: stint.member_id.as_ref().map_or(String::new(), ToString::to_string),
                since,
                hold: stint.wait.unwrap_or(0),
            };
            Underway {
                talk: one.connected.map(talking),
                uniqueid: stint.call_id.to_string(),
                queue: names.queue_name(stint.queue).to_owned(),
                position: stint.position,
                entered: stint.enter,
            }
        })
        // Parked calls are the tracker's.
        .filter(|one| !one.uniqueid.starts_with(':'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::manager::{Channel, Event, Told};
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct Shelf(Arc<Mutex<(bool, Vec<Line>)>>);

    impl Teller for Shelf {
        fn tell(&mut self, lines: Vec<Line>) -> Result<(), Vec<Line>> {
            let mut shelf = self.0.lock().unwrap();
            if shelf.0 {
                return Err(lines);
            }
            shelf.1.extend(lines);
            Ok(())
        }
    }

    #[test]
    fn what_the_database_can_not_take_is_offered_again() {
        let shelf = Shelf::default();
        shelf.0.lock().unwrap().0 = true;
        let mut telling = Telling::new(shelf.clone(), Vec::new());
        let at = |wall| Moment { mono: std::time::Duration::ZERO, wall };
        let caller =
            Channel { uniqueid: "1.1".into(), number: "0177".into(), ..Channel::default() };
        let join = Event::QueueCallerJoin {
            caller,
            queue: "sales".into(),
            position: Some(1),
            count: Some(1),
        };
        let now = 100_000_000;
        telling.hear(at(now), &Out::Event(Told { at: now, event: join }));
        assert_eq!(telling.next(), Some(now + AGAIN));
        shelf.0.lock().unwrap().0 = false;
        telling.due(at(now + AGAIN));
        let told: Vec<_> = shelf.0.lock().unwrap().1.iter().map(|line| line.text.clone()).collect();
        assert_eq!(told, ["100|1.1|sales|NONE|ENTERQUEUE||0177|1"]);
        assert_eq!(telling.next(), None);
    }

    #[test]
    fn what_the_run_before_has_told_is_not_told_again_and_its_end_is() {
        let options = crate::input::queue_log::Options::default();
        let mut fold = Fold::new(crate::model::Settings::default());
        for line in [
            "90|1.1|sales|NONE|ENTERQUEUE||0177|2",
            "80|2.1|sales|NONE|ENTERQUEUE||0188|1",
            "85|2.1|sales|Ann|CONNECT|5|2.2|3",
            "86|:3.1|pk-default|NONE|ENTERQUEUE||701-0199|1",
        ] {
            let parsed = crate::input::queue_log::parse(line.as_bytes(), &options);
            let crate::input::queue_log::Parsed::Event(event) = parsed else { panic!("{line}") };
            fold.apply(&event, &mut Vec::new());
        }
        let shelf = Shelf::default();
        let mut telling = Telling::new(shelf.clone(), underway(&fold));
        let now = Moment { mono: std::time::Duration::ZERO, wall: 100_000_000 };
        let told = |event| Told { at: now.wall, event };
        let channel = |id: &str| Channel { uniqueid: id.to_owned().into(), ..Channel::default() };
        let listed = Event::CoreShowChannel {
            channel: channel("2.1"),
            bridge: "b".into(),
            application: "Queue".into(),
            application_data: "sales".into(),
            duration: Some(20),
        };
        telling.hear(now, &Out::SnapshotBegin);
        telling.hear(now, &Out::Item(told(waiting("1.1"))));
        telling.hear(now, &Out::Item(told(listed)));
        telling.hear(now, &Out::SnapshotEnd { refused: &[] });
        let attempt = crate::event::manager::Attempt {
            queue: "sales".into(),
            name: "Ann".into(),
            interface: "PJSIP/201".into(),
            ..Default::default()
        };
        let reason = crate::event::manager::CompleteReason::Agent;
        let complete = Event::AgentComplete { attempt, hold: Some(5), talk: Some(15), reason };
        telling.hear(now, &Out::Event(told(complete)));
        let lines: Vec<_> = shelf.0.lock().unwrap().1.iter().map(|l| l.text.clone()).collect();
        assert_eq!(lines, ["100|2.1|sales|Ann|COMPLETEAGENT|5|15|1"]);
    }

    fn waiting(id: &str) -> Event<'static> {
        Event::QueueEntry {
            queue: "sales".into(),
            position: Some(1),
            channel: "PJSIP/t-1".into(),
            uniqueid: id.to_owned().into(),
            number: "0177".into(),
            caller_name: "".into(),
            wait: Some(10),
            priority: None,
        }
    }
}
