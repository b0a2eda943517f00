"""Two texts, line by line: what one has and the other has not, with a little of what both have around it."""

import difflib
from typing import Literal

import msgspec

AROUND = 2
"""Lines of both that are shown before and after a change."""


class Line(msgspec.Struct, frozen=True):
    """One line: that both have, that is gone, or that is new; or a gap where lines of both are left out."""

    kind: Literal["same", "gone", "new", "gap"]
    text: str = ""


def differences(before: str, after: str) -> tuple[Line, ...]:
    """How *after* differs from *before*; nothing where it does not."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        if found or group[0][1] > 0:
            found.append(Line("gap"))
        for what, old_start, old_end, new_start, new_end in group:
            if what == "equal":
                found += [Line("same", each) for each in old[old_start:old_end]]
                continue
            found += [Line("gone", each) for each in old[old_start:old_end]]
            found += [Line("new", each) for each in new[new_start:new_end]]
    return tuple(found)
