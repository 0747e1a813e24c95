//! Several who hear the one connection, one after another.

use crate::base::UnixMicro;
use crate::input::ami::client::Listener;
use crate::input::ami::{Action, Moment, Out};

/// One who hears and says nothing.
pub trait Hearer: Send {
    fn take(&mut self, now: Moment, out: &Out<'_>);
    /// When [`Hearer::due`] wants to be called.
    fn next(&self) -> Option<UnixMicro>;
    fn due(&mut self, now: Moment);
}

/// A hearer, and who hears the same after it and may speak.
pub struct Chain<H: Hearer> {
    first: H,
    then: Option<Box<dyn Listener>>,
}

impl<H: Hearer> Chain<H> {
    pub fn new(first: H, then: Option<Box<dyn Listener>>) -> Self {
        Chain { first, then }
    }
}

impl<H: Hearer> Listener for Chain<H> {
    fn hear(&mut self, now: Moment, out: Out<'_>) {
        self.first.take(now, &out);
        if let Some(then) = &mut self.then {
            then.hear(now, out);
        }
    }

    fn next(&self) -> Option<UnixMicro> {
        let then = self.then.as_ref().and_then(|then| then.next());
        [self.first.next(), then].into_iter().flatten().min()
    }

    fn due(&mut self, now: Moment) {
        let is_due = |next: Option<UnixMicro>| next.is_some_and(|due| due <= now.wall);
        if is_due(self.first.next()) {
            self.first.due(now);
        }
        if let Some(then) = &mut self.then
            && is_due(then.next())
        {
            then.due(now);
        }
    }

    fn bytes(&mut self, count: usize) {
        if let Some(then) = &mut self.then {
            then.bytes(count);
        }
    }

    fn say(&mut self) -> Option<(u64, Action)> {
        self.then.as_mut()?.say()
    }
}
