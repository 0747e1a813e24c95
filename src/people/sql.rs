//! The statements of people: accounts, their queues, log-in sessions, audit
//! rows. The tables are described in `src/store/schema.sql`.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::base::order::Gathered as _;
use crate::base::{Error, Kind, Result, UnixSec};
use crate::people::account::{Account, Density, Language, StoredAccount, Theme};
use crate::people::audit::{Act, Actor, AuditRow};
use crate::people::kiosk::Kiosk;
use crate::people::password::Hashed;
use crate::people::right::Role;
use crate::people::saved::View;
use crate::people::session::{LoginSession, Token};

const ACCOUNT_COUNT: &str = "select count(*) from account";

/// How many accounts there are.
pub fn account_count(db: &Connection) -> Result<i64> {
    db.prepare(ACCOUNT_COUNT)?.query_row([], |row| row.get(0)).map_err(Error::from)
}

const ACCOUNTS: &str = "
select id, account, name, role, language, theme, density, single_keys, agent, all_queues, disabled,
    last_login, salt, hash, m_cost, t_cost, p_cost
from account";

/// All accounts by name.
pub fn accounts(db: &Connection) -> Result<Vec<Account>> {
    let mut statement = db.prepare(&format!("{ACCOUNTS} order by account"))?;
    let mut rows = statement.query([])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        accounts.push(with_queues(db, stored_account(row)?)?.account);
    }
    Ok(accounts)
}

/// The account of a (folded) name.
pub fn account_named(db: &Connection, account: &str) -> Result<Option<StoredAccount>> {
    let mut statement = db.prepare(&format!("{ACCOUNTS} where account = :account"))?;
    let mut rows = statement.query(named_params! { ":account": account })?;
    rows.next()?.map(|row| with_queues(db, stored_account(row)?)).transpose()
}

/// The account of an id.
pub fn account_by_id(db: &Connection, id: i64) -> Result<Option<StoredAccount>> {
    let mut statement = db.prepare(&format!("{ACCOUNTS} where id = :id"))?;
    let mut rows = statement.query(named_params! { ":id": id })?;
    rows.next()?.map(|row| with_queues(db, stored_account(row)?)).transpose()
}

fn stored_account(row: &Row<'_>) -> Result<(StoredAccount, bool)> {
    let all_queues: bool = row.get("all_queues")?;
    let account = Account {
        id: row.get("id")?,
        account: row.get("account")?,
        name: row.get("name")?,
        role: known("role", row.get("role")?, Role::from_code)?,
        language: known("language", row.get("language")?, Language::from_code)?,
        theme: known("theme", row.get("theme")?, Theme::from_code)?,
        density: known("density", row.get("density")?, Density::from_code)?,
        single_keys: row.get("single_keys")?,
        agent: row.get("agent")?,
        queues: None,
        disabled: row.get("disabled")?,
        last_login: row.get("last_login")?,
    };
    let password = Hashed {
        salt: row.get("salt")?,
        hash: row.get("hash")?,
        m_cost: row.get("m_cost")?,
        t_cost: row.get("t_cost")?,
        p_cost: row.get("p_cost")?,
    };
    Ok((StoredAccount { account, password }, all_queues))
}

fn known<T>(column: &str, code: u8, from_code: fn(u8) -> Option<T>) -> Result<T> {
    from_code(code).ok_or_else(|| {
        Error::new(Kind::Damaged, format!("an account has the unknown {column} {code}"))
    })
}

const QUEUES: &str = "select queue from account_queue where account_id = :id order by queue";

fn with_queues(
    db: &Connection,
    (mut stored, all_queues): (StoredAccount, bool),
) -> Result<StoredAccount> {
    if !all_queues {
        let mut statement = db.prepare(QUEUES)?;
        let rows =
            statement.query_map(named_params! { ":id": stored.account.id }, |row| row.get(0))?;
        stored.account.queues = Some(rows.collect::<Result<_, _>>()?);
    }
    Ok(stored)
}

const INSERT_ACCOUNT: &str = "
insert into account (account, name, role, language, agent, all_queues, salt, hash, m_cost, t_cost,
    p_cost, created)
values (:account, :name, :role, :language, :agent, :all_queues, :salt, :hash, :m_cost, :t_cost,
    :p_cost, :now)
on conflict (account) do nothing";

/// Adds an account and returns its id; `None` when the name is taken. The id
/// in `account` is not looked at.
pub fn insert_account(
    db: &Connection,
    account: &Account,
    password: &Hashed,
    now: UnixSec,
) -> Result<Option<i64>> {
    let added = db.prepare(INSERT_ACCOUNT)?.execute(named_params! {
        ":account": account.account,
        ":name": account.name,
        ":role": account.role.code(),
        ":language": account.language.code(),
        ":agent": account.agent,
        ":all_queues": account.queues.is_none(),
        ":salt": password.salt,
        ":hash": password.hash,
        ":m_cost": password.m_cost,
        ":t_cost": password.t_cost,
        ":p_cost": password.p_cost,
        ":now": now,
    })?;
    if added == 0 {
        return Ok(None);
    }
    let id = db.last_insert_rowid();
    replace_queues(db, id, account.queues.as_deref())?;
    Ok(Some(id))
}

const UPDATE_ACCOUNT: &str = "
update account set name = :name, role = :role, language = :language, theme = :theme,
    density = :density, single_keys = :single_keys, agent = :agent, all_queues = :all_queues,
    disabled = :disabled
where id = :id";

/// Writes an account's changeable parts, found by its id.
pub fn update_account(db: &Connection, account: &Account) -> Result<()> {
    db.prepare(UPDATE_ACCOUNT)?.execute(named_params! {
        ":id": account.id,
        ":name": account.name,
        ":role": account.role.code(),
        ":language": account.language.code(),
        ":theme": account.theme.code(),
        ":density": account.density.code(),
        ":single_keys": account.single_keys,
        ":agent": account.agent,
        ":all_queues": account.queues.is_none(),
        ":disabled": account.disabled,
    })?;
    replace_queues(db, account.id, account.queues.as_deref())
}

const DELETE_QUEUES: &str = "delete from account_queue where account_id = :id";
const INSERT_QUEUE: &str = "insert into account_queue (account_id, queue) values (:id, :queue)";

fn replace_queues(db: &Connection, id: i64, queues: Option<&[String]>) -> Result<()> {
    db.prepare(DELETE_QUEUES)?.execute(named_params! { ":id": id })?;
    let mut insert = db.prepare(INSERT_QUEUE)?;
    for queue in queues.unwrap_or_default() {
        insert.execute(named_params! { ":id": id, ":queue": queue })?;
    }
    Ok(())
}

const UPDATE_PASSWORD: &str = "
update account set salt = :salt, hash = :hash, m_cost = :m_cost, t_cost = :t_cost, p_cost = :p_cost
where id = :id";

/// Replaces the hash of a password.
pub fn update_password(db: &Connection, id: i64, password: &Hashed) -> Result<()> {
    db.prepare(UPDATE_PASSWORD)?.execute(named_params! {
        ":id": id,
        ":salt": password.salt,
        ":hash": password.hash,
        ":m_cost": password.m_cost,
        ":t_cost": password.t_cost,
        ":p_cost": password.p_cost,
    })?;
    Ok(())
}

const DELETE_ACCOUNT: &str = "delete from account where id = :id";

/// Removes an account with its queues and sessions.
pub fn delete_account(db: &Connection, id: i64) -> Result<()> {
    db.prepare(DELETE_ACCOUNT)?.execute(named_params! { ":id": id })?;
    Ok(())
}

const ADMINISTRATORS: &str =
    "select count(*) from account where role = 1 and disabled = 0 and id <> :id";

/// How many other accounts can still administer.
pub fn other_administrators(db: &Connection, id: i64) -> Result<i64> {
    let mut statement = db.prepare(ADMINISTRATORS)?;
    statement.query_row(named_params! { ":id": id }, |row| row.get(0)).map_err(Error::from)
}

const LOGGED_IN: &str = "update account set last_login = :now where id = :id";

/// Notes a good log-in.
pub fn logged_in(db: &Connection, id: i64, now: UnixSec) -> Result<()> {
    db.prepare(LOGGED_IN)?.execute(named_params! { ":id": id, ":now": now })?;
    Ok(())
}

const SESSIONS: &str = "
select id_hash, account_id, csrf, created, last_seen, expires, address, agent from login_session";

/// The session of a hashed token.
pub fn session(db: &Connection, id_hash: &[u8; 32]) -> Result<Option<LoginSession>> {
    let mut statement = db.prepare(&format!("{SESSIONS} where id_hash = :id_hash"))?;
    let row = statement.query_row(named_params! { ":id_hash": id_hash }, session_row).optional()?;
    row.transpose()
}

/// The sessions of an account, last used first.
pub fn sessions_of(db: &Connection, account_id: i64) -> Result<Vec<LoginSession>> {
    let mut statement =
        db.prepare(&format!("{SESSIONS} where account_id = :id order by last_seen desc, id_hash"))?;
    let rows = statement.query_map(named_params! { ":id": account_id }, session_row)?;
    rows.map(|row| row?).collect()
}

fn session_row(row: &Row<'_>) -> rusqlite::Result<Result<LoginSession>> {
    let csrf: Vec<u8> = row.get("csrf")?;
    let Some(csrf) = Token::stored(&csrf) else {
        return Ok(Err(Error::new(Kind::Damaged, "a stored session has a bad token")));
    };
    Ok(Ok(LoginSession {
        id_hash: row.get("id_hash")?,
        account_id: row.get("account_id")?,
        csrf,
        created: row.get("created")?,
        last_seen: row.get("last_seen")?,
        expires: row.get("expires")?,
        address: row.get("address")?,
        agent: row.get("agent")?,
    }))
}

const INSERT_SESSION: &str = "
insert into login_session (id_hash, account_id, csrf, created, last_seen, expires, address, agent)
values (:id_hash, :account_id, :csrf, :created, :last_seen, :expires, :address, :agent)";

/// Adds a session.
pub fn insert_session(db: &Connection, session: &LoginSession) -> Result<()> {
    db.prepare(INSERT_SESSION)?.execute(named_params! {
        ":id_hash": session.id_hash,
        ":account_id": session.account_id,
        ":csrf": session.csrf.bytes(),
        ":created": session.created,
        ":last_seen": session.last_seen,
        ":expires": session.expires,
        ":address": session.address,
        ":agent": session.agent,
    })?;
    Ok(())
}

const TOUCH_SESSION: &str = "update login_session set last_seen = :now where id_hash = :id_hash";

/// Notes that a session was used.
pub fn touch_session(db: &Connection, id_hash: &[u8; 32], now: UnixSec) -> Result<()> {
    db.prepare(TOUCH_SESSION)?.execute(named_params! { ":id_hash": id_hash, ":now": now })?;
    Ok(())
}

const DELETE_SESSION: &str = "delete from login_session where id_hash = :id_hash";

/// Ends a session.
pub fn delete_session(db: &Connection, id_hash: &[u8; 32]) -> Result<()> {
    db.prepare(DELETE_SESSION)?.execute(named_params! { ":id_hash": id_hash })?;
    Ok(())
}

const DELETE_OTHER_SESSIONS: &str =
    "delete from login_session where account_id = :id and id_hash <> :keep";

/// Ends all sessions of an account but one; an empty `keep` keeps none.
pub fn delete_sessions_but(db: &Connection, account_id: i64, keep: &[u8]) -> Result<()> {
    db.prepare(DELETE_OTHER_SESSIONS)?
        .execute(named_params! { ":id": account_id, ":keep": keep })?;
    Ok(())
}

const DELETE_DEAD_SESSIONS: &str =
    "delete from login_session where expires <= :now or last_seen <= :idle_since";

/// Removes sessions that have ended.
pub fn delete_dead_sessions(db: &Connection, now: UnixSec, idle_since: UnixSec) -> Result<()> {
    db.prepare(DELETE_DEAD_SESSIONS)?
        .execute(named_params! { ":now": now, ":idle_since": idle_since })?;
    Ok(())
}

const DELETE_SURPLUS_SESSIONS: &str = "
delete from login_session where id_hash in (
    select id_hash from login_session where account_id = :id
    order by last_seen desc limit -1 offset :most)";

/// Keeps only the `most` sessions of an account used last.
pub fn delete_surplus_sessions(db: &Connection, account_id: i64, most: i64) -> Result<()> {
    db.prepare(DELETE_SURPLUS_SESSIONS)?
        .execute(named_params! { ":id": account_id, ":most": most })?;
    Ok(())
}

const INSERT_AUDIT: &str = "
insert into audit (at, account, address, action, object, old, new)
values (:at, :account, :address, :action, :object, :old, :new)";

/// Writes an audit row.
pub fn insert_audit(db: &Connection, actor: &Actor, act: &Act<'_>, now: UnixSec) -> Result<()> {
    db.prepare(INSERT_AUDIT)?.execute(named_params! {
        ":at": now,
        ":account": actor.account,
        ":address": actor.address,
        ":action": act.action,
        ":object": act.object,
        ":old": act.old,
        ":new": act.new,
    })?;
    Ok(())
}

const AUDIT: &str = "
select id, at, account, address, action, object, old, new from audit
where id < :before order by id desc limit :limit";

/// Audit rows before an id, newest first.
pub fn audit_before(db: &Connection, before: i64, limit: u32) -> Result<Vec<AuditRow>> {
    let mut statement = db.prepare(AUDIT)?;
    let rows =
        statement.query_map(named_params! { ":before": before, ":limit": limit }, |row| {
            Ok(AuditRow {
                id: row.get("id")?,
                at: row.get("at")?,
                account: row.get("account")?,
                address: row.get("address")?,
                action: row.get("action")?,
                object: row.get("object")?,
                old: row.get("old")?,
                new: row.get("new")?,
            })
        })?;
    rows.map(|row| row.map_err(Error::from)).collect()
}

const DELETE_AUDIT: &str = "delete from audit where at < :before";

/// Removes audit rows older than a moment and says how many.
pub fn delete_audit_before(db: &Connection, before: UnixSec) -> Result<usize> {
    db.prepare(DELETE_AUDIT)?.execute(named_params! { ":before": before }).map_err(Error::from)
}

const KIOSKS: &str = "
select kiosk.id, kiosk.name, account.account, kiosk.all_queues, kiosk.created, kiosk.last_used,
    kiosk.account_id
from kiosk join account on account.id = kiosk.account_id";

/// All kiosks by name.
pub fn kiosks(db: &Connection) -> Result<Vec<Kiosk>> {
    let mut statement = db.prepare(&format!("{KIOSKS} order by kiosk.name, kiosk.id"))?;
    let mut rows = statement.query([])?;
    let mut kiosks = Vec::new();
    while let Some(row) = rows.next()? {
        kiosks.push(kiosk_row(db, row)?.0);
    }
    Ok(kiosks)
}

/// The kiosk of a hashed token, and the id of its account.
pub fn kiosk_of(db: &Connection, token_hash: &[u8; 32]) -> Result<Option<(Kiosk, i64)>> {
    let mut statement = db.prepare(&format!("{KIOSKS} where kiosk.token_hash = :hash"))?;
    let mut rows = statement.query(named_params! { ":hash": token_hash })?;
    rows.next()?.map(|row| kiosk_row(db, row)).transpose()
}

const KIOSK_QUEUES: &str = "select queue from kiosk_queue where kiosk_id = :id order by queue";

fn kiosk_row(db: &Connection, row: &Row<'_>) -> Result<(Kiosk, i64)> {
    let id: i64 = row.get("id")?;
    let queues = if row.get("all_queues")? {
        None
    } else {
        let mut statement = db.prepare(KIOSK_QUEUES)?;
        let rows = statement.query_map(named_params! { ":id": id }, |row| row.get(0))?;
        Some(rows.collect::<Result<_, _>>()?)
    };
    let kiosk = Kiosk {
        id,
        name: row.get("name")?,
        account: row.get("account")?,
        queues,
        created: row.get("created")?,
        last_used: row.get("last_used")?,
    };
    Ok((kiosk, row.get("account_id")?))
}

const INSERT_KIOSK: &str = "
insert into kiosk (token_hash, account_id, name, all_queues, created)
values (:hash, :account_id, :name, :all_queues, :created)";
const INSERT_KIOSK_QUEUE: &str = "insert into kiosk_queue (kiosk_id, queue) values (:id, :queue)";

/// Adds a kiosk and returns its id. The id in `kiosk` is not looked at.
pub fn insert_kiosk(
    db: &Connection,
    kiosk: &Kiosk,
    account_id: i64,
    token_hash: &[u8; 32],
) -> Result<i64> {
    db.prepare(INSERT_KIOSK)?.execute(named_params! {
        ":hash": token_hash,
        ":account_id": account_id,
        ":name": kiosk.name,
        ":all_queues": kiosk.queues.is_none(),
        ":created": kiosk.created,
    })?;
    let id = db.last_insert_rowid();
    let mut insert = db.prepare(INSERT_KIOSK_QUEUE)?;
    for queue in kiosk.queues.iter().flatten() {
        insert.execute(named_params! { ":id": id, ":queue": queue })?;
    }
    Ok(id)
}

const DELETE_KIOSK: &str = "delete from kiosk where id = :id";

/// Removes a kiosk with its queues.
pub fn delete_kiosk(db: &Connection, id: i64) -> Result<()> {
    db.prepare(DELETE_KIOSK)?.execute(named_params! { ":id": id })?;
    Ok(())
}

const TOUCH_KIOSK: &str = "update kiosk set last_used = :now where id = :id";

/// Notes that a kiosk was used.
pub fn touch_kiosk(db: &Connection, id: i64, now: UnixSec) -> Result<()> {
    db.prepare(TOUCH_KIOSK)?.execute(named_params! { ":id": id, ":now": now })?;
    Ok(())
}

const VIEWS: &str = "select name, address from saved_view where account_id = :id order by name";

/// The saved views of an account by name.
pub fn views(db: &Connection, account_id: i64) -> Result<Vec<View>> {
    let mut statement = db.prepare(VIEWS)?;
    let rows = statement.query_map(named_params! { ":id": account_id }, |row| {
        Ok(View { name: row.get("name")?, address: row.get("address")? })
    })?;
    rows.map(|row| row.map_err(Error::from)).collect()
}

const PUT_VIEW: &str = "
insert into saved_view (account_id, name, address) values (:id, :name, :address)
on conflict (account_id, name) do update set address = excluded.address";

/// Adds a view or replaces the one of its name.
pub fn put_view(db: &Connection, account_id: i64, view: &View) -> Result<()> {
    db.prepare(PUT_VIEW)?.execute(named_params! {
        ":id": account_id,
        ":name": view.name,
        ":address": view.address,
    })?;
    Ok(())
}

const DELETE_VIEW: &str = "delete from saved_view where account_id = :id and name = :name";

/// Removes a view.
pub fn delete_view(db: &Connection, account_id: i64, name: &str) -> Result<()> {
    db.prepare(DELETE_VIEW)?.execute(named_params! { ":id": account_id, ":name": name })?;
    Ok(())
}

const COLUMNS: &str = "select block, columns from chosen_columns where account_id = :id";

/// The columns an account has chosen, by table.
pub fn columns(db: &Connection, account_id: i64) -> Result<BTreeMap<String, Vec<String>>> {
    let mut statement = db.prepare(COLUMNS)?;
    let rows = statement.query_map(named_params! { ":id": account_id }, |row| {
        Ok((row.get::<_, String>("block")?, row.get::<_, String>("columns")?))
    })?;
    let split = |columns: String| columns.split(',').map(str::to_owned).collect();
    rows.map(|row| row.map(|(block, columns)| (block, split(columns))).map_err(Error::from))
        .try_into_map()
}

const PUT_COLUMNS: &str = "
insert into chosen_columns (account_id, block, columns) values (:id, :block, :columns)
on conflict (account_id, block) do update set columns = excluded.columns";
const DELETE_COLUMNS: &str = "delete from chosen_columns where account_id = :id and block = :block";

/// Replaces the columns of a table; none forgets the choice.
pub fn put_columns(
    db: &Connection,
    account_id: i64,
    block: &str,
    columns: &[String],
) -> Result<()> {
    if columns.is_empty() {
        db.prepare(DELETE_COLUMNS)?
            .execute(named_params! { ":id": account_id, ":block": block })?;
        return Ok(());
    }
    db.prepare(PUT_COLUMNS)?.execute(named_params! {
        ":id": account_id,
        ":block": block,
        ":columns": columns.join(","),
    })?;
    Ok(())
}
