"""Webhooks and keys: what is posted to others and what they answered, what providers tell us, and which keys there are.

For admins alone, and even they see no secret: a host without its path, a fingerprint, whether something is set and since when.
"""

import os
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import ngettext  # type: ignore[import-untyped]
from werkzeug.wrappers import Response

from nurture.config import HOOK, PREFIX, ours, read_settings
from nurture.engine.audit import audit
from nurture.engine.engine import Engine
from nurture.engine.installation import read_installation, write_installation
from nurture.engine.webhook_again import call_again, try_endpoint
from nurture.engine.webhook_calls import CallStatus
from nurture.insight.webhooks import call_counts, kept_at, last_calls, last_posted_mail, last_reports
from nurture.providers.known import KNOWN
from webapp.acting import actor
from webapp.inbox_hook import PATH as MAIL_PATH
from webapp.keys_shown import key_lines, sealed_names
from webapp.provider_hooks import PREFIX as HOOKS
from webapp.rights import Permission, area
from webapp.written import choice_of

PAGE_SIZE = 25
NAMES = {
    "amazon_ses": "Amazon SES",
    "brevo": "Brevo",
    "mailersend": "MailerSend",
    "mailgun": "Mailgun",
    "mailjet": "Mailjet",
    "mandrill": "Mandrill",
    "postmark": "Postmark",
    "resend": "Resend",
    "sendgrid": "SendGrid",
    "sparkpost": "SparkPost",
}
PROOFS = {
    "amazon_ses": "the ARN of the SNS topic",
    "brevo": "a token, or name:password, of your choice",
    "mailersend": "the signing secret of the webhook",
    "mailgun": "the HTTP webhook signing key",
    "mailjet": "name:password of your choice",
    "mandrill": "the key of the webhook",
    "postmark": "name:password of your choice",
    "resend": "the signing secret, whsec_…",
    "sendgrid": "the verification key of the signed event webhook",
    "sparkpost": "name:password of your choice",
}
"""What the webhooks of each provider prove themselves with."""


def pages(engine: Engine, secret: bytes) -> Blueprint:
    pages = area("webhooks", see=Permission.ADMINISTER)

    @pages.get("/settings/webhooks")
    def webhooks() -> str:
        before, status = request.args.get("before", type=int), choice_of(request.args, CallStatus, "status")
        declared = g.live.programme.webhooks if g.live else {}
        with engine.database.reading() as connection:
            settings = read_settings(read_installation(connection, secret))
            counts, reports = call_counts(connection), last_reports(connection)
            lines = last_calls(connection, before=before, most=PAGE_SIZE, status=status)
            kept, posted = kept_at(connection, sealed_names(settings)), last_posted_mail(connection)
        return render_template(
            "webhooks.html",
            endpoints={name: shown_host(declared.get(name)) for name in sorted({*declared, *counts})},
            declared=declared,
            counts=counts,
            leaves=engine.caller is not None,
            lines=lines,
            before=before,
            size=PAGE_SIZE,
            status=status,
            statuses=tuple(CallStatus),
            providers=NAMES,
            proofs=PROOFS,
            hooks=settings.hooks.keys(),
            fixed={name.removeprefix(HOOK) for name in ours(os.environ) if name.startswith(HOOK)},
            prefix=PREFIX,
            base=f"{settings.tracking_url}{HOOKS}",
            reports=reports,
            mail_address=f"{settings.tracking_url}{MAIL_PATH}",
            takes_mail=settings.inbox_token is not None,
            posted=posted,
            keys=key_lines(settings, engine.keyring),
            sealed=[(name, *kept.get(name, (None, ""))) for name in sealed_names(settings)],
            sites=settings.site_origins,
        )

    @pages.post("/settings/webhooks/<name>/test")
    def test(name: str) -> Response:
        url = (g.live.programme.webhooks if g.live else {}).get(name) or abort(404)
        if engine.caller is None:
            abort(409, "Nothing leaves this machine, so no webhook is called. Set up sending first.")
        answer = try_endpoint(
            engine.caller, engine.keyring, name, url, number=secrets.token_hex(8), now=engine.clock.now()
        )
        said = f"{answer.status or ''} {answer.text}".strip()
        with engine.deciding() as (connection, now):
            audit(
                connection,
                actor=actor(),
                what="tested a webhook",
                target=name,
                detail={"answer": said},
                now=now,
            )
        if answer.is_taken:
            flash(f"{name} took the test: {said}")
        else:
            flash(f"{name} did not take the test: {said}", "wrong")
        return back()

    @pages.post("/settings/webhooks/again")
    def again() -> Response:
        """Have what was given up posted again: one call, or all of a webhook."""
        number, name = request.form.get("call", type=int), request.form.get("webhook")
        if number is None and not name:
            abort(400, "Choose a call, or a webhook.")
        with engine.deciding() as (connection, now):
            count = call_again(connection, now, webhook=None if number is not None else name, number=number)
            target = f"call {number}" if number is not None else str(name)
            audit(
                connection,
                actor=actor(),
                what="had webhooks called again",
                target=target,
                detail={"calls": count},
                now=now,
            )
        flash(
            ngettext(
                "%(num)s call is posted again with the worker's next turn.",
                "%(num)s calls are posted again with the worker's next turn.",
                count,
            )
            if count
            else "Nothing was given up."
        )
        return back()

    @pages.post("/settings/webhooks/providers/<provider>")
    def keep(provider: str) -> Response:
        """Keep what a provider's webhooks prove themselves with, or forget it."""
        name = f"{HOOK}{provider}"
        if provider not in KNOWN:
            abort(404)
        if name in ours(os.environ):
            abort(409, f"It is set by {PREFIX}{name.upper()} on this server.")
        typed = request.form.get("proof", "").strip()
        if not typed and request.form.get("forget") != "1":
            flash("Nothing was typed, so nothing was changed.", "wrong")
            return back()
        with engine.deciding() as (connection, now):
            values: dict[str, Any] = {name: None if request.form.get("forget") == "1" else typed}
            write_installation(connection, values, secret=secret, actor=actor(), now=now)
            what = (
                "forgot the proof of a provider's webhooks"
                if values[name] is None
                else "set the proof of a provider's webhooks"
            )
            audit(connection, actor=actor(), what=what, target=provider, now=now)
        flash("Saved. It holds within a few seconds.")
        return back()

    def back() -> Response:
        return redirect(url_for("webhooks.webhooks"), 303)

    return pages


def shown_host(url: str | None) -> str:
    """Whom a webhook reaches: many endpoints have their secret in the path. "" for one that is not declared any more."""
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.hostname}/…" if parts.hostname else ""
