"""What a mailbox's domain tells: a free provider's (rarely a company's buyer) or a throw-away one.

The lists and where they come from stand in ``SOURCES.md`` beside this file.
"""

from functools import cache
from importlib.resources import files


def is_free_mail(address: str) -> bool:
    """Whether the mailbox belongs to a free or consumer provider, such as gmail.com; *address* may be a bare domain."""
    return _domain(address) in _domains("free_email_domains.txt")


def is_disposable(address: str) -> bool:
    """Whether the mailbox is a throw-away one; a subdomain of a listed domain is one too."""
    disposable = _domains("disposable_email_domains.txt")
    domain = _domain(address)
    while domain:
        if domain in disposable:
            return True
        domain = domain.partition(".")[2]
    return False


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().rstrip(".").lower()


@cache
def _domains(name: str) -> frozenset[str]:
    return frozenset(files(__package__).joinpath(name).read_text("utf-8").split())
