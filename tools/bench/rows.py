"""rows.py LOG DATABASE: the plain loop a person writes first.

One row per line of the queue_log, one transaction, one index; no calls, no totals,
no care for order or duplicates. The baseline of benches/import.rs.
"""
import sqlite3
import sys

log, database = sys.argv[1:3]
db = sqlite3.connect(database)
db.execute("pragma journal_mode = wal")
db.execute("create table record (at integer, callid text, queue text, agent text, verb text, parameters text)")


def records():
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("|", 5)
            if len(fields) >= 5:
                yield (int(fields[0]), *fields[1:5], fields[5] if len(fields) > 5 else "")


db.executemany("insert into record values (?, ?, ?, ?, ?, ?)", records())
db.execute("create index record_at on record (at)")
db.commit()
