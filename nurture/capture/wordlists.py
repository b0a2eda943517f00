"""The word lists beside this package: lines of 'meaning: word, word'; '#' begins a comment."""

from functools import cache
from importlib.resources import files


@cache
def words_by_meaning(file: str) -> dict[str, tuple[str, ...]]:
    """Each meaning of ``lists/<file>`` with its words in their order."""
    text = files(__package__).joinpath("lists", file).read_text("utf-8")
    lines = (line.partition(":") for line in text.splitlines() if line and not line.startswith("#"))
    return {meaning: tuple(word.strip() for word in words.split(",")) for meaning, _, words in lines}
