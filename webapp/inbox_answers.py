"""What a rep says of a lead in the inbox: accepted, spoken to or tried, put off, given back, won or lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
from flask import abort, flash, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from nurture.content.model import Programme
from nurture.engine import sales
from nurture.engine.engine import Engine
from nurture.insight.inbox import Whose, open_hand_offs
from nurture.insight.timeline import person
from nurture.scheduling.business_time import BusinessHours, next_morning
from nurture.statemachine.calendars import working_hours
from nurture.vocabulary.words import ContactHow, ContactOutcome, Stage
from webapp.acting import actor, everyone, may_answer, me
from webapp.moments import moment
from webapp.rights import Area
from webapp.undo import undoable
from webapp.written import choice_of, moment_in
from webapp.zones import reader_zone

NOTE_MAX = 2_000
HOUR = timedelta(hours=1)
SNOOZE_MAX = timedelta(days=180)
KEPT = ("show", "team", "rep")
"""What of the address an action brings back."""


def add_answers(pages: Area, engine: Engine) -> None:
    """What may be posted about one lead."""

    @contextmanager
    def about(lead_id: int) -> Iterator[tuple[Connection, datetime]]:
        """A transaction and the moment, if there is such a lead, and it is this rep's to answer for."""
        with engine.deciding() as (connection, now):
            if person(connection, lead_id, now) is None:
                abort(404)
            has = sales.team_of(connection, lead_id)
            if has is not None and not may_answer(team=has[0], rep=has[1]):
                abort(403, f"This lead is with {has[0]}, which is not your team. Ask {has[1] or 'them'}.")
            yield connection, now

    @pages.post("/inbox/<int:lead_id>/accept")
    def accept(lead_id: int) -> Response:
        """The lead stays in front of whoever accepts it: the call comes next."""
        with about(lead_id) as (connection, now):
            sales.accept(connection, lead_id, by=actor(), rep=answered_for(connection, lead_id, now), now=now)
        return done("Accepted. Marketing is silent while the lead is yours.", lead_id)

    @pages.post("/inbox/<int:lead_id>/return")
    def give_back(lead_id: int) -> Response:
        reason = request.form.get("reason", "")
        if reason not in engine.live.programme.recycle_reasons:
            abort(400, "Choose one of the programme's reasons.")
        with about(lead_id) as (connection, now):
            sales.reject(connection, lead_id, reason=reason, note=note(), by=actor(), now=now)
        return done("Given back. Nurture goes on from here, as the reason says.", following())

    @pages.post("/inbox/<int:lead_id>/contact")
    def contact(lead_id: int) -> Response:
        """A call or a mail with what came of it; whoever has spoken to a lead that nobody had accepted takes it."""
        outcome = choice_of(request.form, ContactOutcome, "outcome") or ContactOutcome.REACHED
        how = choice_of(request.form, ContactHow, "how") or ContactHow.CALL
        with about(lead_id) as (connection, now):
            lines = open_hand_offs(connection, now=now, since=now, whose=Whose(lead=lead_id))
            if outcome.is_contact and any(not line.is_accepted for line in lines):
                rep = answered_for(connection, lead_id, now)
                sales.accept(connection, lead_id, by=actor(), rep=rep, now=now)
            sales.contact(connection, lead_id, note=note(), by=actor(), now=now, how=how, outcome=outcome)
        if outcome.is_contact:
            return done("Logged. The clock for the first contact stops.", following())
        return done("Logged as a try. The lead still waits, and its clock runs on.", following())

    @pages.post("/inbox/<int:lead_id>/snooze")
    def snooze(lead_id: int) -> Response:
        """Put the lead off until an hour from now, the next morning or a moment of one's own; or have it back."""
        with about(lead_id) as (connection, now):
            until = put_off_until(request.form.get("until", ""), now)
            lines = open_hand_offs(connection, now=now, since=now, whose=Whose(lead=lead_id))
            before = next((line.snoozed_until for line in lines if line.is_away(now)), None)
            if not sales.snooze(connection, lead_id, until=until, by=actor(), now=now):
                abort(409, "Sales has this lead no more: somebody has given it back or closed it.")
            who = person(connection, lead_id, now)
        if until is None:
            return done("Back in the inbox.", lead_id)
        clock = None if who is None else who.state.clock
        runs = "" if clock is None else f" The agreed time runs on: {said(clock.due_at)}."
        undo = {"until": "now"} if before is None else {"until": "date", "at": local(before)}
        url = url_for("inbox.snooze", lead_id=lead_id)
        undoable(f"Snoozed until {said(until)}; it comes back by itself.{runs}", url, **undo, **kept())
        return back(following())

    def put_off_until(until: str, now: datetime) -> datetime | None:
        match until:
            case "now":
                return None
            case "hour":
                return now + HOUR
            case "morning":
                return next_morning(now, own_hours(engine.live.programme))
            case _:
                at = moment_in(request.form.get("at", ""), reader_zone(), now)
                if at is None or not now < at <= now + SNOOZE_MAX:
                    abort(400, f"Choose a moment within the next {SNOOZE_MAX.days} days.")
                return at

    @pages.post("/leads/<int:lead_id>/stage")
    def set_stage(lead_id: int) -> Response:
        stage = choice_of(request.form, Stage, "stage") or abort(400, "Choose a stage.")
        with about(lead_id) as (connection, now):
            sales.set_stage(
                connection, lead_id, stage, reason=note(), role=me().role.value, by=actor(), now=now
            )
        flash(f"Set to {stage}. It shows here once the engine has taken it in, within seconds.")
        return redirect(url_for("lead.lead", lead_id=lead_id))


def own_hours(programme: Programme) -> BusinessHours:
    """The office's hours, as the clock of whoever reads shows them: a rep elsewhere begins the day there."""
    return msgspec.structs.replace(working_hours(programme), zone=reader_zone())


def answered_for(connection: Connection, lead_id: int, now: datetime) -> str | None:
    """The rep for whom somebody answers that is no rep; None where whoever answers takes the lead."""
    who = person(connection, lead_id, now)
    return None if who is None or actor() in everyone() else who.state.lead.owner


def note() -> str:
    return request.form.get("note", "").strip()[:NOTE_MAX]


def following() -> int | None:
    """The lead that comes after the one that was answered, as the page knew it."""
    return request.form.get("next", type=int)


def local(at: datetime) -> str:
    """A moment as a field for it holds it, on the reader's clock."""
    return f"{at.astimezone(reader_zone()):%Y-%m-%dT%H:%M}"


def said(at: datetime) -> str:
    """A moment as a message says it, without its mark-up."""
    return moment(at).striptags()


def done(words: str, lead_id: int | None) -> Response:
    """Back to the inbox as it was filtered, with what happened said on it."""
    flash(words)
    return back(lead_id)


def back(lead_id: int | None) -> Response:
    """The inbox as it was filtered, at the lead that comes now; where that is, the keyboard goes on."""
    asked: dict[str, Any] = kept()
    return redirect(url_for("inbox.inbox", **asked, lead=lead_id, _anchor="lead" if lead_id else None))


def kept() -> dict[str, str]:
    """How the inbox was filtered."""
    return {name: request.form[name] for name in KEPT if request.form.get(name)}
