//! What an agent's own page asks besides the desk: whom to ring back, and
//! what a call is marked with.

use std::ops::ControlFlow;

use axum::response::Response;

use crate::base::{CallId, Result, Secs};
use crate::model::{Direction, Names, Stint};
use crate::people::Right;
use crate::portal::asked::Asked;
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::route::{Field, FieldKind, must};
use crate::portal::wire::office::{CallMarks, Recall, Recalls};
use crate::store::{Order, Reader, StintFilter, Wanted};

/// Calls lost longer ago are not offered any more.
const PAST: Secs = 24 * 3600;
/// Callers offered at most.
const MOST: usize = 50;
/// Numbers with fewer digits are inside, or hidden.
const FEWEST_DIGITS: usize = 3;
/// With these many digits in common at the end, what stands before is the
/// code for an outside line.
const COMMON_DIGITS: usize = 6;

pub const MARKS: &[Field] = &[must("call", FieldKind::Text(150), "The call's id.")];

/// Callers of one's queues who were lost and nobody has spoken to since.
pub async fn recalls(asked: Asked) -> std::result::Result<Response, Refusal> {
    let viewer = asked.viewer()?.clone();
    let mut queues = Vec::new();
    if let Some(agent) = &viewer.account.agent {
        asked.app.switchboard.look(&mut |office| {
            queues = crate::actions::queues_of(office, agent);
        });
    }
    queues.retain(|queue| viewer.may_see_queue(queue));
    let (now, outside) = (asked.now, asked.app.switchboard.desk().outside.clone());
    let mut recalls = Vec::new();
    // Who may not see numbers has nobody to ring.
    if !queues.is_empty() && viewer.may(Right::CallersView) {
        recalls = asked.app.ask(move |reader| open_recalls(reader, &queues, outside, now)).await?;
    }
    reply::json(&Recalls { recalls })
}

/// What a call is marked with now.
pub async fn marks(asked: Asked) -> std::result::Result<Response, Refusal> {
    let call = asked.query.text("call").unwrap_or_default().to_owned();
    let viewer = asked.viewer()?.clone();
    let marks = asked.app.ask(move |reader| {
        let names = reader.names()?;
        let stint = last_stint(reader, &call)?;
        Ok(stint
            .filter(|stint| viewer.may_see_queue(names.queue_name(stint.queue)))
            .map(|stint| marks_of(&stint, &names)))
    });
    // A call nobody has logged yet bears no marks.
    let none = || CallMarks { outcome: None, tag: None, features: Vec::new() };
    reply::json(&marks.await?.unwrap_or_else(none))
}

/// The features of a call; none for one nobody has logged.
pub(super) fn features(reader: &Reader<'_>, call: &str) -> Result<Vec<String>> {
    let names = reader.names()?;
    Ok(last_stint(reader, call)?.map(|stint| marks_of(&stint, &names).features).unwrap_or_default())
}

/// The newest stint of a call, open or closed.
fn last_stint(reader: &Reader<'_>, call: &str) -> Result<Option<Stint>> {
    let open = reader.open()?;
    let still = open.stints.into_iter().rev().map(|open| open.stint);
    if let Some(stint) = still.into_iter().find(|stint| stint.call_id.to_string() == call) {
        return Ok(Some(stint));
    }
    let closed = reader.stints_of_call(&CallId::parse(call))?;
    Ok(closed.into_iter().map(|(_, stint)| stint).max_by_key(|stint| stint.enter))
}

fn marks_of(stint: &Stint, names: &Names) -> CallMarks {
    let word = |id| names.word_text(id).to_owned();
    CallMarks {
        outcome: stint.outcome.map(word),
        tag: stint.tag.map(word),
        features: stint.features.iter().copied().map(word).collect(),
    }
}

fn open_recalls(
    reader: &Reader<'_>,
    queues: &[String],
    outside: String,
    now: i64,
) -> Result<Vec<Recall>> {
    let names = reader.names()?;
    let mine = |stint: &Stint| {
        stint.direction == Direction::Inbound
            && queues.iter().any(|queue| queue == names.queue_name(stint.queue))
    };
    let mut list = List { outside, recalls: Vec::new() };
    let all = StintFilter::default();
    let period = now - PAST..now + 1;
    reader.for_each_stint_with(Wanted::ALL, period, &all, Order::OldestFirst, |_, stint| {
        list.take(&stint, mine(&stint), &names);
        Ok(ControlFlow::Continue(()))
    })?;
    // Who is being spoken to now need not be rung.
    for open in reader.open()?.stints {
        list.spoken(&open.stint.number);
    }
    Ok(list.recalls)
}

/// Lost and not made good so far, oldest first.
struct List {
    /// Before a number to get it.
    outside: String,
    recalls: Vec<Recall>,
}

impl List {
    fn take(&mut self, stint: &Stint, mine: bool, names: &Names) {
        if stint.answered {
            return self.spoken(&stint.number);
        }
        let digits = stint.number.chars().filter(char::is_ascii_digit).count();
        if !mine || digits < FEWEST_DIGITS {
            return;
        }
        if let Some(known) = self.recalls.iter_mut().find(|one| same(&one.number, &stint.number)) {
            known.last = stint.enter;
            known.tries += 1;
            return;
        }
        if self.recalls.len() < MOST {
            self.recalls.push(Recall {
                number: stint.number.to_string(),
                name: stint.caller_name.to_string(),
                dial: format!("{}{}", self.outside, stint.number),
                queue: names.queue_name(stint.queue).to_owned(),
                since: stint.enter,
                last: stint.enter,
                wait: stint.wait,
                tries: 1,
            });
        }
    }

    fn spoken(&mut self, number: &str) {
        self.recalls.retain(|one| !same(&one.number, number));
    }
}

/// Whether two numbers are one: what was dialled may have the code for an
/// outside line before it.
fn same(one: &str, other: &str) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (one, other) = (digits(one), digits(other));
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    long == short || short.len() >= COMMON_DIGITS && long.ends_with(&short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_behind_the_code_for_an_outside_line() {
        assert!(same("0445556677", "90445556677"));
        assert!(same("044 555 66 77", "0445556677"));
        assert!(!same("201", "1201"), "extensions are not ends of numbers");
        assert!(!same("0445556677", "0445556678"));
    }
}
