"""The track editor: a draft of the campaign's file, edited step by step, compared with what is live, and made live.

Every edit is a splice of the file's text (``track_edits``), kept as a state of its draft (``engine.drafts``), so that each can be
undone, and nothing that was not edited changes.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.check import check
from nurture.content.catalog import Catalog, load_texts
from nurture.content.edit import Edit
from nurture.content.model import Campaign, Track
from nurture.content.problems import Problem
from nurture.engine import drafts
from nurture.engine.drafts import Draft, DraftOvertakenError, draft_of, edit_draft, publish_draft
from nurture.engine.editing import OvertakenError
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.insight.campaigns import StepNumbers, step_numbers
from nurture.insight.in_flight import Moving, moving
from webapp.acting import actor
from webapp.differences import differences
from webapp.rights import Permission, area, needs
from webapp.track_edits import (
    added,
    branched,
    copied,
    copied_track,
    line_at,
    moved,
    moved_before,
    questions_of,
    removed,
    set_track,
    settled,
)
from webapp.track_lines import lines_of, shares_of


class Seen:
    """A campaign as its draft says it, or as it is live where there is no draft."""

    def __init__(self, engine: Engine, key: str) -> None:
        self.path = f"campaigns/{key}/campaign.yaml"
        live = engine.live
        self.live_text = live.catalog.texts.get(self.path)
        self.revision = live.number
        with engine.database.reading() as connection:
            self.draft: Draft | None = draft_of(connection, self.path)
            self.can_redo = drafts.can_redo(connection, self.path)
        self.text = self.draft.text if self.draft is not None else self.live_text or abort(404)
        self.catalog: Catalog = load_texts({**live.catalog.texts, self.path: self.text})
        programme = self.catalog.programme
        found = None if programme is None else programme.campaigns.get(key)
        self.campaign: Campaign = found or live.programme.campaigns.get(key) or abort(404)
        self.live_campaign = live.programme.campaigns.get(key)

    @property
    def number(self) -> int:
        return 0 if self.draft is None else self.draft.number

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(each for each in check(self.catalog) if each.file == self.path)

    def track(self, key: str) -> Track:
        """The track of this key; a broadcast's is not written, and has a page of its own."""
        found = None if self.campaign.broadcast else self.campaign.track(key)
        return found or abort(404)


def pages(engine: Engine) -> Blueprint:
    pages = area("tracks", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/campaigns/<key>/tracks/<track>")
    def track(key: str, track: str) -> str:
        return shown(key, track)

    @pages.post("/campaigns/<key>/tracks/<track>")
    def edit(key: str, track: str) -> Response | tuple[str, int]:
        seen, said = Seen(engine, key), request.form
        do, at = said.get("do", ""), said.get("at", "")
        there = seen.track(track)
        line = line_at(lines_of(there), at)
        try:
            edits, stay = edits_of(do, seen, there, said), at
            if do in ("remove", "set-track") or line is None:
                stay = ""
            edit_draft(engine, seen.path, edits, seeing=said.get("seeing", 0, type=int), actor=actor())
        except DraftOvertakenError as error:
            return shown(key, track, problem=str(error)), 409
        except ProgrammeError as error:
            return shown(key, track, problem=str(error)), 422
        wanted = said.get("what", "").strip() if do == "copy-track" else track
        return redirect(
            url_for(
                "tracks.track", key=key, track=wanted, at=stay or None, _anchor="panel" if stay else None
            ),
            303,
        )

    @pages.post("/campaigns/<key>/draft/<turn>")
    def turn(key: str, turn: str) -> Response:
        """Undo, redo, or discard the draft; or keep it although its file changed meanwhile."""
        seen = Seen(engine, key)
        with engine.deciding() as (connection, _):
            match turn:
                case "undo":
                    drafts.undo(connection, seen.path)
                case "redo":
                    drafts.redo(connection, seen.path)
                case "discard":
                    drafts.discard(connection, seen.path)
                case "keep" if seen.draft is not None:
                    drafts.rebase(connection, seen.draft, seen.revision)
                case _:
                    abort(404)
        if turn == "keep":
            flash("The draft now replaces what is live. Look at the difference before you make it live.")
            return redirect(url_for("tracks.compare", key=key), 303)
        back = request.form.get("track", "")
        there = Seen(engine, key).campaign.track(back)
        if there is None:
            return redirect(url_for("campaigns.campaign", key=key), 303)
        return redirect(url_for("tracks.track", key=key, track=back), 303)

    @pages.get("/campaigns/<key>/compare")
    def compare(key: str) -> str:
        return compared(Seen(engine, key))

    @pages.post("/campaigns/<key>/publish")
    @needs(Permission.PUBLISH)
    def publish(key: str) -> Response | tuple[str, int]:
        seen, said = Seen(engine, key), request.form
        in_flight = said.get("in_flight")
        try:
            number = publish_draft(
                engine,
                seen.path,
                seeing=said.get("seeing", 0, type=int),
                actor=actor(),
                reason=said.get("reason", "").strip() or f"{key}, on its page",
                in_flight="pin" if in_flight == "pin" else "migrate",
            )
        except (OvertakenError, DraftOvertakenError) as error:
            return compared(seen, problem=str(error), overtaken=isinstance(error, OvertakenError)), 409
        except ProgrammeError as error:
            return compared(seen, problem=str(error)), 422
        flash(f"Live, as revision {number}. `nurture pull` writes it to the file.")
        return redirect(url_for("campaigns.campaign", key=key), 303)

    def shown(key: str, track: str, problem: str = "") -> str:
        seen = Seen(engine, key)
        there = seen.track(track)
        lines = lines_of(there)
        with engine.database.reading() as connection:
            numbers = {step: n for (_, step), n in step_numbers(connection, key, track).items()}
        chosen = line_at(lines, request.values.get("at", ""))
        programme = engine.live.programme
        return render_template(
            "track.html",
            seen=seen,
            campaign=seen.campaign,
            track=there,
            lines=lines,
            chosen=chosen,
            numbers=lambda step: numbers.get(step, StepNumbers()),
            shares=shares_of(lines, numbers),
            problem=problem,
            problems=seen.problems,
            is_wrong=lambda line: wrong(seen, line.path),
            questions=questions_of,
            mails=sorted(seen.catalog.mails, key=lambda each: (not each.startswith(f"{key}/"), each)),
            programme=programme,
            said=request.form,
        )

    def compared(seen: Seen, problem: str = "", *, overtaken: bool = False) -> str:
        with engine.database.reading() as connection:
            inside: Moving = moving(connection, seen.live_campaign, seen.campaign)
        return render_template(
            "track_compare.html",
            seen=seen,
            campaign=seen.campaign,
            lines=differences(seen.live_text or "", seen.text),
            inside=inside,
            problem=problem,
            overtaken=overtaken,
            problems=seen.problems,
        )

    return pages


def edits_of(do: str, seen: Seen, track: Track, said: Any) -> Sequence[Edit]:
    """The edits that the button *do* stands for. Raises ProgrammeError where the form lacks something."""
    lines = lines_of(track)
    if do == "add":
        return added(seen.text, track, lines, said)
    if do == "set-track":
        return set_track(seen.text, track, said)
    if do == "copy-track":
        return copied_track(seen.text, track, said)
    line = line_at(lines, said.get("at", ""))
    if line is None:
        raise ProgrammeError("the step is not in this draft any more; it was moved or removed meanwhile")
    match do:
        case "up" | "down":
            return moved(line, -1 if do == "up" else 1)
        case "drop":
            return moved_before(line, line_at(lines, said.get("before", "")))
        case "copy":
            return copied(seen.text, track, line)
        case "remove":
            return removed(line)
        case "branch":
            return branched(line, said)
        case "set":
            return settled(seen.text, line, said)
        case _:
            raise ProgrammeError(f"there is no such edit: {do!r}")


def wrong(seen: Seen, path: Sequence[str | int]) -> bool:
    """Whether a problem stands at *path* in the draft, or inside it."""
    marks = seen.catalog.marks.get(seen.path)
    node = None if marks is None else marks.value(tuple(path))
    if marks is None or node is None:
        return False
    last = node.line + marks.text.count("\n", node.start, node.end)
    return any(node.line <= each.line <= last for each in seen.problems)
