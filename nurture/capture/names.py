"""What a column's name says: the words in it, the targets that files call so, the key of a new field."""

import re
import unicodedata
from collections.abc import Container
from functools import cache, lru_cache

from nurture.capture.wordlists import words_by_meaning
from nurture.vocabulary.lead import BUILT_IN_FIELDS

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
KEY_LENGTH_MAX = 60


@lru_cache(maxsize=4_096)
def words(name: str) -> str:
    """'E-Mail', 'eMail' and 'E_MAIL' as 'e mail': lower case, without accents, words apart."""
    plain = unicodedata.normalize("NFKD", CAMEL.sub(" ", name).replace("ß", "ss")).casefold()
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


def rank(name: str, target: str) -> int | None:
    """How telling the name is for the target: 0 for the most telling; None if files do not call it so."""
    return _ranks().get(target, {}).get(_joined(name))


def field_key(name: str, taken: Container[str]) -> str:
    """A key for a new field: 'Lead Quality' is lead_quality, a built-in word such as 'Stage' imported_stage."""
    ascii_words = words(name).encode("ascii", "ignore").decode().split()
    key = "_".join(ascii_words)[:KEY_LENGTH_MAX].rstrip("_") or "column"
    if key in BUILT_IN_FIELDS or not key[0].isalpha():
        key = f"imported_{key}"
    unique, copies = key, 1
    while unique in taken:
        copies += 1
        unique = f"{key}_{copies}"
    return unique


def _joined(name: str) -> str:
    return words(name).replace(" ", "")


@cache
def _ranks() -> dict[str, dict[str, int]]:
    """For each target of ``column_names.txt`` its names, spaces left out, with their place in the list."""
    ranks: dict[str, dict[str, int]] = {}
    for target, listed in words_by_meaning("column_names.txt").items():
        places = ranks[target] = {}
        for place, name in enumerate(listed):
            places.setdefault(_joined(name), place)
    return ranks
