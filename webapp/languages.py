"""The languages of our own pages: which one a request is answered in, and what is said in it.

A page's words are written in English and translated where they are shown:

    {{ _("Log in") }}                                 words of a template
    {{ ngettext("%(num)s lead", "%(num)s leads", n) }}   a count
    {{ place.words|said }}                            words that Python made, of our tables or of a floor below

What recipients read speaks their own language and has its words elsewhere (``footer_words``, ``form_words``).
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale  # type: ignore[import-untyped]

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Those that are complete, as those who speak them call them; the first is the one that the words are written in."""
WRITTEN_IN = "en"
CATALOGUES = Path(__file__).parent / "translations"


class Written(Domain):  # type: ignore[misc]
    """The catalogues as translators write them, compiled in memory: there is no second file that could be older."""

    def get_translations(self) -> NullTranslations:
        return catalogue(language())


def add_to(app: Flask) -> None:
    """Answer each request of *app* in the language of whoever asks, and give templates ``language`` and ``languages``."""
    babel = Babel(app, default_locale=WRITTEN_IN, locale_selector=asked)
    babel.domain_instance = Written()
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(language=language)


def asked() -> str:
    """The choice of the account that asks; without one the best that its browser names."""
    account = g.get("account")
    if account is not None and account.language in LANGUAGES:
        return str(account.language)
    return request.accept_languages.best_match(LANGUAGES) or WRITTEN_IN


def language() -> str:
    """The two letters of the language of this answer."""
    found = get_locale()
    return WRITTEN_IN if found is None else str(found.language)


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
    """The messages that Python makes: a template says its own itself, so that nothing has to be recognised as one of them."""
    messages = read(language) or ()
    found = (each for each in messages if any(path.endswith(".py") for path, _ in each.locations))
    return frozenset(each.id for each in found if isinstance(each.id, str))


@cache
def read(language: str) -> Catalog | None:
    """The catalogue as its translators wrote it; None where there is none."""
    path = CATALOGUES / language / "LC_MESSAGES/messages.po"
    if not path.is_file():
        return None
    with path.open("rb") as written:
        return read_po(written, locale=language)
