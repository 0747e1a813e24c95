//! Verbs and their parameters by version (`metrics.md` 1.3 to 1.5).
//!
//! Versions differ in how many parameters a verb has, and leaving the missing
//! ones absent is all that is needed to read them all alike.

use std::borrow::Cow;

use crate::event::{Info, Text, Transfer, TransferKind, Verb};
use crate::input::queue_log::line::Options;
use crate::input::queue_log::params::{Params, Span};
use crate::input::queue_log::{channel, info};

/// The longest verb we know is shorter; longer ones are unknown as written.
const LONGEST_VERB: usize = 32;

/// The record's verb; `None` when it is unknown both as written and in
/// capitals.
pub(super) fn read<'a>(verb: Span<'a>, params: Params<'a>, options: &Options) -> Option<Verb<'a>> {
    let written = verb.bytes();
    if let Some(known) = known(written, verb, params, options) {
        return Some(known);
    }
    let mut buffer = [0_u8; LONGEST_VERB];
    let capitals = buffer.get_mut(..written.len())?;
    capitals.copy_from_slice(written);
    capitals.make_ascii_uppercase();
    if capitals == written { None } else { known(capitals, verb, params, options) }
}

fn known<'a>(
    name: &[u8],
    written: Span<'a>,
    mut p: Params<'a>,
    options: &Options,
) -> Option<Verb<'a>> {
    Some(match name {
        b"ENTERQUEUE" => enter_queue(p),
        b"CONNECT" => {
            Verb::Connect { hold: p.number(), member_id: p.some_text(), ring: p.number() }
        }
        b"COMPLETEAGENT" => complete(true, p),
        b"COMPLETECALLER" => complete(false, p),
        b"RINGNOANSWER" => Verb::RingNoAnswer { ring_ms: p.number() },
        b"ABANDON" => {
            Verb::Abandon { position: p.position(), original: p.position(), wait: p.number() }
        }
        b"INFO" => Verb::Info(info::read(p)),
        b"DID" => Verb::Info(Info::Did { value: p.joined() }),
        b"RINGCANCELED" => Verb::RingCanceled { ring_ms: p.number() },
        b"AGENTATTEMPT" => Verb::AgentAttempt { ring_ms: p.number() },
        b"PAUSE" => Verb::Pause { reason: p.reason() },
        b"UNPAUSE" => Verb::Unpause { reason: p.reason() },
        b"PAUSEALL" => Verb::PauseAll { reason: p.reason() },
        b"UNPAUSEALL" => Verb::UnpauseAll { reason: p.reason() },
        b"PAUSEREASON" => Verb::PauseReason { code: pause_code(p) },
        b"BLINDTRANSFER" => transfer(TransferKind::Blind, p),
        b"ATTENDEDTRANSFER" => attended_transfer(p),
        b"TRANSFER" => transfer(TransferKind::Plain, p),
        b"EXITEMPTY" => {
            Verb::ExitEmpty { position: p.position(), original: p.position(), wait: p.number() }
        }
        b"EXITWITHKEY" => Verb::ExitWithKey {
            key: p.text(),
            position: p.position(),
            original: p.position(),
            wait: p.number(),
        },
        b"EXITWITHTIMEOUT" => Verb::ExitWithTimeout {
            position: p.position(),
            original: p.position(),
            wait: p.number(),
        },
        b"LEFT" => Verb::Left { position: p.position(), original: p.position(), wait: p.number() },
        b"WITHDRAW" => Verb::Withdraw {
            position: p.position(),
            original: p.position(),
            wait: p.number(),
            info: p.joined(),
        },
        b"AGENTDUMP" => Verb::AgentDump,
        b"SYSCOMPAT" => Verb::SysCompat,
        b"ADDMEMBER" => Verb::AddMember {
            paused: p.take().is_some_and(|word| word.bytes().eq_ignore_ascii_case(b"PAUSED")),
        },
        b"REMOVEMEMBER" => Verb::RemoveMember,
        b"ADDMEMBER2" => Verb::AddMember2 { extension: extension(&mut p, options) },
        b"PENALTY" => Verb::Penalty { penalty: p.number() },
        b"RINGINUSE" => Verb::RingInUse { on: p.take().is_some_and(is_on) },
        b"AGENTLOGIN" | b"AGENTCALLBACKLOGIN" => {
            Verb::AgentLogin { extension: extension(&mut p, options) }
        }
        b"AGENTLOGOFF" | b"AGENTCALLBACKLOGOFF" => Verb::AgentLogoff {
            extension: extension(&mut p, options),
            session: p.number(),
            reason: p.joined(),
        },
        b"HOTDESK" | b"HOTDESKING" => Verb::HotDesk {
            // Brought to the spelling of the agent field it will be found in.
            channel: p.take().map(|field| channel::agent(field, options)).unwrap_or_default(),
        },
        b"CALLOUTBOUND" => Verb::CallOutbound { url: p.text(), number: p.text() },
        b"OUTCALL" => Verb::OutCall { status: p.text(), talk: p.number(), params: p.joined() },
        b"CALLERONHOLD" => Verb::CallerOnHold { label: p.joined() },
        b"CALLEROFFHOLD" => Verb::CallerOffHold { held: p.number() },
        b"CALLSTATUS" => Verb::CallStatus { code: p.text(), other_call: p.some_text() },
        b"CALLERIDNAME" => Verb::CallerIdName { name: p.joined() },
        b"CALLERIDNUM" | b"CALLERIDNUMBER" => Verb::CallerIdNumber { number: p.joined() },
        b"CALLERID" => caller_id(p),
        b"JOINEMPTY" | b"FULL" | b"CLOSED" | b"LEAVEEMPTY" => refused(name, written),
        b"QUEUESTART" => Verb::QueueStart,
        b"CONFIGRELOAD" => Verb::ConfigReload,
        _ if name.starts_with(b"DIVERT_") => refused(name, written),
        _ => return None,
    })
}

/// Up to 4 parameters: url, number, position (1.8+), name (20+). More: the
/// url holds bars, and the position is looked for from the end.
fn enter_queue(mut p: Params<'_>) -> Verb<'_> {
    if let Some(raw) = p.raw()
        && let Some(verb) = enter_queue_with_bars(raw)
    {
        return verb;
    }
    Verb::EnterQueue {
        url: p.text(),
        number: p.text(),
        position: p.position(),
        name: p.some_text(),
    }
}

/// `None` when there are no more than 4 parameters or none that could be
/// the position.
fn enter_queue_with_bars(raw: Span<'_>) -> Option<Verb<'_>> {
    let bytes = raw.bytes();
    let mut index = bytes.iter().filter(|&&byte| byte == b'|').count();
    if index < 4 {
        return None;
    }
    let before = |end: usize| bytes[..end].iter().rposition(|&byte| byte == b'|');
    let mut end = bytes.len();
    while index >= 2 {
        // Index 2 and up always have a bar before them.
        let bar = before(end)?;
        let field = raw.slice(bar + 1, end);
        if field.is_digits() {
            let number = before(bar)?;
            let name = raw.from(end).trimmed();
            return Some(Verb::EnterQueue {
                url: raw.to(number).text(),
                number: raw.slice(number + 1, bar).text(),
                position: field.number().and_then(|position| u32::try_from(position).ok()),
                name: (!name.is_empty()).then(|| name.text()),
            });
        }
        end = bar;
        index -= 1;
    }
    None
}

fn complete(by_agent: bool, mut p: Params<'_>) -> Verb<'_> {
    Verb::Complete { by_agent, hold: p.number(), talk: p.number(), position: p.position() }
}

/// Extension, context, and since 1.4 hold and talk, since 1.6 the position.
fn transfer(kind: TransferKind, mut p: Params<'_>) -> Verb<'_> {
    Verb::Transfer(Transfer {
        kind,
        target: p.text(),
        context: p.text(),
        hold: p.number(),
        talk: p.number(),
        position: p.position(),
    })
}

/// `BRIDGE|id`, `APP|name` or `LINK|channel|channel`, then hold, talk and
/// position (12+); hand-written ones may name an extension and a context.
fn attended_transfer(p: Params<'_>) -> Verb<'_> {
    let mut after = p;
    let kind = after.take().map_or(&b""[..], Span::bytes);
    let (target, context) = match kind {
        b"BRIDGE" => (Cow::Borrowed("bridge"), after.text()),
        b"APP" => (after.text(), Cow::Borrowed("")),
        b"LINK" => {
            let (first, second) = (after.text(), after.text());
            (Cow::Borrowed("link"), Cow::Owned(format!("{first}|{second}")))
        }
        _ => return transfer(TransferKind::Attended, p),
    };
    Verb::Transfer(Transfer {
        kind: TransferKind::Attended,
        target,
        context,
        hold: after.number(),
        talk: after.number(),
        position: after.position(),
    })
}

/// `code`, `code||phone`, or the four parameters of a pause.
fn pause_code(p: Params<'_>) -> Text<'_> {
    let mut fields = p;
    let (first, second) = (fields.take(), fields.take());
    if second.is_some_and(Span::is_empty) {
        return first.map(|first| first.trimmed().text()).unwrap_or_default();
    }
    p.reason()
}

fn extension<'a>(p: &mut Params<'a>, options: &Options) -> Text<'a> {
    p.take().map(|field| channel::channel(field, options).text()).unwrap_or_default()
}

fn is_on(word: Span<'_>) -> bool {
    let word = word.bytes();
    word.eq_ignore_ascii_case(b"yes")
        || word.eq_ignore_ascii_case(b"on")
        || word.eq_ignore_ascii_case(b"true")
        || Span::Bytes(word).number().is_some_and(|number| number != 0)
}

/// One text without saying which: what looks like a number is one.
fn caller_id(p: Params<'_>) -> Verb<'_> {
    let text = p.joined();
    let dialled = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'*' | b'#');
    if !text.is_empty() && text.bytes().all(dialled) {
        Verb::CallerIdNumber { number: text }
    } else {
        Verb::CallerIdName { name: text }
    }
}

fn refused<'a>(name: &[u8], written: Span<'a>) -> Verb<'a> {
    let verb = written.text();
    // The cause has one spelling however the writer spelled it.
    let verb = if name == written.bytes() { verb } else { verb.to_ascii_uppercase().into() };
    Verb::Refused { verb }
}
