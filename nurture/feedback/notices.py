"""Notices of Amazon SES that come as mail: the JSON of its notification topics, with or without their wrapper."""

from collections.abc import Iterator
from json import JSONDecoder
from typing import Any

from nurture.feedback.letter import Letter
from nurture.feedback.model import Failure
from nurture.feedback.verdict import verdict
from nurture.vocabulary.words import BounceKind

Notice = dict[str, Any]


def notice(letter: Letter) -> Notice | None:
    """The notification in the message's words; None if they are none."""
    words = letter.words.strip()
    if not words.startswith("{"):
        return None
    try:
        told = _table(JSONDecoder().raw_decode(words)[0])  # SNS puts its own words below
        if isinstance(told.get("Message"), str):
            told = _table(JSONDecoder().raw_decode(told["Message"])[0])
    except (ValueError, RecursionError):
        return None
    return told if told.get("notificationType") in ("Bounce", "Complaint", "Delivery") else None


def failures(told: Notice) -> Iterator[Failure]:
    bounce = _table(told.get("bounce"))
    is_delay = bounce.get("bounceType") == "Transient"
    for each in _tables(bounce.get("bouncedRecipients")):
        code, text = str(each.get("status") or ""), str(each.get("diagnosticCode") or "")
        kind = verdict(code, text) if text or code else BounceKind.SOFT
        if is_delay and kind is BounceKind.HARD:
            kind = BounceKind.SOFT
        yield Failure(str(each.get("emailAddress") or ""), code, " ".join(text.split())[:500], kind)


def complainers(told: Notice) -> tuple[str, ...]:
    named = _tables(_table(told.get("complaint")).get("complainedRecipients"))
    return tuple(str(each.get("emailAddress") or "") for each in named)


def delivered(told: Notice) -> tuple[str, ...]:
    named = _table(told.get("delivery")).get("recipients")
    return tuple(str(each) for each in named) if isinstance(named, list) else ()


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[dict[str, Any]]:
    return [_table(each) for each in value] if isinstance(value, list) else []
