"""Every mail of the programme, by campaign: what it says, for whom it has files, and what is being written."""

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.begun_mail import begun_mail
from nurture.content.catalog import MAIL
from nurture.content.mails import variant_name
from nurture.content.system_mails import SYSTEM_MAILS
from nurture.content.system_texts import system_mail_at
from nurture.engine.drafts import Draft, draft_of, drafts, save_draft
from nurture.engine.engine import Engine
from nurture.engine.reviews import MailState, states
from nurture.errors import ProgrammeError
from nurture.languages.catalogues import LANGUAGES
from webapp.acting import actor
from webapp.languages import language
from webapp.mail_outline import excerpt
from webapp.rights import Permission, area

NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
STANDS_OUT = (MailState.APPROVED, MailState.DRAFT, MailState.IN_REVIEW, MailState.RETIRED)
"""Of the files of one mail the state that is told, the last of these."""


def pages(engine: Engine) -> Blueprint:
    pages = area("mail_library", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/mails")
    def mails() -> str:
        live = engine.live.catalog.texts
        with engine.database.reading() as connection:
            begun = drafts(connection)
            newest = {**live, **{path: each.text for path, each in begun.items()}}
            standing = states(connection, {p: text for p, text in newest.items() if MAIL.fullmatch(p)}, live)
        own = [each for path in live if (each := system_mail_at(engine.live.catalog, path)) is not None]
        return render_template(
            "mail_library.html",
            campaigns=library(begun, standing),
            system_mails=[(each, each in own) for each in SYSTEM_MAILS.values()],
            language_names=LANGUAGES,
            spoken=language(),
        )

    @pages.post("/mails")
    def begin() -> Response:
        campaign, name = request.form.get("campaign", ""), request.form.get("name", "").strip().lower()
        name = re.sub(r"[^a-z0-9]+", "-", name).strip("-")
        if campaign not in engine.live.programme.campaigns or not NAME.fullmatch(name):
            flash("Not begun: name it in letters and digits, such as 'case study'.", "wrong")
            return redirect(url_for("mail_library.mails"), 303)
        path = f"campaigns/{campaign}/mails/{name}.mjml"
        words = name.replace("-", " ").capitalize()
        spoken = request.form.get("language", language())
        if spoken not in LANGUAGES:
            abort(400, "The form named a language that no mail begins in. Go back, and choose another one.")
        return begun(path, begun_mail(words, spoken, engine.live.catalog.templates))

    @pages.post("/files/<path:path>/variant")
    def variant(path: str) -> Response:
        """A file of the same mail for a persona, a language or both, which begins as a copy of this one."""
        found = MAIL.fullmatch(path) or abort(404)
        name = variant_name(found[2])[0]
        parts = [request.form.get(key, "").strip() for key in ("persona", "language")]
        new = ".".join([name, *(part for part in parts if part)]) + ".mjml"
        try:
            variant_name(new)
        except ProgrammeError as error:
            flash(f"Not begun: {error}", "wrong")
            return redirect(url_for("texts.text", path=path), 303)
        with engine.database.reading() as connection:
            draft = draft_of(connection, path)
        text = draft.text if draft is not None else engine.live.catalog.texts.get(path) or abort(404)
        return begun(f"campaigns/{found[1]}/mails/{new}", text)

    def begun(path: str, text: str) -> Response:
        """A draft at *path*, unless there is a mail already; then the editor of it."""
        if path in engine.live.catalog.texts:
            flash("There is a mail of this name already; this is it.")
        else:
            with engine.deciding() as (connection, now):
                if draft_of(connection, path) is None:
                    save_draft(connection, path, text, seeing=0, actor=actor(), now=now)
        return redirect(url_for("texts.text", path=path), 303)

    def library(begun: dict[str, Draft], standing: dict[str, MailState]) -> list[dict[str, Any]]:
        live = engine.live
        found: list[dict[str, Any]] = []
        for key, campaign in live.programme.campaigns.items():
            families: dict[str, list[str]] = {}
            for path in sorted({*live.catalog.texts, *begun}):
                match = MAIL.fullmatch(path)
                if match and match[1] == key:
                    families.setdefault(variant_name(match[2])[0], []).append(path)
            mails = [mail_of(f"{key}/{name}", paths, begun, standing) for name, paths in families.items()]
            found.append({"key": key, "name": campaign.name, "draft": campaign.draft, "mails": mails})
        return found

    def mail_of(
        name: str, paths: list[str], begun: dict[str, Draft], standing: dict[str, MailState]
    ) -> dict[str, Any]:
        family = engine.live.catalog.mails.get(name)
        general = None if family is None else family.pick(None, None)
        return {
            "name": name.partition("/")[2],
            "path": min(paths, key=len),
            "subject": "" if general is None else excerpt(general.front.subject),
            "stage": None if general is None else general.front.buying_stage,
            "state": max((standing[path] for path in paths), key=STANDS_OUT.index),
            "files": [
                {"words": " · ".join(each for each in variant_name(path)[1:] if each), "path": path}
                for path in paths
                if path != min(paths, key=len)
            ],
            "draft": max(
                (begun[path] for path in paths if path in begun), key=lambda each: each.saved_at, default=None
            ),
        }

    return pages
