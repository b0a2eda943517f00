"""The versions of a mail beside each other: its files by persona and language, and what an experiment says otherwise in each."""

from collections.abc import Mapping

import msgspec
from flask import Blueprint, Response, abort, render_template, request

from nurture.content.catalog import MAIL
from nurture.content.mails import MailFile, read_mail, variant_name
from nurture.engine.drafts import drafts
from nurture.engine.engine import Engine
from nurture.errors import NurtureError, ProgrammeError
from nurture.insight.examples import example_leads
from webapp.differences import Line, differences
from webapp.draft_mail import draft_preview, reader
from webapp.mail_frame import as_problem, framed
from webapp.mail_outline import excerpt
from webapp.mail_state import EXAMPLES, files_of
from webapp.rights import Permission, area


class Version(msgspec.Struct, frozen=True):
    """One thing that somebody may get for this mail.

    persona, language  whom its file is for; None for everybody.
    variant            of an experiment; None for what the file says itself.
    changes            how its file differs from the first one; only told once for a file.
    problem            why it cannot be read; empty for none.
    """

    path: str
    persona: str | None
    language: str | None
    variant: str | None = None
    subject: str = ""
    preheader: str = ""
    is_draft: bool = False
    changes: tuple[Line, ...] = ()
    problem: str = ""


def pages(engine: Engine) -> Blueprint:
    pages = area("mail_versions", see=Permission.SEE)

    @pages.get("/files/<path:path>/versions")
    def versions(path: str) -> str:
        found, begun = texts(path)
        with engine.database.reading() as connection:
            examples = example_leads(connection, most=EXAMPLES)
        return render_template(
            "mail_versions.html",
            path=path,
            versions=versions_of(found, begun),
            examples=examples,
            lead=request.args.get("lead", type=int),
        )

    @pages.get("/files/<path:path>/versions/one")
    def one(path: str) -> Response:
        text = texts(path)[0].get(path) or abort(404)
        try:
            state = reader(engine, path, request.args.get("lead", type=int))
            parts = draft_preview(engine, path, text, state, variant=request.args.get("variant") or None)
        except NurtureError as error:
            return as_problem(str(error))
        return framed(parts)

    def texts(path: str) -> tuple[dict[str, str], set[str]]:
        """What the files of the mail say, the one for everybody first, a draft before what is live; and which are drafts."""
        if not MAIL.fullmatch(path):
            abort(404)
        live = engine.live.catalog.texts
        with engine.database.reading() as connection:
            begun = {each: draft.text for each, draft in drafts(connection).items()}
        newest = {**live, **begun}
        found = {each: newest[each] for each in files_of(newest, path)}
        return (found, set(begun)) if path in found else abort(404)

    return pages


def versions_of(texts: Mapping[str, str], begun: set[str]) -> list[Version]:
    """Each file with its variants behind it."""
    first = next(iter(texts.values()))
    found: list[Version] = []
    for path, text in texts.items():
        own = Version(path, *variant_name(path)[1:], is_draft=path in begun)
        changes = differences(first, text)
        try:
            mail = read_mail(path, text)
        except ProgrammeError as error:
            found.append(msgspec.structs.replace(own, problem=str(error), changes=changes))
            continue
        found += [
            msgspec.structs.replace(said(own, mail, variant), changes=() if variant else changes)
            for variant in (None, *mail.front.variants)
        ]
    return found


def said(version: Version, mail: MailFile, variant: str | None) -> Version:
    """*version* with what an inbox shows of it."""
    head = mail.front.variants.get(variant or "")
    subject, preheader = (head.subject, head.preheader) if head else (None, None)
    return msgspec.structs.replace(
        version,
        variant=variant,
        subject=excerpt(mail.front.subject if subject is None else subject),
        preheader=excerpt(mail.front.preheader if preheader is None else preheader),
    )
