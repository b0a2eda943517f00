"""What is kept of an upload beside the store, in a folder of its own: the file as it came, how it is read, and what is rejected."""

import secrets
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TypeVar

import msgspec

from nurture.capture.columns import LeadMapping
from nurture.capture.sniff import FileShape
from nurture.engine.rehearsing import Rehearsed
from nurture.errors import ImportFileError

KeptT = TypeVar("KeptT", bound=tuple[object, ...])
NAME_MAX = 120
SAMPLES, SAMPLE_MAX = 3, 60
"""Values of each column that are shown, and how long one may be."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """How one file of an upload is read, as a person sees and changes it.

    number    the file's, as ``import_files`` counts.
    product   the name of the product that wrote it; None for any other list.
    standing  of everybody in it, where its name or a person says so.
    guess     what was guessed; *mapping*, what holds: the guess, until a person changes it.
    samples   of each column, a few values.
    meant     what subscribers of the named lists agree to.
    stages    each stage of theirs, and what it becomes.
    """

    number: int
    name: str
    product: str | None
    standing: str | None
    shape: FileShape
    guess: LeadMapping
    mapping: LeadMapping
    samples: tuple[tuple[str, ...], ...]
    meant: tuple[str, ...] = ()
    stages: tuple[tuple[str, str], ...] = ()


class Tried(msgspec.Struct, frozen=True):
    """What an import of one file would do; *before*, whether this very import was over before."""

    number: int
    would: Rehearsed
    before: bool = False

    @property
    def rows(self) -> int:
        """Rows of the file, taken or not."""
        return self.would.rows + self.would.rejected


class UploadFolder:
    """The folder of one upload."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def new(cls, home: Path) -> "UploadFolder":
        """A fresh one below *home*."""
        made = cls(home / secrets.token_hex(16))
        (made.path / "given").mkdir(parents=True)
        return made

    def given(self, name: str) -> Path:
        """Where the file lies, under the name that it came with: an export is told by it, too."""
        return self.path / "given" / name

    def rejects(self, number: int) -> Path:
        """Where the rows of one file go that are not imported."""
        return self.path / f"rejects-{number}.csv"

    @property
    def read(self) -> tuple[Read, ...]:
        return self._kept("read.json", tuple[Read, ...])

    @property
    def tried(self) -> tuple[Tried, ...]:
        return self._kept("tried.json", tuple[Tried, ...])

    def keep_read(self, files: Sequence[Read]) -> None:
        self._keep("read.json", files)
        self._keep("tried.json", ())  # what was tried was tried otherwise

    def keep_tried(self, files: Sequence[Tried]) -> None:
        self._keep("tried.json", files)

    def in_words(self, error: ImportFileError) -> str:
        """An error about the file, which names no folder of ours."""
        return str(error).replace(f"{self.path / 'given'}/", "")

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def _keep(self, name: str, value: object) -> None:
        fresh = self.path / f".{name}-{secrets.token_hex(4)}"
        fresh.write_bytes(msgspec.json.encode(value))
        fresh.replace(self.path / name)  # whoever reads meanwhile gets the one or the other, whole

    def _kept(self, name: str, kind: type[KeptT]) -> KeptT:
        file = self.path / name
        return (
            msgspec.json.decode(file.read_bytes(), type=kind, dec_hook=_counted) if file.exists() else kind()
        )


def _counted(_: type, value: object) -> object:
    """A counter of a tally, which is written as a table."""
    assert isinstance(value, dict), "what else we keep are types that msgspec knows"
    return Counter(value)


def plain_name(name: str) -> str:
    """The name that a browser gives a file, without folders and marks that no name needs. Raises ImportFileError for none."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    while len(plain.encode()) > NAME_MAX:
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[:-1]}{dot}{ending}" if stem else plain[:-1]
    if not plain:
        raise ImportFileError("choose a file of leads first")
    return plain


def samples_of(shape: FileShape, rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The first few different values of each column."""
    found: list[dict[str, None]] = [{} for _ in shape.columns]
    for row in rows:
        for values, cell in zip(found, row, strict=False):
            value = " ".join(cell.split())[:SAMPLE_MAX]
            if value and len(values) < SAMPLES:
                values[value] = None
        if all(len(values) == SAMPLES for values in found):
            break
    return tuple(tuple(values) for values in found)


def uploads_in(home: Path) -> Path:
    """The folder of all uploads of an installation."""
    return home / "imports"
