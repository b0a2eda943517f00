"""One request to a provider, and what is known of it: not begun, answered, or handed over and then silent."""

from collections.abc import AsyncIterator, Callable

import httpx

from nurture.delivery.headers import clean
from nurture.delivery.http.answers import Judged, judged
from nurture.delivery.http.provider import Ask, Provider, Reply, Verdict
from nurture.delivery.outcome import Outcome
from nurture.ports import Clock, ReceiptStatus

BODY_BYTES = 64 * 1024
"""No answer of a provider is longer; of one that is, the rest is not read."""


class KeptBack(Exception):  # noqa: N818 - part of the protocol of SendLog rather than a fault
    """The log does not let the message leave."""


async def exchange(
    client: httpx.AsyncClient, provider: Provider, ask: Ask, clock: Clock, before_end: Callable[[], None]
) -> Judged:
    """Make the request once.

    before_end  called just before the bytes that end the request can leave; an OSError keeps them back.
    """
    handed_over = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal handed_over
        try:
            before_end()
        except OSError as error:
            raise KeptBack(str(error)) from error
        handed_over = True
        yield ask.body

    headers = {**ask.headers, "Content-Length": str(len(ask.body))}
    try:
        async with client.stream(ask.method, ask.url, headers=headers, content=body()) as response:
            reply = Reply(response.status_code, dict(response.headers), await _beginning(response))
    except KeptBack as kept:
        return Judged(Verdict.LATER, Outcome(ReceiptStatus.DEFERRED, "", f"it must not leave now: {kept}"))
    except httpx.HTTPError as error:
        return _unanswered(provider, error, handed_over=handed_over)
    return judged(provider, reply, clock.now())


def _unanswered(provider: Provider, error: httpx.HTTPError, *, handed_over: bool) -> Judged:
    why = clean(str(error)) or type(error).__name__
    if not handed_over:
        text = f"{provider.title} cannot be reached: {why}"
        return Judged(Verdict.UNREACHED, Outcome(ReceiptStatus.DEFERRED, "", text))
    text = f"{provider.title} did not answer ({why}); whether it took the mail is not known"
    return Judged(Verdict.LOST, Outcome(ReceiptStatus.UNKNOWN, "", text))


async def _beginning(response: httpx.Response) -> bytes:
    read = b""
    async for piece in response.aiter_bytes():
        read += piece
        if len(read) >= BODY_BYTES:
            break
    return read
