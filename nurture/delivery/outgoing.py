"""Requests to addresses that a programme names. They reach public hosts only, and only the address that was checked.

A name is resolved once, here; all its addresses are checked, and one of them is connected to. Whoever answers the name
differently a moment later (DNS rebinding) changes nothing.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address

import httpx

from nurture.delivery.headers import clean
from nurture.delivery.public import is_public
from nurture.errors import NurtureError
from nurture.ports import Answer

SECONDS = 10.0
"""From the first look-up to the last byte, however slowly they come."""
CONNECT_SECONDS = 3.0
BODY_BYTES = 64 * 1024
TEXT_MAX = 200

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class HttpCaller:
    """Posts by https, without redirects, proxies, cookies or settings of the environment.

    allow_local  whether this machine itself may be asked too, and by plain http.
    resolve      host and port to addresses; the system's resolver unless a test brings its own.
    tls          whom to trust; the system's certificates if None.
    """

    def __init__(
        self,
        *,
        allow_local: bool = False,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._allow_local = allow_local
        self._resolve = resolve or system_addresses
        self._tls = tls or ssl.create_default_context()
        self._seconds = seconds

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            return asyncio.run(self._post(url, headers, body))
        except TimeoutError:
            return Answer(None, f"no answer within {self._seconds:g} seconds")
        except (NurtureError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Answer(None, short(str(error) or type(error).__name__))

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        ends_at = asyncio.get_running_loop().time() + self._seconds
        async with httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False) as transport:
            async with asyncio.timeout_at(ends_at):
                target = httpx.URL(url)
                addresses = await self._checked(target)
                response = await first_to_answer(
                    transport, [to_address(target, address, headers, body) for address in addresses]
                )
            said = ""
            if not response.is_success:
                with suppress(TimeoutError, httpx.HTTPError):  # the status is known, and says enough
                    async with asyncio.timeout_at(ends_at):
                        said = await beginning(response)
            await response.aclose()
            return Answer(response.status_code, said or short(response.reason_phrase))

    async def _checked(self, target: httpx.URL) -> Sequence[str]:
        """The addresses behind *target*. Raises RefusedError unless every one of them may be connected to."""
        port = target.port or PORTS.get(target.scheme, 0)
        if not (target.host and 0 < port < 1 << 16) or target.userinfo:
            raise RefusedError("an endpoint is an https address with a host and without a password")
        addresses = await self._resolve(target.raw_host.decode(), port)
        local = self._allow_local and all(ip_address(address).is_loopback for address in addresses)
        if target.scheme != "https" and not local:
            raise RefusedError(f"{target.host} is to be called by https")
        for address in addresses:
            if not local and not is_public(address):
                raise RefusedError(f"{target.host} leads to {address}, which is not a public address")
        return addresses


class RefusedError(NurtureError):
    """An address that we do not call."""


PORTS = {"https": 443, "http": 80}


async def system_addresses(host: str, port: int) -> Sequence[str]:
    """What the system's resolver knows, in its order of preference (RFC 6724). Raises OSError where it knows nothing."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def to_address(target: httpx.URL, address: str, headers: Mapping[str, str], body: bytes) -> httpx.Request:
    """The request to *address*, which still names the host, to its server and to its certificate (RFC 6066 §3)."""
    patience = httpx.Timeout(None, connect=CONNECT_SECONDS)  # the deadline of the whole ends all else
    return httpx.Request(
        "POST",
        target.copy_with(host=address),
        headers={**headers, "host": target.netloc.decode(), "accept-encoding": "identity"},
        content=body,
        extensions={"sni_hostname": target.raw_host.decode(), "timeout": patience.as_dict()},
    )


async def first_to_answer(
    transport: httpx.AsyncBaseTransport, requests: Sequence[httpx.Request]
) -> httpx.Response:
    """The answer of the first address that can be connected to. Raises the last one's error if none can."""
    *others, last = requests
    for request in others:
        with suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return await transport.handle_async_request(request)
    return await transport.handle_async_request(last)


async def beginning(response: httpx.Response) -> str:
    """What a person needs of a refusal; no more of it is read than BODY_BYTES."""
    read = b""
    async for piece in response.aiter_raw():
        read += piece
        if len(read) >= BODY_BYTES:
            break
    return short(read.decode(errors="replace"))


def short(text: str) -> str:
    return clean(text)[:TEXT_MAX]
