CREATE TABLE account (
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

CREATE TABLE account_queue (
    account_id integer not null references account (id) on delete cascade,
    queue text not null,
    primary key (account_id, queue)
) strict, without rowid;

CREATE TABLE agent (
    -- model::Names id, from 1 without gaps.
    id integer primary key,
    -- In the spelling first seen; agents are one in any case of letters.
    name text not null
) strict;

CREATE TABLE agent_cell (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::AgentCell values.
    cells blob not null
) strict;

CREATE TABLE agent_day (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::AgentCell values.
    cells blob not null
) strict;

CREATE TABLE agent_hour (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::AgentCell values.
    cells blob not null
) strict;

CREATE TABLE agent_queue_cell (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::AgentQueueCell values.
    cells blob not null
) strict;

CREATE TABLE agent_queue_day (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::AgentQueueCell values.
    cells blob not null
) strict;

CREATE TABLE audit (
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

CREATE TABLE chosen_columns (
    account_id integer not null references account (id) on delete cascade,
    -- A block of reports, or 'calls'.
    block text not null,
    -- Ids of the columns in their order, with commas between them.
    columns text not null,
    primary key (account_id, block)
) strict, without rowid;

CREATE TABLE counter (
    name text primary key,
    n integer not null
) strict, without rowid;

CREATE TABLE ivr_call (
    -- Second of the start << 16 | number within the second.
    id integer primary key,
    -- Length in seconds.
    secs integer not null check (secs >= 0),
    -- As in stint.
    number any check (typeof(number) <> 'blob' and typeof(number) <> 'real'),
    -- word.id of the dialled number.
    dnis integer references word (id),
    -- Unique id and steps, packed; see store::interval_row.
    rest blob not null
) strict;

CREATE TABLE journal (
    -- In order of the stream of bytes, from 0.
    id integer primary key,
    -- Generation, length, bytes; see store::journal_pages.
    bytes blob not null
) strict;

CREATE TABLE kiosk (
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

CREATE TABLE kiosk_queue (
    kiosk_id integer not null references kiosk (id) on delete cascade,
    queue text not null,
    primary key (kiosk_id, queue)
) strict, without rowid;

CREATE TABLE log_position (
    -- Order of use: the highest is the file read last.
    id integer primary key,
    device integer not null,
    inode integer not null,
    -- Hash of the first fingerprint_len bytes; 64 bits as a signed number.
    fingerprint integer not null,
    fingerprint_len integer not null,
    -- Bytes read and committed.
    offset integer not null check (offset >= 0),
    -- Time of the newest record before offset; 0 when there was none.
    last integer not null
) strict;

CREATE TABLE login_session (
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

CREATE TABLE membership (
    -- Second of the start << 16 | number within the second.
    id integer primary key,
    agent integer not null references agent (id),
    queue integer not null references queue (id),
    -- Length in seconds.
    secs integer not null check (secs >= 0),
    -- model::EndCause.
    cause integer not null,
    -- model::Quality bits.
    quality integer not null
) strict;

CREATE TABLE meta (
    -- 'zone', 'settled_until', 'detail_from', 'newest', 'journal', 'backup_at'.
    name text primary key,
    -- Integer or text, by name.
    value any not null
) strict, without rowid;

CREATE TABLE number_day (
    -- UTC day since 1970 << 20 | first hash in the row.
    id integer primary key,
    -- Hashes of digits with hours, packed; see store::number_days.
    marks blob not null
) strict;

CREATE TABLE odd_line (
    -- In order of arrival.
    id integer primary key,
    -- Time of the line, or of the newest record before it.
    at integer not null,
    -- 1 unknown verb, 2 malformed.
    kind integer not null check (kind in (1, 2)),
    -- The verb, or why it is malformed.
    reason text not null,
    -- As it stood, cut at a length the intake chose; any bytes.
    line blob not null
) strict;

CREATE TABLE pause (
    -- Second of the start << 16 | number within the second.
    id integer primary key,
    agent integer not null references agent (id),
    -- queue.id of a pause on one queue; null for the agent-level pause.
    queue integer references queue (id),
    -- Length in seconds.
    secs integer not null check (secs >= 0),
    -- word.id of the reason; null without one.
    code integer references word (id),
    -- model::EndCause.
    cause integer not null,
    -- model::Quality bits.
    quality integer not null
) strict;

CREATE TABLE pending (
    -- In order of the file.
    id integer primary key,
    line blob not null
) strict;

CREATE TABLE queue (
    -- model::Names id, from 1 without gaps.
    id integer primary key,
    -- As the log writes it.
    name text not null
) strict;

CREATE TABLE queue_cell (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::QueueCell values by queue, direction and quarter.
    cells blob not null
) strict;

CREATE TABLE queue_day (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::QueueCell values.
    cells blob not null
) strict;

CREATE TABLE queue_hour (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::QueueCell values.
    cells blob not null
) strict;

CREATE TABLE recording (
    -- Second of the start << 12 | number within the second.
    id integer primary key,
    -- Unique id of the call it was made in, without our leading colon.
    call_id text not null,
    -- Id of the conversation as a whole; null when it is call_id.
    linkedid text,
    -- Channel that MixMonitor runs on, while it does; null later.
    channel text,
    -- Queue and agent by name: a recording is often older than the record of
    -- the queue log that brings the name in. Null: none, or not known.
    queue text,
    agent text,
    -- The other party's number as dialled or shown; null: hidden, unknown or erased.
    number text,
    -- recordings::Direction: 1 inbound, 2 outbound, 3 internal, 0 unknown.
    direction integer not null check (direction between 0 and 3),
    -- UTC second of the end; null while it grows.
    stopped integer,
    -- recordings::Place: 0 spool, 1 vault, 2 elsewhere.
    place integer not null check (place between 0 and 2),
    -- Below the place's folder; elsewhere: absolute. Null: the file is gone.
    path text,
    -- recordings::Leg: 0 mix, 1 in, 2 out.
    leg integer not null check (leg between 0 and 2),
    -- recordings::Occasion: 1 queue, 2 phone, 3 on demand, 4 found.
    occasion integer not null check (occasion between 1 and 4),
    -- recordings::State: 1 growing, 2 closed, 3 sealed, 4 plain, 5 failed, 6 deleted.
    state integer not null check (state between 1 and 6),
    -- Who asked for it, when on demand: an account or a telephone.
    asked text,
    -- What the sound is, from its own header; null until it was looked at.
    codec text,
    rate integer,
    channels integer,
    duration_ms integer,
    -- Bytes and SHA-256 of the file as Asterisk wrote it.
    size integer,
    sha256 blob check (length(sha256) = 32),
    -- The same of the sealed file; null while there is none.
    sealed_size integer,
    sealed_sha256 blob check (length(sealed_sha256) = 32),
    -- Fingerprints of the keys that open it, with blanks between them.
    keys text,
    -- Stretches in milliseconds, packed; see recordings::intervals.
    muted blob,
    on_hold blob,
    -- 1: may not be played nor exported, and is kept.
    restricted integer not null default 0 check (restricted in (0, 1)),
    -- Why sealing failed, or why and by whom it was deleted.
    note text
) strict;

CREATE TABLE recording_erased (
    erasure text not null references recording_erasure (id) on delete cascade,
    -- Its id, of a row that may be gone.
    recording integer not null,
    -- SHA-256 of the file that was removed; null when it had none.
    sha256 blob,
    primary key (erasure, recording)
) strict, without rowid;

CREATE TABLE recording_erasure (
    -- Chosen at random, so that a database that was restored knows its own.
    id text primary key,
    -- UTC seconds.
    at integer not null,
    author text not null,
    reason text not null,
    recordings integer not null,
    markers integer not null,
    calls integer not null,
    -- Files that could not be removed yet.
    failed integer not null
) strict, without rowid;

CREATE TABLE recording_hold (
    id integer primary key,
    recording integer references recording (id) on delete cascade,
    call_id text,
    number text,
    agent text,
    -- UTC seconds: recordings begun from here to before there.
    since integer,
    before integer,
    reason text not null,
    -- Account, and UTC seconds.
    author text not null,
    created integer not null,
    -- It ends by itself; null: not.
    until integer,
    -- It was ended by hand, and by whom.
    released integer,
    released_by text,
    check (coalesce(recording, call_id, number, agent, since, before) is not null)
) strict;

CREATE TABLE recording_key (
    -- First 16 hexadecimal digits of the SHA-256 of recipient.
    fingerprint text primary key,
    -- `age1…`.
    recipient text not null unique,
    -- 1: the box's own; 2: from the configuration.
    origin integer not null check (origin in (1, 2)),
    -- UTC seconds; null: not yet.
    created integer not null,
    exported integer,
    -- No new recording is sealed to it from then on.
    retired integer
) strict, without rowid;

CREATE TABLE recording_listen (
    id integer primary key,
    recording integer not null references recording (id) on delete cascade,
    -- Account and address it came from.
    account text not null,
    address text not null,
    -- UTC second of the beginning.
    at integer not null,
    -- recordings::Purpose: 1 play, 2 quality, 3 export, 4 legal.
    purpose integer not null check (purpose between 1 and 4),
    -- What was heard of it, packed; see recordings::intervals.
    heard blob not null
) strict;

CREATE TABLE recording_manifest (
    -- UTC day since 1970.
    day integer primary key,
    -- Recordings in it.
    files integer not null,
    -- SHA-256 of its lines, which begin with the hash of the day before.
    hash blob not null check (length(hash) = 32),
    previous blob not null check (length(previous) = 32),
    -- Of hash, by the box's own secret.
    signature blob not null,
    -- UTC seconds.
    made integer not null
) strict;

CREATE TABLE recording_marker (
    id integer primary key,
    recording integer not null references recording (id) on delete cascade,
    -- Milliseconds from the beginning, and the length; 0 for a moment.
    at_ms integer not null check (at_ms >= 0),
    length_ms integer not null check (length_ms >= 0),
    text text not null check (length(text) between 1 and 2000),
    -- recordings::Colour: 1 red, 2 green, 3 blue.
    colour integer not null check (colour between 1 and 3),
    -- Account, and UTC seconds.
    author text not null,
    created integer not null
) strict;

CREATE TABLE recording_wave (
    recording integer primary key references recording (id) on delete cascade,
    -- Packed by audio::Peaks.
    peaks blob not null
) strict;

CREATE TABLE saved_view (
    account_id integer not null references account (id) on delete cascade,
    name text not null,
    -- Path and query below the portal's root.
    address text not null,
    primary key (account_id, name)
) strict, without rowid;

CREATE TABLE seen (
    -- Quarter hours since 1970 << 16 | number within the quarter hour.
    id integer primary key,
    -- Up to 50 hashes, packed; see store::seen.
    hashes blob not null
) strict;

CREATE TABLE session (
    -- Second of the start << 16 | number within the second.
    id integer primary key,
    agent integer not null references agent (id),
    -- Length in seconds.
    secs integer not null check (secs >= 0),
    -- word.id of the telephone, if the log named one.
    extension integer references word (id),
    -- model::EndCause.
    cause integer not null,
    -- model::Quality bits.
    quality integer not null
) strict;

CREATE TABLE state (
    -- Chosen by the model.
    key blob primary key,
    value blob not null
) strict, without rowid;

CREATE TABLE stint (
    -- Second of entering << 12 | number within the second. When a second has
    -- 4096 stints, the next ones take ids of later seconds and say so in rest.
    id integer primary key,
    -- queue.id.
    queue integer not null,
    -- agent.id of who answered or, outbound, dialled; null when nobody.
    agent integer,
    -- Cause code (bits 0-4), answered (bit 5), outbound (bit 6).
    flags integer not null check (flags between 1 and 127),
    -- Seconds from entering to the answer or the end; null when unknown.
    wait integer,
    -- Seconds of conversation; null when lost or unknown.
    talk integer,
    -- The other party's number. Integer: digits << 4 | leading zeros, 15 for
    -- a plus. Text: any other form. Null: hidden or unknown.
    number any check (typeof(number) <> 'blob' and typeof(number) <> 'real'),
    -- Unique id of the call. Integer: the sequence number behind the dot, the
    -- rest of the id is in rest. Text: an id of another form, whole.
    call any not null check (typeof(call) in ('integer', 'text')),
    -- Everything else, packed; see store::stint_row.
    rest blob not null
) strict;

CREATE TABLE version (
    -- Number of the schema after the step; the same as pragma user_version.
    version integer primary key,
    -- When the step was taken.
    at integer not null,
    -- Version of the program that took it.
    program text not null
) strict;

CREATE TABLE word (
    -- model::Names id, from 1 without gaps.
    id integer primary key,
    text text not null
) strict;

CREATE INDEX kiosk_account on kiosk (account_id);

CREATE INDEX login_session_account on login_session (account_id);

CREATE INDEX membership_long on membership (id) where secs > 86400;

CREATE INDEX pause_long on pause (id) where secs > 86400;

CREATE INDEX recording_call on recording (call_id);

CREATE INDEX recording_doomed on recording (id) where state = 6 and path is not null;

CREATE INDEX recording_hold_of on recording_hold (recording) where recording is not null;

CREATE INDEX recording_linkedid on recording (linkedid) where linkedid is not null;

CREATE INDEX recording_listen_of on recording_listen (recording);

CREATE INDEX recording_marker_of on recording_marker (recording);

CREATE INDEX recording_open on recording (state) where state in (1, 2, 5);

CREATE INDEX session_long on session (id) where secs > 86400;

CREATE INDEX stint_call on stint (call) where typeof(call) = 'text';

