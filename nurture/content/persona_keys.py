"""Another key of a persona, in all that names it: tracks, conditions, and the file names of mails. Pure: texts in, texts out.

A condition names a persona where it compares ``lead.persona`` with words in quotes, or with a list of them. What says the key
in another way, such as by a name that was set to it, is not guessed at: ``left_over`` finds it.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from nurture.content.catalog import CAMPAIGN, MAIL, PROGRAMME
from nurture.content.codec import read_campaign
from nurture.content.edit import Edit, Insert, Remove, Replace, apply, written
from nurture.content.mails import variant_name

COMPARED = re.compile(
    r"""(?P<head>lead\.persona\s*(?:\|\s*default\([^)\n]*\)\s*)?\)?\s*(?:==|!=|(?:not\s+)?in)\s*)"""
    r"""(?P<said>\[[^\]\n]*\]|\([^)\n]*\)|'[^'\n]*'|"[^"\n]*")"""
)
TURNED = re.compile(r"""(?P<said>'[^'\n]*'|"[^"\n]*")(?P<tail>\s*(?:==|!=)\s*lead\.persona\b)""")


class Place(msgspec.Struct, frozen=True):
    """A line that names the persona in a way that cannot be renamed by itself."""

    path: str
    line: int
    text: str


def renamed(path: str, text: str, old: str, new: str) -> str:
    """The text at *path* with *new* wherever it names the persona *old*; the same text where it does not."""
    if old not in text:
        return text
    text = COMPARED.sub(lambda found: found["head"] + _said(found["said"], old, new), text)
    text = TURNED.sub(lambda found: _said(found["said"], old, new) + found["tail"], text)
    if CAMPAIGN.fullmatch(path):
        text = apply(text, _of_tracks(path, text, old, new))
    return text


def renamed_path(path: str, old: str, new: str) -> str:
    """The path of a mail's file for *old*, as one for *new*; any other as it is."""
    if not MAIL.fullmatch(path) or variant_name(path)[1] != old:
        return path
    folder, _, name = path.rpartition("/")
    stem, _, rest = name.partition(".")
    return f"{folder}/{stem}.{new}{rest.removeprefix(old)}"


def renamed_programme(text: str, old: str, new: str) -> str:
    """programme.yaml with the persona *old* under its new key, which remembers the one it had."""
    text = renamed(PROGRAMME, text, old, new)
    there = ("personas", old)
    was = [each for each in written(text, (*there, "was")) or [] if each != new]
    edits: list[Edit] = [Remove((*there, "was"))] if written(text, (*there, "was")) is not None else []
    edits += [Insert((*there, "was"), [*was, old]), Replace((*there, "key"), new)]
    return apply(text, edits)


def left_over(texts: Mapping[str, str], old: str) -> Iterator[Place]:
    """Lines of *texts*, renamed already, that ask for a persona and still say *old* in quotes."""
    said = re.compile(rf"""['"]{re.escape(old)}['"]""")
    for path, text in sorted(texts.items()):
        stands_for = re.compile(r"\bset\s+\w+\s*=\s*lead\.persona\b").search(text)
        for number, line in enumerate(text.splitlines(), start=1):
            if said.search(line) and (stands_for or "lead.persona" in line):
                yield Place(path, number, line.strip())


def _of_tracks(path: str, text: str, old: str, new: str) -> Iterator[Edit]:
    campaign = read_campaign(text, path).value
    for track in () if campaign is None or campaign.broadcast else campaign.tracks:
        for index, persona in enumerate(track.personas):
            if persona == old:
                yield Replace(("tracks", track.key, "personas", index), new)


def _said(said: str, old: str, new: str) -> str:
    return re.sub(rf"""(['"]){re.escape(old)}\1""", lambda found: f"{found[1]}{new}{found[1]}", said)
