//! The stored form of a queue's cell: bits say which parts follow, parts
//! that are empty take no place. About 5 bytes a call in a busy quarter hour.

use std::collections::BTreeMap;

use crate::model::fact::WordId;
use crate::model::totals::packing::{Cursor, Damaged, Stat, Tally, put};
use crate::model::totals::queue::{QueueCell, VoiceMenu};
use crate::model::totals::spread::{Holds, Rings, Talks, Waits};

/// The parts of a packed cell; their bits say which follow. Never reorder.
#[derive(Clone, Copy)]
enum Part {
    AnsweredBy,
    WaitAnswered,
    Talk,
    RingsTaken,
    TriesAnswered,
    PositionAnswered,
    Times,
    LostBy,
    WaitAbandoned,
    WaitLost,
    RingsLost,
    TriesLost,
    PositionLost,
    PositionExit,
    Hold,
    Transfers,
    Keys,
    Cancelled,
    DnisAnswered,
    DnisLost,
    MenuAnswered,
    MenuLost,
    Tracked,
    Refused,
    StintsAnswered,
    StintsLost,
    Short,
}

const PARTS: u32 = 27;

/// Which figures of a cell a sum is made of. Numbers of answered and lost
/// stints always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures(u32);

impl Figures {
    pub const ALL: Figures = Figures(u32::MAX);
    pub const COUNTS: Figures = Figures(1 << Part::AnsweredBy as u32 | 1 << Part::LostBy as u32);
    pub const WAITS: Figures = Figures(
        Figures::COUNTS.0
            | 1 << Part::WaitAnswered as u32
            | 1 << Part::WaitAbandoned as u32
            | 1 << Part::WaitLost as u32,
    );
    pub const TALK: Figures = Figures(Figures::COUNTS.0 | 1 << Part::Talk as u32);
    /// Waiting and talking in the slot.
    pub const TIMES: Figures = Figures(Figures::COUNTS.0 | 1 << Part::Times as u32);
    /// Positions on entering.
    pub const POSITIONS: Figures = Figures(
        Figures::COUNTS.0 | 1 << Part::PositionAnswered as u32 | 1 << Part::PositionLost as u32,
    );

    #[must_use]
    pub const fn with(self, other: Figures) -> Figures {
        Figures(self.0 | other.0)
    }
}

impl QueueCell {
    /// Appends the packed form. An empty cell is one byte.
    pub fn pack(&self, out: &mut Vec<u8>) {
        let has = |part: Part, there: bool| u64::from(there) << part as u32;
        let bits = has(Part::AnsweredBy, !self.answered_by.is_empty())
            | has(Part::WaitAnswered, !self.wait_answered.is_empty())
            | has(Part::Talk, !self.talk.is_empty())
            | has(Part::RingsTaken, self.rings_taken.n > 0)
            | has(Part::TriesAnswered, self.tries_answered.n > 0)
            | has(Part::PositionAnswered, !self.position_answered.is_empty())
            | has(Part::Times, self.has_times())
            | has(Part::LostBy, !self.lost_by.is_empty())
            | has(Part::WaitAbandoned, !self.wait_abandoned.is_empty())
            | has(Part::WaitLost, !self.wait_lost.is_empty())
            | has(Part::RingsLost, self.rings_lost.n > 0)
            | has(Part::TriesLost, self.tries_lost.n > 0)
            | has(Part::PositionLost, !self.position_lost.is_empty())
            | has(Part::PositionExit, !self.position_exit.is_empty())
            | has(Part::Hold, self.hold != Holds::default())
            | has(Part::Transfers, !self.transfers.is_empty())
            | has(Part::Keys, !self.keys.is_empty())
            | has(Part::Cancelled, self.rings_cancelled > 0)
            | has(Part::DnisAnswered, !self.dnis_answered.is_empty())
            | has(Part::DnisLost, !self.dnis_lost.is_empty())
            | has(Part::MenuAnswered, !self.menu_answered.is_empty())
            | has(Part::MenuLost, !self.menu_lost.is_empty())
            | has(Part::Tracked, self.tracked > 0)
            | has(Part::Refused, self.refused > 0)
            | has(Part::StintsAnswered, !self.stints_answered.is_empty())
            | has(Part::StintsLost, !self.stints_lost.is_empty())
            | has(Part::Short, self.rings_short > 0);
        put(out, bits);
        let there = |part: Part| bits >> part as u32 & 1 == 1;
        let tally = |out: &mut Vec<u8>, part, tally: &Tally| {
            if there(part) {
                tally.pack(out);
            }
        };
        tally(out, Part::AnsweredBy, &self.answered_by);
        if there(Part::WaitAnswered) {
            self.wait_answered.pack(out);
        }
        if there(Part::Talk) {
            self.talk.pack(out);
        }
        if there(Part::RingsTaken) {
            self.rings_taken.pack(out);
        }
        if there(Part::TriesAnswered) {
            self.tries_answered.pack(out);
        }
        tally(out, Part::PositionAnswered, &self.position_answered);
        if there(Part::Times) {
            put(out, self.waiting_secs);
            put(out, self.waiting_max);
            put(out, self.left);
            put(out, self.talking_secs);
            put(out, self.last_end);
        }
        tally(out, Part::LostBy, &self.lost_by);
        if there(Part::WaitAbandoned) {
            self.wait_abandoned.pack(out);
        }
        if there(Part::WaitLost) {
            self.wait_lost.pack(out);
        }
        if there(Part::RingsLost) {
            self.rings_lost.pack(out);
            put(out, self.rings_zero);
        }
        if there(Part::TriesLost) {
            self.tries_lost.pack(out);
            put(out, self.lost_tried);
        }
        tally(out, Part::PositionLost, &self.position_lost);
        tally(out, Part::PositionExit, &self.position_exit);
        if there(Part::Hold) {
            self.hold.pack(out);
        }
        tally(out, Part::Transfers, &self.transfers);
        tally(out, Part::Keys, &self.keys);
        if there(Part::Cancelled) {
            put(out, self.rings_cancelled);
        }
        tally(out, Part::DnisAnswered, &self.dnis_answered);
        tally(out, Part::DnisLost, &self.dnis_lost);
        if there(Part::MenuAnswered) {
            pack_menu(&self.menu_answered, out);
        }
        if there(Part::MenuLost) {
            pack_menu(&self.menu_lost, out);
        }
        for (part, number) in [(Part::Tracked, self.tracked), (Part::Refused, self.refused)] {
            if there(part) {
                put(out, number);
            }
        }
        tally(out, Part::StintsAnswered, &self.stints_answered);
        tally(out, Part::StintsLost, &self.stints_lost);
        if there(Part::Short) {
            put(out, self.rings_short);
        }
    }

    fn has_times(&self) -> bool {
        self.waiting_secs > 0 || self.left > 0 || self.talking_secs > 0 || self.last_end > 0
    }

    /// Adds a packed cell to this one, as [`QueueCell::merge`] does.
    ///
    /// Errors: [`Damaged`] when the bytes are no packed cell; this cell then
    /// holds rubbish and must be thrown away.
    pub fn merge_packed(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        self.merge_figures(Figures::ALL, bytes)
    }

    /// The same with the wanted figures alone; the others stay as they are,
    /// and what stands behind the last wanted one is not looked at.
    pub fn merge_figures(&mut self, wanted: Figures, bytes: &[u8]) -> Result<(), Damaged> {
        let mut from = Cursor::new(bytes);
        let bits = from.number()?;
        if bits >> PARTS != 0 {
            return Err(Damaged);
        }
        if wanted != Figures::ALL {
            return self.merge_some(wanted, bits, from);
        }
        let there = |part: Part| bits >> part as u32 & 1 == 1;
        let tally = |from: &mut Cursor<'_>, part, tally: &mut Tally| {
            if there(part) { tally.read_onto(from) } else { Ok(()) }
        };
        tally(&mut from, Part::AnsweredBy, &mut self.answered_by)?;
        if there(Part::WaitAnswered) {
            self.wait_answered.read_onto(&mut from)?;
        }
        if there(Part::Talk) {
            self.talk.read_onto(&mut from)?;
        }
        if there(Part::RingsTaken) {
            self.rings_taken.merge(&Rings::read(&mut from)?);
        }
        if there(Part::TriesAnswered) {
            self.tries_answered.merge(&Stat::read(&mut from)?);
        }
        tally(&mut from, Part::PositionAnswered, &mut self.position_answered)?;
        if there(Part::Times) {
            self.read_times(&mut from)?;
        }
        tally(&mut from, Part::LostBy, &mut self.lost_by)?;
        if there(Part::WaitAbandoned) {
            self.wait_abandoned.read_onto(&mut from)?;
        }
        if there(Part::WaitLost) {
            self.wait_lost.read_onto(&mut from)?;
        }
        if there(Part::RingsLost) {
            self.rings_lost.merge(&Rings::read(&mut from)?);
            self.rings_zero = self.rings_zero.saturating_add(from.small()?);
        }
        if there(Part::TriesLost) {
            self.tries_lost.merge(&Stat::read(&mut from)?);
            self.lost_tried = self.lost_tried.saturating_add(from.small()?);
        }
        tally(&mut from, Part::PositionLost, &mut self.position_lost)?;
        tally(&mut from, Part::PositionExit, &mut self.position_exit)?;
        if there(Part::Hold) {
            self.hold.merge(&Holds::read(&mut from)?);
        }
        tally(&mut from, Part::Transfers, &mut self.transfers)?;
        tally(&mut from, Part::Keys, &mut self.keys)?;
        if there(Part::Cancelled) {
            self.rings_cancelled = self.rings_cancelled.saturating_add(from.small()?);
        }
        tally(&mut from, Part::DnisAnswered, &mut self.dnis_answered)?;
        tally(&mut from, Part::DnisLost, &mut self.dnis_lost)?;
        if there(Part::MenuAnswered) {
            read_menu(&mut self.menu_answered, &mut from)?;
        }
        if there(Part::MenuLost) {
            read_menu(&mut self.menu_lost, &mut from)?;
        }
        if there(Part::Tracked) {
            self.tracked = self.tracked.saturating_add(from.small()?);
        }
        if there(Part::Refused) {
            self.refused = self.refused.saturating_add(from.small()?);
        }
        tally(&mut from, Part::StintsAnswered, &mut self.stints_answered)?;
        tally(&mut from, Part::StintsLost, &mut self.stints_lost)?;
        if there(Part::Short) {
            self.rings_short = self.rings_short.saturating_add(from.small()?);
        }
        from.end()
    }

    fn read_times(&mut self, from: &mut Cursor<'_>) -> Result<(), Damaged> {
        self.waiting_secs = self.waiting_secs.saturating_add(from.number()?);
        self.waiting_max = self.waiting_max.max(from.small()?);
        self.left = self.left.saturating_add(from.small()?);
        self.talking_secs = self.talking_secs.saturating_add(from.number()?);
        self.last_end = self.last_end.max(from.small()?);
        Ok(())
    }

    /// What [`Figures`] can name, in the order of the bytes.
    fn merge_some(
        &mut self,
        wanted: Figures,
        bits: u64,
        mut from: Cursor<'_>,
    ) -> Result<(), Damaged> {
        let from = &mut from;
        let there = |part: Part| bits >> part as u32 & 1 == 1;
        let wants = |part: Part| wanted.0 >> part as u32 & 1 == 1;
        let done = |part: Part| (bits & u64::from(wanted.0)) >> part as u32 == 0;
        let tally = |from: &mut Cursor<'_>, part: Part, sum: &mut Tally| match there(part) {
            true if wants(part) => sum.read_onto(from),
            true => Tally::skip(from),
            false => Ok(()),
        };
        let waits = |from: &mut Cursor<'_>, part: Part, sum: &mut Waits| match there(part) {
            true if wants(part) => sum.read_onto(from),
            true => Waits::skip(from),
            false => Ok(()),
        };
        tally(from, Part::AnsweredBy, &mut self.answered_by)?;
        waits(from, Part::WaitAnswered, &mut self.wait_answered)?;
        match there(Part::Talk) {
            true if wants(Part::Talk) => self.talk.read_onto(from)?,
            true => Talks::skip(from)?,
            false => {}
        }
        if there(Part::RingsTaken) {
            Rings::read(from)?;
        }
        if there(Part::TriesAnswered) {
            Stat::read(from)?;
        }
        tally(from, Part::PositionAnswered, &mut self.position_answered)?;
        if there(Part::Times) {
            match wants(Part::Times) {
                true => self.read_times(from)?,
                false => (0..5).try_for_each(|_| from.number().map(|_| ()))?,
            }
        }
        tally(from, Part::LostBy, &mut self.lost_by)?;
        if done(Part::WaitAbandoned) {
            return Ok(());
        }
        waits(from, Part::WaitAbandoned, &mut self.wait_abandoned)?;
        waits(from, Part::WaitLost, &mut self.wait_lost)?;
        if done(Part::RingsLost) {
            return Ok(());
        }
        if there(Part::RingsLost) {
            Rings::read(from)?;
            from.small()?;
        }
        if there(Part::TriesLost) {
            Stat::read(from)?;
            from.small()?;
        }
        tally(from, Part::PositionLost, &mut self.position_lost)
    }

    /// Answered and lost stints of a packed cell; looks no further.
    ///
    /// Errors: [`Damaged`] when the bytes are no packed cell.
    pub fn counts_packed(bytes: &[u8]) -> Result<(u32, u32), Damaged> {
        let mut from = Cursor::new(bytes);
        let bits = from.number()?;
        let there = |part: Part| bits >> part as u32 & 1 == 1;
        let mut answered = 0;
        if there(Part::AnsweredBy) {
            answered = Tally::scan_total(&mut from)?;
        }
        if !there(Part::LostBy) {
            return Ok((answered, 0));
        }
        if there(Part::WaitAnswered) {
            Waits::skip(&mut from)?;
        }
        if there(Part::Talk) {
            Talks::skip(&mut from)?;
        }
        if there(Part::RingsTaken) {
            Rings::read(&mut from)?;
        }
        if there(Part::TriesAnswered) {
            Stat::read(&mut from)?;
        }
        if there(Part::PositionAnswered) {
            Tally::scan_total(&mut from)?;
        }
        if there(Part::Times) {
            for _ in 0..5 {
                from.number()?;
            }
        }
        Ok((answered, Tally::scan_total(&mut from)?))
    }

    /// Reads a packed cell.
    ///
    /// Errors: [`Damaged`] when the bytes are no packed cell.
    pub fn unpack(bytes: &[u8]) -> Result<QueueCell, Damaged> {
        let mut cell = QueueCell::default();
        cell.merge_packed(bytes)?;
        Ok(cell)
    }
}

fn pack_menu(menu: &BTreeMap<WordId, VoiceMenu>, out: &mut Vec<u8>) {
    put(out, menu.len() as u64);
    for (&word, entry) in menu {
        put(out, word);
        put(out, entry.n);
        entry.secs.pack(out);
    }
}

fn read_menu(menu: &mut BTreeMap<WordId, VoiceMenu>, from: &mut Cursor<'_>) -> Result<(), Damaged> {
    for _ in 0..from.small()? {
        let word = from.small()?;
        let n = from.small()?;
        let secs = Stat::read(from)?;
        let entry = menu.entry(word).or_default();
        entry.n = entry.n.saturating_add(n);
        entry.secs.merge(&secs);
    }
    Ok(())
}
