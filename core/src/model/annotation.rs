//! What is said about a call besides its course: outcomes, tags, features,
//! variables, voice menu, corrected caller (`metrics.md` 2.7, 1.6).

use crate::base::{CallId, UnixSec};
use crate::event::{Info, QueueEvent};
use crate::model::calls::Slot;
use crate::model::change::{Change, Ignored};
use crate::model::fact::{Note, NoteKind, Stint, WordId};
use crate::model::fold::{Fold, ignore, kept};
use crate::model::menu::Pre;
use crate::model::stint::{MOST_NOTES, push};

/// Most features one call carries.
const MOST_FEATURES: usize = 64;

/// What an annotation does to a stint besides its note.
#[derive(Clone, Copy)]
enum Mark {
    None,
    Outcome(Option<WordId>),
    Tag(Option<WordId>),
    NoTag,
    Feature(Option<WordId>),
    NoFeature(Option<WordId>),
}

impl Mark {
    fn apply(self, tag: &mut Option<WordId>, features: &mut Vec<WordId>) {
        match self {
            Mark::None | Mark::Outcome(_) => {}
            Mark::Tag(word) => *tag = word,
            Mark::NoTag => *tag = None,
            Mark::Feature(Some(word)) => {
                if !features.contains(&word) && features.len() < MOST_FEATURES {
                    features.push(word);
                }
            }
            Mark::NoFeature(Some(word)) => features.retain(|have| *have != word),
            Mark::Feature(None) | Mark::NoFeature(None) => {}
        }
    }

    fn annotate(self, stint: &mut Stint, note: Note, changes: &mut Vec<Change>) {
        if let Mark::Outcome(code) = self {
            stint.outcome = code;
        }
        self.apply(&mut stint.tag, &mut stint.features);
        push(&mut stint.notes, note, MOST_NOTES, changes);
    }
}

/// Where an annotation goes.
enum Target {
    Live,
    Closed(usize),
}

impl Fold {
    /// CALLSTATUS.
    pub(super) fn call_status(
        &mut self,
        at: UnixSec,
        call: &str,
        event: &QueueEvent<'_>,
        code: &str,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent(at, event, changes);
        let word = self.word(code, changes);
        let note =
            Note { at, kind: NoteKind::Outcome, agent, text: code.into(), more: Box::default() };
        self.annotate(at, call, Mark::Outcome(word), note, changes);
    }

    /// INFO of every kind.
    pub(super) fn info(
        &mut self,
        at: UnixSec,
        call: &str,
        event: &QueueEvent<'_>,
        info: &Info<'_>,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent(at, event, changes);
        let note = |kind, text: Box<str>, more: Box<str>| Note { at, kind, agent, text, more };
        let (mark, note) = match info {
            Info::Did { value } => {
                let word = self.word(value, changes);
                return self.menu_record(
                    at,
                    call,
                    changes,
                    None,
                    |pre| pre.dnis = word,
                    |stint| {
                        stint.dnis = word;
                    },
                );
            }
            Info::Ivr { value } => {
                let word = self.word(value, changes);
                let in_menu = |pre: &mut Pre| {
                    pre.menu.get_or_insert(at);
                    pre.ivr = word;
                };
                return self
                    .menu_record(at, call, changes, None, in_menu, |stint| stint.ivr = word);
            }
            Info::IvrStart { dnis, number } => {
                let word = self.word(dnis, changes);
                let note = note(NoteKind::IvrStart, kept(dnis), kept(number));
                let number = kept(number);
                let in_menu = |pre: &mut Pre| {
                    pre.menu.get_or_insert(at);
                    pre.started.get_or_insert(at);
                    pre.dnis = word.or(pre.dnis);
                    if !number.is_empty() {
                        pre.number = number;
                    }
                };
                return self.menu_record(at, call, changes, Some(note), in_menu, |_| {});
            }
            Info::IvrAppend { digits, ms, node } => {
                let spent = ms.map(|ms| ms.clamp(0, 86_400_000));
                let shown = spent.map(|ms| ms.to_string()).unwrap_or_default();
                let note = note(NoteKind::IvrStep, kept(digits), format!("{shown}|{node}").into());
                let in_menu = |pre: &mut Pre| {
                    pre.menu.get_or_insert(at);
                    if let Some(spent) = spent {
                        pre.step_ms = Some(pre.step_ms.unwrap_or(0) + spent);
                    }
                };
                return self.menu_record(at, call, changes, Some(note), in_menu, |_| {});
            }
            Info::IvrGoal { goal } => {
                let note = note(NoteKind::IvrGoal, kept(goal), Box::default());
                let in_menu = |pre: &mut Pre| {
                    pre.menu.get_or_insert(at);
                };
                return self.menu_record(at, call, changes, Some(note), in_menu, |_| {});
            }
            Info::IvrHangup { reason } => {
                let note = note(NoteKind::IvrHangup, kept(reason), Box::default());
                let in_menu = |pre: &mut Pre| {
                    pre.menu.get_or_insert(at);
                };
                self.menu_record(at, call, changes, Some(note), in_menu, |_| {});
                return self.leave_menu(call, changes);
            }
            Info::Feature { code, text } => {
                let word = self.word(code, changes);
                (Mark::Feature(word), note(NoteKind::Feature, kept(code), kept(text)))
            }
            Info::NoFeature { code, text } => {
                let word = self.word(code, changes);
                (Mark::NoFeature(word), note(NoteKind::NoFeature, kept(code), kept(text)))
            }
            Info::Tag { tag } => {
                let word = self.word(tag, changes);
                (Mark::Tag(word), note(NoteKind::Tag, kept(tag), Box::default()))
            }
            Info::NoTag { tag } => (Mark::NoTag, note(NoteKind::NoTag, kept(tag), Box::default())),
            Info::Variable { name, value } => {
                (Mark::None, note(NoteKind::Variable, kept(name), kept(value)))
            }
            Info::NoVariable { name } => {
                (Mark::None, note(NoteKind::NoVariable, kept(name), Box::default()))
            }
            Info::Skill { code, level } => {
                let level = level.map(|level| level.to_string()).unwrap_or_default();
                (Mark::None, note(NoteKind::Skill, kept(code), level.into()))
            }
            Info::Other { text } => (Mark::None, note(NoteKind::Other, kept(text), Box::default())),
        };
        self.annotate(at, call, mark, note, changes);
    }

    /// CALLERIDNAME, CALLERIDNUM: corrects the open call, or the one to come.
    pub(super) fn caller_id(
        &mut self,
        at: UnixSec,
        call: &str,
        name: Option<&str>,
        number: Option<&str>,
        changes: &mut Vec<Change>,
    ) {
        self.menu_record(
            at,
            call,
            changes,
            None,
            |pre| {
                pre.caller_name = name.map_or_else(|| pre.caller_name.clone(), Box::from);
                pre.number = number.map_or_else(|| pre.number.clone(), Box::from);
            },
            |stint| {
                stint.caller_name = name.map_or_else(|| stint.caller_name.clone(), Box::from);
                stint.number = number.map_or_else(|| stint.number.clone(), Box::from);
            },
        );
    }

    /// A record that belongs to the stint going on, or else announces the
    /// next one.
    fn menu_record(
        &mut self,
        at: UnixSec,
        call: &str,
        changes: &mut Vec<Change>,
        note: Option<Note>,
        announce: impl FnOnce(&mut Pre),
        amend: impl FnOnce(&mut Stint),
    ) {
        let slot = self.calls.find_or_add(call);
        if let Some(live) = self.calls.live_mut(slot) {
            amend(&mut live.stint);
            if let Some(note) = note {
                push(&mut live.stint.notes, note, MOST_NOTES, changes);
            }
            live.touched = true;
            live.dumped = None;
            return self.calls.touch(slot);
        }
        self.announcement(at, slot, note, changes, announce);
    }

    fn announcement(
        &mut self,
        at: UnixSec,
        slot: Slot,
        note: Option<Note>,
        changes: &mut Vec<Change>,
        announce: impl FnOnce(&mut Pre),
    ) {
        let steady = self.clock.steady(at);
        let call = self.calls.get_mut(slot);
        let pre = call.pre.get_or_insert_with(|| Box::new(Pre { first: at, ..Pre::default() }));
        pre.last = pre.last.max(at);
        pre.last_steady = pre.last_steady.max(steady);
        announce(pre);
        if let Some(note) = note {
            push(&mut pre.notes, note, MOST_NOTES, changes);
        }
        self.calls.touch(slot);
        self.schedule_call(slot);
    }

    /// IVRHANGUP: the trace ends; what was announced besides is of no use.
    fn leave_menu(&mut self, call: &str, changes: &mut Vec<Change>) {
        let Some(slot) = self.calls.find(call) else { return };
        let call = self.calls.get_mut(slot);
        let id = call.id.clone();
        if let Some(mut pre) = call.pre.take() {
            let menu = pre.end_menu(&id);
            changes.extend(menu.map(|menu| Change::IvrCall(Box::new(menu))));
            self.calls.touch(slot);
            self.calls.release(slot);
        }
    }

    /// Puts an annotation where it belongs: on the last answered stint, else
    /// the last one (2.7 rule 4), else on the stint to come.
    fn annotate(
        &mut self,
        at: UnixSec,
        call: &str,
        mark: Mark,
        note: Note,
        changes: &mut Vec<Change>,
    ) {
        let of_agent = matches!(mark, Mark::Outcome(_)) || note.agent.is_some();
        if let Some(slot) = self.known_loosely(call) {
            // Between two queues, what no agent says is about the next one.
            let announced = !of_agent && self.calls.get(slot).pre.is_some();
            match self.target(at, slot) {
                _ if announced => {}
                Some(Target::Live) => {
                    if let Some(live) = self.calls.live_mut(slot) {
                        mark.annotate(&mut live.stint, note, changes);
                        live.touched = true;
                        live.dumped = None;
                    }
                    return self.calls.touch(slot);
                }
                Some(Target::Closed(index)) => {
                    return self.correct(slot, index, changes, |stint, changes| {
                        mark.annotate(stint, note, changes);
                    });
                }
                None => {}
            }
        }
        if of_agent {
            return ignore(changes, Ignored::LateAnnotation);
        }
        let slot = self.calls.find_or_add(call);
        self.announcement(at, slot, Some(note), changes, |pre| {
            mark.apply(&mut pre.tag, &mut pre.features);
        });
    }

    /// The call with this id, or with this as its second id; what is
    /// forgotten by now does not count.
    pub(super) fn known(&mut self, text: &str) -> Option<Slot> {
        let (now, annotations) = (self.memory_time(), self.annotations_for());
        if let Some(slot) = self.calls.find(text) {
            self.calls.purge(slot, now, annotations);
            return Some(slot);
        }
        let slot = self.calls.find_alias(text)?;
        self.calls.purge(slot, now, annotations);
        self.calls.get(slot).has_alias(&CallId::parse(text)).then_some(slot)
    }

    /// The same without regard to a leading colon (2.7 rule 1).
    fn known_loosely(&mut self, text: &str) -> Option<Slot> {
        if let Some(slot) = self.known(text)
            && !self.calls.get(slot).is_empty()
        {
            return Some(slot);
        }
        match text.strip_prefix(':') {
            Some(rest) => self.known(rest),
            None => self.known(&format!(":{text}")),
        }
    }

    fn target(&self, at: UnixSec, slot: Slot) -> Option<Target> {
        let call = self.calls.get(slot);
        let limit = self.settings.call_status_timeout.min(Fold::LOOKBACK);
        let in_time = |index: &usize| at - call.closed[*index].end <= limit;
        let newest = |answered_only: bool| {
            (0..call.closed.len())
                .filter(in_time)
                .filter(|index| call.closed[*index].answered || !answered_only)
                .max_by_key(|index| call.closed[*index].entry)
        };
        match &call.live {
            Some(live) if live.stint.answered => Some(Target::Live),
            Some(_) => Some(newest(true).map_or(Target::Live, Target::Closed)),
            None => newest(true).or_else(|| newest(false)).map(Target::Closed),
        }
    }
}
