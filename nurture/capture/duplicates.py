"""Which rows of one file are about the same lead."""

from enum import StrEnum

import msgspec


class DuplicatePolicy(StrEnum):
    MERGE = "merge"
    """A later row adds to the lead of the first: its known values win, its missing ones take nothing away."""
    REJECT = "reject"
    """Only the first row counts."""


class Conflict(msgspec.Struct, frozen=True):
    """A row that names the lead of ``line`` by its id but has another address: merged, two people would be one."""

    line: int


class Duplicates:
    """Remembers the address and id of every row of a file: 160 bytes a row, 270 where there is an id."""

    def __init__(self, policy: DuplicatePolicy = DuplicatePolicy.MERGE) -> None:
        self.policy = policy
        self._by_address: dict[str, int] = {}
        self._by_id: dict[str, int] = {}  # the line, negative while the lead has no address

    def first_line(self, line: int, address: str | None, source_id: str | None) -> int | Conflict:
        """The line on which this lead was first met: *line* itself if it is new.

        source_id  the lead's id in the other system; None where the file has none.
        """
        by_address = line if address is None else self._by_address.setdefault(address, line)
        if source_id is None:
            return by_address
        by_id = self._by_id.setdefault(source_id, -line if address is None else line)
        if abs(by_id) == line:  # A new id; a known address under it is the same person with two records.
            if by_address != line:
                self._by_id[source_id] = by_address
            return by_address
        if address is None or by_id == by_address:
            return abs(by_id)
        if by_id < 0 and by_address == line:  # the lead was met without its address
            self._by_id[source_id] = self._by_address[address] = -by_id
            return -by_id
        if by_address == line:
            del self._by_address[address]
        return Conflict(abs(by_id))
