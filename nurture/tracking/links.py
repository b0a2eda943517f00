"""Where a tracked link leads: only where a mail said so, never where a request says."""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from nurture.identity import TouchToken

KEPT_IN_URLS = "".join(map(chr, range(0x21, 0x7F)))
"""Visible ASCII stays as the author wrote it, percent signs too."""


class LinkDirectory(Protocol):
    """The links of all mails that were ever sent, by revision."""

    def url(self, mail_revision: int, index: int, token: TouchToken) -> str | None:
        """The whole URL of a link, utm parameters and the lead's own parts included, or None if there is none.

        Raises AwayError where it cannot be looked up just now.
        """
        ...


def with_utm(url: str, utm: Mapping[str, str]) -> str:
    """*url* with utm_source and its like from *utm* ({"source": "newsletter"}); those that the author wrote stay."""
    return with_parameters(url, {f"utm_{name}": value for name, value in utm.items() if value})


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    """*url* with *parameters* in its query; those that are written there already stay as they are."""
    parts = urlsplit(url)
    written = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    added = {name: value for name, value in parameters.items() if name not in written}
    query = "&".join(part for part in (parts.query, urlencode(added, quote_via=quote)) if part)
    return urlunsplit(parts._replace(query=query))


def location(url: str) -> str:
    """*url* for a Location header (RFC 9110 §10.2.2): what is not visible ASCII is percent-encoded, line ends too."""
    return quote(url, safe=KEPT_IN_URLS)
