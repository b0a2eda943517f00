"""The track editor: a draft of the campaign's file, edited step by step, compared with what is live, and made live.

Every edit is a splice of the file's text (``track_edits``), kept as a state of its draft (``engine.drafts``), so that each can be
undone, and nothing that was not edited changes.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.edit import Edit, apply
from nurture.content.model import Track
from nurture.engine import drafts
from nurture.engine.drafts import DraftOvertakenError, edit_draft, publish_draft
from nurture.engine.editing import OvertakenError
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.insight.campaigns import StepNumbers, step_numbers
from nurture.insight.in_flight import Moving, moving
from nurture.insight.sampling import GLANCED_AT
from nurture.insight.shown import shown as shown_leads
from nurture.insight.track_moves import TrackMoves, track_moves
from nurture.insight.trends import entered
from webapp.acting import actor, i_may
from webapp.campaign_draft import Seen
from webapp.differences import differences
from webapp.entering import Tried, form_parts, who_in
from webapp.moments import date_in
from webapp.parted import Parted
from webapp.rights import Permission, area, needs
from webapp.track_edits import (
    KINDS,
    added,
    branched,
    copied,
    copied_track,
    line_at,
    moved,
    moved_before,
    neighbour,
    removed,
    removed_track,
    set_track,
    settled,
    without,
)
from webapp.track_lines import lines_of, pluses_of, shares_of
from webapp.zones import programme_zone

MOVES = ("up", "down", "drop")
LATELY_DAYS = 7
"""For so long somebody who entered is counted as new, today included."""


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
            if do in ("remove", "set-track", "remove-track") or line is None:
                stay = ""
            edit_draft(engine, seen.path, edits, seeing=said.get("seeing", 0, type=int), actor=actor())
        except DraftOvertakenError as error:
            return shown(key, track, problem=str(error), both=between(seen, edits)), 409
        except ProgrammeError as error:
            return shown(key, track, problem=str(error)), 422
        wanted = said.get("what", "").strip() if do == "copy-track" else track
        if do == "remove-track":
            wanted = neighbour(seen.campaign, track)
            flash(f"The track {track} is gone from the draft; nothing is live yet. Undo brings it back.")
        where = f"at-{stay}" if do in MOVES else "panel"  # its link: a browser gives it the focus
        return redirect(
            url_for("tracks.track", key=key, track=wanted, at=stay or None, _anchor=where if stay else None),
            303,
        )

    @pages.post("/campaigns/<key>/draft/<turn>")
    def turn(key: str, turn: str) -> Response:
        """Undo, redo, or discard the draft; or keep it although its file changed meanwhile."""
        seen = Seen(engine, key)
        before = {each.key for each in seen.campaign.tracks}
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
        now = [each.key for each in Seen(engine, key).campaign.tracks]
        back = next((each for each in now if each not in before), request.form.get("track", ""))
        if back not in now:
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

    def between(seen: Seen, edits: Sequence[Edit]) -> Parted:
        """What others did to the draft since this author saw it, and what the edit would do to that."""
        number = request.form.get("seeing", 0, type=int)
        with engine.database.reading() as connection:
            began = drafts.text_of(connection, seen.path, number) or seen.live_text or ""
        return Parted(differences(began, seen.text), differences(seen.text, apply(seen.text, edits)))

    def shown(key: str, track: str, problem: str = "", both: Parted | None = None) -> str:
        seen = Seen(engine, key)
        there = seen.track(track)
        lines, enters = lines_of(there), entering_parts(seen)
        with engine.database.reading() as connection:
            numbers = {step: n for (_, step), n in step_numbers(connection, key, track).items()}
            live, after = engine.live, without(seen.campaign, track)
            leaving: TrackMoves | None = (
                None  # the form of who enters stands in its place, and looks at leads too
            )
            if not enters["found"]:
                leaving = track_moves(
                    connection, live.programme, after, g.now, seed=live.number, most=GLANCED_AT
                )
            today = date_in(programme_zone())  # as the sums of a day are kept
            entered_lately = entered(
                connection, key, today=today, days=LATELY_DAYS, whom=shown_leads(connection)
            )
        chosen = line_at(lines, request.values.get("at", ""))
        return render_template(
            "track.html",
            seen=seen,
            track=there,
            lines=lines,
            pluses=pluses_of(lines),
            adds=kind_asked(),
            chosen=chosen,
            numbers=lambda step: numbers.get(step, StepNumbers()),
            shares=shares_of(lines, numbers),
            **form_parts(engine, seen),
            **enters,
            leaving=leaving,
            entered_lately=entered_lately,
            stages=tuple(engine.live.programme.stages),
            problem=problem,
            parted=both,
            sent=[each for each in request.form.items(multi=True) if each[0] not in ("seeing", "csrf_token")],
            problems=seen.problems,
            is_wrong=lambda line: wrong(seen, line.path),
            said=request.form,
        )

    def entering_parts(seen: Seen) -> dict[str, Any]:
        """What the panel of who enters needs, where it is asked for."""
        if request.args.get("panel") != "enters" or not i_may("edit"):
            return {"found": None}
        found = Tried(seen.campaign, who_in(engine, seen.campaign, most=GLANCED_AT))
        return {"found": found, "base": seen.revision, "seeing": seen.number}

    def compared(seen: Seen, problem: str = "", *, overtaken: bool = False) -> str:
        with engine.database.reading() as connection:
            inside: Moving = moving(connection, seen.live_campaign, seen.campaign)
            live, broken = engine.live, seen.broken if seen.draft is not None else ()
            moves: TrackMoves = track_moves(
                connection, live.programme, seen.campaign, g.now, seed=live.number
            )
        return render_template(
            "track_compare.html",
            seen=seen,
            campaign=seen.campaign,
            lines=differences(seen.live_text or "", seen.text),
            inside=inside,
            moves=moves,
            problem=problem,
            overtaken=overtaken,
            problems=[each for each in seen.problems if each not in broken],
            broken=broken,
        )

    return pages


def kind_asked() -> str:
    """What the step that is being added does, where a (+) of the list said so; "" where its form asks."""
    asked = request.values.get("kind", "")
    return asked if asked in KINDS and "add" in request.args else ""


def edits_of(do: str, seen: Seen, track: Track, said: Any) -> Sequence[Edit]:
    """The edits that the button *do* stands for. Raises ProgrammeError where the form lacks something."""
    lines = lines_of(track)
    if do == "add":
        return added(seen.text, track, lines, said)
    if do == "set-track":
        return set_track(seen.text, track, said)
    if do == "copy-track":
        return copied_track(seen.text, track, said)
    if do == "remove-track":
        return removed_track(seen.campaign, track)
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
