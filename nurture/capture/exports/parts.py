"""The files of an export: one, or those of a zip, unpacked and in the order in which they must be read."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from nurture.capture.exports.product import Product, Standing
from nurture.capture.names import words
from nurture.errors import ImportFileError

FILES_MAX = 50
BYTES_MAX = 4 << 30
"""More is no export of contacts: the archive lies about its size, or is another one."""
STRICTEST_LAST = (
    Standing.SUBSCRIBED,
    None,
    Standing.NOT_ASKED,
    Standing.UNSUBSCRIBED,
    Standing.BLOCKED,
    Standing.BOUNCED,
)


class Part(msgspec.Struct, frozen=True):
    """One file: its own name, and where it lies now."""

    name: str
    path: Path


def is_archive(path: Path) -> bool:
    """Whether the file is a zip of exports; a spreadsheet is a zip too, and none."""
    if path.suffix.lower() in (".xlsx", ".ods") or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return "[Content_Types].xml" not in archive.namelist()


def parts_of(path: Path, folder: Path, *, bytes_max: int = BYTES_MAX) -> tuple[Part, ...]:
    """The files of *path*; those of a zip are unpacked into *folder*, whatever folders they claim to lie in.

    bytes_max  what those of a zip may have together, unpacked.

    Raises ImportFileError where a zip is damaged, holds no list or far too much.
    """
    if not is_archive(path):
        return (Part(path.name, path),)
    try:
        with zipfile.ZipFile(path) as archive:
            found = tuple(_unpacked(path, archive, folder, bytes_max))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ImportFileError(f"{path}: cannot be unpacked: {error}; export the audience again") from error
    if not found:
        raise ImportFileError(f"{path}: holds no .csv file; export the contacts again, as CSV")
    return found


def standing_of(product: Product, name: str, columns: tuple[str, ...]) -> Standing | None:
    """Where everybody in a file stands, by its columns or its name; None where each row says it for itself.

    Raises ImportFileError where only the name could say it and does not.
    """
    if not product.standing_of_file:
        return None
    named = {words(column) for column in columns}
    if "unsub time" in named:
        return Standing.UNSUBSCRIBED
    if "clean time" in named:
        return Standing.BOUNCED
    for part, standing in product.standing_of_file:
        if part in words(name):
            return standing
    raise ImportFileError(
        f"{name}: nothing says whether these contacts of {product.name} are subscribed; keep the name that the export "
        "gave the file, or say it with --standing subscribed or --standing 'not asked'"
    )


def rank_of(standing: Standing | None) -> int:
    """Where a file of this standing is read among others: what mails less is taken in later, and so prevails."""
    return STRICTEST_LAST.index(standing)


def _unpacked(path: Path, archive: zipfile.ZipFile, folder: Path, bytes_max: int) -> Iterator[Part]:
    lists = [each for each in archive.infolist() if _is_list(each)]
    if len(lists) > FILES_MAX or sum(each.file_size for each in lists) > bytes_max:
        raise ImportFileError(
            f"{path}: holds more than {FILES_MAX} lists or {bytes_max >> 30} GB; unpack it and import them one by one"
        )
    for number, each in enumerate(lists, start=1):
        name = PurePosixPath(each.filename).name
        to = folder / str(number) / name  # two folders of the archive may hold files of one name
        to.parent.mkdir()
        with archive.open(each) as packed, to.open("wb") as file:
            shutil.copyfileobj(packed, file)
        yield Part(name, to)


def _is_list(info: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(info.filename).name
    return name.lower().endswith(".csv") and not name.startswith(".") and "__MACOSX" not in info.filename
