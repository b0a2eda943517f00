"""The catalogues: what is said in each language, by its English."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Those that are complete, as those who speak them call them; the first is the one that the words are written in."""
WRITTEN_IN = "en"
CATALOGUES = Path(__file__).parents[2] / "webapp/translations"
"""They lie with the pages, which have most of the words."""
KNOW_THEIR_KIND = ("nurture/check/", "nurture/doctor/", "nurture/content/typed_reader.py")
"""Where sentences with values are made by ``told`` alone."""


@cache
def catalogue(language: str) -> NullTranslations:
    """What is said in *language*; nothing for the one that the words are written in."""
    written = read(language)
    if written is None:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, written)
    compiled.seek(0)
    return Translations(compiled)


@cache
def made_by_code(language: str) -> frozenset[str]:
    """The messages that Python makes: a template says its own itself, so that nothing has to be recognised as one of them.

    Nor has a finding of ``nurture.check``: it knows its kind (``nurture.languages.told``).
    """
    messages = read(language) or ()
    found = (each for each in messages if any(is_made(path) for path, _ in each.locations))
    return frozenset(each.id for each in found if isinstance(each.id, str))


def is_made(path: str) -> bool:
    """Whether the sentences of this file come to a page as plain text."""
    return path.endswith(".py") and not path.startswith(KNOW_THEIR_KIND)


@cache
def read(language: str) -> Catalog | None:
    """The catalogue as its translators wrote it; None where there is none."""
    path = CATALOGUES / language / "LC_MESSAGES/messages.po"
    if not path.is_file():
        return None
    with path.open("rb") as written:
        return read_po(written, locale=language)
