//! Lists of calls (`metrics.md` 3.15): answered, lost, all, and those that
//! stayed in the voice menu.

use std::ops::ControlFlow;

use crate::base::order::Ordered as _;
use crate::base::{Result, UnixSec};
use crate::model::{AttemptResult, NoteKind, Stint};
use crate::reports::block::{Block, Group, block};
use crate::reports::calls::direction;
use crate::reports::join::Call;
use crate::reports::report::{Table, Value};
use crate::reports::study::Study;
use crate::store::Wanted;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "calls-answered",
        Group::Lists,
        "list",
        ["Answered calls, one by one", "Appels traités, un par un"],
        ["Every answered call", "Chaque appel traité"],
        &[
            "CL-TIME",
            "CL-NUMBER",
            "CL-NAME",
            "CL-QUEUE",
            "CL-DIRECTION",
            "CL-IVRSECS",
            "CL-WAIT",
            "CL-ELAPSED",
            "CL-TALK",
            "CL-EARLIER",
            "CL-POSITION",
            "CL-CAUSE",
            "CL-TRANSFER",
            "CL-AGENT",
            "CL-ATTEMPTS",
            "CL-OUTCOME",
            "CL-FEATURES",
            "CL-TAG",
            "CL-VARIABLES",
            "CL-STINTS",
            "CL-HOLDS",
            "CL-HOLD",
            "CL-DNIS",
            "CL-IVR",
            "CL-ID",
            "CL-URL",
        ],
        |study, block| calls(study, block, |stint| stint.answered),
    ),
    block(
        "calls-lost",
        Group::Lists,
        "list",
        ["Lost calls, one by one", "Appels perdus, un par un"],
        ["Every call nobody answered", "Chaque appel que personne n'a pris"],
        &[
            "CL-TIME",
            "CL-NUMBER",
            "CL-NAME",
            "CL-QUEUE",
            "CL-DIRECTION",
            "CL-IVRSECS",
            "CL-WAIT",
            "CL-ELAPSED",
            "CL-POSITION",
            "CL-EXIT",
            "CL-CAUSE",
            "CL-KEY",
            "CL-AGENT",
            "CL-ATTEMPTS",
            "CL-LASTFAIL",
            "CL-OUTCOME",
            "CL-FEATURES",
            "CL-TAG",
            "CL-VARIABLES",
            "CL-STINTS",
            "CL-DNIS",
            "CL-IVR",
            "CL-ID",
            "CL-URL",
        ],
        |study, block| calls(study, block, |stint| !stint.answered),
    ),
    block(
        "calls",
        Group::Lists,
        "list",
        ["All calls, one by one", "Tous les appels, un par un"],
        ["Answered and lost calls with their times", "Appels traités et perdus avec leurs heures"],
        &[
            "CL-TIME",
            "CL-ANSWERTIME",
            "CL-ENDTIME",
            "CL-QUEUE",
            "CL-DIRECTION",
            "CL-NUMBER",
            "CL-AGENT",
            "CL-CAUSE",
            "CL-WAIT",
            "CL-TALK",
            "CL-STINTS",
            "CL-ID",
        ],
        |study, block| calls(study, block, |_| true),
    ),
    block(
        "calls-ivr",
        Group::Lists,
        "list",
        ["Calls that stayed in the IVR", "Appels restés dans le SVI"],
        [
            "Every call that was in the voice menu and never in a queue",
            "Chaque appel passé par le serveur vocal sans entrer en file",
        ],
        &["CL-TIME", "CL-NUMBER", "CL-DNIS", "CL-PATH", "CL-SECS", "CL-RESULT", "CL-ID"],
        menu_calls,
    ),
];

fn calls(study: &Study<'_>, block: &Block, keep: impl Fn(&Stint) -> bool) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let mut rows: Vec<(UnixSec, i64, Vec<Value>)> = Vec::new();
    let limit = study.query.limit;
    let mut cut = false;
    study.first_calls(Wanted::ALL, &mut |call| {
        if keep(&call.stint) {
            if rows.len() == limit {
                cut = true;
                return Ok(ControlFlow::Break(()));
            }
            let values = block.columns.iter().map(|id| value(study, call, id)).collect();
            rows.push((call.stint.enter, call.id, values));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if cut {
        study.note(
            &format!("only the first {limit} calls are listed"),
            &format!("seuls les {limit} premiers appels sont listés"),
        );
    }
    rows.order_by_key(|row| (row.0, row.1));
    for (_, id, values) in rows {
        // Row ids count from 1; an open call has none yet.
        table.add(if id == 0 { "open".to_owned() } else { id.to_string() }, values);
    }
    Ok(table)
}

fn value(study: &Study<'_>, call: &Call, id: &str) -> Value {
    let (stint, names) = (&call.stint, study.names());
    let word = |word: Option<u32>| Value::from(word.map(|word| names.word_text(word)));
    match id {
        "CL-TIME" => stint.enter.into(),
        "CL-ANSWERTIME" => stint.answer().into(),
        "CL-ENDTIME" => stint.end.into(),
        "CL-NUMBER" => (&*stint.number).into(),
        "CL-NAME" => (&*stint.caller_name).into(),
        "CL-QUEUE" => names.queue_name(stint.queue).into(),
        "CL-DIRECTION" => direction(stint.direction).into(),
        "CL-IVRSECS" => stint.ivr_secs.into(),
        "CL-WAIT" => stint.wait.into(),
        "CL-ELAPSED" => call.elapsed_wait.into(),
        "CL-TALK" => stint.talk.into(),
        "CL-EARLIER" => call.earlier_talk.into(),
        "CL-POSITION" => stint.position.into(),
        "CL-EXIT" => stint.exit_position.into(),
        "CL-CAUSE" => stint.cause.label().into(),
        "CL-TRANSFER" => word(stint.transfer_to),
        "CL-KEY" => word(stint.detail),
        "CL-AGENT" => stint.agent.map(|agent| names.agent_name(agent)).into(),
        "CL-ATTEMPTS" => crate::reports::calls::tries(&stint.attempts).into(),
        "CL-LASTFAIL" => last_failed(stint).map(|agent| names.agent_name(agent)).into(),
        "CL-OUTCOME" => word(stint.outcome),
        "CL-FEATURES" => stint.features.len().into(),
        "CL-TAG" => word(stint.tag),
        "CL-VARIABLES" => {
            let variables = stint.notes.iter().filter(|note| note.kind == NoteKind::Variable);
            variables.count().into()
        }
        "CL-STINTS" => call.stints.into(),
        "CL-HOLDS" => stint.holds.len().into(),
        "CL-HOLD" => stint.holds.iter().map(|hold| hold.secs).sum::<i64>().into(),
        "CL-DNIS" => word(stint.dnis),
        "CL-IVR" => word(stint.ivr),
        "CL-ID" => stint.call_id.to_string().into(),
        "CL-URL" => (&*stint.url).into(),
        _ => Value::None,
    }
}

fn last_failed(stint: &Stint) -> Option<u32> {
    use AttemptResult::{Cancelled, Taken};
    let failed = |result| !matches!(result, Taken | Cancelled);
    stint.attempts.iter().rev().find(|attempt| failed(attempt.result)).map(|a| a.agent)
}

fn menu_calls(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let (from, to) = study.detail_range();
    let calls = study.source.menu_calls(from, to)?;
    let wanted = calls.iter().filter(|call| study.calendar.lets(call.start));
    for (n, call) in wanted.take(study.query.limit).enumerate() {
        let steps = call.steps.iter().filter(|step| step.kind == NoteKind::IvrStep);
        let path: Vec<&str> = steps.map(|step| &*step.text).collect();
        let goal = call.steps.iter().rev().find_map(|step| match step.kind {
            NoteKind::IvrGoal => Some(format!("goal {}", step.text)),
            NoteKind::IvrHangup if step.text.is_empty() => Some("caller".to_owned()),
            NoteKind::IvrHangup => Some(step.text.to_lowercase()),
            _ => None,
        });
        let values = vec![
            call.start.into(),
            (&*call.number).into(),
            call.dnis.map(|word| study.names().word_text(word)).into(),
            path.join(" ").into(),
            (call.end - call.start).into(),
            goal.into(),
            call.call_id.to_string().into(),
        ];
        table.add((n + 1).to_string(), values);
    }
    Ok(table)
}
