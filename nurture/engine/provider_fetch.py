"""What lies with Amazon SNS: its certificates, and the address that confirms a subscription. Nobody else is ever asked."""

from threading import Lock

import httpx

from nurture.providers.model import UnprovenError
from nurture.providers.sns import is_amazons

SECONDS = 5.0
BYTES_MAX = 64 * 1024
KEPT = 16


class HttpFetch:
    """Gets by https, without redirects or settings of the environment; certificates are kept, for they never change."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._transport = transport
        self._kept: dict[str, bytes] = {}
        self._lock = Lock()

    def __call__(self, url: str) -> bytes:
        """Raises UnprovenError where it cannot be had."""
        if not is_amazons(url):
            raise UnprovenError("it does not lie with Amazon")
        with self._lock:
            found = self._kept.get(url)
        if found is None:
            found = self._get(url)
            if url.endswith(".pem"):
                with self._lock:
                    if len(self._kept) >= KEPT:
                        self._kept.clear()
                    self._kept[url] = found
        return found

    def _get(self, url: str) -> bytes:
        try:
            with (
                httpx.Client(transport=self._transport, timeout=SECONDS, trust_env=False) as client,
                client.stream("GET", url) as answer,
            ):
                answer.raise_for_status()
                read = b""
                for piece in answer.iter_bytes():
                    read += piece
                    if len(read) > BYTES_MAX:
                        raise UnprovenError("it is larger than any certificate")
                return read
        except httpx.HTTPError:
            raise UnprovenError("it cannot be had from Amazon now") from None
