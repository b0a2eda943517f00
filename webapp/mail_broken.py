"""What keeps a mail from going live: the promises that its text would break and that are kept now, by its own file and by others."""

from nurture.check import check
from nurture.check.one_mail import check_mail
from nurture.content.catalog import load_texts
from nurture.content.problems import Problem
from nurture.engine.editing import broken
from nurture.engine.engine import Engine


def own_broken(engine: Engine, path: str, found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Those of *found*, which ``check_mail`` says of a text, that the live text does not break already."""
    catalog = engine.live.catalog
    live = catalog.texts.get(path)
    if live is None or not any(each.severity == "error" for each in found):
        return broken((), found)
    return broken(check_mail(catalog, path, live), found)


def broken_elsewhere(engine: Engine, path: str, text: str) -> tuple[Problem, ...]:
    """The promises of other files that would be broken if the mail said *text*: a step may name a link that is gone from it.

    It checks the whole programme, which takes longer than one asks for with every letter.
    """
    live = engine.live.catalog
    found = [each for each in check(load_texts({**live.texts, path: text})) if each.file != path]
    if not any(each.severity == "error" for each in found):
        return ()
    return broken(check(live), found)
