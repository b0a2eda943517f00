"""Whether the database can be trusted: there, of this version, sound, and of the same time."""

from collections.abc import Iterator
from datetime import timedelta

from nurture.doctor.checks.work import span
from nurture.doctor.facts import Facts, Integrity
from nurture.doctor.finding import Finding, Level, fail, ok, skipped, warn
from nurture.languages.told import quoted, told

WAL_BYTES_MAX = 512 * 1024**2
AHEAD_WARN, AHEAD_MAX = 2.0, 30.0
"""Seconds between two clocks: leases bear minutes, but who reads times of both is confused by less."""
FUTURE_MAX = timedelta(minutes=2)
AHEAD = "the database's clock is {count} seconds ahead of this machine's"
BEHIND = "the database's clock is {count} seconds behind this machine's"


def reachable(facts: Facts) -> Iterator[Finding]:
    store = facts.store
    if store.problem:
        remedy = (
            "Run `nurture up`, which makes it."
            if "no database" in store.problem
            else ("See NURTURE_DATABASE_URL: the server must run, and let this user in.")
        )
        yield fail("Database", quoted(store.problem), remedy)
    elif store.version != store.newest:
        found = told(
            "its tables stand at migration {version}, this program is at {newest}",
            version=store.version or "none",
            newest=store.newest,
        )
        yield fail(
            "Database",
            found,
            "Restart `nurture up`: it brings older tables up to date. Newer ones need the newer program.",
        )
    else:
        name = "SQLite" if store.is_sqlite else "PostgreSQL"
        yield ok("Database", told("{name}, at migration {version}", name=name, version=store.version))


def sound(facts: Facts) -> Iterator[Finding]:
    for integrity in facts.of(Integrity):
        if facts.store.problem:
            return
        if integrity.said is None:
            yield skipped(
                "Integrity",
                "too large to be checked in time; run `PRAGMA integrity_check` with sqlite3 at night",
            )
        elif integrity.said == "ok":
            yield ok("Integrity", "the quick check finds nothing")
        else:
            yield fail(
                "Integrity",
                quoted(integrity.said),
                "Stop the worker, keep a copy of the file, and restore the last backup.",
            )


def journal(facts: Facts) -> Iterator[Finding]:
    store = facts.store
    if store.problem or not store.is_sqlite:
        return
    if store.journal_mode != "wal":
        yield warn(
            "Journal",
            told("journal mode {key}: readers wait for writers", key=store.journal_mode),
            "Keep the database on a local disk: network file systems cannot hold a write-ahead log.",
        )
    elif store.wal_bytes > WAL_BYTES_MAX:
        yield warn(
            "Journal",
            told("the write-ahead log has grown to {size} MB", size=store.wal_bytes // 1024**2),
            "Something reads for hours and keeps it from being folded in: end old processes that have the file open.",
        )
    else:
        yield ok("Journal", told("write-ahead log, {size:.1f} MB", size=store.wal_bytes / 1024**2))


def clock(facts: Facts) -> Iterator[Finding]:
    store = facts.store
    if store.problem:
        return
    newest, ahead = store.newest_event_at, store.ahead_seconds
    if newest is not None and newest - facts.now > FUTURE_MAX:
        found = told("this machine's clock is {span} behind the newest event", span=span(newest - facts.now))
        yield fail("Clock", found, "Set the clock by NTP (`timedatectl set-ntp true`), then restart.")
    elif abs(ahead) > AHEAD_WARN:
        level = Level.FAIL if abs(ahead) > AHEAD_MAX else Level.WARN
        found = told(AHEAD if ahead > 0 else BEHIND, count=f"{abs(ahead):.0f}")
        yield Finding(level, "Clock", found, "Set both by NTP (`timedatectl set-ntp true`).")
    else:
        yield ok("Clock", "it agrees with the database")
