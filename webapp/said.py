"""Words that Python made, in the language of whoever reads this answer: ``{{ finding.message|said }}``."""

from collections.abc import Mapping

from markupsafe import Markup

from nurture.content.problems import Problem
from nurture.languages.catalogues import catalogue, read
from nurture.languages.said import said_in
from webapp.languages import language

ISLANDS = "webapp/frontend/"


def said(words: object) -> str:
    """*words* as the reader of this answer says them; in English, or if nobody has translated them, as they are."""
    spoken = said_in(language(), words if isinstance(words, str) else str(words))
    return Markup(spoken) if isinstance(words, Markup) else spoken  # noqa: S704 - a translation of our own markup


def said_finding(problem: Problem) -> str:
    """What the checks found, and the remedy, as a sentence."""
    return f"{said(problem.message)}; {said(problem.remedy)}."


def island_words() -> Mapping[str, str]:
    """What the editor's island says in the language of this answer, by its English; nothing where that is English."""
    known, written = catalogue(language()), read(language())
    found = () if written is None else written
    return {
        each.id: known.gettext(each.id)
        for each in found
        if isinstance(each.id, str) and any(path.startswith(ISLANDS) for path, _ in each.locations)
    }
