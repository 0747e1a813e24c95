//! What an account keeps for itself: views, which are named addresses of the
//! portal, and the columns it wants in a table.

use std::collections::BTreeMap;

use crate::base::{Error, Kind, Result, UnixSec};
use crate::people::account;
use crate::people::audit::{Act, Actor};
use crate::people::session::Viewer;
use crate::people::{People, sql};

/// Views of an account at most.
const MOST_VIEWS: usize = 100;
/// Longest address of a view, in characters.
const LONGEST_ADDRESS: usize = 2000;
/// Tables with chosen columns, and columns of one, at most.
const MOST_TABLES: usize = 200;
const MOST_COLUMNS: usize = 100;

/// One saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub name: String,
    /// Path and query below the portal's root.
    pub address: String,
}

impl People {
    /// The viewer's views by name.
    pub fn views(&self, viewer: &Viewer) -> Result<Vec<View>> {
        self.store.read(|db| sql::views(db, viewer.account.id))
    }

    /// Keeps a view; one of the same name is replaced.
    ///
    /// Errors: [`Kind::Invalid`] with the field's name first;
    /// [`Kind::Exhausted`].
    pub fn keep_view(
        &self,
        viewer: &Viewer,
        view: View,
        actor: &Actor,
        now: UnixSec,
    ) -> Result<View> {
        let view = View {
            name: account::short_text("name", &view.name)?,
            address: address(view.address)?,
        };
        let id = viewer.account.id;
        self.store.write(|db| {
            let views = sql::views(db, id)?;
            let old = views.iter().find(|old| old.name == view.name);
            if old.is_none() && views.len() >= MOST_VIEWS {
                let text = format!("you keep {MOST_VIEWS} views already; take one away first");
                return Err(Error::new(Kind::Exhausted, text)
                    .coded("view.most", [("n", MOST_VIEWS.to_string())]));
            }
            sql::put_view(db, id, &view)?;
            let act = Act {
                action: "view.keep",
                object: &view.name,
                old: old.map(|old| old.address.as_str()),
                new: Some(&view.address),
            };
            sql::insert_audit(db, actor, &act, now)
        })?;
        Ok(view)
    }

    /// Takes a view away.
    ///
    /// Errors: [`Kind::NotFound`].
    pub fn drop_view(
        &self,
        viewer: &Viewer,
        name: &str,
        actor: &Actor,
        now: UnixSec,
    ) -> Result<()> {
        let id = viewer.account.id;
        self.store.write(|db| {
            let views = sql::views(db, id)?;
            let view = views.iter().find(|view| view.name == name).ok_or_else(|| {
                let text = format!("you have no view {name:?}");
                Error::new(Kind::NotFound, text).coded("view.unknown", [])
            })?;
            sql::delete_view(db, id, name)?;
            let act =
                Act { action: "view.drop", object: name, old: Some(&view.address), new: None };
            sql::insert_audit(db, actor, &act, now)
        })
    }

    /// The columns the viewer has chosen, by table.
    pub fn columns(&self, viewer: &Viewer) -> Result<BTreeMap<String, Vec<String>>> {
        self.store.read(|db| sql::columns(db, viewer.account.id))
    }

    /// Chooses the columns of a table; none is all of them again. A matter of
    /// looks, so no audit row.
    ///
    /// Errors: [`Kind::Invalid`] with the field's name first.
    pub fn choose_columns(&self, viewer: &Viewer, block: &str, columns: &[String]) -> Result<()> {
        let block = account::short_text("block", block)?;
        let plain = |text: &String| {
            !text.is_empty()
                && text.len() <= 40
                && !text.contains(|c: char| c == ',' || c.is_control())
        };
        if columns.len() > MOST_COLUMNS || !columns.iter().all(plain) {
            return Err(
                Error::new(Kind::Invalid, "columns: give ids of columns").coded("columns.form", [])
            );
        }
        let id = viewer.account.id;
        self.store.write(|db| {
            let known = sql::columns(db, id)?;
            if !known.contains_key(&block) && known.len() >= MOST_TABLES {
                return Err(Error::new(Kind::Exhausted, "columns are chosen for too many tables")
                    .coded("columns.most", []));
            }
            sql::put_columns(db, id, &block, columns)
        })
    }
}

/// The address of a view: below the portal's own root, so that a click on it
/// leads nowhere else.
fn address(text: String) -> Result<String> {
    let inside = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/api/");
    let plain = |c: char| c.is_ascii_graphic() && c != '\\';
    if !inside || text.len() > LONGEST_ADDRESS || !text.chars().all(plain) {
        return Err(Error::new(Kind::Invalid, "address: give an address of the portal")
            .coded("view.address", []));
    }
    Ok(text)
}
