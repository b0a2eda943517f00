"""Recipes: small campaigns to start from, and the one verb that makes a recipe a campaign of one's own.

    recipes/<slug>/recipe.yaml         what it is for, what it needs, what to replace
    recipes/<slug>/campaign.yaml       a whole campaign, of built-in fields only, so that it suits every programme
    recipes/<slug>/mails/<name>.mjml   its mails; [words in brackets] are to be replaced

A recipe is text like the programme itself: whoever starts from one owns every word of it afterwards.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from nurture.content.codec import read
from nurture.content.edit import Edit, Insert, Replace, apply
from nurture.content.mails import read_mail
from nurture.content.problems import Problem
from nurture.errors import ProgrammeError

CARD = "recipe.yaml"
CAMPAIGN = "campaign.yaml"
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
BLANK = re.compile(r"(?<![\w\])])\[\w[^\[\]{}<>]*\]")
"""Words to be replaced, in brackets; a bracket right after a word is Jinja's."""


class RecipeCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipe says about itself: recipe.yaml.

    format   1.
    name     as lists show it; the name of a campaign made from it, unless another is given.
    purpose  what it is for, in a sentence.
    enters   who enters and when, in a sentence.
    topic    the topic of the programme that suits its mails (none).
    forms    forms that must tell us when they are sent in, by name, and what each means (none).
    replace  what to put in place of the words in brackets, in the order of the mails.
    """

    format: int
    name: str
    purpose: str
    enters: str
    topic: str | None = None
    forms: Mapping[str, str] = {}
    replace: tuple[str, ...] = ()


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe with its texts.

    slug   its folder, by which it is asked for.
    card   what it says about itself.
    texts  the campaign and its mails, by path within the recipe: 'campaign.yaml', 'mails/hello.mjml'.
    """

    slug: str
    card: RecipeCard
    texts: Mapping[str, str]

    @property
    def subjects(self) -> dict[str, str]:
        """The subject of each mail by its name, in the order of their files' names."""
        return {
            Path(path).stem: read_mail(path, text).front.subject
            for path, text in sorted(self.texts.items())
            if path.endswith(".mjml")
        }


def read_recipes(folder: Path) -> dict[str, Recipe]:
    """Every recipe in *folder* by its slug. Raises ProgrammeError for a card that cannot be read."""
    return {card.parent.name: _read(card) for card in sorted(folder.glob(f"*/{CARD}"))}


def instantiate(
    recipe: Recipe, *, key: str, name: str, topic: str | None = None, draft: bool = False
) -> dict[str, str]:
    """The texts of a campaign made from *recipe*, by their full paths, as a catalog's texts have them.

    key    of the campaign and its folder: small letters, digits and dashes.
    name   as pages show it.
    topic  one of the programme's topics; None for a campaign that has none.
    draft  whether nobody enters yet, for the words in brackets are still to be replaced.
    Raises ProgrammeError for a key that cannot be a folder and an address.
    """
    if not KEY.fullmatch(key):
        raise ProgrammeError(
            f"campaign key {key!r}: expected small letters, digits and dashes; write such as 'spring-webinar'"
        )
    edits: list[Edit] = [Replace(("key",), key), Replace(("name",), name)]
    if topic is not None:
        edits.append(Insert(("topic",), topic, before="entry"))
    if draft:
        edits.append(Insert(("draft",), value=True, before="entry"))
    texts = {**recipe.texts, CAMPAIGN: apply(recipe.texts[CAMPAIGN], edits)}
    return {f"campaigns/{key}/{path}": text for path, text in texts.items()}


def blanks(text: str) -> tuple[str, ...]:
    """The words of *text* that are still to be replaced, each once, without their brackets."""
    return tuple(dict.fromkeys(found[1:-1] for found in BLANK.findall(text)))


def _read(card: Path) -> Recipe:
    label = f"recipes/{card.parent.name}/{CARD}"
    loaded = read(card.read_text("utf-8"), label, RecipeCard)
    if loaded.problems or loaded.value is None:
        raise ProgrammeError("\n".join(str(problem) for problem in loaded.problems))
    folder = card.parent
    texts = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in (folder / CAMPAIGN, *sorted(folder.glob("mails/*.mjml")))
        if path.exists()
    }
    if CAMPAIGN not in texts:
        raise Problem(label, 1, 1, f"the recipe has no {CAMPAIGN}", "write one beside it").error
    return Recipe(slug=folder.name, card=loaded.value, texts=texts)
