-- ---------------------------------------------------------------- people

-- One row is one account; tens on a box.
create table account (
    id integer primary key,
    -- What one logs in with: trimmed, lower case.
    account text not null unique check (length(account) between 1 and 64),
    -- The person's name, for people.
    name text not null,
    -- people::Role: 1 administrator, 2 supervisor, 3 agent, 4 user.
    role integer not null check (role between 1 and 4),
    -- people::Language: 1 English, 2 French.
    language integer not null,
    -- people::Theme: 1 auto, 2 light, 3 dark.
    theme integer not null default 1,
    -- people::Density: 1 compact, 2 normal, 3 comfortable.
    density integer not null default 2,
    -- Whether single letters act as keys.
    single_keys integer not null default 1 check (single_keys in (0, 1)),
    -- The agent this person is in the log, as text: it may be set before the
    -- agent's first record. Null: no agent.
    agent text,
    -- 1: every queue; 0: those of account_queue.
    all_queues integer not null check (all_queues in (0, 1)),
    disabled integer not null default 0 check (disabled in (0, 1)),
    -- argon2id: salt, hash and the costs the hash was made with.
    salt blob not null,
    hash blob not null,
    m_cost integer not null,
    t_cost integer not null,
    p_cost integer not null,
    -- UTC seconds.
    created integer not null,
    -- UTC seconds of the last good log-in; null: never.
    last_login integer
) strict;

-- One row is one queue an account may see. By name: a right may be given
-- before the queue's first call.
create table account_queue (
    account_id integer not null references account (id) on delete cascade,
    queue text not null,
    primary key (account_id, queue)
) strict, without rowid;

-- One row is one log-in that has not ended; at most 50 per account.
create table login_session (
    -- SHA-256 of the token in the cookie: the token itself is not stored.
    id_hash blob not null primary key check (length(id_hash) = 32),
    account_id integer not null references account (id) on delete cascade,
    -- Token that every change has to carry.
    csrf blob not null check (length(csrf) = 32),
    -- UTC seconds; last_seen is written at most every five minutes.
    created integer not null,
    last_seen integer not null,
    -- UTC seconds of the absolute end.
    expires integer not null,
    -- Where it was opened from, and the browser's name for itself.
    address text not null,
    agent text not null
) strict, without rowid;

create index login_session_account on login_session (account_id);

-- One row is one act of a person, kept audit_days.
create table audit (
    id integer primary key,
    -- UTC seconds.
    at integer not null,
    -- Who; 'console' for the command line, empty for an unknown account.
    account text not null,
    -- From where; empty for the command line.
    address text not null,
    -- What: 'login', 'account.create', 'call.close', ...
    action text not null,
    -- On what.
    object text not null,
    -- Values before and after; null where there are none.
    old text,
    new text
) strict;
