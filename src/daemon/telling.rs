//! AMI as a second teller of the queues' records: its events become lines
//! that go where the log's go, and whichever came first counts.
//!
//! It hears the one connection; nothing waits for it.

use std::sync::Arc;

use crate::base::UnixMicro;
use crate::daemon::follow::Handle;
use crate::input::ami::client::Listener;
use crate::input::ami::{Action, Moment, Out};
use crate::twins::{Line, Twins};

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

/// The listener; `also` hears the same after it.
pub struct Telling<T: Teller> {
    twins: Twins,
    teller: T,
    also: Option<Box<dyn Listener>>,
    waiting: Vec<Line>,
    /// When what waits is offered again.
    again: Option<UnixMicro>,
    /// When the PBX started, in its words; empty before the first connection.
    started: String,
}

impl<T: Teller> Telling<T> {
    pub fn new(teller: T, also: Option<Box<dyn Listener>>) -> Self {
        Telling {
            twins: Twins::default(),
            teller,
            also,
            waiting: Vec::new(),
            again: None,
            started: String::new(),
        }
    }

    fn take(&mut self, now: Moment, out: &Out<'_>) {
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

impl<T: Teller> Listener for Telling<T> {
    fn hear(&mut self, now: Moment, out: Out<'_>) {
        self.take(now, &out);
        if let Some(also) = &mut self.also {
            also.hear(now, out);
        }
    }

    fn next(&self) -> Option<UnixMicro> {
        let also = self.also.as_ref().and_then(|also| also.next());
        [self.twins.next_due(), self.again, also].into_iter().flatten().min()
    }

    fn due(&mut self, now: Moment) {
        let lines = self.twins.due(now.wall);
        self.deliver(lines, now.wall);
        if let Some(also) = &mut self.also
            && also.next().is_some_and(|due| due <= now.wall)
        {
            also.due(now);
        }
    }

    fn bytes(&mut self, count: usize) {
        if let Some(also) = &mut self.also {
            also.bytes(count);
        }
    }

    fn say(&mut self) -> Option<(u64, Action)> {
        self.also.as_mut()?.say()
    }
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
        let mut telling = Telling::new(shelf.clone(), None);
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
        telling.hear(at(now), Out::Event(Told { at: now, event: join }));
        assert_eq!(telling.next(), Some(now + AGAIN));
        shelf.0.lock().unwrap().0 = false;
        telling.due(at(now + AGAIN));
        let told: Vec<_> = shelf.0.lock().unwrap().1.iter().map(|line| line.text.clone()).collect();
        assert_eq!(told, ["100|1.1|sales|NONE|ENTERQUEUE||0177|1"]);
        assert_eq!(telling.next(), None);
    }
}
