//! Managing accounts: for administrators and for the command line.

use crate::base::{Error, Kind, Result, UnixSec};
use crate::people::account::{self, Account, AccountChange, NewAccount};
use crate::people::audit::{self, Act, Actor};
use crate::people::login::fresh_account;
use crate::people::password::Secret;
use crate::people::right::Role;
use crate::people::{People, locked, no_such_account, sql};

impl People {
    /// All accounts by name.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        self.store.read(sql::accounts)
    }

    /// Adds an account.
    ///
    /// Errors: [`Kind::Invalid`] with the field's name first, then a colon;
    /// [`Kind::Conflict`] when the name is taken.
    pub fn create(
        &self,
        actor: &Actor,
        new: NewAccount,
        password: &Secret,
        now: UnixSec,
    ) -> Result<Account> {
        let mut account = fresh_account(new.checked()?);
        let hashed = self.hasher.hash(password).map_err(of_password)?;
        self.store.write(|db| {
            account.id = sql::insert_account(db, &account, &hashed, now)?.ok_or_else(|| {
                let text = format!("there is an account {:?} already", account.account);
                Error::new(Kind::Conflict, text)
                    .coded("account.taken", [("account", account.account.clone())])
            })?;
            let description = audit::description(&account);
            let act = Act {
                action: "account.create",
                object: &account.account,
                old: None,
                new: Some(&description),
            };
            sql::insert_audit(db, actor, &act, now)
        })?;
        *locked(&self.claim) = None;
        self.changed();
        Ok(account)
    }

    /// Changes an account; a new password or disabling it ends its sessions.
    ///
    /// Errors: [`Kind::NotFound`]; [`Kind::Invalid`] with the field's name
    /// first; [`Kind::Conflict`] when nobody would be left to administer.
    pub fn change(
        &self,
        actor: &Actor,
        account: &str,
        change: AccountChange,
        password: Option<&Secret>,
        now: UnixSec,
    ) -> Result<Account> {
        let name = account::folded(account);
        let hashed =
            password.map(|password| self.hasher.hash(password)).transpose().map_err(of_password)?;
        let changed = self.store.write(|db| {
            let stored = sql::account_named(db, &name)?.ok_or_else(|| no_such_account(&name))?;
            let old = stored.account;
            let new = change.apply(old.clone())?;
            let administers =
                |account: &Account| account.role == Role::Administrator && !account.disabled;
            if administers(&old) && !administers(&new) {
                keep_an_administrator(sql::other_administrators(db, old.id)?)?;
            }
            if new != old {
                sql::update_account(db, &new)?;
                let (before, after) = audit::difference(&old, &new);
                let act = Act {
                    action: "account.change",
                    object: &name,
                    old: Some(&before),
                    new: Some(&after),
                };
                sql::insert_audit(db, actor, &act, now)?;
            }
            if let Some(hashed) = &hashed {
                sql::update_password(db, new.id, hashed)?;
                let act = Act { action: "account.password", object: &name, old: None, new: None };
                sql::insert_audit(db, actor, &act, now)?;
            }
            if hashed.is_some() || (new.disabled && !old.disabled) {
                sql::delete_sessions_but(db, new.id, &[])?;
            }
            Ok(new)
        })?;
        self.changed();
        Ok(changed)
    }

    /// Removes an account with its sessions; its audit rows stay.
    ///
    /// Errors: [`Kind::NotFound`]; [`Kind::Conflict`] when nobody would be
    /// left to administer.
    pub fn remove(&self, actor: &Actor, account: &str, now: UnixSec) -> Result<()> {
        let name = account::folded(account);
        self.store.write(|db| {
            let stored = sql::account_named(db, &name)?.ok_or_else(|| no_such_account(&name))?;
            let account = stored.account;
            if account.role == Role::Administrator && !account.disabled {
                keep_an_administrator(sql::other_administrators(db, account.id)?)?;
            }
            sql::delete_account(db, account.id)?;
            let description = audit::description(&account);
            let act =
                Act { action: "account.remove", object: &name, old: Some(&description), new: None };
            sql::insert_audit(db, actor, &act, now)
        })?;
        self.changed();
        Ok(())
    }
}

fn keep_an_administrator(others: i64) -> Result<()> {
    if others > 0 {
        return Ok(());
    }
    Err(Error::new(Kind::Conflict, "this is the last administrator; make another one first")
        .coded("account.last", []))
}

/// Names the field in an error about a new password.
fn of_password(error: Error) -> Error {
    match error.kind() {
        Kind::Invalid => error.of_field("password"),
        _ => error,
    }
}
