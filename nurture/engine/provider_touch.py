"""Which touch a provider's event is about: whatever in it carries a signature of ours, wherever the provider puts it.

Providers give a mail's Message-ID back, or its headers, or what the sender has put into a tag, an argument or metadata;
and of a click its link. Each of them is ours and signed, so that it is enough to find one.
"""

import re

from nurture.errors import TokenError
from nurture.identity import Keyring
from nurture.providers.model import Report

MAIL_TOKEN = re.compile(r"(?<![0-9a-z])[0-9a-f]{40}(?![0-9a-z])", re.IGNORECASE)
LINK_TOKEN = re.compile(r"/c/([A-Za-z0-9_-]{30})/(\d{1,4})(?![\w-])")
LOOKED_AT = 50
"""So many candidates of one event: a list of them is no event of ours."""


def touch_in(report: Report, keyring: Keyring) -> int | None:
    """The touch that an event is about; None if nothing in it was made by us."""
    if link := link_in(report.url, keyring):
        return link[0]
    said = f"{report.message_id} {report.raw}"
    for found in list(MAIL_TOKEN.finditer(said))[:LOOKED_AT]:
        for read, written in (
            (keyring.read_message_id, found[0]),
            (keyring.read_return_path, f"b+{found[0]}@"),
        ):
            try:
                return read(written)
            except TokenError:
                continue
    return None


def link_in(url: str, keyring: Keyring) -> tuple[int, int, int] | None:
    """Touch, mail revision and index of a tracked link of ours; None for any other URL."""
    found = LINK_TOKEN.search(url)
    if found is None:
        return None
    try:
        token = keyring.read_touch_token(found[1])
    except TokenError:
        return None
    return token.touch_id, token.mail_revision, int(found[2])
