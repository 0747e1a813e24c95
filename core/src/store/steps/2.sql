-- From version 1 to 2: wallboards without a log-in, saved views, chosen columns.

-- One row is one wallboard that opens without a log-in, by a secret address.
-- It shows no more than the account it hangs on may see, and goes with it.
create table kiosk (
    id integer primary key,
    -- SHA-256 of the token in the address: the token itself is not stored.
    token_hash blob not null unique check (length(token_hash) = 32),
    account_id integer not null references account (id) on delete cascade,
    -- For people: where the screen hangs.
    name text not null,
    -- 1: every queue the account may see; 0: those of kiosk_queue.
    all_queues integer not null check (all_queues in (0, 1)),
    -- UTC seconds; last_used is written at most every five minutes; null: never.
    created integer not null,
    last_used integer
) strict;

create index kiosk_account on kiosk (account_id);

-- One row is one queue a kiosk shows, by name as in account_queue.
create table kiosk_queue (
    kiosk_id integer not null references kiosk (id) on delete cascade,
    queue text not null,
    primary key (kiosk_id, queue)
) strict, without rowid;

-- One row is one address of the portal an account has given a name: page,
-- period, filters, order, columns. At most 100 per account.
create table saved_view (
    account_id integer not null references account (id) on delete cascade,
    name text not null,
    -- Path and query below the portal's root.
    address text not null,
    primary key (account_id, name)
) strict, without rowid;

-- One row is one table whose columns an account has chosen.
create table chosen_columns (
    account_id integer not null references account (id) on delete cascade,
    -- A block of reports, or 'calls'.
    block text not null,
    -- Ids of the columns in their order, with commas between them.
    columns text not null,
    primary key (account_id, block)
) strict, without rowid;
