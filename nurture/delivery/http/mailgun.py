"""Mailgun, whole messages (documentation.mailgun.com, 'messages.mime'): our headers stay, Message-ID among them."""

from base64 import b64encode
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import quote

import httpx

from nurture.delivery.headers import ascii_domain
from nurture.delivery.http.fields import head_of
from nurture.delivery.http.provider import Account, Ask, Provider, Reply, Said, Verdict, named, words
from nurture.languages.told import told
from nurture.ports import OutgoingMessage

BASE = "https://api.mailgun.net"
"""Accounts of the European Union have https://api.eu.mailgun.net."""
OPTIONS = {"o:tracking": "no", "o:tracking-clicks": "no", "o:tracking-opens": "no"}


def ask(message: OutgoingMessage, account: Account, now: datetime) -> Ask:  # noqa: ARG001 nothing is signed by time
    _, sender = parseaddr(head_of(message.data).get("From", ""))
    domain = account.domain or ascii_domain(sender).rpartition("@")[2]
    url = f"{account.url or BASE}/v3/{quote(domain, safe='')}/messages.mime"
    form = httpx.Request(
        "POST",
        url,
        data={"to": ascii_domain(message.rcpt_to), **OPTIONS},
        files={"message": ("message.mime", message.data, "message/rfc822")},
    )
    return Ask(url, {**_headers(account), "Content-Type": form.headers["Content-Type"]}, form.read())


def probe(account: Account, now: datetime) -> Ask:  # noqa: ARG001
    """What Mailgun knows of the domain."""
    path = f"/v4/domains/{quote(account.domain, safe='')}" if account.domain else "/v4/domains"
    return Ask(f"{account.url or BASE}{path}", _headers(account), method="GET")


def _headers(account: Account) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"api:{account.key}".encode()).decode()}


def said(reply: Reply) -> Said:
    text = words(reply.table.get("message")) or words(reply.body[:500].decode("utf-8", "replace"))
    # A wrong address of its API is answered with 200 too, and other words.
    taken_as = words(reply.table.get("id")) if text.startswith("Queued") else ""
    return Said("", text, taken_as)


def healthy(reply: Reply) -> str:
    domain = reply.table.get("domain")
    state = domain.get("state") if isinstance(domain, dict) else None
    return (
        ""
        if state in (None, "active")
        else told("the domain is {key} at Mailgun: publish the records it shows", key=state)
    )


MAILGUN = Provider(
    name="mailgun",
    title="Mailgun",
    ask=ask,
    said=said,
    rules=(
        named(Verdict.DEAD, words=r"\bto parameter is not a valid address"),
        named(
            Verdict.OURS, words=r"magnificent api|sandbox|not allowed to send|activate your|domain not found"
        ),
    ),
    probe=probe,
    healthy=healthy,
)
