"""What the store keeps of the doctor: the last report, in English, and what its sentences are made of.

Who reads of an older version finds its English where it always was; the parts, beside, are for pages in other languages.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.doctor.finding import Finding, Report
from nurture.languages.told import Parts, Told, as_text, parts_of, told_again
from nurture.store.records import health
from nurture.store.statements import upsert

REPORT = "report"
SENTENCES = ("what", "found", "remedy")


class Made(msgspec.Struct, frozen=True):
    """What those sentences of a finding are made of that have values, by field; nothing of a report that an older version kept."""

    parts: Mapping[str, Parts] = {}


def keep_report(connection: Connection, report: Report) -> None:
    """Let *report* be the last one."""
    value: dict[str, Any] = msgspec.to_builtins(report, enc_hook=as_text)
    for kept, finding in zip(value["findings"], report.findings, strict=True):
        kept["parts"] = {
            name: msgspec.to_builtins(parts_of(words))
            for name in SENTENCES
            if isinstance(words := getattr(finding, name), Told)
        }
    row = {"name": REPORT, "at": report.at, "value": value}
    upsert(connection, health, [row], key=("name",))


def last_report(connection: Connection) -> Report | None:
    """The last one; None before the first."""
    kept = connection.execute(select(health.c.value).where(health.c.name == REPORT)).scalar()
    if kept is None:
        return None
    report = msgspec.convert(kept, Report)
    made = msgspec.convert(kept["findings"], tuple[Made, ...])
    return replace(report, findings=tuple(map(_again, report.findings, made)))


def _again(finding: Finding, made: Made) -> Finding:
    """*finding* with sentences that know their kinds."""
    return replace(
        finding, **{name: told_again(made.parts[name]) for name in SENTENCES if name in made.parts}
    )
