"""The page of one file: its text in a field, what is wrong with it, and what became of the file since the draft of it began."""

from typing import Any

import msgspec
from flask import abort, render_template, request

from nurture.check import check
from nurture.content.catalog import MAIL, load_texts
from nurture.content.problems import Problem
from nurture.content.retyped import retyped, spliced
from nurture.content.system_texts import system_mail_at
from nurture.engine.drafts import Draft, began_from, draft_of
from nurture.engine.drift import texts_of
from nurture.engine.engine import Engine
from nurture.insight.examples import example_leads
from webapp.differences import differences
from webapp.mail_state import EXAMPLES
from webapp.parted import Parted


class Begun(msgspec.Struct, frozen=True):
    """A file as its page finds it: what is live, and its draft where one is begun."""

    path: str
    live: str | None
    number: int
    draft: Draft | None
    parted: Parted | None

    @property
    def text(self) -> str:
        return self.draft.text if self.draft is not None else self.live or ""


def begun(engine: Engine, path: str) -> Begun:
    """The file at *path*; nowhere where it is neither live nor begun."""
    live = engine.live
    text = live.catalog.texts.get(path)
    with engine.database.reading() as connection:
        found = draft_of(connection, path)
        if found is None:
            return Begun(path, text if text is not None else abort(404), live.number, None, None)
        base = began_from(connection, found)
    parted = None
    if base != text:
        theirs, yours = differences(base or "", text or ""), differences(base or "", found.text)
        parted = Parted(theirs, yours, live.number)
    return Begun(path, text, live.number, found, parted)


def overtaken(engine: Engine, newest: Draft, typed: str, base: int) -> Parted:
    """What somebody else has saved as the draft meanwhile, and what was *typed* here, from the text of revision *base*."""
    with engine.database.reading() as connection:
        before = texts_of(connection, base).get(newest.path, "")
    return Parted(differences(before, newest.text), differences(before, typed))


def typed_text(there: Begun) -> str:
    """What was typed, with the line ends that the file has."""
    return spliced(there.text, retyped(there.text, request.form.get("text", "")))


def text_page(
    engine: Engine,
    there: Begun,
    typed: str,
    *,
    seeing: int | None = None,
    base: int | None = None,
    is_unsaved: bool = False,
    problem: str = "",
    parted: Parted | None = None,
    state: dict[str, Any] | None = None,
) -> str:
    """The page with *typed* in its field.

    seeing, base  the state of the draft, and the revision, from which it was typed; as the file stands by now unless given.
    is_unsaved    it stands in the field alone.
    parted        what else stands between it and others' changes.
    """
    path, draft = there.path, there.draft
    kind = system_mail_at(engine.live.catalog, path)
    with engine.database.reading() as connection:
        examples = example_leads(connection, most=EXAMPLES) if kind is None else ()
    return render_template(
        "text.html",
        path=path,
        typed=typed,
        seeing=seeing if seeing is not None else 0 if draft is None else draft.number,
        base=base or (there.number if draft is None else draft.based_on),
        live=there.number,
        is_live=there.live is not None,
        is_unsaved=is_unsaved,
        problem=problem,
        problems=problems_of(engine, path, typed),
        system_mail=kind,
        is_mail=MAIL.fullmatch(path) is not None,
        examples=examples,
        state=state,
        draft=draft,
        parted=parted or there.parted,
    )


def problems_of(engine: Engine, path: str, typed: str) -> tuple[Problem, ...]:
    """What is wrong in the file if it said *typed*."""
    catalog = load_texts({**engine.live.catalog.texts, path: typed})
    return tuple(problem for problem in check(catalog) if problem.file == path)
