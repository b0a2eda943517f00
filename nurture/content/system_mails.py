"""Mails that the product itself sends: which there are, whom each goes to, and what each may say."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from itertools import islice

import msgspec

from nurture.content.system_examples import EXAMPLE
from nurture.languages.catalogues import WRITTEN_IN
from nurture.languages.moments import in_full, written
from nurture.languages.said import NO, YES, said_as, said_in
from nurture.vocabulary.event import PropertyValue

FOLDER = "system"
"""Where an author keeps them: campaigns/system/mails/. It is no campaign and has no campaign.yaml."""

ROWS_MAX = 500
"""Of a table or a text; more is no mail."""
LINK = "An address of ours that opens the page in question."
READER = "The reader's name; empty where it is not known."
UNTIL = "Until when the link is good, as text; empty where it does not end."
ENDS = "When the agreed time to answer ends, as text; empty where none runs."
MOMENTS = frozenset({"until", "respond_by"})
"""Names that hold a moment: told on the programme's wall clock, as the reader's language writes one."""
OUR_FIELDS = frozenset(
    ("E-mail address", "First name", "Last name", "Company", "Country", "Time zone", "Language")
)
"""What ``engine.form_told`` calls the fields that every lead has, where their form calls them nothing."""
SEVERAL_TIMES = "%(words)s, %(times)s times"
"""How ``engine.reasons`` counts."""
OUR_WORDS = frozenset({"role", "why", "remedy"})
"""Names that hold words of ours, which are said in the reader's language."""
LEAD = "The lead's name, or its address where that is not known."
COMPANY = "The lead's company; empty where it is not known."


class SystemMail(msgspec.Struct, frozen=True):
    """One of them.

    purpose     when it is sent and to whom, in a sentence.
    names       what its text may use, and what each means.
    tables      those of the names that hold rows, each with a name and a value: {% for row in answers %}.
    lines       those that hold lines of text; all others hold one text or number.
    days        those of the moments of which the day is enough.
    to_lead     whether a lead reads it, who reaches other addresses of ours than colleagues do.
    answers_to  the name that holds the address which answers go to; None for the programme's own.
    """

    name: str
    purpose: str
    names: Mapping[str, str]
    tables: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    to_lead: bool = False
    answers_to: str | None = None

    def said(
        self, given: Mapping[str, object], *, language: str = WRITTEN_IN, zone: tzinfo = UTC
    ) -> dict[str, object]:
        """What its names say in a text in *language*: what is *given*, and nothing for those that are left out."""
        return {name: self._said(name, given.get(name), language, zone) for name in self.names}

    def sample(self) -> dict[str, object]:
        """What its names say in an example, to look at the mail with."""
        return self.said(self.example())

    def example(self) -> dict[str, PropertyValue]:
        """Something that may be posted."""
        return {name: EXAMPLE.get(name, name.replace("_", " ")) for name in self.names}

    def _said(self, name: str, value: object, language: str, zone: tzinfo) -> object:
        if name in self.tables:
            rows = value.items() if isinstance(value, Mapping) else ()
            return [
                {"name": _named(name, str(key), language), "value": _cell(each, language)}
                for key, each in islice(rows, ROWS_MAX)
            ]
        if value is None:
            value = ""
        if name in self.lines:
            return str(value).splitlines()[:ROWS_MAX]
        if name in OUR_WORDS:
            return said_in(language, str(value))
        if name in MOMENTS:
            return self._moment(name, str(value), language, zone)
        return value

    def _moment(self, name: str, value: str, language: str, zone: tzinfo) -> str:
        try:
            local = datetime.fromisoformat(value).astimezone(zone)
        except ValueError:
            return value  # none, or in words already: posted by an older version
        return written(local, "date", language) if name in self.days else in_full(local, language)


def _named(name: str, row: str, language: str) -> str:
    """What a row of the table *name* is called: a rule or a field by its own name, which somebody of the company gave it."""
    if name == "answers":
        return said_in(language, row) if row in OUR_FIELDS else row
    return said_as(language, SEVERAL_TIMES, row)


def _cell(value: object, language: str) -> object:
    """A value of a table. Yes and no are words of ours; every other text is somebody's."""
    if isinstance(value, bool):
        return said_in(language, YES if value else NO)
    return "" if value is None else value


SYSTEM_MAILS: Mapping[str, SystemMail] = {
    mail.name: mail
    for mail in (
        SystemMail(
            "confirmation",
            "To a person who asked to hear from us and is to confirm it (double opt-in).",
            {"link": LINK, "name": READER, "topics": "What they asked for, as text.", "until": UNTIL},
            days=frozenset({"until"}),
            to_lead=True,
        ),
        SystemMail(
            "invitation",
            "To a colleague who is to have a login.",
            {"link": LINK, "name": READER, "inviter": "Who invites.", "role": "As what.", "until": UNTIL},
        ),
        SystemMail(
            "password-reset",
            "To a colleague who asked for a new password.",
            {"link": LINK, "name": READER, "until": UNTIL},
        ),
        SystemMail(
            "hand-off",
            "To the rep who gets a lead, when it is handed over.",
            {
                "link": LINK,
                "name": READER,
                "lead_name": LEAD,
                "company": COMPANY,
                "team": "The team that it was routed to.",
                "grade": "The lead's grade.",
                "interest": "Its interest score, a whole number.",
                "persona": "The kind of buyer; empty where it is not known.",
                "reasons": "What raised the interest: the points of each reason, heaviest first.",
                "respond_by": ENDS,
            },
            tables=frozenset({"reasons"}),
        ),
        SystemMail(
            "hand-off-warned",
            "To the rep whose time to answer is running out.",
            {"link": LINK, "name": READER, "lead_name": LEAD, "company": COMPANY, "respond_by": ENDS},
        ),
        SystemMail(
            "hand-off-breached",
            "To whom the agreement names, when the agreed time has passed.",
            {
                "link": LINK,
                "name": READER,
                "lead_name": LEAD,
                "company": COMPANY,
                "rep": "Who has the lead; empty where nobody has.",
                "respond_by": "When the agreed time ended, as text.",
            },
        ),
        SystemMail(
            "form-notification",
            "To a colleague, when a form was sent in.",
            {
                "link": LINK,
                "name": READER,
                "form": "The form's name.",
                "lead_name": LEAD,
                "answers": "What was filled in: each answer by its field.",
            },
            tables=frozenset({"answers"}),
        ),
        SystemMail(
            "reply-forwarded",
            "To the lead's owner, when the lead has answered a mail.",
            {
                "link": LINK,
                "name": READER,
                "lead_name": LEAD,
                "address": "The lead's address.",
                "subject": "Of the answer.",
                "text": "What the lead wrote, line by line.",
            },
            lines=frozenset({"text"}),
            answers_to="address",
        ),
        SystemMail(
            "sending-paused",
            "To every admin, when sending has stopped by itself.",
            {
                "link": LINK,
                "name": READER,
                "campaign": "The campaign that stopped; empty for all mail.",
                "why": "What a server said, or the rate that was too bad.",
                "remedy": "What to do about it.",
            },
        ),
    )
}
