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
use crate::input::queue_log::{LONGEST_LINE, verbs};

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

/// Reads one line, with or without its newline; one carriage return before
/// the end is ignored.
///
/// Time is 1 to 12 digits with an optional fraction, which is cut. The verb
/// is compared as written, then in capitals. Missing parameters are absent,
/// never 0.
pub fn parse<'a>(line: &'a [u8], options: &Options) -> Parsed<'a> {
    match record(line, options) {
        Ok(parsed) => parsed,
        Err(complaint) => Parsed::Malformed(complaint),
    }
}

fn record<'a>(line: &'a [u8], options: &Options) -> Result<Parsed<'a>, Complaint> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let complaint = |at, reason| Complaint { at, reason };
    if line.is_empty() {
        return Err(complaint(0, Reason::EmptyLine));
    }
    if line.len() > LONGEST_LINE {
        return Err(complaint(LONGEST_LINE, Reason::TooLong));
    }
    let end = line.len();
    let mut rest = Span::new(line);
    let mut next = |found: u8| {
        let (field, after) = rest.split_bar();
        rest = after.ok_or(complaint(end, Reason::TooFewFields { found }))?;
        Ok(field)
    };
    let stamp = next(1);
    let first = match stamp {
        Ok(field) => field,
        // One field that is no time at all: say what is wrong with it first.
        Err(_) => Span::Bytes(line),
    };
    let time = time(first.bytes()).ok_or(complaint(0, Reason::BadTime))?;
    stamp?;
    let call = next(2)?;
    let queue = next(3)?;
    let agent = next(4)?;
    let (verb, parameters) = rest.split_bar();
    if verb.is_empty() {
        let at = end - rest.bytes().len();
        return Err(complaint(at, Reason::EmptyVerb));
    }
    let Some(verb) = verbs::read(verb, Params::new(parameters), options) else {
        return Ok(Parsed::Unknown(UnknownVerb { time, verb: verb.text() }));
    };
    let mut agent = channel::agent(agent, options);
    if matches!(verb, Verb::AgentLogin { .. } | Verb::AgentLogoff { .. }) {
        agent = channel::pool_agent(agent);
    }
    let event = QueueEvent { time, call_id: call.text(), queue: queue.text(), agent, verb };
    Ok(Parsed::Event(event))
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
