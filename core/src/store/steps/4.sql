-- From version 3 to 4: recordings of calls.

-- One row is one recorded file, or one that was: thousands a day on a big box.
-- Rows of deleted ones stay, without path, to tell that there was something.
create table recording (
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

create index recording_call on recording (call_id);

create index recording_linkedid on recording (linkedid) where linkedid is not null;

-- Finds the few that are not done with.
create index recording_open on recording (state) where state in (1, 2, 5);

-- Finds the few whose file is still to be removed.
create index recording_doomed on recording (id) where state = 6 and path is not null;

-- One row is the picture of one recording's sound.
create table recording_wave (
    recording integer primary key references recording (id) on delete cascade,
    -- Packed by audio::Peaks.
    peaks blob not null
) strict;

-- One row is one mark at a moment of a recording; a few per hundred.
create table recording_marker (
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

create index recording_marker_of on recording_marker (recording);

-- One row is one listening or downloading of one recording.
create table recording_listen (
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

create index recording_listen_of on recording_listen (recording);

-- One row is one key recordings are or were sealed to; a handful. No secret
-- is in the database.
create table recording_key (
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

-- One row is one order not to delete; tens. All conditions that are not null
-- must hold for a recording to be held.
create table recording_hold (
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

create index recording_hold_of on recording_hold (recording) where recording is not null;

-- One row is one erasure of a person: what proves that it was done, with
-- nothing in it of whom.
create table recording_erasure (
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

-- One row is one recording an erasure took away.
create table recording_erased (
    erasure text not null references recording_erasure (id) on delete cascade,
    -- Its id, of a row that may be gone.
    recording integer not null,
    -- SHA-256 of the file that was removed; null when it had none.
    sha256 blob,
    primary key (erasure, recording)
) strict, without rowid;

-- One row is one UTC day of finished recordings, whose hashes are chained.
create table recording_manifest (
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
