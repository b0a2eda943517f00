"""What a person wrote on a persona's page, as typed edits of programme.yaml; and what goes by the persona's key."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nurture.content.catalog import Catalog
from nurture.content.edit import Edit, Insert, Remove, written
from nurture.content.marks import Path
from nurture.content.model import Persona
from nurture.content.recipes import KEY
from nurture.errors import ProgrammeError
from nurture.vocabulary.words import BuyingRole
from webapp.track_edits import LINES, Said, changed, condition, questions_of

NEW = "new"
"""The rule that a form has room for beside those that are written."""
FIELDS = ("question", "about", "value")


class FormError(ProgrammeError):
    """What a form lacks, by the name of the field."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("; ".join(wrong.values()))
        self.wrong = wrong


def edits_of(text: str, persona: Persona, said: Said) -> list[Edit]:
    """The edits after which the file says of *persona* what the form says. Raises FormError."""
    path: Path = ("personas", persona.key)
    wrong: dict[str, str] = {}
    edits = changed(text, path, _about(said, wrong))
    for place, rule in enumerate(persona.fit):
        at, name = (*path, "fit", rule.key), f"rule-{place}"
        if said.get(f"{name}-gone"):
            edits.append(Remove(at))
            continue
        wanted = {"when": _condition(said, name, str(rule.when), wrong), "points": _points(said, name, wrong)}
        if not wrong:
            edits += changed(text, at, wanted)
    fresh = _new_rule(said, wrong, taken={rule.key for rule in persona.fit})
    if wrong:
        raise FormError(wrong)
    if fresh is not None:
        has_rules = written(text, (*path, "fit")) is not None
        edits.append(Insert((*path, "fit"), fresh if has_rules else [fresh]))
    return edits


def new_persona(text: str, taken: set[str], said: Said) -> tuple[str, list[Edit]]:
    """The key of a new persona, and the edits that write it at the end. Raises FormError."""
    wrong: dict[str, str] = {}
    key = said.get("key", "").strip()
    if not KEY.fullmatch(key):
        wrong["key"] = "Write small letters, digits and dashes, such as plant-manager."
    elif key in taken:
        wrong["key"] = f"There is a persona {key} already."
    about = {name: each for name, each in _about(said, wrong).items() if each is not None}
    rule = _new_rule(said, wrong, taken=set())
    if rule is None and not wrong:
        wrong[f"rule-{NEW}"] = "Say whom it fits: a persona without a rule has no leads."
    if wrong:
        raise FormError(wrong)
    value = {"key": key, **about, "fit": [rule]}
    has_others = written(text, ("personas",)) is not None
    return key, [Insert(("personas",), value if has_others else [value])]


def fields_of(persona: Persona, said: Said) -> dict[str, Path]:
    """Where the value of each field of the form stands, for problems that ``check`` finds there."""
    path: Path = ("personas", persona.key or said.get("key", "").strip())
    fields = {name: (*path, name) for name in ("name", "role", "goals", "triggers")}
    for place, rule in enumerate(persona.fit):
        fields[f"rule-{place}"] = (*path, "fit", rule.key, "when")
        fields[f"rule-{place}-points"] = (*path, "fit", rule.key, "points")
    fresh = said.get(f"rule-{NEW}-key", "").strip()
    fields[f"rule-{NEW}"] = (*path, "fit", fresh, "when")
    fields[f"rule-{NEW}-points"] = (*path, "fit", fresh, "points")
    return fields


def asked_of(said: Said, name: str, before: str) -> dict[str, Any]:
    """What the form shows of a condition: what was typed, if anything was, else what is written."""
    asked = questions_of(said.get(f"{name}-expression", before))
    if f"{name}-question-0" in said:
        lines = [tuple(said.get(f"{name}-{field}-{at}", "") for field in FIELDS) for at in range(LINES)]
        asked |= {"lines": lines, "of": said.get(f"{name}-of", "all"), "by_form": True}
    return asked


def referring(catalog: Catalog, key: str) -> Iterator[tuple[str, str]]:
    """What goes by the persona's key: a file, and what it says there."""
    for campaign in catalog.sound_programme().campaigns.values():
        for track in campaign.tracks:
            if key in track.personas:
                yield f"campaigns/{campaign.key}/campaign.yaml", f"the track {track.key}"
    for family in catalog.mails.values():
        for variant in family.variants:
            if variant.persona == key:
                yield variant.mail.path, "a mail of its own"
    asks = re.compile(rf"lead\.persona\b[^\n]*['\"]{re.escape(key)}['\"]")
    for path, text in sorted(catalog.texts.items()):
        if asks.search(text):
            yield path, "a condition"


def _about(said: Said, wrong: dict[str, str]) -> dict[str, Any]:
    name, role = said.get("name", "").strip(), said.get("role", "")
    if not name:
        wrong["name"] = "Write what pages call it."
    if role not in set(BuyingRole):
        wrong["role"] = "Choose its part in buying."
    return {
        "name": name,
        "role": role,
        "goals": _lines(said.get("goals", "")),
        "triggers": _lines(said.get("triggers", "")),
    }


def _lines(text: str) -> list[str] | None:
    return [line.strip() for line in text.splitlines() if line.strip()] or None


def _condition(said: Said, name: str, before: str, wrong: dict[str, str]) -> str:
    try:
        found = condition(said, name, before)
    except ProgrammeError as error:
        wrong[name] = str(error)
        return before
    if not found and name != f"rule-{NEW}":
        wrong[name] = "Say whom the rule fits, or remove it."
    return found


def _points(said: Said, name: str, wrong: dict[str, str]) -> int:
    typed = said.get(f"{name}-points", "").strip()
    if not re.fullmatch(r"[+-]?\d{1,4}", typed):
        wrong[f"{name}-points"] = f"“{typed}” is no whole number; write such as 40."
        return 0
    return int(typed)


def _new_rule(said: Said, wrong: dict[str, str], *, taken: set[str]) -> dict[str, Any] | None:
    """The rule that the form adds; None where its lines are left empty."""
    name = f"rule-{NEW}"
    when, key = _condition(said, name, "", wrong), said.get(f"{name}-key", "").strip()
    if not when and not key:
        return None
    if not when and name not in wrong:
        wrong[name] = "Say whom the rule fits."
    if not KEY.fullmatch(key):
        wrong[f"{name}-key"] = (
            "Give the rule a name of small letters, digits and dashes, such as leads-a-team."
        )
    elif key in taken:
        wrong[f"{name}-key"] = f"There is a rule {key} already."
    return {"key": key, "when": when, "points": _points(said, name, wrong)}
