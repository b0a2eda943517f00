"""Forms: a submission is kept before it is answered, then it makes or changes a lead; what looks like a machine's is held.

submit ─► kept ─┬─► taken: lead, visitor, event, agreement, notice
                └─► held ─► a person of ours releases or discards it

form_answers  which questions, and what the answers say
form_ticket   what the form carries back to us
form_guard    what looks like a machine
form_held     released, discarded, forgotten
form_told     the event, and the mail to people of ours
form_agreements, form_proof, opt_in   what is agreed to, its proof, its confirmation by mail
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, func, select, update

from nurture.content.model import Programme
from nurture.engine.aliases import survivor_of
from nurture.engine.form_agreements import agree
from nurture.engine.form_guard import WINDOW
from nurture.engine.form_proof import Agreed
from nurture.engine.form_told import SOURCE, first_touch, submitted, tell
from nurture.engine.intake import NewLead, add_events, enter_leads, identify, known_leads
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.store.mapping import Fetched, unpacked
from nurture.store.statements import insert_if_new
from nurture.vocabulary.lead import FieldValue, Lead


class Status(StrEnum):
    """What became of a submission."""

    TAKEN = "taken"
    HELD = "held"
    DISCARDED = "discarded"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was filled in without mistakes.

    key      the same for the same submission sent twice.
    form     the form's key.
    fields   cleaned, the address among them.
    agreed   the wording of each topic that was agreed to.
    refused  topics whose box was left empty.
    about    where it came from: site, path, referer, and utm by name.
    client   a keyed hash of the network address.
    visitor  the browser's name for itself; "" where it is not known.
    proven   whether it came by a link in a mail to this very address.
    """

    key: str
    form: str
    fields: Mapping[str, FieldValue]
    agreed: Mapping[str, str] = {}
    refused: tuple[str, ...] = ()
    about: Mapping[str, str | Mapping[str, str]] = {}
    client: str = ""
    visitor: str = ""
    proven: bool = False


def submit(
    connection: Connection,
    programme: Programme,
    submission: Submission,
    *,
    keyring: Keyring,
    suspicion: str | None,
    now: datetime,
) -> Status:
    """Keep a submission, and take it unless there is a *suspicion*. Sent twice, it counts once."""
    had = _by_key(connection, submission.key)
    if had is not None:
        return Status(had.status)
    insert_if_new(connection, table.submission, [_row(submission, suspicion, now)])
    kept = _by_key(connection, submission.key)
    assert kept is not None, "it has just been kept"
    if kept.status == Status.TAKEN and kept.lead_id is None:
        take(connection, programme, kept, keyring=keyring, proven=submission.proven, now=now)
    return Status(kept.status)


def recent_submissions(connection: Connection, client: str, now: datetime) -> int:
    """How many forms a network address has sent lately."""
    row = table.submission.c
    counted = select(func.count()).where(row.client == client, row.at > now - WINDOW)
    return connection.execute(counted).scalar_one()


def lead_behind(connection: Connection, lead_id: int, visitor: str) -> Lead | None:
    """Who fills in a form: the lead of a link in its mail, else the one that the browser is known for; None for a stranger."""
    if not lead_id and visitor:
        statement = select(table.visitor.c.lead_id).where(table.visitor.c.id == visitor)
        lead_id = connection.execute(statement).scalar() or 0
    if not lead_id:
        return None
    lead_id = survivor_of(connection, lead_id)
    statement = select(table.lead_state.c.state).where(table.lead_state.c.lead_id == lead_id)
    state = connection.execute(statement).scalar()
    return None if state is None else unpacked(state).lead


def take(
    connection: Connection,
    programme: Programme,
    kept: Fetched,
    *,
    keyring: Keyring,
    proven: bool,
    now: datetime,
) -> None:
    """Make or change the lead of a submission that was kept, and everything that follows from it.

    proven  whether the address is known to be the submitter's own.
    """
    form = programme.forms[kept.form]
    address = str(kept.fields["email"])
    person = NewLead(
        reference=kept.key,
        fact=kept.key,
        fields=kept.fields,
        fills=not proven,
        unconfirmed=form.double_opt_in and bool(kept.agreed),
    )
    if not known_leads(connection, [person], SOURCE):
        # In the language of the form people are answered, until they say otherwise.
        person = msgspec.structs.replace(person, fields={"language": form.language, **kept.fields})
    entered = enter_leads(connection, [person], source=SOURCE, now=now)
    (lead_id,) = entered.lead_ids
    connection.execute(
        update(table.submission).where(table.submission.c.id == kept.id).values(lead_id=lead_id)
    )
    first = first_touch(connection, lead_id, kept.visitor)
    if kept.visitor:
        identify(connection, kept.visitor, lead_id, now)
    add_events(connection, [submitted(kept, lead_id, first, proven=proven, now=now)])
    made = bool(entered.created)
    refused = tuple(kept.about.get("refused", ()))
    agreed = Agreed(kept, lead_id, address, made=made, proven=proven, refused=refused)
    agree(connection, programme, form, agreed, keyring=keyring, now=now)
    lead = lead_behind(connection, lead_id, "")
    tell(connection, form, kept, lead_id, owner=None if lead is None else lead.owner, now=now)


def _by_key(connection: Connection, key: str) -> Fetched | None:
    return connection.execute(select(table.submission).where(table.submission.c.key == key)).first()


def _row(submission: Submission, suspicion: str | None, now: datetime) -> dict[str, object]:
    return {
        "key": submission.key,
        "form": submission.form,
        "at": now,
        "status": (Status.HELD if suspicion else Status.TAKEN).value,
        "reason": suspicion,
        "fields": submission.fields,
        "agreed": submission.agreed,
        "about": {**submission.about, "refused": dict.fromkeys(submission.refused, True)},
        "client": submission.client,
        "visitor": submission.visitor or None,
    }
