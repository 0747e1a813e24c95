//! An event as a line again, in the canonical form of `metrics.md` 1.6.
//!
//! For what we write ourselves, and for the law that printing and reading
//! give the same event.

use std::fmt::{self, Write as _};

use crate::event::{Info, QueueEvent, TransferKind, Verb};

/// The line of an event, without newline.
///
/// Bars are not escaped in this format: texts other than a record's last must
/// not hold any.
pub fn print(event: &QueueEvent<'_>) -> String {
    let mut line = format!(
        "{}|{}|{}|{}|{}",
        event.time,
        event.call_id,
        event.queue,
        event.agent,
        name(&event.verb)
    );
    let mut out = Fields { line: &mut line, held: 0 };
    fields(&mut out, &event.verb);
    // Asterisk ends verbs with nothing to say in a bar.
    if !line_has_parameters(&line) {
        line.push('|');
    }
    line
}

fn line_has_parameters(line: &str) -> bool {
    line.bytes().filter(|&byte| byte == b'|').count() > 4
}

/// Writes parameters; absent ones only once something follows them.
struct Fields<'a> {
    line: &'a mut String,
    held: usize,
}

impl Fields<'_> {
    fn put(&mut self, field: impl fmt::Display) -> &mut Self {
        for _ in 0..=self.held {
            self.line.push('|');
        }
        self.held = 0;
        // Writing to a String can't fail.
        let _ = write!(self.line, "{field}");
        self
    }

    fn maybe(&mut self, field: Option<impl fmt::Display>) -> &mut Self {
        match field {
            Some(field) => self.put(field),
            None => {
                self.held += 1;
                self
            }
        }
    }
}

fn name<'a>(verb: &'a Verb<'_>) -> &'a str {
    match verb {
        Verb::QueueStart => "QUEUESTART",
        Verb::ConfigReload => "CONFIGRELOAD",
        Verb::EnterQueue { .. } => "ENTERQUEUE",
        Verb::Connect { .. } => "CONNECT",
        Verb::Complete { by_agent: true, .. } => "COMPLETEAGENT",
        Verb::Complete { by_agent: false, .. } => "COMPLETECALLER",
        Verb::Transfer(transfer) => match transfer.kind {
            TransferKind::Plain => "TRANSFER",
            TransferKind::Blind => "BLINDTRANSFER",
            TransferKind::Attended => "ATTENDEDTRANSFER",
        },
        Verb::Abandon { .. } => "ABANDON",
        Verb::ExitEmpty { .. } => "EXITEMPTY",
        Verb::ExitWithKey { .. } => "EXITWITHKEY",
        Verb::ExitWithTimeout { .. } => "EXITWITHTIMEOUT",
        Verb::Left { .. } => "LEFT",
        Verb::Withdraw { .. } => "WITHDRAW",
        Verb::AgentDump => "AGENTDUMP",
        Verb::SysCompat => "SYSCOMPAT",
        Verb::RingNoAnswer { .. } => "RINGNOANSWER",
        Verb::RingCanceled { .. } => "RINGCANCELED",
        Verb::AgentAttempt { .. } => "AGENTATTEMPT",
        Verb::Refused { verb } => verb,
        Verb::AddMember { .. } => "ADDMEMBER",
        Verb::RemoveMember => "REMOVEMEMBER",
        Verb::AddMember2 { .. } => "ADDMEMBER2",
        Verb::Pause { .. } => "PAUSE",
        Verb::Unpause { .. } => "UNPAUSE",
        Verb::PauseAll { .. } => "PAUSEALL",
        Verb::UnpauseAll { .. } => "UNPAUSEALL",
        Verb::PauseReason { .. } => "PAUSEREASON",
        Verb::Penalty { .. } => "PENALTY",
        Verb::RingInUse { .. } => "RINGINUSE",
        Verb::AgentLogin { .. } => "AGENTLOGIN",
        Verb::AgentLogoff { .. } => "AGENTLOGOFF",
        Verb::HotDesk { .. } => "HOTDESK",
        Verb::CallOutbound { .. } => "CALLOUTBOUND",
        Verb::OutCall { .. } => "OUTCALL",
        Verb::CallerOnHold { .. } => "CALLERONHOLD",
        Verb::CallerOffHold { .. } => "CALLEROFFHOLD",
        Verb::CallStatus { .. } => "CALLSTATUS",
        Verb::Info(_) => "INFO",
        Verb::CallerIdName { .. } => "CALLERIDNAME",
        Verb::CallerIdNumber { .. } => "CALLERIDNUM",
    }
}

fn fields(out: &mut Fields<'_>, verb: &Verb<'_>) {
    match verb {
        Verb::EnterQueue { url, number, position, name } => {
            out.put(url).put(number).maybe(*position).maybe(name.as_ref());
        }
        Verb::Connect { hold, member_id, ring } => {
            out.maybe(*hold).maybe(member_id.as_ref()).maybe(*ring);
        }
        Verb::Complete { hold, talk, position, .. } => {
            out.maybe(*hold).maybe(*talk).maybe(*position);
        }
        Verb::Transfer(transfer) => {
            match (transfer.kind, &*transfer.target) {
                (TransferKind::Attended, "bridge") => out.put("BRIDGE").put(&transfer.context),
                (TransferKind::Attended, "link") => out.put("LINK").put(&transfer.context),
                (TransferKind::Attended, target) if transfer.context.is_empty() => {
                    out.put("APP").put(target)
                }
                (_, target) => out.put(target).put(&transfer.context),
            };
            out.maybe(transfer.hold).maybe(transfer.talk).maybe(transfer.position);
        }
        Verb::Abandon { position, original, wait }
        | Verb::ExitEmpty { position, original, wait }
        | Verb::ExitWithTimeout { position, original, wait }
        | Verb::Left { position, original, wait } => {
            out.maybe(*position).maybe(*original).maybe(*wait);
        }
        Verb::ExitWithKey { key, position, original, wait } => {
            out.put(key).maybe(*position).maybe(*original).maybe(*wait);
        }
        Verb::Withdraw { position, original, wait, info } => {
            out.maybe(*position).maybe(*original).maybe(*wait).put(info);
        }
        Verb::RingNoAnswer { ring_ms }
        | Verb::RingCanceled { ring_ms }
        | Verb::AgentAttempt { ring_ms } => {
            out.maybe(*ring_ms);
        }
        Verb::AddMember { paused } => {
            out.maybe(paused.then_some("PAUSED"));
        }
        Verb::AddMember2 { extension: text }
        | Verb::Pause { reason: text }
        | Verb::Unpause { reason: text }
        | Verb::PauseAll { reason: text }
        | Verb::UnpauseAll { reason: text }
        | Verb::PauseReason { code: text }
        | Verb::AgentLogin { extension: text }
        | Verb::HotDesk { channel: text }
        | Verb::CallerOnHold { label: text }
        | Verb::CallerIdName { name: text }
        | Verb::CallerIdNumber { number: text } => {
            out.put(text);
        }
        Verb::Penalty { penalty } => {
            out.maybe(*penalty);
        }
        Verb::RingInUse { on } => {
            out.put(u8::from(*on));
        }
        Verb::AgentLogoff { extension, session, reason } => {
            out.put(extension).maybe(*session);
            if !reason.is_empty() {
                out.put(reason);
            }
        }
        Verb::CallOutbound { url, number } => {
            out.put(url).put(number);
        }
        Verb::OutCall { status, talk, params } => {
            out.put(status).maybe(*talk).put(params);
        }
        Verb::CallerOffHold { held } => {
            out.maybe(*held);
        }
        Verb::CallStatus { code, other_call } => {
            out.put(code).maybe(other_call.as_ref());
        }
        Verb::Info(info) => info_fields(out, info),
        Verb::QueueStart
        | Verb::ConfigReload
        | Verb::AgentDump
        | Verb::SysCompat
        | Verb::Refused { .. }
        | Verb::RemoveMember => {}
    }
}

fn info_fields(out: &mut Fields<'_>, info: &Info<'_>) {
    match info {
        Info::Did { value } => out.put("DID").put(value),
        Info::Ivr { value } => out.put("IVR").put(value),
        Info::IvrStart { dnis, number } => out.put("IVRSTART").put(dnis).put(number),
        Info::IvrAppend { digits, ms, node } => {
            out.put("IVRAPPEND").put(digits).maybe(*ms).put(node)
        }
        Info::IvrGoal { goal } => out.put("IVRGOAL").put(goal),
        Info::IvrHangup { reason } => out.put("IVRHANGUP").put(reason),
        Info::Feature { code, text } => out.put("FTR").put(code).put(text),
        Info::NoFeature { code, text } => out.put("NOFTR").put(code).put(text),
        Info::Tag { tag } => out.put("TAG").put(tag),
        Info::NoTag { tag } => out.put("NOTAG").put(tag),
        Info::Variable { name, value } => out.put("VAR").put(name).put(value),
        Info::NoVariable { name } => out.put("NOVAR").put(name),
        Info::Skill { code, level } => out.put("SKILL").put(code).maybe(*level),
        Info::Other { text } => out.put(text),
    };
}
