"""Three kinds of buyers to begin with where a programme has no persona: each opens as a new persona, to be changed and published."""

from collections.abc import Mapping

import msgspec

from nurture.content.model import FieldType, Programme
from nurture.vocabulary.words import BuyingRole
from webapp.persona_edits import NEW
from webapp.said import said


class Example(msgspec.Struct, frozen=True):
    """A kind of buyer that most programmes have.

    titles  what stands in the job titles of such people, in small letters.
    """

    key: str
    name: str
    role: BuyingRole
    who: str
    goals: tuple[str, ...]
    triggers: tuple[str, ...]
    rule: str
    titles: tuple[str, ...]


EXAMPLES = (
    Example(
        "decision-maker",
        "Decision maker",
        BuyingRole.DECISION_MAKER,
        "Signs, and asks what it brings.",
        ("proof before money", "no surprise in year two"),
        ("a budget round", "a cost that grows"),
        "heads-the-house",
        ("chief", "ceo", "cfo", "director", "vp", "owner"),
    ),
    Example(
        "champion",
        "Champion",
        BuyingRole.CHAMPION,
        "Leads the team with the problem, and wants it solved.",
        ("fewer evenings with spreadsheets", "a number to show upstairs"),
        ("a new target", "a tool that no longer does"),
        "leads-a-team",
        ("head", "lead", "manager"),
    ),
    Example(
        "user",
        "User",
        BuyingRole.USER,
        "Works with it every day, and is asked whether it is any good.",
        ("one screen instead of five", "to leave on time"),
        ("a backlog", "a colleague who leaves"),
        "works-with-it",
        ("analyst", "specialist", "coordinator", "clerk"),
    ),
)
TITLE = ("title", "job", "position", "role")


def example_said(key: str, programme: Programme) -> Mapping[str, str]:
    """What the form of a new persona says for an example; nothing where there is none of that key."""
    example = next((each for each in EXAMPLES if each.key == key), None)
    if example is None:
        return {}
    return {
        "key": example.key,
        "name": said(example.name),
        "role": example.role.value,
        "goals": "\n".join(map(said, example.goals)),
        "triggers": "\n".join(map(said, example.triggers)),
        f"rule-{NEW}-key": example.rule,
        f"rule-{NEW}-points": "60",
        f"rule-{NEW}-expression": _fits(example, programme),
    }


def _fits(example: Example, programme: Programme) -> str:
    """Its rule, by the field of the programme that holds job titles; empty where it has none, for a person to say."""
    titles = (
        key
        for key, field in programme.fields.items()
        if field.type is FieldType.TEXT and any(word in key for word in TITLE)
    )
    field = next(titles, None)
    return (
        ""
        if field is None
        else " or ".join(" ".join((repr(word), "in", f"lead.{field}|lower")) for word in example.titles)
    )
