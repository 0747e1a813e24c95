//! The recordings of a call: what the journal knows, else what lies in the roots.

use std::path::Path;

use crate::base::Result;
use crate::layout::{Call, Confidence, Found, Shape, order};
use crate::recordings::files::walk::{Hit, Outcome, Walker};
use crate::recordings::links::Moment;
use crate::recordings::{Leg, Recording, Recordings, State};

/// One recording of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A row of the journal.
    Row(Box<Recording>),
    /// A file of a root, or two that are its legs.
    File(Shape<Hit>),
}

/// What a search gave.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub items: Vec<Item>,
    /// What was seen in the roots; nothing when the journal knew.
    pub seen: Outcome,
}

/// What the journal knows of a call: rows whose sound is there, mixed ones
/// first, then by their start. Rows are found by the call's ids and by the
/// linkedid of any of them.
///
/// Errors: what the database says.
pub fn in_journal(recordings: &Recordings, call: &Call, now: i64) -> Result<Vec<Recording>> {
    let mut rows: Vec<Recording> = Vec::new();
    for id in call.named() {
        for row in recordings.of_call(id.as_str(), now)? {
            let there = row.state != State::Deleted && row.path.is_some();
            if there && !rows.iter().any(|known| known.id == row.id) {
                rows.push(row);
            }
        }
    }
    rows.sort_by_key(|row| (row.leg != Leg::Mix, row.id));
    Ok(rows)
}

/// The ids under which a call's older or foreign files may lie: those asked
/// for, and what deleted or moved rows tell of it.
///
/// Errors: what the database says.
pub fn with_aliases(recordings: &Recordings, mut call: Call, now: i64) -> Result<Call> {
    for id in call.named() {
        for row in recordings.of_call(id.as_str(), now)? {
            for alias in [Some(row.call), row.linkedid].into_iter().flatten() {
                if !call.ids.contains(&alias) {
                    call.ids.push(alias);
                }
            }
        }
    }
    Ok(call)
}

/// The journal first, then one root after the other until one has the call.
/// Blocks for as long as the disks take.
///
/// Errors: what the database says.
pub fn find(
    journal: Option<&Recordings>,
    walker: &Walker,
    call: &Call,
    loose: bool,
    now: Moment,
) -> Result<Answer> {
    let mut call = call.clone();
    if let Some(journal) = journal {
        let rows = in_journal(journal, &call, now.wall)?;
        if !rows.is_empty() {
            let items = rows.into_iter().map(|row| Item::Row(Box::new(row))).collect();
            return Ok(Answer { items, seen: Outcome::default() });
        }
        call = with_aliases(journal, call, now.wall)?;
    }
    let mut seen = walker.search(&call, loose, now);
    let items = order(std::mem::take(&mut seen.hits)).into_iter().map(Item::File).collect();
    Ok(Answer { items, seen })
}

impl Item {
    /// The name to show: that of the file, without the seal of this house.
    pub fn name(&self) -> String {
        match self {
            Item::Row(row) => {
                let path = Path::new(row.path.as_deref().unwrap_or_default());
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let name = if row.sealed.is_some() { name.trim_end_matches(".age") } else { &name };
                name.to_owned()
            }
            Item::File(shape) => shape.first().name.clone(),
        }
    }

    pub fn confidence(&self) -> Confidence {
        match self {
            Item::Row(_) => Confidence::Exact,
            Item::File(shape) => shape.first().confidence,
        }
    }

    /// The files it consists of, for a search in roots.
    pub fn files(&self) -> Vec<&Found<Hit>> {
        match self {
            Item::Row(_) => Vec::new(),
            Item::File(Shape::One(file)) => vec![file],
            Item::File(Shape::Pair { caller, agent }) => vec![caller, agent],
        }
    }
}
