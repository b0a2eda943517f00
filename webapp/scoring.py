"""The scoring: its numbers to turn, what that would do to leads before it is live, and the revisions that it had.

Whoever sees the page may try; what is tried stands in an address that can be sent to others. Making it live takes a reason.
"""

from collections.abc import Mapping

import msgspec
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response

from nurture.content.catalog import PROGRAMME, Catalog, load_texts
from nurture.content.edit import apply
from nurture.content.model import Programme
from nurture.content.problems import Problem
from nurture.engine.editing import OvertakenError, write
from nurture.engine.engine import Engine
from nurture.engine.live import Live
from nurture.errors import ProgrammeError
from nurture.insight.back_test import FEW, BackTest, back_test
from nurture.insight.scoring import Effect, effect
from nurture.insight.scoring_history import scoring_history
from nurture.insight.shown import shown
from nurture.insight.text_history import text_at
from webapp.acting import actor
from webapp.parted import Parted, form_over, parted
from webapp.programme_tried import fresh_problems, place_of, with_programme
from webapp.rights import Permission, area, needs
from webapp.said import said_finding
from webapp.score_bars import score_bars, tallest
from webapp.scoring_knobs import Knob, banks_of, edits_of, knobs_of, turned


class Proposal(msgspec.Struct, frozen=True):
    """What somebody would have the scoring say.

    values   what it says otherwise than what is live, by the knob's name.
    typed    what each field shows.
    wrong    what is wrong with a field, by its name.
    text     the file with these values.
    problems what else would be wrong in the file.
    catalog  everything with these values; None where a number cannot be read.
    """

    values: Mapping[str, int]
    typed: Mapping[str, str]
    wrong: Mapping[str, str]
    text: str
    problems: tuple[Problem, ...] = ()
    catalog: Catalog | None = None


def pages(engine: Engine) -> Blueprint:
    pages = area("scoring", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/scoring")
    def scoring() -> str:
        number = request.args.get("revision", type=int)
        if number is None:
            return page(proposed(request.args, engine.live.number))
        return page(restored(number), restoring=number)

    @pages.post("/scoring/effect")
    @needs(Permission.SEE)  # it shows, and changes nothing
    def tried() -> str:
        return page(proposed(request.form, request.form.get("base", 0, type=int)))

    @pages.post("/scoring/back-test")
    @needs(Permission.SEE)  # it shows, and changes nothing
    def back_tested() -> str:
        proposal = proposed(request.form, request.form.get("base", 0, type=int))
        return page(proposal, tested=back_test_of(engine, engine.live, proposal))

    @pages.post("/scoring")
    def publish() -> Response | tuple[str, int]:
        base = request.form.get("base", 0, type=int)
        proposal, reason = proposed(request.form, base), request.form.get("reason", "").strip()
        if not reason:
            proposal = replace(
                proposal, wrong={**proposal.wrong, "reason": "Say why; the revision keeps it."}
            )
        if proposal.wrong or proposal.problems:
            return page(proposal), 422
        if not proposal.values:
            flash("Nothing was changed.")
            return redirect(url_for("scoring.scoring"), 303)
        try:
            over = form_over(engine, PROGRAMME, "base")
            live = write(engine, {PROGRAMME: proposal.text}, expecting=over, actor=actor(), reason=reason)
        except OvertakenError as error:
            mine = proposed(request.form, base)
            both = parted(engine, PROGRAMME, base=base, yours=mine.text)
            return page(mine, problem=str(error), both=both), 409
        except ProgrammeError as error:
            return page(proposal, problem=str(error)), 422
        flash(
            f"Live, as revision {live}. Each lead is looked at anew with the next turns of the engine. "
            "`nurture pull` writes it to the file."
        )
        return redirect(url_for("scoring.scoring"), 303)

    def proposed(said: Mapping[str, str], base: int) -> Proposal:
        """What a form or an address says otherwise than the revision *base*, on top of what is live now."""
        live = engine.live
        knobs = knobs_now(live)
        if base == live.number:
            values, wrong = turned(knobs, said)
        else:
            values, wrong = turned(knobs_at(base) or knobs, said)
        return tried_out(live, values, {name: (said[name], why) for name, why in wrong.items()})

    def restored(number: int) -> Proposal:
        """What the scoring said in revision *number*, as far as it has the same rules now."""
        earlier = knobs_at(number) or abort(404)
        live, now = engine.live, knobs_now(engine.live)
        values = {
            name: knob.value for name, knob in earlier.items() if name in now and knob.unit == now[name].unit
        }
        return tried_out(live, values, {})

    def knobs_at(number: int) -> dict[str, Knob] | None:
        """The knobs as revision *number* has them; None where there is none."""
        with engine.database.reading() as connection:
            text = text_at(connection, PROGRAMME, number)
        if text is None:
            return None
        catalog = load_texts({PROGRAMME: text})
        if catalog.programme is None:
            return None
        return knobs_of(banks_of(catalog.programme), catalog.marks[PROGRAMME])

    def page(
        proposal: Proposal,
        *,
        problem: str = "",
        restoring: int | None = None,
        tested: BackTest | None = None,
        both: Parted | None = None,
    ) -> str:
        live = engine.live
        with engine.database.reading() as connection:
            whom = shown(connection)
            history = scoring_history(connection)
            found = effect_of(engine, live, proposal) if proposal.catalog is not None else None
        return render_template(
            "scoring.html",
            banks=banks_of(live.programme),
            proposal=proposal,
            needs_a_look=lambda bank: any(
                knob.name in proposal.wrong or knob.name in proposal.values
                for line in bank.lines
                for knob in line.knobs
            ),
            effect=found,
            tested=tested,
            few=FEW,
            now=live.programme,
            changed=None if proposal.catalog is None else proposal.catalog.programme,
            bars=score_bars,
            tallest=tallest,
            history=history,
            number=live.number,
            restoring=restoring,
            reason=request.form.get("reason", ""),
            problem=problem,
            parted=both,
            whom=whom,
        )

    return pages


def knobs_now(live: Live) -> dict[str, Knob]:
    return knobs_of(banks_of(live.programme), live.catalog.marks[PROGRAMME])


def tried_out(live: Live, values: Mapping[str, int], wrong: Mapping[str, tuple[str, str]]) -> Proposal:
    """The file with *values* where they are not what is live, read and checked.

    wrong  fields that cannot be read: what was typed, and why.
    """
    knobs, text = knobs_now(live), live.catalog.texts[PROGRAMME]
    values = {name: value for name, value in values.items() if name in knobs and value != knobs[name].value}
    typed = {name: str(values.get(name, knob.value)) for name, knob in knobs.items()}
    typed |= {name: said for name, (said, _) in wrong.items() if name in knobs}
    errors = {name: why for name, (_, why) in wrong.items()}
    if not values:
        return Proposal(values, typed, errors, text, catalog=live.catalog)
    text = apply(text, edits_of(knobs, values))
    catalog = with_programme(live.catalog, text)
    fresh, marks = fresh_problems(live.catalog, catalog), catalog.marks[PROGRAMME]
    fields = {name: knob.path for name, knob in knobs.items()}
    placed = {each: name for each in fresh for name in [place_of(each, fields, marks)] if name}
    errors |= {name: said_finding(each) for each, name in placed.items()}
    return Proposal(
        values,
        typed,
        errors,
        text,
        problems=tuple(each for each in fresh if each not in placed),
        catalog=catalog if catalog.programme is not None else None,
    )


def effect_of(engine: Engine, live: Live, proposal: Proposal) -> Effect:
    """What *proposal* would do to leads; of what is live, where they stand."""
    after = after_of(live, proposal)
    with engine.database.reading() as connection:
        return effect(
            connection,
            live.programme,
            after,
            whom=shown(connection),
            now=engine.clock.now(),
            seed=live.number,
        )


def back_test_of(engine: Engine, live: Live, proposal: Proposal) -> BackTest | None:
    """What *proposal* would have said of leads that came far lately; None where it cannot be read."""
    if proposal.catalog is None:
        return None
    with engine.database.reading() as connection:
        return back_test(
            connection,
            live.programme,
            after_of(live, proposal),
            whom=shown(connection),
            now=engine.clock.now(),
            seed=live.number,
        )


def after_of(live: Live, proposal: Proposal) -> Programme:
    """The live programme with the scoring of *proposal*, which can be read; itself where nothing is turned."""
    assert proposal.catalog is not None
    programme = proposal.catalog.programme
    assert programme is not None
    if not proposal.values:
        return live.programme
    return replace(live.programme, scoring=programme.scoring, temperature=programme.temperature)
