"""What an installation sends with: the addresses that links lead to, and the way out for mail."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from pydantic import SecretStr
from werkzeug.wrappers import Response

from nurture.config import PREFIX, Settings, is_local, ours, read_settings
from nurture.delivery.http import KNOWN
from nurture.engine.engine import Engine
from nurture.engine.installation import SEALED, SETTABLE, read_installation, write_installation
from nurture.engine.ramp import RampDay, ramp_day
from nurture.engine.rest import ask_again, rests_until
from nurture.errors import SetupError
from nurture.languages.catalogues import LANGUAGES
from webapp.acting import actor
from webapp.rights import Permission, area

PROVIDERS = {name: provider.title for name, provider in KNOWN.items()}
UNCHANGED = ""
"""What a sealed field sends that nobody has typed into."""


def pages(engine: Engine, secret: bytes) -> Blueprint:
    pages = area("sending", see=Permission.ADMINISTER)

    @pages.get("/settings/sending")
    def sending() -> str:
        return shown(read_settings(stored()))

    @pages.post("/settings/sending")
    def save() -> Response | tuple[str, int]:
        before = stored()
        asked = {name: said(name) for name in SETTABLE - fixed() if name in request.form}
        changed = {
            name: value for name, value in asked.items() if not (name in SEALED and value == UNCHANGED)
        }
        after = {name: value for name, value in {**before, **changed}.items() if value is not None}
        try:
            read_settings(after)
        except SetupError as error:
            words = in_words(str(error))
            return shown(read_settings(before), typed=request.form, problem=words), 422
        with engine.deciding() as (connection, now):
            write_installation(connection, changed, secret=secret, actor=actor(), now=now)
            ask_again(connection)
        flash("Saved. It holds within a few seconds, for the worker and for these pages.")
        return redirect(url_for("sending.sending"), 303)

    def stored() -> dict[str, Any]:
        with engine.database.reading() as connection:
            return read_installation(connection, secret)

    def shown(settings: Settings, **typed: Any) -> str:
        with engine.database.reading() as connection:
            ramp = None if g.live is None else ramp_day(connection, g.live.programme, g.now)
            rests = rests_until(connection, settings.transport, g.now)
        return form(settings, ramp=ramp, rests_until=rests, **typed)

    return pages


def form(
    settings: Settings,
    *,
    ramp: RampDay | None,
    rests_until: datetime | None,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
) -> str:
    shown = {name: spoken(getattr(settings, name)) for name in SETTABLE}
    return render_template(
        "sending.html",
        values={**shown, **(typed or {})},
        kept={name for name in SEALED if getattr(settings, name) is not None},
        leaves=settings.mail_leaves,
        providers=PROVIDERS,
        languages=LANGUAGES,
        way=way_out(settings),
        is_local=is_local(settings.tracking_url),
        fixed=fixed(),
        prefix=PREFIX,
        problem=problem,
        ramp=ramp,
        rests_until=rests_until,
    )


def way_out(settings: Settings) -> str:
    """Whom mail is handed to."""
    return PROVIDERS.get(settings.transport) or settings.smtp_host


def fixed() -> frozenset[str]:
    """What the environment of this server says, which no page can change."""
    return frozenset(ours(os.environ)) & SETTABLE


def said(name: str) -> Any:
    """A field of the form as a setting; None for one that was left empty."""
    value = request.form[name].strip()
    if name in SEALED:
        return value
    return value or None


def spoken(value: object) -> str:
    return "" if value is None or isinstance(value, SecretStr) else str(value)


def in_words(problem: str) -> str:
    """A problem in the words of the page, which knows no variables."""
    words = {
        name: name.replace("_", " ").replace("url", "address").replace("smtp", "SMTP").replace("ses ", "SES ")
        for name in SETTABLE
    }
    for name in sorted(words, key=len, reverse=True):
        problem = problem.replace(PREFIX + name.upper(), f"“{words[name]}”")
    return problem
