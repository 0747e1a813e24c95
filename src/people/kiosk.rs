//! Wallboards without a log-in: a secret address that shows the board of some
//! queues and opens nothing else.
//!
//! A kiosk hangs on the account that made it and never shows more than that
//! account may see now: it narrows with it, goes dark while it is disabled,
//! and goes when it is removed.

use crate::base::{Error, Kind, Result, UnixSec};
use crate::people::account::{self, Account, Language};
use crate::people::audit::{Act, Actor};
use crate::people::right::Right;
use crate::people::session::{SEEN_EVERY, Token, Viewer};
use crate::people::{People, sql};

/// Kiosks of a box at most.
const MOST_KIOSKS: usize = 100;

/// One kiosk, for those who manage them; its token is known only to who made
/// it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kiosk {
    pub id: i64,
    /// Where the screen hangs, for people.
    pub name: String,
    /// Name of the account it hangs on.
    pub account: String,
    /// What was chosen; `None`: every queue the account may see.
    pub queues: Option<Vec<String>>,
    pub created: UnixSec,
    /// `None`: never.
    pub last_used: Option<UnixSec>,
}

/// What the address of a kiosk opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    pub name: String,
    /// What may be seen through it now; `None`: every queue.
    pub queues: Option<Vec<String>>,
    pub language: Language,
    /// Hash of the token: who is it, without the secret.
    pub key: [u8; 32],
}

impl People {
    /// The kiosks of everybody for who manages accounts, of the viewer for
    /// others; by name.
    pub fn kiosks(&self, viewer: &Viewer) -> Result<Vec<Kiosk>> {
        let mut kiosks = self.store.read(sql::kiosks)?;
        kiosks.retain(|kiosk| may_manage(viewer, kiosk));
        Ok(kiosks)
    }

    /// Makes a kiosk. The token is for its address and is not kept.
    ///
    /// Errors: [`Kind::Invalid`] with the field's name first; [`Kind::Denied`]
    /// for a queue the viewer may not see; [`Kind::Exhausted`].
    pub fn create_kiosk(
        &self,
        viewer: &Viewer,
        name: &str,
        queues: Option<Vec<String>>,
        actor: &Actor,
        now: UnixSec,
    ) -> Result<(Kiosk, Token)> {
        let name = account::short_text("name", name)?;
        let queues = queues.map(account::queue_list).transpose()?;
        if queues.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::new(Kind::Invalid, "queues: choose at least one, or give null")
                .coded("queues.none", []));
        }
        if let Some(other) = queues.iter().flatten().find(|queue| !viewer.may_see_queue(queue)) {
            let text = format!("you may not see the queue {other:?}");
            return Err(
                Error::new(Kind::Denied, text).coded("queue.hidden", [("queue", other.clone())])
            );
        }
        let token = Token::new()?;
        let mut kiosk = Kiosk {
            id: 0,
            name,
            account: viewer.account.account.clone(),
            queues,
            created: now,
            last_used: None,
        };
        self.store.write(|db| {
            if sql::kiosks(db)?.len() >= MOST_KIOSKS {
                let text = format!("there are {MOST_KIOSKS} kiosks already; take one away first");
                return Err(Error::new(Kind::Exhausted, text)
                    .coded("kiosk.most", [("n", MOST_KIOSKS.to_string())]));
            }
            kiosk.id = sql::insert_kiosk(db, &kiosk, viewer.account.id, &token.hashed())?;
            let new = shown(&kiosk);
            let act =
                Act { action: "kiosk.create", object: &kiosk.name, old: None, new: Some(&new) };
            sql::insert_audit(db, actor, &act, now)
        })?;
        Ok((kiosk, token))
    }

    /// Takes a kiosk away: its address opens nothing any more, and screens
    /// that show it go dark.
    ///
    /// Errors: [`Kind::NotFound`], also for one of somebody else.
    pub fn revoke_kiosk(
        &self,
        viewer: &Viewer,
        id: i64,
        actor: &Actor,
        now: UnixSec,
    ) -> Result<()> {
        self.store.write(|db| {
            let kiosks = sql::kiosks(db)?;
            let kiosk = kiosks
                .iter()
                .find(|kiosk| kiosk.id == id && may_manage(viewer, kiosk))
                .ok_or_else(|| {
                    Error::new(Kind::NotFound, "there is no such kiosk").coded("kiosk.unknown", [])
                })?;
            sql::delete_kiosk(db, id)?;
            let old = shown(kiosk);
            let act =
                Act { action: "kiosk.revoke", object: &kiosk.name, old: Some(&old), new: None };
            sql::insert_audit(db, actor, &act, now)
        })?;
        self.changed();
        Ok(())
    }

    /// What a token opens; `None` for a token that is no kiosk's, and while
    /// the account behind it may not have kiosks. Counts as use.
    pub fn board(&self, token: &Token, now: UnixSec) -> Result<Option<Board>> {
        let key = token.hashed();
        let found = self.store.read(|db| {
            let Some((kiosk, account_id)) = sql::kiosk_of(db, &key)? else { return Ok(None) };
            let stored = sql::account_by_id(db, account_id)?;
            Ok(stored.map(|stored| (kiosk, stored.account)))
        })?;
        let allowed =
            |account: &Account| !account.disabled && account.role.rights().has(Right::KiosksManage);
        let Some((kiosk, account)) = found.filter(|(_, account)| allowed(account)) else {
            return Ok(None);
        };
        if kiosk.last_used.is_none_or(|used| now - used >= SEEN_EVERY) {
            self.store.write(|db| sql::touch_kiosk(db, kiosk.id, now))?;
        }
        let queues = both(kiosk.queues, account.queues);
        Ok(Some(Board { name: kiosk.name, queues, language: account.language, key }))
    }
}

fn may_manage(viewer: &Viewer, kiosk: &Kiosk) -> bool {
    viewer.may(Right::AccountsManage) || kiosk.account == viewer.account.account
}

/// A kiosk as text for the audit.
fn shown(kiosk: &Kiosk) -> String {
    let queues = kiosk.queues.as_ref().map_or_else(|| "all".to_owned(), |list| list.join(","));
    format!("account={}; queues={queues}", kiosk.account)
}

/// The queues in both lists, where no list is every queue.
fn both(one: Option<Vec<String>>, other: Option<Vec<String>>) -> Option<Vec<String>> {
    match (one, other) {
        (None, list) | (list, None) => list,
        (Some(mut one), Some(other)) => {
            one.retain(|queue| other.contains(queue));
            Some(one)
        }
    }
}
