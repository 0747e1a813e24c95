//! One record: a line of queue_log that Asterisk does not write.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use crate::base::{UnixMicro, UnixSec};
use crate::event::{Info, QueueEvent, Transfer, TransferKind, Verb};

/// The verbs we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Word {
    AddMember,
    RemoveMember,
    HotDesking,
    CallOutbound,
    EnterQueue,
    Connect,
    CallerOnHold,
    CallerOffHold,
    CompleteAgent,
    CompleteCaller,
    BlindTransfer,
    AttendedTransfer,
    Abandon,
    ExitWithKey,
    ExitWithTimeout,
    Info,
    RingNoAnswer,
}

impl Word {
    // The journal counts by this order: new ones come last.
    pub const ALL: [Word; 17] = [
        Word::AddMember,
        Word::RemoveMember,
        Word::HotDesking,
        Word::CallOutbound,
        Word::EnterQueue,
        Word::Connect,
        Word::CallerOnHold,
        Word::CallerOffHold,
        Word::CompleteAgent,
        Word::CompleteCaller,
        Word::BlindTransfer,
        Word::AttendedTransfer,
        Word::Abandon,
        Word::ExitWithKey,
        Word::ExitWithTimeout,
        Word::Info,
        Word::RingNoAnswer,
    ];

    /// As it stands in queue_log.
    pub fn name(self) -> &'static str {
        match self {
            Word::AddMember => "ADDMEMBER",
            Word::RemoveMember => "REMOVEMEMBER",
            Word::HotDesking => "HOTDESKING",
            Word::CallOutbound => "CALLOUTBOUND",
            Word::EnterQueue => "ENTERQUEUE",
            Word::Connect => "CONNECT",
            Word::CallerOnHold => "CALLERONHOLD",
            Word::CallerOffHold => "CALLEROFFHOLD",
            Word::CompleteAgent => "COMPLETEAGENT",
            Word::CompleteCaller => "COMPLETECALLER",
            Word::BlindTransfer => "BLINDTRANSFER",
            Word::AttendedTransfer => "ATTENDEDTRANSFER",
            Word::Abandon => "ABANDON",
            Word::ExitWithKey => "EXITWITHKEY",
            Word::ExitWithTimeout => "EXITWITHTIMEOUT",
            Word::Info => "INFO",
            Word::RingNoAnswer => "RINGNOANSWER",
        }
    }

    /// Whether it ends a call.
    pub fn closes(self) -> bool {
        matches!(
            self,
            Word::CompleteAgent
                | Word::CompleteCaller
                | Word::BlindTransfer
                | Word::AttendedTransfer
                | Word::Abandon
                | Word::ExitWithKey
                | Word::ExitWithTimeout
        )
    }
}

/// A record with its time. No field holds a bar or a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When it happened; may lie before records written earlier.
    pub at: UnixMicro,
    /// When it became known.
    pub known: UnixMicro,
    pub call_id: String,
    pub queue: String,
    pub agent: String,
    pub word: Word,
    /// The parameters; none prints as one empty field, like Asterisk does.
    pub data: Vec<String>,
    /// Identity of the record: the same record told twice has the same key.
    pub key: u64,
    /// It corrects what was missed while nobody listened.
    pub recovered: bool,
    /// For the daemon's own database only.
    pub internal: bool,
}

impl Record {
    /// The second a file's line carries: that of the event, but that of now
    /// for what was found out late, so that lines don't run backwards by hours.
    pub fn line_second(&self) -> UnixSec {
        second(if self.recovered { self.known } else { self.at })
    }

    /// The line of queue_log, without newline.
    pub fn line(&self) -> String {
        let mut line = self.line_second().to_string();
        line.push_str(&self.rest());
        line
    }

    /// The line for our own database: with the second it happened in.
    pub fn database_line(&self) -> String {
        format!("{}{}", second(self.at), self.rest())
    }

    /// The line from the first bar on: all but the time.
    pub fn rest(&self) -> String {
        let mut line = format!("|{}|{}|{}|", self.call_id, self.queue, self.agent);
        line.push_str(self.word.name());
        if self.data.is_empty() {
            line.push('|');
        }
        for field in &self.data {
            line.push('|');
            line.push_str(field);
        }
        line
    }

    /// The same as the vocabulary knows it, at the moment it happened.
    pub fn event(&self) -> QueueEvent<'_> {
        QueueEvent {
            time: second(self.at),
            call_id: Cow::Borrowed(&self.call_id),
            queue: Cow::Borrowed(&self.queue),
            agent: Cow::Borrowed(&self.agent),
            verb: self.verb(),
        }
    }

    fn verb(&self) -> Verb<'_> {
        let text = |n: usize| Cow::Borrowed(self.data.get(n).map_or("", String::as_str));
        let number = |n: usize| self.data.get(n).and_then(|field| field.parse::<i64>().ok());
        let count = |n: usize| self.data.get(n).and_then(|field| field.parse::<u32>().ok());
        match self.word {
            Word::AddMember => Verb::AddMember { paused: text(0) == "PAUSED" },
            Word::RemoveMember => Verb::RemoveMember,
            Word::HotDesking => Verb::HotDesk { channel: text(0) },
            Word::CallOutbound => Verb::CallOutbound { url: text(0), number: text(1) },
            Word::EnterQueue => {
                Verb::EnterQueue { url: text(0), number: text(1), position: count(2), name: None }
            }
            Word::Connect => {
                Verb::Connect { hold: number(0), member_id: Some(text(1)), ring: number(2) }
            }
            Word::CallerOnHold => Verb::CallerOnHold { label: text(0) },
            Word::CallerOffHold => Verb::CallerOffHold { held: number(0) },
            Word::CompleteAgent | Word::CompleteCaller => Verb::Complete {
                by_agent: self.word == Word::CompleteAgent,
                hold: number(0),
                talk: number(1),
                position: count(2),
            },
            Word::BlindTransfer => Verb::Transfer(Transfer {
                kind: TransferKind::Blind,
                target: text(0),
                context: text(1),
                hold: number(2),
                talk: number(3),
                position: count(4),
            }),
            Word::AttendedTransfer => Verb::Transfer(self.attended()),
            Word::Abandon => {
                Verb::Abandon { position: count(0), original: count(1), wait: number(2) }
            }
            Word::ExitWithTimeout => {
                Verb::ExitWithTimeout { position: count(0), original: count(1), wait: number(2) }
            }
            Word::ExitWithKey => Verb::ExitWithKey {
                key: text(0),
                position: count(1),
                original: count(2),
                wait: number(3),
            },
            Word::RingNoAnswer => Verb::RingNoAnswer { ring_ms: number(0) },
            Word::Info => Verb::Info(Info::Variable { name: text(1), value: text(2) }),
        }
    }

    /// `BRIDGE|id`, `APP|name` or `LINK|a|b`, then hold, talk and position:
    /// the same reading as that of Asterisk's own lines.
    fn attended(&self) -> Transfer<'_> {
        let text = |n: usize| self.data.get(n).map_or("", String::as_str);
        let (target, context, rest) = match text(0) {
            "BRIDGE" => ("bridge", text(1), 2),
            "LINK" => ("link", text(1), 3),
            _ => (text(1), "", 2),
        };
        let number = |n: usize| text(rest + n).parse::<i64>().ok();
        Transfer {
            kind: TransferKind::Attended,
            target: Cow::Borrowed(target),
            context: Cow::Borrowed(context),
            hold: number(0),
            talk: number(1),
            position: text(rest + 2).parse().ok(),
        }
    }
}

/// The whole second a moment lies in.
pub fn second(at: UnixMicro) -> UnixSec {
    at.div_euclid(1_000_000)
}

/// Whole seconds between two moments as two stamps of queue_log show them:
/// each is cut to its second first. Never negative.
pub(in crate::tracker) fn seconds_between(from: UnixMicro, to: UnixMicro) -> i64 {
    second(to).saturating_sub(second(from)).max(0)
}

/// Text that may stand in a field: bars and control characters become `_`.
pub(in crate::tracker) fn field(text: &str) -> String {
    text.chars().map(|c| if c == '|' || c.is_control() { '_' } else { c }).collect()
}

/// The key of a record: the start of Asterisk, since ids begin again with it,
/// the call, the queue, the verb and how many such the call has had.
pub(in crate::tracker) fn key(
    start: UnixSec,
    call_id: &str,
    queue: &str,
    word: Word,
    ordinal: u32,
) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    (start, call_id, queue, word.name(), ordinal).hash(&mut hasher);
    hasher.finish()
}
