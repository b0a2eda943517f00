"""The values that a mail is proved with: leads that are as long, as odd and as unknown as leads can be."""

from collections.abc import Iterator, Mapping
from typing import Any

from nurture.content.filters import LOOP_TURNS
from nurture.content.system_mails import ROWS_MAX
from nurture.content.values import Lines

LONG = 2_000
"""Characters of a long value; what is longer still is possible, and stopped when it is sent (TEXT_MAX, OUT_MAX)."""
NAUGHTY = "\"'<b>&amp;{{ 7*7 }}{% raw %}</mj-text><mj-raw>\r\nBcc: x@x\x00\u2028\u202e\ufeff\U0001f469\u200d\U0001f467=3D\t"
LONG_TEXT = (NAUGHTY + "Jøhn von Überall ") * (LONG // (len(NAUGHTY) + 17))
TAGS = ("x" * 40,) * LOOP_TURNS
ROW = {"name": "x" * 200, "value": NAUGHTY}

KINDS: tuple[object, ...] = (LONG_TEXT, NAUGHTY, "", 10**15, -1.5e300, True, False, "2026-03-02", None)
"""What every field holds, one kind after the other; None is not known."""


class Anyone(Mapping[str, object]):
    """A mapping in which every name has *value*, and its tags are a list of as many as may be looped over."""

    def __init__(self, value: object) -> None:
        self._value = value

    @property
    def is_known(self) -> bool:
        return self._value is not None

    def get(self, name: str, default: Any = None) -> Any:
        return TAGS if name == "tags" else default if self._value is None else self._value

    def __getitem__(self, name: str) -> object:
        return self.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def hostile(sample: Mapping[str, object] | None) -> Iterator[tuple[Anyone, Mapping[str, Any]]]:
    """A lead and the other names of a mail, again and again.

    sample  of a system mail, what its names may say; None for a mail to leads.
    """
    for value in KINDS:
        text = value if isinstance(value, str) else NAUGHTY
        yield (
            Anyone(value),
            {
                "programme": {
                    "name": text,
                    "postal_address": text,
                    "sender": {"name": text, "address": text},
                },
                "campaign": {"name": text, "contact": text},
                "owner": Anyone(value if isinstance(value, str) else None),
                "signature": Lines(f"{text}\n" * 3),
                **{name: _like(each, value) for name, each in (sample or {}).items()},
            },
        )


def _like(example: object, value: object) -> object:
    """Something of the shape of *example*: rows stay rows, and lines lines."""
    if isinstance(example, list):
        return [ROW if isinstance(each, Mapping) else ROW["value"] for each in example[:1]] * ROWS_MAX
    return "" if value is None else value
