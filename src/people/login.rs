//! Coming in and going out: claim, log-in, sessions, one's own password.

use std::net::IpAddr;

use crate::base::{Error, Kind, Result, Secs, UnixSec};
use crate::people::account::{self, Account, AccountChange, NewAccount};
use crate::people::audit::{self, Act, Actor};
use crate::people::password::{Hashed, Secret};
use crate::people::right::Role;
use crate::people::session::{LoginSession, SEEN_EVERY, Token, Viewer};
use crate::people::throttle::Key;
use crate::people::{People, locked, sql};

/// Sessions one account may have at a time; the one unused for longest goes.
const MOST_SESSIONS: i64 = 50;
/// Longest browser name kept, in characters.
const LONGEST_AGENT: usize = 200;

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub address: IpAddr,
    /// The browser's name for itself.
    pub agent: String,
}

/// A fresh session: the token for the cookie is known only now.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    pub viewer: Viewer,
    pub token: Token,
}

/// Why nobody came in.
#[derive(Debug)]
pub enum Refused {
    /// Account, password or code is wrong; which of them is not said.
    Wrong,
    /// Too many wrong ones; try again after so many seconds.
    Wait(Secs),
    /// Anything else.
    Fault(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused::Fault(error)
    }
}

impl People {
    /// Creates the first administrator for who knows the claim code, and logs
    /// them in. The role in `new` is not looked at.
    ///
    /// Errors: [`Kind::Conflict`] when there is an account already;
    /// [`Kind::Invalid`] naming the field.
    pub fn claim(
        &self,
        typed: &Secret,
        new: NewAccount,
        password: &Secret,
        from: &Origin,
        now: UnixSec,
    ) -> Result<LoggedIn, Refused> {
        if self.claimed()? {
            return Err(already_claimed().into());
        }
        let keys = [Key::Claim, Key::address(from.address)];
        self.may_try(&keys, now)?;
        let fits = locked(&self.claim).as_ref().is_some_and(|code| code.fits(typed));
        if !fits {
            self.failed("claim", None, &keys, from, now)?;
            return Err(Refused::Wrong);
        }
        let new = NewAccount { role: Role::Administrator, queues: None, ..new }.checked()?;
        let hashed = self.hasher.hash(password)?;
        let actor = Actor { account: new.account.clone(), address: from.address.to_string() };
        let mut account = fresh_account(new);
        let (token, mut session) = self.fresh_session(0, from, now)?;
        self.store.write(|db| {
            // Looked at again inside: two browsers may claim at once.
            if sql::account_count(db)? > 0 {
                return Err(already_claimed());
            }
            account.id =
                sql::insert_account(db, &account, &hashed, now)?.ok_or_else(already_claimed)?;
            session.account_id = account.id;
            sql::insert_session(db, &session)?;
            sql::logged_in(db, account.id, now)?;
            let description = audit::description(&account);
            let act = Act {
                action: "claim",
                object: &account.account,
                old: None,
                new: Some(&description),
            };
            sql::insert_audit(db, &actor, &act, now)
        })?;
        *locked(&self.claim) = None;
        self.changed();
        Ok(LoggedIn { viewer: Viewer { account, session }, token })
    }

    /// Opens a session for who knows the password. A wrong account takes as
    /// long as a wrong password.
    pub fn login(
        &self,
        account: &str,
        password: &Secret,
        from: &Origin,
        now: UnixSec,
    ) -> Result<LoggedIn, Refused> {
        let account = account::folded(account);
        let keys = [Key::Account(key_text(&account)), Key::address(from.address)];
        self.may_try(&keys, now)?;
        let stored = self.store.read(|db| sql::account_named(db, &account))?;
        let hashed = stored.as_ref().map_or_else(Hashed::nobody, |stored| stored.password.clone());
        let fits = self.hasher.verify(password, &hashed)?;
        let known = stored.map(|stored| stored.account);
        let Some(mut account) = known.clone().filter(|account| fits && !account.disabled) else {
            self.failed("login.failed", known.as_ref(), &keys, from, now)?;
            return Err(Refused::Wrong);
        };
        let (token, session) = self.fresh_session(account.id, from, now)?;
        let actor = Actor { account: account.account.clone(), address: from.address.to_string() };
        let idle_since = now - self.lifetime.idle;
        self.store.write(|db| {
            sql::delete_dead_sessions(db, now, idle_since)?;
            sql::delete_surplus_sessions(db, account.id, MOST_SESSIONS - 1)?;
            sql::insert_session(db, &session)?;
            sql::logged_in(db, account.id, now)?;
            let act = Act { action: "login", object: &account.account, old: None, new: None };
            sql::insert_audit(db, &actor, &act, now)
        })?;
        account.last_login = Some(now);
        locked(&self.throttle).succeeded(&keys[0]);
        self.changed();
        Ok(LoggedIn { viewer: Viewer { account, session }, token })
    }

    /// The viewer behind a cookie, if it was asked for a moment ago. Quick:
    /// may be called on the event loop.
    pub fn viewer_known(&self, token: &Token, now: UnixSec) -> Option<Viewer> {
        locked(&self.cache).find(&token.hashed(), now).cloned()
    }

    /// The viewer behind a cookie; `None` when the session has ended or the
    /// account is disabled. Counts as use of the session.
    pub fn viewer(&self, token: &Token, now: UnixSec) -> Result<Option<Viewer>> {
        let id_hash = token.hashed();
        let generation = self.generation();
        let found = self.store.read(|db| {
            let Some(session) = sql::session(db, &id_hash)? else { return Ok(None) };
            let stored = sql::account_by_id(db, session.account_id)?;
            Ok(stored.map(|stored| Viewer { account: stored.account, session }))
        })?;
        let alive =
            |viewer: &Viewer| !viewer.account.disabled && viewer.session.alive(self.lifetime, now);
        let Some(mut viewer) = found.filter(alive) else { return Ok(None) };
        if now - viewer.session.last_seen >= SEEN_EVERY {
            self.store.write(|db| sql::touch_session(db, &id_hash, now))?;
            viewer.session.last_seen = now;
        }
        let mut cache = locked(&self.cache);
        // What was read before a change must not be remembered after it.
        if self.generation() == generation {
            cache.remember(viewer.clone(), now);
        }
        Ok(Some(viewer))
    }

    /// When the viewer's session ends unless it is used again.
    pub fn session_ends(&self, viewer: &Viewer) -> UnixSec {
        viewer.session.ends(self.lifetime)
    }

    /// Ends the viewer's own session.
    pub fn logout(&self, viewer: &Viewer, now: UnixSec) -> Result<()> {
        let actor = actor(viewer, &viewer.session.address);
        self.store.write(|db| {
            sql::delete_session(db, &viewer.session.id_hash)?;
            let act =
                Act { action: "logout", object: &viewer.account.account, old: None, new: None };
            sql::insert_audit(db, &actor, &act, now)
        })?;
        self.changed();
        Ok(())
    }

    /// The viewer's sessions that still open the door, last used first.
    pub fn sessions(&self, viewer: &Viewer, now: UnixSec) -> Result<Vec<LoginSession>> {
        let mut sessions = self.store.read(|db| sql::sessions_of(db, viewer.account.id))?;
        sessions.retain(|session| session.alive(self.lifetime, now));
        Ok(sessions)
    }

    /// Ends one of the viewer's own sessions by its [`LoginSession::handle`].
    ///
    /// Errors: [`Kind::NotFound`] when the viewer has no such session.
    pub fn end_session(
        &self,
        viewer: &Viewer,
        handle: &str,
        actor: &Actor,
        now: UnixSec,
    ) -> Result<()> {
        self.store.write(|db| {
            let sessions = sql::sessions_of(db, viewer.account.id)?;
            let session =
                sessions.iter().find(|session| session.handle() == handle).ok_or_else(|| {
                    Error::new(Kind::NotFound, "this session has ended already")
                        .coded("session.ended", [])
                })?;
            sql::delete_session(db, &session.id_hash)?;
            let act = Act { action: "session.end", object: handle, old: None, new: None };
            sql::insert_audit(db, actor, &act, now)
        })?;
        self.changed();
        Ok(())
    }

    /// Changes parts of the viewer's own account: name, language and looks.
    /// Other parts of `change` are not looked at.
    pub fn change_own(
        &self,
        viewer: &Viewer,
        change: AccountChange,
        actor: &Actor,
        now: UnixSec,
    ) -> Result<Account> {
        let change =
            AccountChange { role: None, agent: None, queues: None, disabled: None, ..change };
        self.change(actor, &viewer.account.account, change, None, now)
    }

    /// Changes the viewer's own password and ends their other sessions.
    pub fn change_own_password(
        &self,
        viewer: &Viewer,
        old: &Secret,
        new: &Secret,
        from: &Origin,
        now: UnixSec,
    ) -> Result<(), Refused> {
        let account = &viewer.account;
        let keys = [Key::Account(key_text(&account.account)), Key::address(from.address)];
        self.may_try(&keys, now)?;
        let stored = self
            .store
            .read(|db| sql::account_by_id(db, account.id))?
            .ok_or_else(|| super::no_such_account(&account.account))?;
        if !self.hasher.verify(old, &stored.password)? {
            self.failed("password.failed", Some(account), &keys, from, now)?;
            return Err(Refused::Wrong);
        }
        let hashed = self.hasher.hash(new)?;
        let actor = actor(viewer, &from.address.to_string());
        self.store.write(|db| {
            sql::update_password(db, account.id, &hashed)?;
            sql::delete_sessions_but(db, account.id, &viewer.session.id_hash)?;
            let act =
                Act { action: "account.password", object: &account.account, old: None, new: None };
            sql::insert_audit(db, &actor, &act, now)
        })?;
        self.changed();
        Ok(())
    }

    fn may_try(&self, keys: &[Key], now: UnixSec) -> Result<(), Refused> {
        match locked(&self.throttle).wait(keys, now) {
            None => Ok(()),
            Some(secs) => Err(Refused::Wait(secs)),
        }
    }

    /// Counts a failure and leaves an audit row. What was typed as an account
    /// is not written unless it is one: people type passwords there.
    fn failed(
        &self,
        action: &str,
        account: Option<&Account>,
        keys: &[Key],
        from: &Origin,
        now: UnixSec,
    ) -> Result<()> {
        locked(&self.throttle).failed(keys, now);
        let Some(skipped) = locked(&self.failures).admit(now) else { return Ok(()) };
        let name = account.map_or("", |account| &account.account);
        let actor = Actor { account: name.to_owned(), address: from.address.to_string() };
        let skipped = (skipped > 0).then(|| format!("{skipped} more before it"));
        let act = Act { action, object: name, old: None, new: skipped.as_deref() };
        self.store.write(|db| sql::insert_audit(db, &actor, &act, now))
    }

    fn fresh_session(
        &self,
        account_id: i64,
        from: &Origin,
        now: UnixSec,
    ) -> Result<(Token, LoginSession)> {
        let token = Token::new()?;
        let session = LoginSession {
            id_hash: token.hashed(),
            account_id,
            csrf: Token::new()?,
            created: now,
            last_seen: now,
            expires: now + self.lifetime.absolute,
            address: from.address.to_string(),
            agent: from
                .agent
                .chars()
                .filter(|char| !char.is_control())
                .take(LONGEST_AGENT)
                .collect(),
        };
        Ok((token, session))
    }
}

/// Cut short: a key must not hold whatever somebody typed at full length.
fn key_text(account: &str) -> Box<str> {
    account.chars().take(64).collect::<String>().into()
}

fn actor(viewer: &Viewer, address: &str) -> Actor {
    Actor { account: viewer.account.account.clone(), address: address.to_owned() }
}

pub(super) fn fresh_account(new: NewAccount) -> Account {
    use crate::people::account::{Density, Theme};
    Account {
        id: 0,
        account: new.account,
        name: new.name,
        role: new.role,
        language: new.language,
        theme: Theme::Auto,
        density: Density::Normal,
        single_keys: true,
        agent: new.agent,
        queues: new.queues,
        disabled: false,
        last_login: None,
    }
}

fn already_claimed() -> Error {
    Error::new(Kind::Conflict, "this box has an administrator already; log in instead")
        .coded("claim.done", [])
}
