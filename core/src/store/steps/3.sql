-- From version 2 to 3: totals of hours and days. The program fills them from
-- the quarter hours in the same transaction, and packs those of agents in queues anew.

-- The totals above added up over longer slots, so that a question about a
-- year reads few rows: by queue and hour, ...
create table queue_hour (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::QueueCell values.
    cells blob not null
) strict;

-- ... by queue and UTC day, ...
create table queue_day (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::QueueCell values.
    cells blob not null
) strict;

-- ... by agent and hour, ...
create table agent_hour (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::AgentCell values.
    cells blob not null
) strict;

-- ... by agent and UTC day, ...
create table agent_day (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::AgentCell values.
    cells blob not null
) strict;

-- ... and by agent, queue and UTC day.
create table agent_queue_day (
    -- UTC day since 1970 << 16 | number within the day.
    id integer primary key,
    -- model::totals::AgentQueueCell values.
    cells blob not null
) strict;
