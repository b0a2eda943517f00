"""One rule of the scoring: begun, its condition and worth changed, or deleted, with what that would do to leads before it is live.

Whoever sees the page may try. Making it live takes the right to publish, as all of the scoring does.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.catalog import PROGRAMME
from nurture.content.edit import Edit, Remove, apply
from nurture.engine.editing import OvertakenError, write
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.insight.back_test import FEW, BackTest
from nurture.insight.scoring import Effect
from nurture.insight.shown import shown as whom_shown
from webapp.acting import actor
from webapp.parted import Parted, form_over, parted
from webapp.persona_edits import FormError
from webapp.programme_tried import fresh_problems, with_programme
from webapp.rights import Permission, area, needs
from webapp.said import said_finding
from webapp.score_bars import score_bars, tallest
from webapp.scoring import Proposal, back_test_of, effect_of
from webapp.scoring_rule_form import WHERE, Written, edits_of, events, found, shown
from webapp.track_edits import questions_of


class Tried(msgspec.Struct, frozen=True):
    """What a form would make of the scoring.

    wrong     what is wrong with a field, by its name; *other* what else is wrong.
    proposal  the file with it; None where it cannot be read.
    effect    what it would do to leads.
    tested    what it would have said of those that came far lately; None where that was not asked.
    """

    wrong: Mapping[str, str] = {}
    other: Sequence[str] = ()
    proposal: Proposal | None = None
    effect: Effect | None = None
    tested: BackTest | None = None


def pages(engine: Engine) -> Blueprint:
    pages = area("scoring_rule", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/scoring/rules/<bank>/new")
    def new(bank: str) -> str:
        return page(of(bank, None), request.args, Tried())

    @pages.get("/scoring/rules/<bank>/of/<key>")
    def rule(bank: str, key: str) -> str:
        return page(of(bank, key), request.args, Tried())

    @pages.post("/scoring/rules/<bank>/try")
    @needs(Permission.SEE)  # it shows, and changes nothing
    def tried(bank: str) -> str:
        there = of(bank, request.form.get("of") or None)
        return page(there, request.form, tried_out(there, edits_in(there)))

    @pages.post("/scoring/rules/<bank>")
    def save(bank: str) -> Response | tuple[str, int]:
        said = request.form
        there = of(bank, said.get("of") or None)
        is_gone = said.get("do") == "delete"
        edits = [Remove(there.path)] if is_gone and there.rule is not None else edits_in(there)
        reason = said.get("reason", "").strip()
        if isinstance(edits, Tried):
            return page(there, said, edits), 422
        found_out = tried_out(there, edits)
        if not reason:
            told = msgspec.structs.replace(found_out, wrong={"reason": "Say why; the revision keeps it."})
            return page(there, said, told), 422
        if found_out.other or found_out.proposal is None:
            return page(there, said, found_out), 422
        if found_out.proposal.text == engine.live.catalog.texts[PROGRAMME]:
            flash("Nothing was changed.")
            return redirect(url_for("scoring.scoring"), 303)
        try:
            number = write(
                engine,
                {PROGRAMME: found_out.proposal.text},
                expecting=form_over(engine, PROGRAMME, "base"),
                actor=actor(),
                reason=reason,
            )
        except OvertakenError as error:
            mine = found_out.proposal.text
            both = parted(engine, PROGRAMME, base=said.get("base", 0, type=int), yours=mine)
            return page(there, said, Tried(other=[str(error)]), both), 409
        except ProgrammeError as error:
            return page(there, said, Tried(other=[str(error)])), 422
        flash(f"Live, as revision {number}. Each lead is looked at anew with the next turns of the engine.")
        return redirect(url_for("scoring.scoring"), 303)

    def of(bank: str, key: str | None) -> Written:
        if bank not in WHERE:
            abort(404)
        if key is None:
            return Written(bank)
        return found(engine.live.programme, bank, key) or abort(404)

    def edits_in(there: Written) -> list[Edit] | Tried:
        live = engine.live
        try:
            return edits_of(live.catalog.texts[PROGRAMME], there, request.form, live.programme)
        except FormError as error:
            return Tried(wrong=error.wrong)

    def tried_out(there: Written, edits: Sequence[Edit] | Tried) -> Tried:
        if isinstance(edits, Tried):
            return edits
        live = engine.live
        before = live.catalog.texts[PROGRAMME]
        try:
            text = apply(before, edits)
        except ProgrammeError as error:
            return Tried(other=[str(error)])
        catalog = with_programme(live.catalog, text)
        wrong = [said_finding(each) for each in fresh_problems(live.catalog, catalog)]
        if wrong or catalog.programme is None:
            return Tried(other=wrong or ["the file could not be read with this"])
        name = "new" if there.rule is None else there.rule.key
        values = {} if text == before else {name: 1}
        proposal = Proposal(values, {}, {}, text, catalog=catalog)
        tested = back_test_of(engine, live, proposal) if request.form.get("do") == "test" else None
        return Tried(proposal=proposal, effect=effect_of(engine, live, proposal), tested=tested)

    def page(there: Written, said: Any, tried: Tried, both: Parted | None = None) -> str:
        live = engine.live
        with engine.database.reading() as connection:
            whom = whom_shown(connection)
        fields = shown(there, said)
        return render_template(
            "scoring_rule.html",
            there=there,
            is_new=there.rule is None,
            fields=fields,
            said=said,
            tried=tried,
            proposal=tried.proposal,
            effect=tried.effect,
            tested=tried.tested,
            few=FEW,
            is_rule=True,
            now=live.programme,
            changed=None
            if tried.proposal is None or tried.proposal.catalog is None
            else tried.proposal.catalog.programme,
            bars=score_bars,
            tallest=tallest,
            whom=whom,
            events=events(fields.get("event", "")),
            programme=live.programme,
            questions=questions_of,
            base=live.number
            if both
            else said.get("base") or live.number,  # whoever has seen theirs may go on
            parted=both,
        )

    return pages
