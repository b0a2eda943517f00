"""Whether the database can be trusted: there, of this version, sound, and of the same time."""

from collections.abc import Iterator
from datetime import timedelta

from nurture.doctor.checks.work import span
from nurture.doctor.facts import Facts, Integrity
from nurture.doctor.finding import Finding, Level, fail, ok, skipped, warn

WAL_BYTES_MAX = 512 * 1024**2
AHEAD_WARN, AHEAD_MAX = 2.0, 30.0
"""Seconds between two clocks: leases bear minutes, but who reads times of both is confused by less."""
FUTURE_MAX = timedelta(minutes=2)


def reachable(facts: Facts) -> Iterator[Finding]:
    store = facts.store
    if store.problem:
        remedy = (
            "Run `nurture up`, which makes it."
            if "no database" in store.problem
            else ("See NURTURE_DATABASE_URL: the server must run, and let this user in.")
        )
        yield fail("Database", store.problem, remedy)
    elif store.version != store.newest:
        found = f"its tables stand at migration {store.version or 'none'}, this program is at {store.newest}"
        yield fail(
            "Database",
            found,
            "Restart `nurture up`: it brings older tables up to date. Newer ones need the newer program.",
        )
    else:
        yield ok("Database", f"{'SQLite' if store.is_sqlite else 'PostgreSQL'}, at migration {store.version}")


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
                integrity.said,
                "Stop the worker, keep a copy of the file, and restore the last backup.",
            )


def journal(facts: Facts) -> Iterator[Finding]:
    store = facts.store
    if store.problem or not store.is_sqlite:
        return
    if store.journal_mode != "wal":
        yield warn(
            "Journal",
            f"journal mode {store.journal_mode}: readers wait for writers",
            "Keep the database on a local disk: network file systems cannot hold a write-ahead log.",
        )
    elif store.wal_bytes > WAL_BYTES_MAX:
        yield warn(
            "Journal",
            f"the write-ahead log has grown to {store.wal_bytes // 1024**2} MB",
            "Something reads for hours and keeps it from being folded in: end old processes that have the file open.",
        )
    else:
        yield ok("Journal", f"write-ahead log, {store.wal_bytes / 1024**2:.1f} MB")


def clock(facts: Facts) -> Iterator[Finding]:
    store = facts.store
    if store.problem:
        return
    newest, ahead = store.newest_event_at, store.ahead_seconds
    if newest is not None and newest - facts.now > FUTURE_MAX:
        found = f"this machine's clock is {span(newest - facts.now)} behind the newest event"
        yield fail("Clock", found, "Set the clock by NTP (`timedatectl set-ntp true`), then restart.")
    elif abs(ahead) > AHEAD_WARN:
        level = Level.FAIL if abs(ahead) > AHEAD_MAX else Level.WARN
        found = f"the database's clock is {abs(ahead):.0f} seconds {'ahead of' if ahead > 0 else 'behind'} this machine's"
        yield Finding(level, "Clock", found, "Set both by NTP (`timedatectl set-ntp true`).")
    else:
        yield ok("Clock", "it agrees with the database")
