//! From lines to batches: the one path that following and importing share.
//!
//! line → place in the order → parsed → counted, or known already → folded →
//! changes. What has been taken in leaves as a [`Batch`] with the position
//! behind the last line, so that a commit is all of it. Lines that still wait
//! in the re-order window travel along raw.

use std::collections::BTreeMap;

use crate::base::{Result, Secs, UnixSec};
use crate::daemon::duplicates::{Known, Neighbour, Verdict};
use crate::input::queue_log::lines::Line;
use crate::input::queue_log::{
    self, Complaint, Cuts, LONGEST_LINE, Options, Parsed, Reason, Reorder, find_cuts, parse_cut,
    record_hash,
};
use crate::model::{AlreadyClosed, Change, Fold, Ignored, Settings, StatePut};
use crate::store::{Batch, Loaded, OddKind, OddLine, Position, Store};

/// Bytes of an odd line that are kept to be shown.
const ODD_BYTES: usize = 256;
/// Odd lines of one batch: the health page shows 20 of each kind.
const ODD_LINES: usize = 64;
/// Names of unknown verbs that are counted one by one; a file of rubbish must
/// not fill the database with names.
const UNKNOWN_VERBS: usize = 100;

/// What was taken in, as `metrics.md` 1.2 counts it:
/// `lines` = `records` + `unknown` + `malformed` + `duplicates`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub lines: u64,
    pub records: u64,
    pub unknown: u64,
    pub malformed: u64,
    /// Too old ones among them: their facts were deleted with their age.
    pub duplicates: u64,
    pub too_old: u64,
    /// Stints closed.
    pub calls: u64,
}

/// Identity of a sequence of records: equal for equal records in equal order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sequence(u64);

impl Sequence {
    /// The next record, by its hash.
    pub fn add(&mut self, hash: u64) {
        // Multiplying by an odd number makes the place of each hash count.
        self.0 = (self.0.rotate_left(5) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// The pipeline up to the store's door.
#[derive(Debug)]
pub struct Intake {
    reorder: Reorder,
    /// What the tracker has open, as stored, and whether it is to be stored.
    tracker: Option<String>,
    tracker_changed: bool,
    /// Whether the waiting lines are others than those of the last batch.
    waiting_changed: bool,
    position: Option<Position>,
    position_changed: bool,
    core: Core,
}

/// What happens to a line that has found its place.
#[derive(Debug)]
struct Core {
    options: Options,
    fold: Fold,
    known: Known,
    neighbour: Neighbour,
    newest: UnixSec,
    /// Identity of the sequence of records folded so far.
    order: Sequence,
    counts: Counts,
    committed: Counts,
    unknown_verbs: BTreeMap<Box<str>, u64>,
    named_verbs: usize,
    ignored: BTreeMap<Ignored, u64>,
    changes: Vec<Change>,
    seen: Vec<(UnixSec, u64)>,
    odd: Vec<OddLine>,
}

impl Intake {
    /// Goes on from what a database holds. Lines that waited when it was
    /// last written wait again.
    pub fn new(
        settings: Settings,
        options: Options,
        loaded: Loaded,
        horizon: Option<UnixSec>,
    ) -> Result<Self> {
        let position = loaded.positions.iter().copied().max_by_key(|position| position.last);
        let tracker = loaded.parts.iter().find(|(key, _)| key == Fold::TRACKER);
        let tracker = tracker.and_then(|(_, text)| String::from_utf8(text.clone()).ok());
        let fold = Fold::restore(settings, loaded.names, loaded.parts, loaded.recent)?;
        let mut intake = Intake {
            reorder: Reorder::default(),
            tracker,
            tracker_changed: false,
            waiting_changed: false,
            position,
            position_changed: false,
            core: Core {
                options,
                fold,
                known: Known::default(),
                neighbour: Neighbour::default(),
                newest: loaded.newest,
                order: Sequence::default(),
                counts: Counts::default(),
                committed: Counts::default(),
                unknown_verbs: BTreeMap::new(),
                named_verbs: 0,
                ignored: BTreeMap::new(),
                changes: Vec::new(),
                seen: Vec::new(),
                odd: Vec::new(),
            },
        };
        intake.core.known.refuse_before(horizon.unwrap_or(UnixSec::MIN));
        // Until a line shows that another stretch begins, reading goes on where
        // it ended; the lines that wait are of that stretch in any case.
        intake.core.known.begin(loaded.newest, position.map(|position| position.last));
        for line in &loaded.pending {
            if let Ok(cuts) = find_cuts(line) {
                let core = &mut intake.core;
                intake.reorder.push(&cuts, line, 0, |line, cuts| core.settled(line, cuts));
                intake.waiting_changed = true;
            }
        }
        Ok(intake)
    }

    /// Whether a line goes on where the last one ended: in the same file,
    /// right behind it.
    pub fn continues(&self, line: &Line<'_>, behind: &Position) -> bool {
        let Some(before) = &self.position else { return false };
        let bytes = match line {
            Line::Complete(bytes) => bytes.len() as u64 + 1,
            Line::TooLong { length, .. } => length + 1,
            Line::Torn(bytes) => bytes.len() as u64,
        };
        let same_file = (before.device, before.inode) == (behind.device, behind.inode)
            || (before.fingerprint, before.fingerprint_len)
                == (behind.fingerprint, behind.fingerprint_len);
        same_file && before.offset + bytes == behind.offset
    }

    /// Begins another stretch. What waits must have been settled and all be
    /// committed before (see [`Intake::batch`]), so that the new stretch is
    /// compared with it.
    pub fn begin(&mut self) {
        debug_assert!(self.reorder.is_empty(), "settle and commit before another stretch");
        self.core.known.begin(self.core.newest, None);
        self.core.neighbour.forget();
    }

    /// Lets everything that waits go on: the end of a file.
    pub fn settle(&mut self) {
        self.waiting_changed |= !self.reorder.is_empty();
        let core = &mut self.core;
        self.reorder.flush(|line, cuts| core.settled(line, cuts));
    }

    /// Lets go on what has waited for the length of the window; for when the
    /// file is quiet.
    pub fn settle_older(&mut self, clock: Secs) {
        let before = self.reorder.len();
        let core = &mut self.core;
        self.reorder.release_older(clock, |line, cuts| core.settled(line, cuts));
        self.waiting_changed |= self.reorder.len() != before;
    }

    /// Takes a line in. `behind` is the position after it, `None` where
    /// there is none to remember; `clock` only goes forward.
    ///
    /// Errors: those of looking up what is known; then nothing happened and
    /// the line is to be given again.
    pub fn take(
        &mut self,
        line: Line<'_>,
        behind: Option<Position>,
        clock: Secs,
        store: &Store,
    ) -> Result<()> {
        let core = &mut self.core;
        match line {
            Line::Complete(bytes) => match find_cuts(bytes) {
                Ok(cuts) => {
                    core.known.prepare(cuts.time, store)?;
                    core.counts.lines += 1;
                    core.newest = core.newest.max(cuts.time);
                    self.waiting_changed = true;
                    self.reorder.push(&cuts, bytes, clock, |line, cuts| core.settled(line, cuts));
                }
                Err(complaint) => {
                    core.counts.lines += 1;
                    core.malformed(bytes, complaint);
                }
            },
            Line::TooLong { head, .. } => {
                core.counts.lines += 1;
                core.malformed(head, Complaint { at: LONGEST_LINE, reason: Reason::TooLong });
            }
            Line::Torn(bytes) => {
                core.counts.lines += 1;
                let at = bytes.len();
                core.malformed(bytes, Complaint { at, reason: Reason::TooFewFields { found: 0 } });
            }
        }
        if let Some(behind) = behind {
            self.position = Some(Position { last: self.core.newest, ..behind });
            self.position_changed = true;
        }
        Ok(())
    }

    /// Goes past a line of the log whose fact was told before.
    pub fn pass(&mut self, time: UnixSec, behind: Position) {
        let core = &mut self.core;
        core.counts.lines += 1;
        core.counts.duplicates += 1;
        core.newest = core.newest.max(time);
        self.position = Some(Position { last: core.newest, ..behind });
        self.position_changed = true;
    }

    /// How lines are read.
    pub fn options(&self) -> &Options {
        &self.core.options
    }

    /// Lets time pass in the state machines.
    pub fn tick(&mut self, now: UnixSec) {
        self.core.fold_with(|fold, changes| fold.tick(now, changes));
    }

    /// Closes an open call by hand.
    pub fn close_by_hand(
        &mut self,
        call: &crate::base::CallId,
        secs: Option<Secs>,
    ) -> Result<(), AlreadyClosed> {
        self.core.fold_with(|fold, changes| fold.close_by_hand(call, secs, changes))
    }

    /// Everything since the last batch. It must be committed before the next
    /// is asked for, or be kept and tried again. `used` is one that was
    /// committed, whose places are used again, or an empty one.
    pub fn batch(&mut self, mut used: Batch) -> Batch {
        let core = &mut self.core;
        used.changes.clear();
        used.seen.clear();
        let mut counters = core.counts.since(&core.committed);
        core.committed = core.counts;
        let verbs = std::mem::take(&mut core.unknown_verbs);
        counters.extend(verbs.into_iter().map(|(verb, n)| (format!("unknown {verb}").into(), n)));
        let ignored = std::mem::take(&mut core.ignored);
        counters.extend(ignored.into_iter().map(|(why, n)| (format!("ignored {why:?}").into(), n)));
        let pending = std::mem::take(&mut self.waiting_changed)
            .then(|| self.reorder.pending().map(Box::from).collect());
        let mut state = core.fold.take_state();
        if std::mem::take(&mut self.tracker_changed) {
            let value = self.tracker.clone().map(String::into_bytes);
            state.push(StatePut { key: Fold::TRACKER.to_vec(), value });
        }
        Batch {
            changes: std::mem::replace(&mut core.changes, used.changes),
            state,
            seen: std::mem::replace(&mut core.seen, used.seen),
            position: std::mem::take(&mut self.position_changed).then_some(self.position).flatten(),
            counters,
            odd: std::mem::take(&mut core.odd),
            pending,
        }
    }

    /// What the tracker has open: stored with the records it wrote.
    pub fn keep_tracker(&mut self, journal: &str) {
        if self.tracker.as_deref() != Some(journal) {
            self.tracker = Some(journal.to_owned());
            self.tracker_changed = true;
        }
    }

    /// The tracker's journal as it was last kept.
    pub fn tracker(&self) -> Option<&str> {
        self.tracker.as_deref()
    }

    /// How much waits to be committed, in changes and records.
    pub fn gathered(&self) -> usize {
        self.core.changes.len() + self.core.seen.len() + self.core.odd.len()
    }

    /// Whether a batch would hold anything that was read.
    pub fn is_dirty(&self) -> bool {
        self.position_changed
            || self.waiting_changed
            || self.tracker_changed
            || self.gathered() > 0
            || self.core.counts != self.core.committed
    }

    /// The position behind the last line.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// Leaves the stored position as it is.
    pub fn forget_position(&mut self) {
        self.position_changed = false;
    }

    /// Whether no line waits in the re-order window.
    pub fn nothing_waits(&self) -> bool {
        self.reorder.is_empty()
    }

    /// The lines that wait, in order.
    pub fn waiting(&self) -> impl Iterator<Item = &[u8]> {
        self.reorder.pending()
    }

    /// Since this intake was made.
    pub fn counts(&self) -> Counts {
        self.core.counts
    }

    /// Time of the newest record.
    pub fn newest(&self) -> UnixSec {
        self.core.newest
    }

    /// Identity of the sequence of records folded since this intake was made.
    pub fn order(&self) -> Sequence {
        self.core.order
    }

    /// The state machines.
    pub fn fold(&self) -> &Fold {
        &self.core.fold
    }

    /// What other ranges brought, as far as it was looked up.
    pub fn known(&self) -> &Known {
        &self.core.known
    }
}

impl Core {
    /// A line whose place is certain.
    fn settled(&mut self, line: &[u8], cuts: &Cuts) {
        let event = match parse_cut(line, cuts, &self.options) {
            Parsed::Event(event) => event,
            Parsed::Unknown(unknown) => {
                self.counts.unknown += 1;
                let verb = self.verb_to_count(&unknown.verb);
                *self.unknown_verbs.entry(verb).or_default() += 1;
                self.odd(OddKind::Unknown, unknown.time, &unknown.verb, line);
                return;
            }
            Parsed::Malformed(complaint) => return self.malformed(line, complaint),
        };
        let hash = record_hash(line);
        let repeats = self.neighbour.repeats(hash, &event.verb);
        let verdict = self.known.judge(event.time, hash);
        if repeats || verdict != Verdict::New {
            self.counts.duplicates += 1;
            self.counts.too_old += u64::from(verdict == Verdict::TooOld);
            return;
        }
        self.counts.records += 1;
        self.order.add(hash);
        self.seen.push((event.time, hash));
        let before = self.changes.len();
        self.fold.apply(&event, &mut self.changes);
        self.count(before);
    }

    fn fold_with<T>(&mut self, act: impl FnOnce(&mut Fold, &mut Vec<Change>) -> T) -> T {
        let before = self.changes.len();
        let result = act(&mut self.fold, &mut self.changes);
        self.count(before);
        result
    }

    /// Counts the changes from an index on; those that say only that a record
    /// made no sense are taken out.
    fn count(&mut self, from: usize) {
        for change in self.changes.get(from..).unwrap_or_default() {
            match change {
                Change::Stint(_) => self.counts.calls += 1,
                Change::Ignored(why) => *self.ignored.entry(*why).or_default() += 1,
                _ => {}
            }
        }
        if self.changes[from..].iter().any(|change| matches!(change, Change::Ignored(_))) {
            let kept = self.changes.split_off(from);
            self.changes.extend(kept.into_iter().filter(|one| !matches!(one, Change::Ignored(_))));
        }
    }

    fn malformed(&mut self, line: &[u8], complaint: Complaint) {
        self.counts.malformed += 1;
        self.odd(OddKind::Malformed, self.newest, &complaint.to_string(), line);
    }

    fn odd(&mut self, kind: OddKind, at: UnixSec, reason: &str, line: &[u8]) {
        if self.odd.len() == ODD_LINES {
            self.odd.remove(0);
        }
        let line = line.get(..ODD_BYTES).unwrap_or(line);
        self.odd.push(OddLine { at, kind, reason: cut(reason, 80).into(), line: line.into() });
    }

    fn verb_to_count(&mut self, verb: &str) -> Box<str> {
        let verb = cut(verb, 40);
        if self.unknown_verbs.contains_key(verb) {
            return verb.into();
        }
        self.named_verbs += 1;
        if self.named_verbs > UNKNOWN_VERBS { "(others)".into() } else { verb.into() }
    }
}

impl Counts {
    fn since(&self, before: &Counts) -> Vec<(Box<str>, u64)> {
        [
            ("lines", self.lines - before.lines),
            ("records", self.records - before.records),
            ("unknown", self.unknown - before.unknown),
            ("malformed", self.malformed - before.malformed),
            ("duplicates", self.duplicates - before.duplicates),
            ("too_old", self.too_old - before.too_old),
            ("calls", self.calls - before.calls),
        ]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| (name.into(), n))
        .collect()
    }
}

/// The first characters of a text, at most so many bytes.
fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A position as the store keeps it.
pub fn stored(position: queue_log::Position, last: UnixSec) -> Position {
    Position {
        device: position.device,
        inode: position.inode,
        fingerprint: position.fingerprint,
        fingerprint_len: position.fingerprint_len,
        offset: position.offset,
        last,
    }
}

/// A position as the follower understands it.
pub fn followed(position: Position) -> queue_log::Position {
    queue_log::Position {
        device: position.device,
        inode: position.inode,
        fingerprint: position.fingerprint,
        fingerprint_len: position.fingerprint_len,
        offset: position.offset,
    }
}
