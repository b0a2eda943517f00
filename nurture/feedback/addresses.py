"""Addresses in the words of machines."""

import re
from collections.abc import Iterable

# Every repeat is bounded: a text without an end costs its length, not the square of it.
ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+=/-])"
    r"(?:\"[^\"\s@]{1,64}\"|[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,80}|[^\x00-\x7f\s]{1,40})"
    r"@"
    r"((?:[\w-]{1,63}\.){0,8}[\w-]{1,63})"
)


def addresses_in(text: str) -> list[str]:
    """The addresses in a text, each once, in order."""
    found = (match[0].strip("'`.=") for match in ADDRESS.finditer(text))
    return list(dict.fromkeys(each for each in found if "@" in each and not each.startswith("@")))


def same(one: str, other: str) -> bool:
    """Whether two spellings mean one mailbox: case is folded, as every server of today does."""
    return one.casefold() == other.casefold()


def without(addresses: Iterable[str], *others: str) -> list[str]:
    """The addresses that are none of *others*."""
    hidden = {each.casefold() for each in others if each}
    return [each for each in addresses if each.casefold() not in hidden]


def bare(text: str) -> str:
    """The address in a field such as 'rfc822; <jane@example.com>'; the text without its frame if it is none."""
    text = re.sub(
        r"^\s*(?:rfc-?822|smtp|utf-8|unknown|x-[a-z-]{1,20}|dns|822)\s*;", "", text, flags=re.IGNORECASE
    ).strip()
    if found := re.search(r"<([^<>\s]{1,320})>", text):
        text = found[1]
    text = text.strip("<>\"' ,;")
    return text.partition(" ")[0] if "@" in text.partition(" ")[0] else text
