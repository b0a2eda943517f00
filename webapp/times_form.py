"""When mail may leave, between the programme's file and a form: what the form shows, and the edits that what it says amounts to.

A part of the file is one field or a few; its value is what JSON would say. What is not written counts as its default, and an edit
is made only where the form means something else than the file says.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from werkzeug.datastructures import MultiDict

from nurture.content.edit import Edit, Insert, Remove, Replace, written
from nurture.content.marks import Path

DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"}  # fmt: skip
WORKING_DAYS = ["mon", "tue", "wed", "thu", "fri"]
NINE_TO_FIVE = ["09:00", "17:00"]
RAMP = ("start", "double_every", "full")
NOBODYS = "none"

Said = MultiDict[str, str]


class Part(msgspec.Struct, frozen=True):
    """One part of the form.

    path       of its value in programme.yaml.
    otherwise  what holds where nothing is written.
    to_fields  the fields that show a value.
    to_value   the value that fields say; None for what shall not be written. Numbers stay texts where they are none, so
               that the programme's own check says what is wrong.
    """

    path: Path
    otherwise: Any
    to_fields: Callable[[Any], Said]
    to_value: Callable[[Said], Any]


def days(name: str) -> tuple[Callable[[Any], Said], Callable[[Said], Any]]:
    return (
        lambda value: MultiDict([(name, each) for each in value]),
        lambda said: [each for each in DAYS if each in said.getlist(name)],
    )


def clock(name: str) -> tuple[Callable[[Any], Said], Callable[[Said], Any]]:
    return (
        lambda value: MultiDict({f"{name}.from": value[0], f"{name}.to": value[1]}),
        lambda said: [said.get(f"{name}.from", "").strip(), said.get(f"{name}.to", "").strip()],
    )


def plain(name: str) -> tuple[Callable[[Any], Said], Callable[[Said], Any]]:
    return lambda value: MultiDict({name: value or ""}), lambda said: said.get(name, "").strip() or None


def number(text: str) -> int | str:
    return int(text) if text.strip().isdecimal() else text.strip()


def caps_fields(value: Any) -> Said:
    return MultiDict({f"cap.{cap['per']}": str(cap["mails"]) for cap in value})


def caps_value(said: Said) -> Any:
    asked = ((per, said.get(f"cap.{per}", "")) for per in ("day", "week"))
    return [{"mails": number(text), "per": per} for per, text in asked if text.strip()] or None


def warm_up_fields(value: Any) -> Said:
    if value is None:
        return MultiDict()
    return MultiDict({"warm_up": "on", **{f"warm_up.{name}": value.get(name, "") for name in RAMP}})


def warm_up_value(said: Said) -> Any:
    if "warm_up" not in said:
        return None
    return {name: said.get(f"warm_up.{name}", "").strip() for name in RAMP}


def rates_fields(value: Any) -> Said:
    return MultiDict({"per_domain": "\n".join(f"{domain}: {rate}" for domain, rate in (value or {}).items())})


def rates_value(said: Said) -> Any:
    lines = (line.partition(":") for line in said.get("per_domain", "").splitlines() if line.strip())
    return {domain.strip(): rate.strip() for domain, _, rate in lines} or None


def share_fields(value: Any) -> Said:
    return MultiDict({"holdout": str(value).removesuffix(" percent")})


def share_value(said: Said) -> Any:
    return " ".join((said.get("holdout", "").strip() or "0", "percent"))  # as the programme writes it


def holidays(name: str) -> tuple[Callable[[Any], Said], Callable[[Said], Any]]:
    return (
        lambda value: MultiDict({name: NOBODYS if value is None else value}),
        lambda said: None if said.get(name, NOBODYS) == NOBODYS else said[name],
    )


PARTS = (
    Part(("sending", "days"), WORKING_DAYS, *days("days")),
    Part(("sending", "between"), NINE_TO_FIVE, *clock("between")),
    Part(("sending", "time_zone", "otherwise"), None, *plain("zone")),
    Part(("sending", "holidays"), "lead", *holidays("holidays")),
    Part(("sending", "at_most"), [], caps_fields, caps_value),
    Part(("sending", "overflow"), "defer", *plain("overflow")),
    Part(("sending", "max_lateness"), "2 days", *plain("max_lateness")),
    Part(("sending", "misfire"), "next-window", *plain("misfire")),
    Part(("sending", "per_domain"), {}, rates_fields, rates_value),
    Part(("sending", "warm_up"), None, warm_up_fields, warm_up_value),
    Part(("sending", "holdout"), "0 percent", share_fields, share_value),
    Part(("business_hours", "days"), WORKING_DAYS, *days("office_days")),
    Part(("business_hours", "between"), NINE_TO_FIVE, *clock("office")),
    Part(("business_hours", "holidays"), None, *holidays("office_holidays")),
)
"""``sending.holidays: null`` means none, and where the key is not written the lead's country counts."""
NULL_IS_SAID = (("sending", "holidays"),)


def shown(text: str) -> Said:
    """What the form shows of *text*."""
    fields: Said = MultiDict()
    for part in PARTS:
        fields.update(part.to_fields(value_of(text, part)))
    return fields


def value_of(text: str, part: Part) -> Any:
    """What holds: what is written, or the default."""
    parent = written(text, part.path[:-1])
    is_written = isinstance(parent, Mapping) and part.path[-1] in parent
    if not is_written:
        return part.otherwise
    value = parent[part.path[-1]]
    return value if value is not None or part.path in NULL_IS_SAID else part.otherwise


def edits(text: str, said: Said) -> Iterator[Edit]:
    """The edits that make *text* say what the form says; none where the form says what it showed."""
    for part in PARTS:
        wanted = part.to_value(said)
        if wanted == part.to_value(part.to_fields(value_of(text, part))):
            continue
        if wanted is None and part.path not in NULL_IS_SAID:
            wanted = part.otherwise
        parent = written(text, part.path[:-1])
        is_written = isinstance(parent, Mapping) and part.path[-1] in parent
        if wanted == part.otherwise and is_written:
            yield Remove(part.path)
        else:
            yield Replace(part.path, wanted) if is_written else Insert(part.path, wanted)
