"""Forms as our own pages show them: how often each was sent lately, and what was said."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from nurture.engine.forms import Status
from nurture.store.mapping import Fetched
from nurture.store.records import opt_in, submission
from nurture.vocabulary.lead import FieldValue


class FormNumbers(msgspec.Struct, frozen=True):
    """What became of one form since a moment.

    taken      submissions that made or changed a lead.
    held       those that wait for a person to look, from any time.
    asked      agreements that were to be confirmed by mail; confirmed, those that were.
    last_at    the newest submission, whatever became of it; None where there was none.
    """

    taken: int = 0
    held: int = 0
    asked: int = 0
    confirmed: int = 0
    last_at: datetime | None = None


class SubmissionLine(msgspec.Struct, frozen=True):
    """One submission.

    reason     why it was held; None where it was taken at once.
    lead_id    None while it is held, and after it was discarded.
    confirmed  None where nothing was to be confirmed.
    """

    id: int
    at: datetime
    status: str
    reason: str | None
    lead_id: int | None
    fields: Mapping[str, FieldValue]
    agreed: Mapping[str, str]
    about: Mapping[str, object]
    confirmed: bool | None

    @property
    def page(self) -> str:
        """The page that the form stood on, as far as it is known."""
        return f"{self.about.get('site', '')}{self.about.get('path', '')}"


def form_numbers(connection: Connection, forms: Collection[str], since: datetime) -> dict[str, FormNumbers]:
    """The numbers of each of *forms*."""
    return {form: _numbers(connection, form, since) for form in forms}


def submissions(
    connection: Connection, form: str, *, status: Status, before: int | None, most: int
) -> tuple[SubmissionLine, ...]:
    """The newest submissions of a form in one status; those before the submission *before*, if given."""
    row = submission.c
    statement = (
        select(submission, opt_in.c.asked_at, opt_in.c.confirmed_at)
        .outerjoin(opt_in, opt_in.c.submission_id == row.id)
        .where(row.form == form, row.status == status.value)
    )
    if before is not None:
        statement = statement.where(row.id < before)
    return tuple(map(_line, connection.execute(statement.order_by(row.at.desc(), row.id.desc()).limit(most))))


def _numbers(connection: Connection, form: str, since: datetime) -> FormNumbers:
    row = submission.c

    def count(status: Status, after: datetime | None) -> int:
        counted = select(func.count()).where(row.form == form, row.status == status.value)
        return connection.execute(counted if after is None else counted.where(row.at >= after)).scalar_one()

    newest = select(func.max(row.at)).where(row.form == form)
    latest = [connection.execute(newest.where(row.status == status.value)).scalar() for status in Status]
    asked, confirmed = connection.execute(
        select(func.count(), func.count(opt_in.c.confirmed_at)).where(
            opt_in.c.form == form, opt_in.c.asked_at >= since
        )
    ).one()
    return FormNumbers(
        taken=count(Status.TAKEN, since),
        held=count(Status.HELD, None),
        asked=asked,
        confirmed=confirmed,
        last_at=max((each for each in latest if each is not None), default=None),
    )


def _line(row: Fetched) -> SubmissionLine:
    return SubmissionLine(
        id=row.id,
        at=row.at,
        status=row.status,
        reason=row.reason,
        lead_id=row.lead_id,
        fields=row.fields,
        agreed=row.agreed,
        about=row.about,
        confirmed=None if row.asked_at is None else row.confirmed_at is not None,
    )
