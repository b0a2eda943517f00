"""What the editor of a mail asks while somebody works in it: edits, a look at what they make, drafts, and what goes live.

The browser keeps the text and sends it along; nothing here remembers anything but drafts. Every page of it works as a plain
form too, at the same addresses (webapp/texts.py).
"""

from datetime import datetime
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy import Connection

from nurture.check.one_mail import check_mail
from nurture.content.catalog import MAIL
from nurture.content.mail_edits import MailEdit, SetAttribute, SetHead, edited
from nurture.content.outline import Address, Outline, outline
from nurture.content.problems import Problem
from nurture.content.retyped import Splice, spliced
from nurture.engine.drafts import (
    Draft,
    DraftOvertakenError,
    began_from,
    discard,
    draft_of,
    publish_draft,
    rebase,
    save_draft,
)
from nurture.engine.editing import OvertakenError
from nurture.engine.engine import Engine
from nurture.errors import NurtureError, ProgrammeError
from nurture.languages.told import as_text
from webapp.acting import actor
from webapp.differences import differences
from webapp.draft_mail import draft_preview, draft_size, reader
from webapp.mail_broken import broken_elsewhere, own_broken
from webapp.mail_lacking import lacking
from webapp.mail_outline import Drawn, drawn, head_of, offset_of, units
from webapp.mail_review import refuse_unapproved
from webapp.mail_sharing import share
from webapp.mail_state import shared_blocks
from webapp.mail_words import words_of
from webapp.moments import clock_time
from webapp.rights import Permission, area, needs
from webapp.said import said

ReadT = TypeVar("ReadT")


class Look(msgspec.Struct, frozen=True):
    """A text, and what to do to it first."""

    text: str
    edit: MailEdit | None = None


class Judge(msgspec.Struct, frozen=True):
    """A text, and who reads it."""

    text: str
    lead: int | None = None
    persona: str | None = None
    variant: str | None = None


class Share(msgspec.Struct, frozen=True):
    """A text, and the node of it that is to be a shared block called so."""

    text: str
    node: Address
    name: str


class Save(msgspec.Struct, frozen=True):
    """A text to keep as a draft, or to make live; *seeing* is the number of the draft that it came from.

    base  the revision whose text the editor began with; it says from when a new draft is.
    over  the revision whose text the author has seen and writes over.
    """

    text: str
    seeing: int
    base: int | None = None
    reason: str = ""
    over: int | None = None


def kept_as(connection: Connection, path: str, asked: Save, now: datetime) -> Draft:
    """The draft with what was asked to be saved; see ``save_draft``."""
    return save_draft(
        connection, path, asked.text, seeing=asked.seeing, base=asked.base, actor=actor(), now=now
    )


def pages(engine: Engine) -> Blueprint:
    pages = area("mail_editor", see=Permission.SEE, change=Permission.EDIT)

    @pages.post("/files/<path:path>/look")
    @needs(Permission.SEE)
    def look(path: str) -> Response:
        asked = body(path, Look)
        if asked.edit is None:
            return answer(shown(outline(asked.text)))
        try:
            splice = edited(asked.text, asked.edit)
        except ProgrammeError as error:
            return answer(
                {"refused": said(str(error))}
            )  # an answer like another: browsers would log a status
        after = spliced(asked.text, splice)
        return answer({"splice": for_browsers(asked.text, splice), **shown(outline(after))})

    @pages.post("/files/<path:path>/judge")
    @needs(Permission.SEE)
    def judge(path: str) -> Response:
        asked = body(path, Judge)
        tree = outline(asked.text)
        problems = check_mail(engine.live.catalog, path, asked.text)
        blocking = own_broken(engine, path, problems)
        found: dict[str, Any] = {
            "problems": [{**told(tree, each), "blocks": each in blocking} for each in problems]
        }
        found["lacking"] = lacking(engine, path, asked.text)
        try:
            found["size"] = draft_size(engine, path, asked.text)
            state = reader(engine, path, asked.lead, asked.persona)
            parts = draft_preview(engine, path, asked.text, state, variant=asked.variant)
            found |= {"subject": parts.subject, "text_size": len(parts.text.encode())}
        except NurtureError as error:
            found["why"] = said(str(error))
        return answer(found)

    @pages.post("/files/<path:path>/elsewhere")
    @needs(Permission.SEE)
    def elsewhere(path: str) -> Response:
        asked = body(path, Look)
        found = broken_elsewhere(engine, path, asked.text)
        return answer({"problems": [told_elsewhere(each) for each in found]})

    @pages.get("/files/<path:path>/words")
    def words(path: str) -> Response:
        known(path)
        return answer(words_of(engine.live.catalog, path))

    @pages.post("/files/<path:path>/block")
    def block(path: str) -> Response:
        asked = body(path, Share)
        try:
            splice = share(engine, path, asked.text, asked.node, asked.name).splice
        except ProgrammeError as error:
            return answer({"refused": said(str(error))})
        live = {"shared": shared_blocks(engine.live.catalog), "live": engine.live.number}
        after = outline(spliced(asked.text, splice))
        return answer({"splice": for_browsers(asked.text, splice), **live, **shown(after)})

    @pages.post("/files/<path:path>/draft")
    def save(path: str) -> Response:
        asked = body(path, Save)
        try:
            with engine.deciding() as (connection, now):
                begun = draft_of(connection, path)
                if begun is None and asked.text == engine.live.catalog.texts.get(path):
                    return answer({"number": 0, "at": clock_time(now)})
                kept = kept_as(connection, path, asked, now)
        except DraftOvertakenError as error:
            return overtaken(asked, error)
        return answer({"number": kept.number, "at": clock_time(kept.saved_at)})

    @pages.post("/files/<path:path>/discard")
    def leave(path: str) -> Response:
        known(path)
        with engine.deciding() as (connection, _):
            discard(connection, path)
        return answer({"text": engine.live.catalog.texts.get(path, "")})

    @pages.post("/files/<path:path>/live")
    @needs(Permission.PUBLISH)
    def live(path: str) -> Response:
        asked = body(path, Save)
        try:
            refuse_unapproved(engine, path, asked.text)
        except ProgrammeError as error:
            return answer({"refused": said(str(error))}, 422)
        reason = asked.reason.strip() or f"{path.rpartition('/')[2]}, in the editor"
        try:
            with engine.deciding() as (connection, now):
                kept = kept_as(connection, path, asked, now)
                if asked.over is not None:
                    rebase(connection, kept, asked.over)
            number = publish_draft(engine, path, seeing=kept.number, actor=actor(), reason=reason)
        except DraftOvertakenError as error:
            return overtaken(asked, error)
        except OvertakenError as error:
            return parted(path, kept, error)
        except ProgrammeError as error:
            return answer({"refused": said(str(error)), "number": kept.number}, 422)
        return answer({"revision": number})

    def overtaken(asked: Save, error: DraftOvertakenError) -> Response:
        newest = error.newest
        theirs = [msgspec.to_builtins(each) for each in differences(asked.text, newest.text)]
        told = {"draft": newest.number, "who": newest.actor, "text": newest.text, "theirs": theirs}
        return answer({"words": said(str(error)), **told}, 409)

    def parted(path: str, kept: Draft, error: OvertakenError) -> Response:
        """Both changes since the draft began: what went live, and the draft's own."""
        with engine.database.reading() as connection:
            base = began_from(connection, kept) or ""
        theirs = engine.live.catalog.texts.get(path, "")
        changes = {"theirs": differences(base, theirs), "yours": differences(base, kept.text)}
        shown = {name: [msgspec.to_builtins(each) for each in lines] for name, lines in changes.items()}
        told = {"over": error.number, "number": kept.number, "text": theirs}
        return answer({"words": said(str(error)), **told, **shown}, 409)

    def body(path: str, kind: type[ReadT]) -> ReadT:
        known(path)
        try:
            return msgspec.json.decode(request.get_data(), type=kind)
        except msgspec.DecodeError as error:
            abort(400, str(error))

    def known(path: str) -> None:
        if not MAIL.fullmatch(path):
            abort(404)
        if path not in engine.live.catalog.texts:
            with engine.database.reading() as connection:
                if draft_of(connection, path) is None:
                    abort(404)

    return pages


def answer(value: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status=status, mimetype="application/json")


def shown(tree: Outline) -> dict[str, Any]:
    """An outline as the browser draws it."""
    nodes: tuple[Drawn, ...] = drawn(tree)
    return {"nodes": msgspec.to_builtins(nodes), "head": head_of(tree), "problem": said(tree.problem)}


def for_browsers(text: str, splice: Splice) -> dict[str, Any]:
    start = units(text, splice.start)
    end = start + units(text[splice.start : splice.end], splice.end - splice.start)
    return {"start": start, "end": end, "put": splice.put}


def told_elsewhere(problem: Problem) -> dict[str, Any]:
    """A problem of another file, with the way to that file."""
    where = {"file": problem.file, "href": url_for("texts.text", path=problem.file), "line": problem.line}
    return {**where, "message": said(problem.message), "remedy": said(problem.remedy)}


def told(tree: Outline, problem: Problem) -> dict[str, Any]:
    """A problem with the node it stands in, and what would mend it where that is known."""
    at = tree.at(min(offset_of(tree.text, problem.line, problem.column), max(len(tree.text) - 1, 0)))
    node = None if at is None else tree.find(at)
    fix: MailEdit | None = None
    if at is not None and node is not None:
        words = problem.message.split("'")
        if "without alt text" in problem.message and node.name.startswith("mj-"):
            fix = SetAttribute(at, "alt", "")
        elif "has no attribute" in problem.message and node.attribute(words[1]):
            fix = SetAttribute(at, words[1], None)
    elif problem.message.endswith("is not used in the mail"):
        fix = SetHead(("links", problem.message.split("'")[1]), None)
    return {
        **msgspec.to_builtins(problem, enc_hook=as_text),
        "message": said(problem.message),
        "remedy": said(problem.remedy),
        "at": at,
        "fix": None if fix is None else msgspec.to_builtins(fix),
    }
