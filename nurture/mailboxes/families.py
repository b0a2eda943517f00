"""Which domains are one mailbox provider's: its servers count what we send to all of them together.

Only names that a provider itself gives out as its own, and only large ones; a company's domain at the same provider is told by its
MX record alone, which nobody here asks for.
"""

FAMILIES: dict[str, tuple[str, ...]] = {
    "gmail.com": ("googlemail.com",),
    "outlook.com": ("hotmail.com", "live.com", "msn.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "hotmail.co.uk", "hotmail.de", "hotmail.fr", "hotmail.it", "hotmail.es", "live.co.uk", "live.de", "live.fr", "live.nl", "live.it"),
    "yahoo.com": ("ymail.com", "rocketmail.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.it", "yahoo.es", "yahoo.ca", "yahoo.com.br", "yahoo.co.in", "aol.com"),
    "icloud.com": ("me.com", "mac.com"),
    "gmx.net": ("gmx.de", "gmx.at", "gmx.ch", "web.de"),
}  # fmt: skip
"""By the name that stands for all of it."""

FAMILY_OF = {domain: head for head, others in FAMILIES.items() for domain in others}


def family_of(domain: str) -> str:
    """The name that stands for *domain* and its provider's others; itself where it is none of a known family."""
    return FAMILY_OF.get(domain, domain)
