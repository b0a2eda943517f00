"""Who comes, and when: people of companies that do not exist, with the gaps that real lists have."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from nurture.content.model import Field, FieldType, Programme
from nurture.engine.intake import NewLead
from nurture.simulation.chance import Chance
from nurture.vocabulary.lead import FieldValue

FIRST_NAMES = ("Ada", "Jonas", "Mira", "Oskar", "Lena", "Paul", "Ines", "Viktor", "Nora", "Emil", "Clara", "Hugo", "Signe", "Marek", "Elif", "Tomas", "Greta", "Anton", "Yara", "Felix")  # fmt: skip
LAST_NAMES = ("Nowak", "Reis", "Lund", "Berg", "Costa", "Ivanova", "Keller", "Moreau", "Silva", "Haas", "Petrov", "Yilmaz", "Olsen", "Novak", "Weber", "Rossi", "Lind", "Dahl", "Stein", "Blanc")  # fmt: skip
JOBS = ("Transport manager", "Freight clerk", "Finance director", "Procurement lead", "Head of logistics", "CFO", "Supply chain manager", "Controller", "Buyer", "Software developer", "VP Operations", "Office manager")  # fmt: skip
COMPANIES = (
    ("Kiefer Logistik", "DE", "Europe/Berlin", "de", 420),
    ("Norr Instruments", "SE", "Europe/Stockholm", "en", 180),
    ("Blue Quay", "GB", "Europe/London", "en", 95),
    ("Atelier Voss", "DE", "Europe/Berlin", "de", 12),
    ("Hudson Ledger", "US", "America/New_York", "en", 640),
    ("Prairie Foods", "US", "America/Chicago", "en", 2300),
    ("Lumen Polder", "NL", "Europe/Amsterdam", "en", 260),
    ("Alpha Metall", "AT", "Europe/Vienna", "de", 850),
    ("Fjord Papir", "NO", "Europe/Oslo", "en", 1200),
    ("Campo Verde", "ES", "Europe/Madrid", "en", 75),
)
SOURCES = ("website", "website", "paid search", "webinar", "referral", "trade fair", "partner")
OCCASIONS = {"webinar": (0.28, 0.71), "trade fair": (0.47,)}
"""Sources whose people come all at once: when, as shares of the time in which people come."""
OCCASION = timedelta(days=2)
SHARE_UNKNOWN = 0.12
"""How often a field of a real list is empty."""
SHARE_UNMAILABLE = 0.02
"""How often nobody has written down the address."""
SHARE_IN_TRIAL = 0.15
"""How often somebody has begun with a trial, where the programme knows of one."""
FIRST_HOUR, HOURS = 6, 13
"""When people of Europe and America fill in forms, in UTC."""


class Arrival(msgspec.Struct, frozen=True):
    """A person and the moment at which they come."""

    at: datetime
    person: NewLead


def cohort(
    programme: Programme, chance: Chance, *, size: int, start: datetime, spread: timedelta
) -> Iterator[Arrival]:
    """*size* people in `.example`, who come within *spread* of *start*, by day; some all at once after an occasion."""
    for number in range(1, size + 1):
        someone = person(programme, chance, number)
        source = str(someone.fields["source"])
        yield Arrival(start + min(spread, _comes_after(chance, source, number, spread)), someone)


def person(programme: Programme, chance: Chance, number: int) -> NewLead:
    """Person *number* of a seed, described by the programme's own fields."""
    first = chance.pick(FIRST_NAMES, "first name", number)
    last = chance.pick(LAST_NAMES, "last name", number)
    company, country, time_zone, language, size = chance.pick(COMPANIES, "company", number)
    domain = company.lower().replace(" ", "-")
    fields: dict[str, FieldValue] = {
        "first_name": first,
        "last_name": last,
        "company": company,
        "country": country,
        "language": language,
        "source": chance.pick(SOURCES, "source", number),
    }
    if not chance.happens(SHARE_UNMAILABLE, "unmailable", number):
        fields["email"] = f"{first}.{last}.{number}@{domain}.example".lower()
    if not chance.happens(SHARE_UNKNOWN, "unknown", number, "time_zone"):
        fields["time_zone"] = time_zone
    for key, field in programme.fields.items():
        if field.profile and not chance.happens(SHARE_UNKNOWN, "unknown", number, key):
            fields[key] = _value(key, field, chance, number, company_size=size)
        elif "trial" in field.of and chance.happens(SHARE_IN_TRIAL, "in trial", number):
            fields[key] = "trial"
    return NewLead(reference=f"person-{number}", fields=fields)


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


def _value(key: str, field: Field, chance: Chance, number: int, *, company_size: int) -> FieldValue:
    match field.type:
        case FieldType.CHOICE:
            return chance.pick(field.of, key, number)
        case FieldType.INTEGER | FieldType.NUMBER:
            return company_size if "size" in key else int(chance.lot(key, number) * 2_000)
        case FieldType.BOOLEAN:
            return chance.happens(0.5, key, number)
        case FieldType.TEXT if "title" in key or "job" in key:
            return chance.pick(JOBS, "job", number)
        case FieldType.TEXT:
            return chance.pick(("logistics", "manufacturing", "retail", "food", "wholesale"), key, number)
        case FieldType.DATE:
            return f"202{number % 6}-01-15"
