"""Who mail is from: the sender of the live programme, edited in place in its file."""

from collections.abc import Iterator

import msgspec
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.catalog import PROGRAMME
from nurture.content.edit import Edit, Insert, Remove, Replace, apply
from nurture.content.edit import written as written_in
from nurture.content.marks import Path
from nurture.engine.editing import OvertakenError, edit
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from webapp.acting import actor
from webapp.parted import Parted, began_at, form_base, form_over, parted
from webapp.rights import Permission, area


class Line(msgspec.Struct, frozen=True):
    """One line of the form.

    path   the value in programme.yaml.
    words  what it is called.
    hint   what it is for.
    kind   of input: text or email.
    """

    path: Path
    words: str
    hint: str
    kind: str = "text"
    is_needed: bool = True

    @property
    def name(self) -> str:
        return "-".join(str(part) for part in self.path)


LINES = (
    Line(("name",), "Company", "As pages and mails call it."),
    Line(("sender", "name"), "From, the name", "Who the mail is from, as a mail program shows it."),
    Line(
        ("sender", "address"), "From, the address", "Its domain signs mail; use one that is yours.", "email"
    ),
    Line(
        ("sender", "reply_to"),
        "Answers go to",
        "Left empty, they go to the address above.",
        "email",
        is_needed=False,
    ),
    Line(("postal_address",), "Postal address", "The law asks for it; every marketing mail shows it."),
)


def pages(engine: Engine) -> Blueprint:
    pages = area("sender", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/settings/sender")
    def sender() -> str:
        return form(written(engine.live.catalog.texts[PROGRAMME]), number=engine.live.number)

    @pages.post("/settings/sender")
    def save() -> Response | tuple[str, int]:
        said = {line.name: request.form.get(line.name, "").strip() for line in LINES}
        base, over = form_base("revision"), form_over(engine, PROGRAMME, "revision")
        began = began_at(engine, PROGRAMME, base) or engine.live.catalog.texts[PROGRAMME]
        edits = tuple(changes(written(began), said))
        if not edits:
            flash("Nothing was changed.")
            return redirect(url_for("sender.sender"), 303)
        try:
            live = edit(
                engine, PROGRAMME, edits, expecting=over, actor=actor(), reason="the sender, on its page"
            )
        except OvertakenError as error:
            mine = apply(engine.live.catalog.texts[PROGRAMME], edits)
            both = parted(engine, PROGRAMME, base=base, yours=mine)
            return form(said, number=base, over=error.number, problem=str(error), both=both), 409
        except ProgrammeError as error:
            return form(said, number=base, over=over, problem=str(error)), 422
        flash(f"Saved. Revision {live} is live; mail that leaves from now on is from this sender.")
        return redirect(url_for("sender.sender"), 303)

    return pages


def form(
    values: dict[str, str], *, number: int, over: int = 0, problem: str = "", both: Parted | None = None
) -> str:
    return render_template(
        "sender.html",
        lines=LINES,
        values=values,
        number=number,
        over=over,
        problem=problem,
        parted=both,
        is_from_pages=g.live is not None,
    )


def written(text: str) -> dict[str, str]:
    """What the programme's file says, by the name of the line; "" for what is not written."""
    found = {line.name: written_in(text, line.path) for line in LINES}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def changes(before: dict[str, str], said: dict[str, str]) -> Iterator[Edit]:
    """The edits that make the file say what the form says."""
    for line in LINES:
        old, new = before[line.name], said[line.name]
        if new == old or (not new and line.is_needed):
            continue
        if not new:
            yield Remove(line.path)
        else:
            yield Replace(line.path, new) if old else Insert(line.path, new)
