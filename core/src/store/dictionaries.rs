//! The dictionaries as readers share them. Names are only ever added, so what
//! was read once is kept and only what is new is read again.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, named_params};

use crate::base::Result;
use crate::model::{NameKind, Names};

const NEWEST: &str = "
select coalesce((select max(id) from queue), 0), coalesce((select max(id) from agent), 0),
    coalesce((select max(id) from word), 0)";

const KINDS: [(NameKind, &str); 3] = [
    (NameKind::Queue, "select name from queue where id > :known order by id"),
    (NameKind::Agent, "select name from agent where id > :known order by id"),
    (NameKind::Word, "select text from word where id > :known order by id"),
];

/// Names read so far from one database.
#[derive(Debug, Default)]
pub(crate) struct Dictionaries(Mutex<Arc<Names>>);

impl Dictionaries {
    /// The names of a moment of the database, and perhaps newer ones.
    pub(crate) fn current(&self, db: &Connection) -> Result<Arc<Names>> {
        let newest: [u32; 3] = db
            .prepare_cached(NEWEST)?
            .query_row([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = |(n, newest): (&(NameKind, &str), u32)| known.count(n.0) < newest;
        if KINDS.iter().zip(newest).any(is_new) {
            let mut names = (**known).clone();
            for (kind, sql) in KINDS {
                let mut statement = db.prepare_cached(sql)?;
                let mut rows = statement.query(named_params! { ":known": names.count(kind) })?;
                while let Some(row) = rows.next()? {
                    names.restore(kind, row.get_ref(0)?.as_str().unwrap_or_default());
                }
            }
            *known = Arc::new(names);
        }
        Ok(Arc::clone(&known))
    }
}
