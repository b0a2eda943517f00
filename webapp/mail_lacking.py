"""What an author is told of leads for whom a mail says its fallback: how many, what they lack, and where they are listed."""

from flask import url_for

from nurture.content.merge_fields import ALWAYS_KNOWN, fields_said
from nurture.content.model import Programme
from nurture.content.outline import jinja_of, same_length
from nurture.content.system_texts import system_mail_at
from nurture.engine.engine import Engine
from nurture.engine.lead_filter import LACKED
from nurture.insight.lacking import lacks
from webapp.field_names import called
from webapp.said import said


def lacking(engine: Engine, path: str, text: str) -> list[dict[str, str]]:
    """One line for each field that *text* says and leads lack, those that most lack first; none for a system mail, which has no lead."""
    if system_mail_at(engine.live.catalog, path) is not None:
        return []
    programme, campaign = engine.live.programme, path.split("/")[1]
    fields = fields_of(programme, text)
    with engine.database.reading() as connection:
        found = lacks(connection, programme, campaign, fields, engine.clock.now())
    whom = "" if found.is_all else f" of the newest {found.of}"
    return [
        {
            "words": said(counted(each.leads, whom, called(each.field))),
            "href": url_for(
                "leads.leads",
                campaign=campaign if found.campaign else None,
                lacks=each.field if each.field in LACKED else None,
            ),
        }
        for each in found.found
    ]


def counted(leads: int, whom: str, field: str) -> str:
    if leads == 1:
        return f"1{whom} lead lacks “{field}” (fallback used)"
    return f"{leads}{whom} leads lack “{field}” (fallback used)"


def fields_of(programme: Programme, text: str) -> frozenset[str]:
    """The fields that the mail in *text* says of its lead, and that not everybody has."""
    plain = same_length(text)
    sure = ALWAYS_KNOWN | {name for name, field in programme.fields.items() if field.default is not None}
    return fields_said(plain, jinja_of(plain)) - sure
