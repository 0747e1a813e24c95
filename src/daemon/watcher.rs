//! The live view's own fold: fed as soon as a line is read, without the
//! delay of the re-order window.
//!
//! Its changes are counted for today and never stored. Where the order in
//! the file was not the order of the calls, it may differ from the stored
//! truth for a moment; then it is made anew from that.

use std::sync::Arc;

use crate::base::{CallId, Result, Secs, UnixSec};
use crate::daemon::duplicates::{Known, Neighbour, Verdict};
use crate::daemon::intake::{Intake, Sequence};
use crate::input::queue_log::{Options, Parsed, parse, record_hash};
use crate::live::{self, Hub, Phones, Sight, Today};
use crate::model::{AlreadyClosed, Change, Fold};
use crate::store::{Order, StintFilter, Store};

/// What the hub's boards are made from.
#[derive(Debug)]
pub struct Watcher {
    hub: Arc<Hub>,
    settings: live::Settings,
    options: Options,
    fold: Fold,
    today: Today,
    phones: Phones,
    neighbour: Neighbour,
    changes: Vec<Change>,
    /// Identity of the sequence of records folded here.
    order: Sequence,
    dirty: bool,
}

impl Watcher {
    /// Goes on from the intake's state machines and today's stored facts.
    pub fn new(
        hub: Arc<Hub>,
        settings: live::Settings,
        options: Options,
        intake: &Intake,
        store: &Store,
        now: UnixSec,
    ) -> Result<Self> {
        let today = today(&settings, intake.fold(), store, now)?;
        let mut watcher = Watcher {
            hub,
            settings,
            options,
            fold: intake.fold().clone(),
            today,
            phones: Phones::default(),
            neighbour: Neighbour::default(),
            changes: Vec::new(),
            order: intake.order(),
            dirty: true,
        };
        // What waited in the window at the last stop is seen at once.
        for line in intake.waiting() {
            watcher.take(line, intake.known());
        }
        Ok(watcher)
    }

    /// What is open, with what still waits in the window.
    pub fn fold(&self) -> &Fold {
        &self.fold
    }

    /// Takes a line in as it was read. What is no record and what came before
    /// is passed over; the intake counts it.
    pub fn take(&mut self, line: &[u8], known: &Known) {
        let Parsed::Event(event) = parse(line, &self.options) else { return };
        let hash = record_hash(line);
        let repeats = self.neighbour.repeats(hash, &event.verb);
        if repeats || known.judge(event.time, hash) != Verdict::New {
            return;
        }
        self.order.add(hash);
        self.fold.apply(&event, &mut self.changes);
        self.count();
        self.dirty = true;
    }

    /// What AMI tells of telephones and members; empty when it does not.
    pub fn see(&mut self, phones: Phones) {
        if phones != self.phones {
            self.phones = phones;
            self.dirty = true;
        }
    }

    /// Another stretch of a file begins.
    pub fn begin(&mut self) {
        self.neighbour.forget();
    }

    /// Lets time pass: for what has waited too long, and for the window of
    /// today.
    pub fn tick(&mut self, now: UnixSec) {
        self.fold.tick(now, &mut self.changes);
        self.count();
        self.today.tick(&self.settings, now);
        self.dirty = true;
    }

    /// Closes an open call by hand, as the intake does.
    pub fn close_by_hand(
        &mut self,
        call: &CallId,
        secs: Option<Secs>,
    ) -> Result<(), AlreadyClosed> {
        let closed = self.fold.close_by_hand(call, secs, &mut self.changes);
        self.count();
        self.dirty = true;
        closed
    }

    /// The call of a row of the view; also an open call by its own id.
    pub fn call_of(&self, id: &str) -> Option<CallId> {
        let names = self.fold.names();
        let open = self.fold.open();
        let mut calls = open.stints.into_iter().map(|one| one.stint);
        calls
            .find(|stint| {
                let row = live::row_id(stint, names);
                id == row || id == stint.call_id.to_string()
            })
            .map(|stint| stint.call_id)
    }

    /// Whether the records folded here came in the order in which the stored
    /// fold got them, whose sequence has the identity `order`.
    pub fn agrees_with(&self, order: Sequence) -> bool {
        self.order == order
    }

    /// Takes the stored truth over. Everything read must be committed.
    pub fn start_over(
        &mut self,
        fold: &Fold,
        order: Sequence,
        store: &Store,
        now: UnixSec,
    ) -> Result<()> {
        self.today = today(&self.settings, fold, store, now)?;
        self.fold = fold.clone();
        self.order = order;
        self.dirty = true;
        Ok(())
    }

    /// Shows the newest picture, if there may be a new one.
    pub fn publish(&mut self, now: UnixSec) {
        if std::mem::take(&mut self.dirty) {
            let open = self.fold.open();
            let sight = Sight {
                open: &open,
                names: self.fold.names(),
                today: &self.today,
                phones: &self.phones,
                settings: &self.settings,
            };
            self.hub.publish(live::look(sight, now));
        }
    }

    /// Whether there may be a new picture.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    fn count(&mut self) {
        for change in self.changes.drain(..) {
            self.today.apply(&change, self.fold.names(), &self.settings);
        }
    }
}

/// Today's figures from stored facts.
fn today(settings: &live::Settings, fold: &Fold, store: &Store, now: UnixSec) -> Result<Today> {
    let mut today = Today::new(settings, now);
    let since = today.start();
    let names = fold.names();
    store.query(|reader| {
        let all = StintFilter::default();
        reader.for_each_stint(since..UnixSec::MAX, &all, Order::OldestFirst, |_, stint| {
            today.add(&stint, names, settings);
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
        reader.for_each_pause(since..UnixSec::MAX, |pause| {
            today.add_pause(&pause);
            Ok(())
        })
    })?;
    Ok(today)
}
