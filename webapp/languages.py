"""The languages of our own pages: which one a request is answered in.

A page's words are written in English and translated where they are shown:

    {{ _("Log in") }}                                 words of a template
    {{ ngettext("%(num)s lead", "%(num)s leads", n) }}   a count
    {{ place.words|said }}                            words that Python made, of our tables or of a floor below

What recipients read speaks their own language and has its words elsewhere (``footer_words``, ``form_words``).
"""

from babel.support import NullTranslations
from flask import Flask, current_app, g, request
from flask_babel import Babel, Domain, get_locale  # type: ignore[import-untyped]

from nurture.languages.catalogues import LANGUAGES, WRITTEN_IN, catalogue


class Written(Domain):  # type: ignore[misc]
    """The catalogues as translators write them, compiled in memory: there is no second file that could be older."""

    def get_translations(self) -> NullTranslations:
        return catalogue(language())


def add_to(app: Flask, otherwise: str) -> None:
    """Answer each request of *app* in the language of whoever asks, and give templates ``language``.

    otherwise  the language where whoever asks names none that we speak.
    """
    app.config["LANGUAGE_OTHERWISE"] = otherwise
    babel = Babel(app, default_locale=WRITTEN_IN, locale_selector=asked)
    babel.domain_instance = Written()
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(language=language)


def asked() -> str:
    """The choice of the account that asks; without one the best that its browser names; else the installation's."""
    account = g.get("account")
    if account is not None and account.language in LANGUAGES:
        return str(account.language)
    return request.accept_languages.best_match(LANGUAGES) or str(current_app.config["LANGUAGE_OTHERWISE"])


def language() -> str:
    """The two letters of the language of this answer."""
    found = get_locale()
    return WRITTEN_IN if found is None else str(found.language)
