"""A broadcast as a campaign file of its own, as a page makes one."""

import re
import unicodedata
from collections.abc import Collection

import msgspec

from nurture.content.printing import flow, scalar
from nurture.content.wall_clock import WallClock

KEY_MAX = 48
NOT_OF_A_KEY = re.compile(r"[^a-z0-9]+")


class NewBroadcast(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chose.

    segment, tag   the audience: one of the two.
    mail           'campaign/name'.
    topic          None for none.
    """

    name: str
    mail: str
    at: WallClock
    segment: str | None = None
    tag: str | None = None
    topic: str | None = None


def path_of(key: str) -> str:
    return f"campaigns/{key}/campaign.yaml"


def text_of(new: NewBroadcast, key: str) -> str:
    """The campaign file of *new*."""
    audience = {"to": new.segment} if new.segment is not None else {"tag": new.tag}
    head: dict[str, str | int] = {"format": 1, "key": key, "name": new.name}
    if new.topic:
        head["topic"] = new.topic
    lines = [f"{name}: {scalar(value)}" for name, value in head.items()]
    broadcast = {**audience, "mail": new.mail, "at": str(new.at)}
    return "\n".join([*lines, f"broadcast: {flow(broadcast)}", ""])


def key_for(name: str, taken: Collection[str]) -> str:
    """A key made of *name* that none of *taken* has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = NOT_OF_A_KEY.sub("-", plain).strip("-")[:KEY_MAX].strip("-") or "broadcast"
    number, free = 2, key
    while free in taken:
        free, number = f"{key}-{number}", number + 1
    return free
