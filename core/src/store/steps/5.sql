-- From version 4 to 5: which numbers had calls in which hours. The program
-- fills it from the stints in the same transaction.

-- One row is some of the telephone numbers that had calls on one settled UTC
-- day, with the hours; kept as long as stints; recounted from them by 'check'.
create table number_day (
    -- UTC day since 1970 << 20 | first hash in the row.
    id integer primary key,
    -- Hashes of digits with hours, packed; see store::number_days.
    marks blob not null
) strict;
