//! What is said about a call before it enters a queue: the number dialled,
//! the voice menu, tags and variables.

use crate::base::{CallId, Secs, UnixSec};
use crate::model::change::IvrCall;
use crate::model::codec::{Damaged, Reader, Writer};
use crate::model::fact::{Note, NoteKind, Stint, WordId};
use crate::model::pack;

/// So long is an announcement kept for the ENTERQUEUE that it belongs to.
pub(crate) const KEPT_FOR: Secs = 2 * 3600;
/// A voice menu that is silent for so long has lost its caller (3.10).
pub(crate) const MENU_SILENCE: Secs = 30 * 60;

/// A call that is announced and has not entered a queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pre {
    /// First and newest record.
    pub first: UnixSec,
    pub last: UnixSec,
    /// Steady time of the newest record.
    pub last_steady: UnixSec,
    pub number: Box<str>,
    pub caller_name: Box<str>,
    pub dnis: Option<WordId>,
    /// Whether the caller is in a voice menu, and since when.
    pub menu: Option<UnixSec>,
    /// Time of IVRSTART.
    pub started: Option<UnixSec>,
    pub ivr: Option<WordId>,
    /// Time spent at the steps, where they tell it.
    pub step_ms: Option<i64>,
    pub tag: Option<WordId>,
    pub features: Vec<WordId>,
    pub notes: Vec<Note>,
}

impl Pre {
    /// Gives everything to the stint that begins.
    pub fn hand_to(self, stint: &mut Stint) {
        stint.dnis = self.dnis;
        stint.ivr = self.ivr;
        stint.ivr_secs = match (self.started, self.step_ms) {
            (Some(started), _) => Some((stint.enter - started).max(0)),
            (None, Some(ms)) => Some((ms + 500) / 1000),
            (None, None) => None,
        };
        stint.tag = self.tag;
        stint.features = self.features;
        stint.notes = self.notes;
        if stint.number.is_empty() {
            stint.number = self.number;
        }
        if stint.caller_name.is_empty() {
            stint.caller_name = self.caller_name;
        }
    }

    /// The call in the voice menu that this was, if it was one. What is not
    /// of the menu stays.
    pub fn end_menu(&mut self, call_id: &CallId) -> Option<IvrCall> {
        let start = self.menu.take()?;
        let mut steps = Vec::new();
        let mut rest = Vec::new();
        for note in self.notes.drain(..) {
            let of_menu = matches!(
                note.kind,
                NoteKind::IvrStart | NoteKind::IvrStep | NoteKind::IvrGoal | NoteKind::IvrHangup
            );
            if of_menu { steps.push(note) } else { rest.push(note) }
        }
        self.notes = rest;
        self.started = None;
        self.step_ms = None;
        Some(IvrCall {
            call_id: call_id.clone(),
            start,
            end: self.last.max(start),
            number: self.number.clone(),
            dnis: self.dnis,
            ivr: self.ivr.take(),
            steps,
        })
    }

    pub fn write(&self, writer: &mut Writer) {
        writer.signed(self.first);
        writer.signed(self.last - self.first);
        writer.signed(self.last_steady - self.last);
        writer.text(&self.number);
        writer.text(&self.caller_name);
        writer.maybe(self.dnis);
        writer.option(self.menu, |writer, at| writer.signed(at - self.first));
        writer.option(self.started, |writer, at| writer.signed(at - self.first));
        writer.maybe(self.ivr);
        writer.option(self.step_ms, Writer::signed);
        writer.maybe(self.tag);
        writer.list(&self.features, |writer, word| writer.unsigned(u64::from(*word)));
        writer.list(&self.notes, |writer, note| pack::write_note(writer, note, self.first));
    }

    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let first = reader.seconds()?;
        let last = first + reader.seconds()?;
        Ok(Pre {
            first,
            last,
            last_steady: last + reader.seconds()?,
            number: reader.text()?,
            caller_name: reader.text()?,
            dnis: reader.maybe()?,
            menu: reader.option(|reader| Ok(first + reader.seconds()?))?,
            started: reader.option(|reader| Ok(first + reader.seconds()?))?,
            ivr: reader.maybe()?,
            step_ms: reader.option(Reader::seconds)?,
            tag: reader.maybe()?,
            features: reader.list(Reader::number)?,
            notes: reader.list(|reader| pack::read_note(reader, first))?,
        })
    }
}
