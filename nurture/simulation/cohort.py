"""Who comes, and when: people of companies that do not exist, with the gaps that real lists have."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from nurture.content.model import Field, FieldType, Programme
from nurture.engine.intake import NewLead
from nurture.simulation.chance import Chance
from nurture.simulation.firms import Firm, firm, plain
from nurture.vocabulary.lead import FieldValue

JOBS = (("Transport manager", "manager"), ("Freight clerk", "individual"), ("Finance director", "vp"), ("Procurement lead", "manager"), ("Head of logistics", "director"), ("CFO", "c-level"), ("Supply chain manager", "manager"), ("Controller", "manager"), ("Buyer", "individual"), ("Head of procurement", "director"), ("VP Operations", "vp"), ("Logistics coordinator", "individual"), ("Accounts payable clerk", "individual"), ("Managing director", "c-level"))  # fmt: skip
"""What people are, and how high they stand."""
SOURCES = ("website", "website", "paid search", "webinar", "referral", "trade fair", "partner")
OCCASIONS = {"webinar": (0.28, 0.71), "trade fair": (0.47,)}
"""Sources whose people come all at once: when, as shares of the time in which people come."""
OCCASION = timedelta(days=2)
TAGGED = {"partner": "partner"}
"""Sources by which people are tagged; whoever came with an occasion is tagged with it and its month."""
SHARE_UNKNOWN = 0.12
"""How often a field of a real list is empty."""
SHARE_UNMAILABLE = 0.02
"""How often nobody has written down the address."""
SHARE_IN_TRIAL = 0.15
"""How often somebody has begun with a trial, where the programme knows of one."""
BY_FORM = {"website": 0.7, "paid search": 0.6}
"""Sources whose people fill in a form of the programme, and how often."""
FIRST_HOUR, HOURS = 6, 13
"""When people of Europe and America fill in forms, in UTC."""


class Arrival(msgspec.Struct, frozen=True):
    """A person and the moment at which they come; *form* where they come by filling one in."""

    at: datetime
    person: NewLead
    form: str | None = None


def cohort(
    programme: Programme, chance: Chance, *, size: int, start: datetime, spread: timedelta
) -> Iterator[Arrival]:
    """*size* people in `.example`, who come within *spread* of *start*, by day; some all at once after an occasion."""
    taken: set[str] = set()
    for number in range(1, size + 1):
        someone = _with_an_address_of_its_own(person(programme, chance, number), number, taken)
        source = str(someone.fields["source"])
        after = min(spread, _comes_after(chance, source, number, spread))
        tags = _tags(chance, source, number, start, spread)
        yield Arrival(
            start + after,
            msgspec.structs.replace(someone, tags=tags),
            _form(programme, chance, someone, number),
        )


def person(programme: Programme, chance: Chance, number: int) -> NewLead:
    """Person *number* of a seed, described by the programme's own fields."""
    works_at = firm(chance, number)
    land = works_at.land
    first = chance.pick(land.first_names, "first name", number)
    last = chance.pick(land.last_names, "last name", number)
    fields: dict[str, FieldValue] = {
        "first_name": first,
        "last_name": last,
        "company": works_at.name,
        "country": land.country,
        "language": land.language,
        "source": chance.pick(SOURCES, "source", number),
    }
    if not chance.happens(SHARE_UNMAILABLE, "unmailable", number):
        fields["email"] = f"{plain(first, '-')}.{plain(last, '-')}@{works_at.domain}"
    if not chance.happens(SHARE_UNKNOWN, "unknown", number, "time_zone"):
        fields["time_zone"] = works_at.time_zone
    for key, field in programme.fields.items():
        if field.profile and not chance.happens(SHARE_UNKNOWN, "unknown", number, key):
            fields[key] = _value(key, field, chance, number, works_at)
        elif "trial" in field.of and chance.happens(SHARE_IN_TRIAL, "in trial", number):
            fields[key] = "trial"
    return NewLead(reference=f"person-{number}", fields=fields)


def _with_an_address_of_its_own(someone: NewLead, number: int, taken: set[str]) -> NewLead:
    """Two of one name in one firm get a number, as mail servers give it."""
    email = someone.email
    if email is not None and email in taken:
        name, _, domain = email.partition("@")
        return msgspec.structs.replace(
            someone, fields={**someone.fields, "email": f"{name}.{number}@{domain}"}
        )
    if email is not None:
        taken.add(email)
    return someone


def _form(programme: Programme, chance: Chance, someone: NewLead, number: int) -> str | None:
    """The form by which somebody comes, in a language that they read; None for those who come otherwise."""
    often = BY_FORM.get(str(someone.fields["source"]), 0.0)
    read = ("en", someone.fields["language"])
    forms = [key for key, form in programme.forms.items() if form.language in read]
    if not forms or someone.email is None or not chance.happens(often, "comes by a form", number):
        return None
    return chance.pick(forms, "which form", number)


def _tags(chance: Chance, source: str, number: int, start: datetime, spread: timedelta) -> tuple[str, ...]:
    occasions = OCCASIONS.get(source)
    if occasions and spread > OCCASION:
        held = start + spread * chance.pick(occasions, "occasion", number)
        return (f"{source.replace(' ', '-')}-{held:%B}".lower(),)
    return (TAGGED[source],) if source in TAGGED else ()


def _comes_after(chance: Chance, source: str, number: int, spread: timedelta) -> timedelta:
    """How long after the beginning: on any day, or within days of an occasion; *spread* is counted from midnight."""
    occasions = OCCASIONS.get(source)
    if occasions:
        after = spread * chance.pick(occasions, "occasion", number)
        after += chance.between(timedelta(0), OCCASION, "after the occasion", number)
    else:
        after = spread * chance.lot("arrival", number)
    hour = FIRST_HOUR + HOURS * chance.lot("hour", number)
    return timedelta(days=after.days, hours=hour) if spread > OCCASION else after


def _value(key: str, field: Field, chance: Chance, number: int, works_at: Firm) -> FieldValue:
    job, stands = chance.pick(JOBS, "job", number)
    match field.type:
        case FieldType.CHOICE:
            return stands if stands in field.of else chance.pick(field.of, key, number)
        case FieldType.INTEGER | FieldType.NUMBER:
            return works_at.size if "size" in key else works_at.shipments
        case FieldType.BOOLEAN:
            return chance.happens(0.5, key, number)
        case FieldType.TEXT:
            return job if "title" in key or "job" in key else works_at.industry
        case FieldType.DATE:
            return f"202{number % 6}-01-15"
