"""Personas: how many leads each has, where they overlap and which wins, what content they get; and each one's rules to edit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.catalog import PROGRAMME
from nurture.content.condition_form import Asked, Asking, Question, expression_of
from nurture.content.edit import Edit, Remove, apply
from nurture.content.model import Persona, Programme
from nurture.engine.editing import OvertakenError, write
from nurture.engine.engine import Engine
from nurture.engine.persona_key import NewKey, give_key, new_key
from nurture.errors import ProgrammeError
from nurture.insight.buying_stages import spoken_to, stages_of
from nurture.insight.coverage import coverage
from nurture.insight.overlaps import overlaps
from nurture.insight.personas import Crowd, crowd, sizes
from nurture.insight.shown import shown
from nurture.vocabulary.words import BuyingRole
from webapp.acting import actor
from webapp.coverage import begun, to_copy
from webapp.parted import Parted, form_over, parted
from webapp.persona_edits import NEW, FormError, asked_of, edits_of, fields_of, new_persona, referring
from webapp.persona_examples import EXAMPLES, example_said
from webapp.programme_tried import fresh_problems, place_of, with_programme
from webapp.rights import Permission, area
from webapp.said import said_finding
from webapp.track_edits import questions_of

NOBODY = Persona(key="", name="", role=BuyingRole.USER)
"""Whom the form of a new persona begins with."""


class Tried(msgspec.Struct, frozen=True):
    """What a form would make of a persona.

    text   the file with it; None where the form lacks something.
    wrong  what is wrong with a field, by its name.
    other  what else is wrong.
    crowd  leads as they would be ranked.
    """

    text: str | None = None
    wrong: Mapping[str, str] = {}
    other: Sequence[str] = ()
    crowd: Crowd | None = None


def pages(engine: Engine) -> Blueprint:
    pages = area("personas", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/personas")
    def personas() -> str:
        live = engine.live
        with engine.database.reading() as connection:
            whom = shown(connection)
            rows = coverage(connection, live.programme, whom=whom)
            found = crowd(connection, live.programme, whom=whom, now=engine.clock.now(), seed=live.number)
        return render_template(
            "personas.html",
            programme=live.programme,
            rows=rows,
            stages=stages_of(live.catalog, rows),
            spoken_to=lambda cell: spoken_to(live.catalog, cell.places),
            begun=begun(engine),
            to_copy=lambda temperature: to_copy(live.programme, temperature),
            sizes={row.persona and row.persona.key: row.leads for row in rows},
            crowd=found,
            overlaps=list(overlaps(found)),
            called=called(live.programme),
            whom=whom,
            examples=EXAMPLES,
            choices={key: each.of for key, each in live.programme.fields.items() if each.of},
        )

    @pages.get("/personas/new")
    def new() -> str:
        about, value = request.args.get("field", ""), request.args.get("value", "")
        asking = Asking((Asked(Question.IS, about, value),)) if about and value else Asking(())
        said = {
            f"rule-{NEW}-expression": expression_of(asking),
            f"rule-{NEW}-key": value if about and value else "",
            f"rule-{NEW}-points": "60",
        }
        like = example_said(request.args.get("like", ""), engine.live.programme)
        return form(NOBODY, {**said, **like}, Tried())

    @pages.post("/personas/new")
    def create() -> Response | tuple[str, int]:
        live = engine.live
        text = live.catalog.texts[PROGRAMME]
        try:
            taken = {key for each in live.programme.personas for key in (each.key, *each.was)}
            key, edits = new_persona(text, taken, request.form)
        except FormError as error:
            return form(NOBODY, request.form, Tried(wrong=error.wrong)), 422
        return done(NOBODY, edits, f"the persona {key}, on its page", key)

    @pages.get("/personas/<key>")
    def persona(key: str) -> str:
        return form(known(key), {}, Tried())

    @pages.post("/personas/<key>")
    def save(key: str) -> Response | tuple[str, int]:
        there = known(key)
        try:
            edits = edits_of(engine.live.catalog.texts[PROGRAMME], there, request.form)
        except FormError as error:
            return form(there, request.form, Tried(wrong=error.wrong)), 422
        return done(there, edits, f"the persona {key}, on its page", key)

    @pages.post("/personas/<key>/delete")
    def delete(key: str) -> Response | tuple[str, int]:
        there = known(key)
        if list(referring(engine.live.catalog, key)):
            return form(
                there, {}, Tried(other=["Not deleted: the programme goes by it in the places below."])
            ), 422
        if request.form.get("sure") != key:
            return form(there, {}, Tried(wrong={"sure": f"Type {key} to delete it."})), 422
        edits: list[Edit] = [Remove(("personas", key))]
        return done(there, edits, f"the persona {key} is deleted", "")

    @pages.post("/personas/<key>/key")
    def rename(key: str) -> Response | tuple[str, int]:
        there, said = known(key), request.form
        change = new_key(engine, there.key, said.get("to", "").strip())
        reason = said.get("reason", "").strip()
        if change.blocks:
            return form(there, said, Tried(other=change.blocks), change), 422
        if said.get("do") != "save":
            return form(there, said, Tried(), change), 200
        if not reason:
            return form(there, said, Tried(wrong={"key-reason": "Write why, for the history."}), change), 422
        try:
            base = said.get("base", 0, type=int)
            number = give_key(engine, change, expecting=base, actor=actor(), reason=reason)
        except OvertakenError as error:
            return form(there, {}, Tried(other=[str(error)]), change), 409
        except ProgrammeError as error:
            return form(there, said, Tried(other=[str(error)]), change), 422
        flash(f"Live, as revision {number}. Whoever has the persona keeps it and its place.")
        return redirect(url_for("personas.persona", key=change.new), 303)

    def done(there: Persona, edits: Sequence[Edit], why: str, key: str) -> Response | tuple[str, int]:
        """Try the edits, or make them live; then to the persona of *key*, or to all where it is ""."""
        live, said = engine.live, request.form
        try:
            text = apply(live.catalog.texts[PROGRAMME], edits)
        except ProgrammeError as error:
            return form(there, said, Tried(other=[str(error)])), 422
        tried = tried_out(there, text)
        if tried.wrong or tried.other:
            return form(there, said, tried), 422
        if said.get("do") == "try":
            return form(there, said, tried), 200
        try:
            number = write(
                engine,
                {PROGRAMME: text},
                expecting=form_over(engine, PROGRAMME, "base"),
                actor=actor(),
                reason=said.get("reason", "").strip() or why,
            )
        except OvertakenError as error:
            both = parted(engine, PROGRAMME, base=said.get("base", 0, type=int), yours=text)
            return form(there, said, Tried(other=[str(error)]), both=both), 409
        except ProgrammeError as error:
            return form(there, said, Tried(other=[str(error)])), 422
        flash(f"Live, as revision {number}. Each lead is asked anew with the next turns of the engine.")
        to = url_for("personas.persona", key=key) if key else url_for("personas.personas")
        return redirect(to, 303)

    def tried_out(there: Persona, text: str) -> Tried:
        live = engine.live
        catalog = with_programme(live.catalog, text)
        fresh, marks = fresh_problems(live.catalog, catalog), catalog.marks[PROGRAMME]
        fields = fields_of(there, request.form)
        placed = {each: place_of(each, fields, marks) for each in fresh}
        if fresh or catalog.programme is None:
            return Tried(
                text,
                {name: said_finding(each) for each, name in placed.items() if name},
                [said_finding(each) for each, name in placed.items() if not name],
            )
        with engine.database.reading() as connection:
            whom = shown(connection)
            found = crowd(connection, catalog.programme, whom=whom, now=engine.clock.now(), seed=live.number)
        return Tried(text, crowd=found)

    def form(
        there: Persona,
        said: Mapping[str, str],
        tried: Tried,
        renaming: NewKey | None = None,
        both: Parted | None = None,
    ) -> str:
        live = engine.live
        with engine.database.reading() as connection:
            whom = shown(connection)
            now = crowd(connection, live.programme, whom=whom, now=engine.clock.now(), seed=live.number)
            has = sizes(connection, whom=whom)[there.key]
        rules: list[tuple[str, str, Any]] = [
            (f"rule-{place}", rule.key, rule) for place, rule in enumerate(there.fit)
        ]
        return render_template(
            "persona.html",
            persona=there,
            is_new=there is NOBODY,
            rules=[
                (
                    name,
                    key,
                    said.get(f"{name}-points", str(rule.points)),
                    asked_of(said, name, str(rule.when)),
                )
                for name, key, rule in rules
            ],
            fresh=asked_of(said, f"rule-{NEW}", ""),
            roles=tuple(BuyingRole),
            said=said,
            tried=tried,
            overlaps=[]
            if tried.crowd is None
            else list(overlaps(tried.crowd, of=[there.key or said.get("key", "").strip()])),
            called=called(live.programme, said),
            renaming=renaming,
            now=now,
            has=has,
            referring=[] if there is NOBODY else list(referring(live.catalog, there.key)),
            base=live.number
            if both
            else said.get("base") or live.number,  # whoever has seen theirs may go on
            parted=both,
            programme=live.programme,
            questions=questions_of,
            whom=whom,
        )

    def known(key: str) -> Persona:
        return engine.live.programme.persona(key) or abort(404)

    return pages


def called(programme: Programme, said: Mapping[str, str] = {}) -> Callable[[str], str]:
    """The name of a persona by its key; of one that is being written, as *said*."""
    names = {each.key: each.name for each in programme.personas}
    names |= {said["key"].strip(): said["name"]} if said.get("key") and said.get("name") else {}
    return lambda key: names.get(key, key)
