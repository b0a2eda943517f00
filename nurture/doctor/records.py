"""DNS records as text: reading their tags, and writing them as a zone file has them."""

STRING_MAX = 255
"""Bytes of one string of a TXT record (RFC 1035 §3.3.14)."""


def tags(record: str) -> dict[str, str]:
    """'v=DMARC1; p=none' by tag, white space gone (RFC 6376 §3.2)."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, separator, value in pairs if separator}


def txt_record(name: str, value: str) -> str:
    """A line for a zone file; a long value in several strings, which receivers join."""
    parts = [value[at : at + STRING_MAX] for at in range(0, len(value), STRING_MAX)]
    return f"{name}. 3600 IN TXT " + " ".join(f'"{part}"' for part in parts)


def record(name: str, kind: str, value: str) -> str:
    return f"{name}. 3600 IN {kind} {value}"


def parents(domain: str) -> list[str]:
    """'b.a.example.org' and the domains above it, down to two labels."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]


def same_organisation(one: str, other: str) -> bool:
    """Whether both are one domain or one lies under the other: what relaxed alignment surely accepts (RFC 7489 §3.1)."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
