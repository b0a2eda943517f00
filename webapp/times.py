"""When mail may leave and how much of it: days, hours, holidays, caps, warm-up; edited in place in the programme's file.

What is typed can be looked at first: the next weeks as they would be open, and the ramp day by day.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import msgspec
from flask import Blueprint, flash, redirect, render_template, request, url_for
from holidays.registry import COUNTRIES
from werkzeug.wrappers import Response

from nurture.check import check
from nurture.content.catalog import PROGRAMME, load_texts
from nurture.content.edit import apply
from nurture.content.model import Programme
from nurture.engine.editing import OvertakenError, edit
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.insight.pace import planned
from nurture.scheduling.holidays_of import is_holiday
from webapp.acting import actor
from webapp.languages import language
from webapp.moments import date_in
from webapp.parted import Parted, began_at, form_base, form_over, parted
from webapp.rights import Permission, area, needs
from webapp.times_form import DAYS, NOBODYS, Said, edits, shown
from webapp.zones import programme_zone

WEEKS = 4


class Day(msgspec.Struct, frozen=True):
    """A day of the calendar. ``closed``: why no marketing mail leaves; "" where it does."""

    day: date
    closed: str


def pages(engine: Engine) -> Blueprint:
    pages = area("times", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/settings/times")
    def times() -> str:
        live = engine.live
        return form(shown(live.catalog.texts[PROGRAMME]), number=live.number)

    @pages.post("/settings/times/look")
    @needs(Permission.SEE)
    def look() -> str | tuple[str, int]:  # it shows what is typed, and changes nothing
        over = request.form.get("over", 0, type=int)
        return form(request.form, number=form_base("revision"), over=over, is_typed=True)

    @pages.post("/settings/times")
    def save() -> Response | tuple[str, int]:
        base, over = form_base("revision"), form_over(engine, PROGRAMME, "revision")
        wanted = tuple(edits(began(engine, base), request.form))
        if not wanted:
            flash("Nothing was changed.")
            return redirect(url_for("times.times"), 303)
        try:
            live = edit(
                engine,
                PROGRAMME,
                wanted,
                expecting=over,
                actor=actor(),
                reason="when mail may leave, on its page",
            )
        except OvertakenError as error:
            mine = apply(engine.live.catalog.texts[PROGRAMME], wanted)
            both = parted(engine, PROGRAMME, base=base, yours=mine)
            told = form(
                request.form, number=base, over=error.number, problem=str(error), is_typed=True, both=both
            )
            return told, 409
        except ProgrammeError as error:
            return form(request.form, number=base, over=over, problem=str(error), is_typed=True), 422
        flash(f"Saved. Revision {live} is live; what waits already is asked again when it is due.")
        return redirect(url_for("times.times"), 303)

    def form(
        said: Said,
        *,
        number: int,
        over: int = 0,
        problem: str = "",
        is_typed: bool = False,
        both: Parted | None = None,
    ) -> str:
        programme = meant(engine, said, number) or engine.live.programme
        country = request.values.get("for", "").upper() or programme.business_hours.holidays or ""
        warm_up, today = programme.sending.warm_up, date_in(programme_zone())
        return render_template(
            "times.html",
            said=said,
            number=number,
            over=over,
            parted=both,
            problem=problem,
            is_typed=is_typed,
            week=DAYS,
            nobodys=NOBODYS,
            countries=countries(),
            country=country,
            calendar=calendar(programme, country, today),
            today=today,
            ramp=() if warm_up is None else planned(warm_up, first=today, day=today),
            warm_up=warm_up,
        )

    return pages


def began(engine: Engine, base: int) -> str:
    """The programme's file as the form showed it: what differs from it is what its author means."""
    return began_at(engine, PROGRAMME, base) or engine.live.catalog.texts[PROGRAMME]


def meant(engine: Engine, said: Said, base: int) -> Programme | None:
    """The programme as it would be; None where it could not be read, or would break a promise."""
    live = engine.live.catalog
    try:
        text = apply(live.texts[PROGRAMME], edits(began(engine, base), said))
    except ProgrammeError:
        return None
    after = load_texts({**live.texts, PROGRAMME: text})
    is_sound = not any(each.severity == "error" and each.file == PROGRAMME for each in check(after))
    return after.programme if is_sound else None


def calendar(programme: Programme, country: str, today: date) -> list[list[Day]]:
    """The coming weeks, from Monday on, for a lead in *country* (or whose country is not known: "")."""
    first = today - timedelta(days=today.weekday())
    kept = country if programme.sending.holidays == "lead" else programme.sending.holidays
    open_days = set(programme.sending.days)

    def closed(day: date) -> str:
        if list(DAYS)[day.weekday()] not in open_days:
            return DAYS[list(DAYS)[day.weekday()]]
        return is_holiday(kept or None, day, language=language()) or ""

    days = [first + timedelta(days=ahead) for ahead in range(7 * WEEKS)]
    return [[Day(day, closed(day)) for day in days[at : at + 7]] for at in range(0, len(days), 7)]


@cache
def countries() -> Mapping[str, str]:
    """Every country whose holidays are known, by its two letters."""
    named = {code: name.replace("_", " ").title() for name, (_, code, *_) in COUNTRIES.items()}
    return dict(sorted(named.items(), key=lambda each: each[1]))
