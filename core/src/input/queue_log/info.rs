//! `INFO` and its sub-verbs, ours and QueueMetrics' (`metrics.md` 1.4, 1.6).

use crate::event::Info;
use crate::input::queue_log::params::Params;

/// Reads what follows `INFO|`. Sub-verbs are compared without case; what is
/// unknown is kept as one text.
pub(super) fn read(params: Params<'_>) -> Info<'_> {
    let mut p = params;
    let Some(name) = p.take() else { return Info::Other { text: "".into() } };
    let is = |known: &str| name.bytes().eq_ignore_ascii_case(known.as_bytes());
    let any = |known: &[&str]| known.iter().any(|known| is(known));
    if is("DID") {
        Info::Did { value: p.joined() }
    } else if is("IVR") {
        Info::Ivr { value: p.joined() }
    } else if is("IVRSTART") {
        Info::IvrStart { dnis: p.text(), number: p.text() }
    } else if is("IVRAPPEND") {
        Info::IvrAppend { digits: p.text(), ms: p.number(), node: p.joined() }
    } else if is("IVRGOAL") {
        Info::IvrGoal { goal: p.joined() }
    } else if is("IVRHANGUP") {
        Info::IvrHangup { reason: p.joined() }
    } else if any(&["FTR", "FEATURE"]) {
        Info::Feature { code: p.text(), text: p.joined() }
    } else if any(&["NOFTR", "NOFEATURE"]) {
        Info::NoFeature { code: p.text(), text: p.joined() }
    } else if is("TAG") {
        Info::Tag { tag: p.joined() }
    } else if is("NOTAG") {
        Info::NoTag { tag: p.joined() }
    } else if any(&["VAR", "VARSET", "SETVAR", "VARIABLE"]) {
        variable(p)
    } else if any(&["NOVAR", "VARDEL", "DELVAR", "NOVARIABLE"]) {
        Info::NoVariable { name: p.joined() }
    } else if any(&["SKILL", "REQSKILL", "SKILLREQ"]) {
        Info::Skill { code: p.text(), level: p.number() }
    } else {
        Info::Other { text: params.joined() }
    }
}

/// `name|value`, or `name=value` in one parameter.
fn variable(params: Params<'_>) -> Info<'_> {
    let mut p = params;
    let Some(name) = p.take() else {
        return Info::Variable { name: "".into(), value: "".into() };
    };
    if p.raw().is_none()
        && let Some(sign) = name.bytes().iter().position(|&byte| byte == b'=')
    {
        return Info::Variable { name: name.to(sign).text(), value: name.from(sign + 1).text() };
    }
    Info::Variable { name: name.text(), value: p.joined() }
}
