"""What a provider is to us: how a message is asked for, and what its answers mean."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from nurture.delivery.headers import clean
from nurture.delivery.outcome import TEXT_MAX
from nurture.ports import OutgoingMessage


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider knows us by.

    key                the API key, server token or secret access key.
    url                the base of its API; "" for the usual one.
    region             of Amazon, "eu-west-1".
    access_key         which of Amazon's keys the secret belongs to.
    configuration_set  of Amazon: what publishes its events; "" for none.
    domain             of Mailgun; "" for the sender's own.
    stream             of Postmark: the message stream; "" for its default one.
    """

    key: str
    url: str = ""
    region: str = ""
    access_key: str = ""
    configuration_set: str = ""
    domain: str = ""
    stream: str = ""

    def __repr__(self) -> str:
        return f"Account({self.url or self.region!r}, ...)"


class Ask(msgspec.Struct, frozen=True):
    """One request.

    headers     all but the length.
    repeatable  whether it may be made again without a second mail (an idempotency key).
    """

    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    method: str = "POST"
    repeatable: bool = False


class Reply(msgspec.Struct, frozen=True):
    """An answer, read to its end. ``headers`` by name in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def table(self) -> dict[str, Any]:
        """The JSON object of the body; empty where it is none."""
        try:
            found = msgspec.json.decode(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


class Said(msgspec.Struct, frozen=True):
    """An answer in common words.

    name      the provider's own name or number of an error, "" where it gives none.
    text      its words, for people.
    taken_as  its number of the mail; "" unless the answer says that the mail was taken.
    """

    name: str = ""
    text: str = ""
    taken_as: str = ""


class Verdict(StrEnum):
    """What an answer means for a mail, and for those after it."""

    TAKEN = "taken"
    TWICE = "twice"
    """It was taken at an earlier try: this one changed nothing."""
    BUSY = "busy"
    """We ask too often: everybody waits."""
    LATER = "later"
    """Not now; the others are not concerned."""
    OURS = "ours"
    """Key, account or sender: nobody's mail leaves until a person mends it."""
    DEAD = "dead"
    """The recipient's address is none."""
    BLOCKED = "blocked"
    """The provider does not write to this recipient, or not this content."""
    UNFIT = "unfit"
    """The request cannot be carried out as it is."""
    LOST = "lost"
    """Nobody can know whether the mail was taken."""
    UNREACHED = "unreached"
    """The request did not get there."""


class Rule(msgspec.Struct, frozen=True):
    """What an answer means if all that is named here fits. ``words`` are looked for in its text."""

    verdict: Verdict
    names: frozenset[str] = frozenset()
    words: re.Pattern[str] | None = None
    statuses: frozenset[int] = frozenset()

    def fits(self, status: int, said: Said) -> bool:
        return (
            (not self.names or said.name in self.names)
            and (not self.statuses or status in self.statuses)
            and (self.words is None or self.words.search(said.text) is not None)
        )


def named(verdict: Verdict, *names: str, words: str = "") -> Rule:
    """A rule for errors of these names, whose text has *words* (a pattern, in any case)."""
    return Rule(verdict, frozenset(names), re.compile(words, re.IGNORECASE) if words else None)


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """One provider.

    ask      the request that sends a message, at a moment; raises ValueError where the message cannot be read.
    said     reads an answer.
    rules    what its answers mean, the first that fits; what none fits is judged by its status.
    probe    a request that changes nothing and shows whether the key is good, for the doctor.
    healthy  what is not well in a good answer to the probe; "" for nothing.
    limited  the names of refusals of the probe which say that the key is good, and may send only.
    """

    name: str
    title: str
    ask: Callable[[OutgoingMessage, Account, datetime], Ask]
    said: Callable[[Reply], Said]
    rules: tuple[Rule, ...]
    probe: Callable[[Account, datetime], Ask]
    healthy: Callable[[Reply], str] = lambda _: ""
    limited: frozenset[str] = frozenset()


def words(value: object) -> str:
    """A provider's words on one line."""
    return clean(value)[:TEXT_MAX] if isinstance(value, str) else ""
