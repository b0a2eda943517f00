"""A question to a mail provider's API that changes nothing: whether it is there, and whether the key is good."""

import ssl
from datetime import datetime

import httpx

from nurture.app import provider_account
from nurture.config import Settings
from nurture.delivery.http import KNOWN
from nurture.delivery.http.provider import Reply
from nurture.doctor.facts import Api
from nurture.languages.told import told


def api_of(
    settings: Settings, now: datetime, *, seconds: float, trusted: ssl.SSLContext | None = None
) -> Api:
    """What the provider that mail leaves by says. *trusted* None believes what the system trusts."""
    provider = KNOWN[settings.transport]
    ask = provider.probe(provider_account(settings), now)
    verify = trusted or ssl.create_default_context()
    try:
        with httpx.Client(timeout=seconds, trust_env=False, verify=verify) as client:
            answer = client.request(ask.method, ask.url, headers=ask.headers)
    except httpx.TimeoutException:
        return Api(problem=told("it did not answer in time"))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Api(problem=str(error) or type(error).__name__)
    reply = Reply(answer.status_code, dict(answer.headers), answer.content)
    said = provider.said(reply)
    if answer.is_success:
        return Api(note=provider.healthy(reply))
    if said.name in provider.limited:
        return Api(limited=True)
    problem = told(
        "it answered {quoted}", quoted=f"{reply.status}: {said.text}" if said.text else reply.status
    )
    return Api(problem=problem, refused=reply.status in (400, 401, 403))
