//! What the queue log knows of a call, told to its recordings: a call's record
//! is often written after its recording began, and sometimes after it was
//! sealed.

use crate::base::{CallId, Result, Secs, UnixSec};
use crate::model;
use crate::recordings::{Direction, Filter, Recording, State, sql};
use crate::store::Store;

/// How long after its begin a recording without an agent is still asked for.
const SINCE: Secs = 4 * 3600;
/// Recordings asked for in one go.
const MOST: u32 = 200;

/// Looks for the calls of recent recordings of which the agent or the number
/// is not known.
pub fn recent(store: &Store, now: UnixSec) -> Result<()> {
    let filter = Filter {
        from: Some(now - SINCE),
        states: Some(vec![State::Sealed, State::Plain]),
        ..Filter::default()
    };
    let rows = store.read(|db| sql::recordings::page(db, &filter, MOST, now))?;
    for recording in rows.iter().filter(|one| one.agent.is_none() || one.number.is_none()) {
        teach(store, recording)?;
    }
    Ok(())
}

/// The last passage of the call that somebody answered, else its last.
fn teach(store: &Store, recording: &Recording) -> Result<()> {
    let call = CallId::parse(&recording.call);
    let known = store.query(|reader| {
        let stints = reader.stints_of_call(&call)?;
        let last = stints.iter().rev().find(|(_, stint)| stint.answered).or(stints.last());
        let Some((_, stint)) = last else { return Ok(None) };
        let names = reader.names()?;
        let queue = names.queue_name(stint.queue).to_owned();
        let agent = stint.agent.map(|agent| names.agent_name(agent).to_owned());
        let number = (!stint.number.is_empty()).then(|| stint.number.to_string());
        let direction = match stint.direction {
            model::Direction::Inbound => Direction::Inbound,
            model::Direction::Outbound => Direction::Outbound,
        };
        Ok(Some((queue, agent, number, direction)))
    })?;
    let Some((queue, agent, number, direction)) = known else { return Ok(()) };
    store.write(|db| {
        let queue = recording.queue.is_none().then_some(queue.as_str());
        sql::recordings::learn(
            db,
            recording.id,
            (queue, agent.as_deref(), number.as_deref()),
            direction,
        )
    })
}
