"""The kinds of rows on the due queue."""

from enum import IntEnum


class DueKind(IntEnum):
    TIMER = 1
    TOUCH = 2
