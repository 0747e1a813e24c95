//! One line: `EPOCH|CALLID|QUEUE|AGENT|VERB|P1|P2|…` (`metrics.md` 1.1).
//!
//! Total: any bytes give an event, an unknown verb, or a complaint. Borrows
//! from the line; allocates only where bytes are no UTF-8, a name is
//! rewritten or a verb is written in small letters.

use crate::base::UnixSec;
use crate::event::{QueueEvent, Text, Verb};
use crate::input::queue_log::channel;
use crate::input::queue_log::complaint::{Complaint, Reason};
use crate::input::queue_log::params::{Params, Span};
use crate::input::queue_log::{LONGEST_LINE, scan, verbs};

/// How names are brought to one spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// N1: cut the instance off channel names. On by default.
    pub strip_channel_names: bool,
    /// N2: `Local/101@context/n` is `Agent/101`. Off by default, and wrong
    /// for hot-desking over Local channels.
    pub rewrite_local_channels: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { strip_channel_names: true, rewrite_local_channels: false }
    }
}

/// What a line turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed<'a> {
    Event(QueueEvent<'a>),
    /// A record of a verb we do not know: counted and shown, not used.
    Unknown(UnknownVerb<'a>),
    Malformed(Complaint),
}

/// A well-formed record with a verb nobody told us about.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownVerb<'a> {
    pub time: UnixSec,
    /// As written.
    pub verb: Text<'a>,
}

/// What the order of records depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    pub time: UnixSec,
    /// Bytes as written.
    pub call_id: &'a [u8],
    /// Bytes as written.
    pub queue: &'a [u8],
}

/// Reads one line, with or without its newline; one carriage return before
/// the end is ignored.
///
/// Time is 1 to 12 digits with an optional fraction, which is cut. The verb
/// is compared as written, then in capitals. Missing parameters are absent,
/// never 0.
pub fn parse<'a>(line: &'a [u8], options: &Options) -> Parsed<'a> {
    let line = without_end(line);
    let fields = match fields(line, Span::new(line)) {
        Ok(fields) => fields,
        Err(complaint) => return Parsed::Malformed(complaint),
    };
    let time = fields.time;
    let Some(verb) = verbs::read(fields.verb, Params::new(fields.params), options) else {
        return Parsed::Unknown(UnknownVerb { time, verb: fields.verb.text() });
    };
    let mut agent = channel::agent(fields.agent, options);
    if matches!(verb, Verb::AgentLogin { .. } | Verb::AgentLogoff { .. }) {
        agent = channel::pool_agent(agent);
    }
    let (call_id, queue) = (fields.call.text(), fields.queue.text());
    Parsed::Event(QueueEvent { time, call_id, queue, agent, verb })
}

/// The head of a line that [`parse`] would not call malformed, for less work.
pub fn head(line: &[u8]) -> Result<Head<'_>, Complaint> {
    let line = without_end(line);
    let fields = fields(line, Span::Bytes(line))?;
    Ok(Head { time: fields.time, call_id: fields.call.bytes(), queue: fields.queue.bytes() })
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

struct Fields<'a> {
    time: UnixSec,
    call: Span<'a>,
    queue: Span<'a>,
    agent: Span<'a>,
    verb: Span<'a>,
    params: Option<Span<'a>>,
}

fn fields<'a>(line: &'a [u8], span: Span<'a>) -> Result<Fields<'a>, Complaint> {
    let end = line.len();
    let complaint = |at, reason| Complaint { at, reason };
    if end == 0 {
        return Err(complaint(0, Reason::EmptyLine));
    }
    if end > LONGEST_LINE {
        return Err(complaint(LONGEST_LINE, Reason::TooLong));
    }
    let (bars, found) = scan::first_bars(line);
    let time = time(&line[..bars[0]]).ok_or(complaint(0, Reason::BadTime))?;
    if found < 4 {
        return Err(complaint(end, Reason::TooFewFields { found: found as u8 + 1 }));
    }
    if bars[4] == bars[3] + 1 {
        return Err(complaint(bars[4], Reason::EmptyVerb));
    }
    Ok(Fields {
        time,
        call: span.slice(bars[0] + 1, bars[1]),
        queue: span.slice(bars[1] + 1, bars[2]),
        agent: span.slice(bars[2] + 1, bars[3]),
        verb: span.slice(bars[3] + 1, bars[4]),
        params: (found == 5).then(|| span.from(bars[4] + 1)),
    })
}

/// Seconds from `digits[.digits]`.
fn time(field: &[u8]) -> Option<UnixSec> {
    let whole = field.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=12).contains(&whole) {
        return None;
    }
    match &field[whole..] {
        [] => {}
        [b'.', fraction @ ..]
            if !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit) => {}
        _ => return None,
    }
    Some(field[..whole].iter().fold(0, |value, digit| value * 10 + UnixSec::from(digit - b'0')))
}

#[cfg(test)]
mod tests;
