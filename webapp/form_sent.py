"""What a browser sent with a form, as the engine takes it."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b

import msgspec
from flask import Request
from sqlalchemy import Connection

from nurture.engine.form_answers import Answers
from nurture.engine.form_guard import suspicion
from nurture.engine.form_ticket import Ticket
from nurture.engine.forms import Submission, lead_behind, recent_submissions
from nurture.engine.links import FOR
from nurture.errors import TokenError
from nurture.identity import Keyring
from nurture.tracking.request import visitor
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.touch import lead_of
from webapp import form_origin

TRAP = "homepage"
"""A field that people do not see and that browsers do not fill in; machines fill in all."""


class Reader(msgspec.Struct, frozen=True):
    """Who has the form open.

    lead    None for somebody unknown.
    proven  whether a link in a mail of ours says so, and not only the browser's cookie.
    """

    lead: Lead | None
    proven: bool


def reader(connection: Connection, keyring: Keyring, request: Request) -> Reader:
    """Who asks for the form: by the token that a link of ours carried, else by the browser's name for itself."""
    number = 0
    with suppress(TokenError):
        number = lead_of(keyring.read_touch_token(request.args.get(FOR, "")).touch_id)
    lead = lead_behind(connection, number, visitor(request.environ))
    return Reader(lead, proven=bool(number) and lead is not None and lead.email is not None)


def client_of(keyring: Keyring, request: Request) -> str:
    """The network address as it is kept: hashed with our key, so that it tells nobody anything."""
    return keyring.pseudonym("client", request.remote_addr or "")


def sent_by(
    connection: Connection,
    keyring: Keyring,
    request: Request,
    *,
    ticket: Ticket,
    answers: Answers,
    base_url: str,
) -> Submission | None:
    """The submission: with the same key when the same showing of a form is sent again with the same answers.

    None where nobody's address is in it: the lead that the form was shown to is there no more.
    """
    lead = lead_behind(connection, ticket.lead, "") if ticket.lead else None
    fields = dict(answers.fields)
    if lead is not None and lead.email is not None:
        fields["email"] = lead.email
    if "email" not in fields:
        return None
    said = (
        ticket.nonce,
        sorted((name, str(value)) for name, value in fields.items()),
        sorted(answers.agreed),
    )
    return Submission(
        key=blake2b(repr(said).encode(), digest_size=12).hexdigest(),
        form=ticket.form,
        fields=fields,
        agreed=answers.agreed,
        refused=answers.refused,
        about=form_origin.about(request, base_url),
        client=client_of(keyring, request),
        visitor=visitor(request.environ),
        proven=lead is not None and lead.email is not None,
    )


def suspicion_of(
    connection: Connection,
    request: Request,
    ticket: Ticket,
    submission: Submission,
    *,
    ours: Collection[str],
    now: datetime,
) -> str | None:
    """What speaks against a submission. *ours*: the origins that may send one."""
    return suspicion(
        trap=request.form.get(TRAP, ""),
        opened_at=ticket.opened_at,
        now=now,
        fields={name: submission.fields[name] for name in ticket.asked if name in submission.fields},
        recent=recent_submissions(connection, submission.client, now),
        from_elsewhere=form_origin.from_elsewhere(request, ours),
    )
