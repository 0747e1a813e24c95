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
    File(Box<Shape<Hit>>),
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
    let items = order(std::mem::take(&mut seen.hits))
        .into_iter()
        .map(|shape| Item::File(Box::new(shape)))
        .collect();
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
            Item::File(shape) => match &**shape {
                Shape::One(file) => vec![file],
                Shape::Pair { caller, agent } => vec![caller, agent],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::layout::Pattern;
    use crate::recordings::files::walk::{Limits, Storage};
    use crate::recordings::{Begun, Direction, Folders, Occasion, Place, sql};
    use crate::store::{Settings, Store};

    const NIGHT: i64 = 1_700_000_000;

    fn begun(call: &str, path: &str, leg: Leg) -> Begun {
        Begun {
            started: NIGHT,
            call: call.to_owned(),
            linkedid: Some("1700000000.11".to_owned()),
            channel: None,
            queue: None,
            agent: None,
            number: None,
            direction: Direction::Unknown,
            place: Place::Spool,
            path: path.to_owned(),
            leg,
            occasion: Occasion::Queue,
            asked: None,
        }
    }

    #[test]
    fn the_journal_is_asked_before_the_roots_and_tells_them_other_ids() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), Settings::default()).unwrap();
        let folders = Folders { spool: dir.path().join("spool"), vault: dir.path().join("vault") };
        let journal = Recordings::new(store.clone(), folders);
        let root = dir.path().join("old");
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("1700000000.11.wav"), "sound").unwrap();
        let pattern = Pattern::parse(&format!("file:{}", root.display())).unwrap();
        let storage = Storage { pattern, zone: TimeZone::UTC, sentinel: None };
        let walker = Walker::new(vec![storage], Limits::default()).unwrap();
        let now = Moment { wall: NIGHT + 3600, steady: Duration::ZERO };
        let found =
            |call: &str| find(Some(&journal), &walker, &Call::new(call), false, now).unwrap().items;
        assert!(found("1700000000.12").is_empty(), "nobody knows of the alias yet");

        let insert = |begun: &Begun| {
            store.write(|db| sql::recordings::insert(db, begun)).unwrap();
        };
        insert(&begun("1700000000.13", "a-in.wav", Leg::In));
        insert(&begun("1700000000.13", "a.wav", Leg::Mix));
        let names: Vec<String> = found(":1700000000.13").iter().map(Item::name).collect();
        assert_eq!(names, ["a.wav", "a-in.wav"], "mixed ones first, and no file of a root");

        let call = with_aliases(&journal, Call::new("1700000000.13"), now.wall).unwrap();
        assert_eq!(call.ids, ["1700000000.13", "1700000000.11"]);
        let files = find(None, &walker, &call, false, now).unwrap().items;
        assert_eq!(files[0].confidence(), Confidence::Alias);
        assert_eq!(files[0].files().len(), 1);
    }
}
