//! One line: `EPOCH|CALLID|QUEUE|AGENT|VERB|P1|P2|…` (`metrics.md` 1.1).
//!
//! Total: any bytes give an event, an unknown verb, or a complaint. Borrows
//! from the line; allocates only where bytes are no UTF-8, a name is
//! rewritten or a verb is written in small letters.

use crate::base::{UnixSec, digits};
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

/// Where the fields of a line lie. Made once, it serves any copy of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cuts {
    pub time: UnixSec,
    /// The first five bars; those that are not there stand at the line's end.
    bars: [u16; 5],
    found: u8,
}

impl Cuts {
    /// The call id of the line these were made of, as written.
    pub fn call_id<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        self.field(line, 0)
    }

    /// The queue of the line these were made of, as written.
    pub fn queue<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        self.field(line, 1)
    }

    fn field<'a>(&self, line: &'a [u8], bar: usize) -> &'a [u8] {
        line.get(self.at(bar) + 1..self.at(bar + 1)).unwrap_or_default()
    }

    #[inline]
    fn at(&self, bar: usize) -> usize {
        usize::from(self.bars[bar])
    }
}

/// Reads one line, with or without its newline; one carriage return before
/// the end is ignored.
///
/// Time is 1 to 12 digits with an optional fraction, which is cut. The verb
/// is compared as written, then in capitals. Missing parameters are absent,
/// never 0.
pub fn parse<'a>(line: &'a [u8], options: &Options) -> Parsed<'a> {
    match find_cuts(line) {
        Ok(cuts) => parse_cut(line, &cuts, options),
        Err(complaint) => Parsed::Malformed(complaint),
    }
}

/// Reads a line whose fields were found already by [`find_cuts`]; never malformed.
pub fn parse_cut<'a>(line: &'a [u8], cuts: &Cuts, options: &Options) -> Parsed<'a> {
    let line = without_end(line);
    let span = Span::new(line);
    let field = |bar: usize| span.slice(cuts.at(bar) + 1, cuts.at(bar + 1));
    let time = cuts.time;
    let params = (cuts.found == 5).then(|| span.from(cuts.at(4) + 1));
    let Some(verb) = verbs::read(field(3), Params::new(params), options) else {
        return Parsed::Unknown(UnknownVerb { time, verb: field(3).text() });
    };
    let mut agent = channel::agent(field(2), options);
    if matches!(verb, Verb::AgentLogin { .. } | Verb::AgentLogoff { .. }) {
        agent = channel::pool_agent(agent);
    }
    Parsed::Event(QueueEvent {
        time,
        call_id: field(0).text(),
        queue: field(1).text(),
        agent,
        verb,
    })
}

/// Finds the fields of a line, with or without its newline.
///
/// Errors: what makes the line malformed.
pub fn find_cuts(line: &[u8]) -> Result<Cuts, Complaint> {
    let line = without_end(line);
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
    // The longest line fits 16 bits.
    Ok(Cuts { time, bars: bars.map(|bar| bar as u16), found: found as u8 })
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Seconds from `digits[.digits]`.
fn time(field: &[u8]) -> Option<UnixSec> {
    let (seconds, count) = digits::leading(field, 12);
    if !(1..=12).contains(&count) {
        return None;
    }
    let whole = match &field[count..] {
        [] => true,
        [b'.', fraction @ ..] => !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    whole.then_some(seconds as UnixSec)
}

#[cfg(test)]
mod tests;
