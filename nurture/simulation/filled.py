"""Forms that people of the world send, by the verbs that the pages use: kept, taken or held, asked to confirm, confirmed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, select, update

from nurture.content.model import Form
from nurture.engine.engine import Engine
from nurture.engine.form_answers import ADDRESS, questions
from nurture.engine.form_guard import suspicion
from nurture.engine.forms import Status, Submission, lead_behind, submit
from nurture.engine.opt_in import confirm, submission_of, token_of
from nurture.engine.sample import OF_SAMPLE
from nurture.simulation.chance import Chance
from nurture.store import records as table
from nurture.vocabulary.lead import IDENTITY_FIELDS, FieldValue, Lead

TICKS = 0.6
"""How often people tick a box."""
TELLS = 0.5
"""How often they answer what nobody has to."""
CONFIRMS = 0.75
"""How often they press the button in the mail that asks."""
SOONEST, LATEST = timedelta(minutes=3), timedelta(days=2)


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A form as somebody sends it.

    name     what makes it a fact of its own.
    lead_id  who sends it; 0 for somebody new, whom *answers* describe.
    answers  what is said beyond what is known of the lead.
    trap     what a machine writes in the field that people do not see.
    took     how long after the form was opened it is sent.
    """

    name: str
    form: str
    lead_id: int = 0
    answers: Mapping[str, FieldValue] = {}
    trap: str = ""
    took: timedelta = timedelta(seconds=75)


class Pressed(msgspec.Struct, frozen=True):
    """Somebody presses the button behind a link that asks to confirm a submission."""

    submission_id: int
    asked_at: datetime


def send(engine: Engine, chance: Chance, filled: Filled, *, sample: bool) -> tuple[datetime, Pressed] | None:
    """Send the form. Returns the confirmation that follows, and when; None where none does.

    sample  whether a lead that it makes is flagged.
    """
    programme = engine.live.programme
    form = programme.forms[filled.form]
    with engine.deciding() as (connection, now):
        lead = lead_behind(connection, filled.lead_id, "") if filled.lead_id else None
        fields = _answers(chance, form, lead, filled)
        agreed = {
            topic: agreement.wording
            for topic, agreement in form.topics.items()
            if agreement.by == "sending" or chance.happens(TICKS, "ticks", filled.name, topic)
        }
        submission = Submission(
            key=f"{OF_SAMPLE}{filled.name}",
            form=filled.form,
            fields=fields,
            agreed=agreed,
            refused=tuple(topic for topic in form.topics if topic not in agreed),
            about={"path": f"/f/{filled.form}"},
            client=engine.keyring.pseudonym("client", filled.name),
        )
        why = suspicion(
            trap=filled.trap, opened_at=now - filled.took, now=now, fields=fields, recent=0, from_elsewhere=""
        )
        status = submit(connection, programme, submission, keyring=engine.keyring, suspicion=why, now=now)
        if status is not Status.TAKEN:
            return None
        if sample and lead is None:
            _flag(connection, str(fields[ADDRESS]))
        return _confirmation(connection, chance, submission.key, now)


def press(engine: Engine, pressed: Pressed) -> None:
    """Confirm, if the link is still good."""
    with engine.deciding() as (connection, now):
        token = token_of(engine.keyring, pressed.submission_id, pressed.asked_at)
        found = submission_of(connection, engine.keyring, token, now)
        if found is not None:
            confirm(connection, found, client=found.client, now=now)


def _answers(chance: Chance, form: Form, lead: Lead | None, filled: Filled) -> dict[str, FieldValue]:
    """What stands in the fields of the form: what is true of the person, as far as they tell it."""
    told: dict[str, FieldValue] = {
        each.field: each.value for each in form.fields if each.hidden and each.value is not None
    }
    for question in questions(form, None, proven=False):
        value = filled.answers.get(question.field)
        if value is None and lead is not None:
            value = _of(lead, question.field)
        must = question.required or question.field == ADDRESS
        if value is not None and (must or chance.happens(TELLS, "tells", filled.name, question.field)):
            told[question.field] = value
    return told


def _of(lead: Lead, name: str) -> FieldValue | None:
    value: FieldValue | None = getattr(lead, name) if name in IDENTITY_FIELDS else lead.fields.get(name)
    return value


def _flag(connection: Connection, address: str) -> None:
    connection.execute(update(table.lead).where(table.lead.c.email == address).values(sample=True))


def _confirmation(
    connection: Connection, chance: Chance, key: str, now: datetime
) -> tuple[datetime, Pressed] | None:
    asked = connection.execute(
        select(table.opt_in.c.submission_id)
        .join(table.submission, table.submission.c.id == table.opt_in.c.submission_id)
        .where(table.submission.c.key == key, table.opt_in.c.mailed_at.is_not(None))
    ).scalar()
    if asked is None or not chance.happens(CONFIRMS, "confirms", key):
        return None
    return now + chance.between(SOONEST, LATEST, "confirms after", key), Pressed(asked, now)
