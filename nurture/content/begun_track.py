"""A new track of a campaign: empty, or as another one begins it, of this campaign, of another, or of a recipe."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import msgspec

from nurture.content.edit import Edit, Insert, written
from nurture.content.mails import variant_name
from nurture.content.recipes import KEY, Recipe
from nurture.errors import ProgrammeError

FOR = ("key", "temperature", "personas", "stages", "purpose")
"""What a new track says of itself; all else it may have from the one that it begins as."""
OF_MAIL = re.compile(r"\b(clicked|opened)\('([^'\\]+)'")


class NewTrack(msgspec.Struct, frozen=True):
    """Whom a new track is for; "" for everybody, at any temperature and stage.

    key  its name; "" for one that says whom it is for.
    """

    persona: str = ""
    temperature: str = ""
    stage: str = ""
    key: str = ""
    purpose: str = ""

    def named(self, taken: set[str]) -> str:
        """Its key, which the campaign does not have yet. Raises ProgrammeError."""
        if self.key in taken:
            raise ProgrammeError(f"there is a track {self.key!r} already; choose another key")
        if self.key and not KEY.fullmatch(self.key):
            raise ProgrammeError(
                f"{self.key!r}: write small letters, digits and dashes, such as 'warm-buyer'"
            )
        said = "-".join(each for each in (self.temperature, self.persona, self.stage) if each)
        like = self.key or said or "everybody"
        return next(each for each in (like, *(f"{like}-{n}" for n in range(2, 10_000))) if each not in taken)


def begun(text: str, new: NewTrack, key: str, like: Mapping[str, Any] | None = None) -> list[Edit]:
    """The edits that write *new* at the end of the campaign's tracks.

    like  the track, as JSON would say it, whose cadence and steps it begins with; None for none.
    """
    head: dict[str, Any] = {"key": key}
    if new.temperature:
        head["temperature"] = new.temperature
    if new.persona:
        head["personas"] = [new.persona]
    if new.stage:
        head["stages"] = [new.stage]
    purpose = new.purpose or (like or {}).get("purpose")
    if purpose:
        head["purpose"] = purpose
    rest = {name: each for name, each in (like or {}).items() if name not in FOR}
    track = {**head, **rest}
    track.setdefault("steps", [])
    has_others = written(text, ("tracks",)) is not None
    return [Insert(("tracks",), track if has_others else [track])]


def of_campaign(track: Mapping[str, Any], other: str) -> Any:
    """*track* of the campaign *other*, as a different campaign says it: its mails by their full names."""
    return renamed(track, lambda mail: mail if "/" in mail else f"{other}/{mail}")


def of_recipe(
    recipe: Recipe, track: str, campaign: str, taken: Callable[[str], bool]
) -> tuple[Any, dict[str, str]]:
    """The track of a recipe as *campaign* says it, and the mails that it brings, by their paths.

    taken  whether there is a mail of this name in the campaign; then the recipe's gets another.
    """
    value = written(recipe.texts["campaign.yaml"], ("tracks", track))
    if value is None:
        raise ProgrammeError(f"the recipe {recipe.slug} has no track {track!r}")
    names: dict[str, str] = {}
    for mail in mails_of(value):
        numbered = (mail, *(f"{mail}-{n}" for n in range(2, 10_000)))
        names[mail] = next(each for each in numbered if not taken(each) and each not in names.values())
    texts = {}
    for path, text in recipe.texts.items():
        name = PurePosixPath(path).name
        mail = variant_name(name)[0] if path.endswith(".mjml") else ""
        if mail in names:
            texts[f"campaigns/{campaign}/mails/{names[mail]}{name.removeprefix(mail)}"] = text
    return renamed(value, lambda mail: names.get(mail, mail)), texts


def mails_of(value: Any) -> Iterator[str]:
    """The mails that a track names, each as often as it does."""
    match value:
        case dict():
            if isinstance(value.get("mail"), str):
                yield value["mail"]
            for each in value.values():
                yield from mails_of(each)
        case list():
            for each in value:
                yield from mails_of(each)


def renamed(value: Any, name: Callable[[str], str]) -> Any:
    """A track with every mail that its steps and conditions name under another name."""
    match value:
        case dict():
            return {
                key: name(each) if key == "mail" and isinstance(each, str) else renamed(each, name)
                for key, each in value.items()
            }
        case list():
            return [renamed(each, name) for each in value]
        case str():
            return OF_MAIL.sub(lambda found: f"{found[1]}('{name(found[2])}'", value)
    return value
