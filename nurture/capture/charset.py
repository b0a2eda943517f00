"""Which encoding a file is in, told from all of its bytes."""

import codecs
import re
from pathlib import Path

import charset_normalizer
import msgspec

from nurture.errors import ImportFileError

BLOCK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that one's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_FILES = (
    (b"PK\x03\x04", "a spreadsheet or archive (.xlsx, .ods, .zip)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)"),
    (b"\x1f\x8b", "a compressed file (.gz)"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "a database"),
)
LIKELY = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "mac_roman"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
"""What spreadsheets and CRMs write. ISO 8859-1 is read as cp1252, which has the same letters and more."""

LATIN = ("cp1252", "cp1250", "cp1254", "cp1257")
SYMBOL_IN_WORD = re.compile(r"(?:(?<=\w)[^\w\x00-\x7f]|[^\w\x00-\x7f](?=\w))|[²³¹ªº](?=[^\W\d])")

CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r\x1a"))


class Charset(msgspec.Struct, frozen=True):
    """encoding: a Python codec name; lines: physical lines, the last one included; bytes: size of the file."""

    encoding: str
    lines: int
    bytes: int


def read_charset(path: Path, encoding: str | None = None) -> Charset:
    """The encoding of the file, unless a person names it. Raises ImportFileError with a remedy if it is no text."""
    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError as error:
            raise ImportFileError(
                f"no encoding is called {encoding!r}; write one such as utf-8 or cp1252"
            ) from error
    try:
        with path.open("rb") as file:
            return _charset(path, file.read(BLOCK), path.stat().st_size, encoding)
    except OSError as error:
        raise ImportFileError(
            f"{path}: cannot be read: {error.strerror}; give the path of a CSV file"
        ) from error


def _charset(path: Path, head: bytes, size: int, encoding: str | None) -> Charset:
    if not head.strip(b"\0 \t\r\n"):
        raise ImportFileError(f"{path}: is empty; export the leads again with their header line")
    for magic, what in OTHER_FILES:
        if head.startswith(magic):
            raise ImportFileError(f"{path}: is {what}; open it and save the sheet as 'CSV UTF-8'")
    marked = next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)
    named, encoding = encoding, encoding or marked or _without_mark(head)
    if encoding is None:
        raise ImportFileError(f"{path}: is no text; save the leads as 'CSV UTF-8'")
    lines, foreign = _survey(path, encoding)
    if named is None and encoding == "utf-8" and foreign:
        encoding = _guess(foreign)
    return Charset(encoding=encoding, lines=lines, bytes=size)


def _without_mark(head: bytes) -> str | None:
    """UTF-8 until proven otherwise; UTF-16 has the NULs of its separators and line ends all on one side; else None."""
    nuls = head.count(0)
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if nuls * 10 >= len(head) and min(even, odd) * 20 <= nuls:
        wide = "utf-16-be" if even > odd else "utf-16-le"
        if head[: len(head) // 4 * 4].decode(wide, "replace").count("\N{REPLACEMENT CHARACTER}") <= 1:
            return wide
    binary = len(head) - len(head.translate(None, CONTROL))
    return "utf-8" if binary * 10 < len(head) else None  # a stray NUL or two are left out of their cells


def _survey(path: Path, encoding: str) -> tuple[int, bytes]:
    """The number of lines, and lines that are not UTF-8 (up to a block), for ``_guess``."""
    newline = "\n".encode(encoding if encoding.endswith(("le", "be")) else "utf-8")
    lines, foreign, ends_open = 0, bytearray(), False
    carried = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            lines += block.count(newline)
            ends_open = not block.rstrip(b"\0").endswith((b"\n", b"\r"))
            if encoding == "utf-8":
                complete, carried = _cut_at_line(carried + block)
                if len(foreign) < BLOCK and not _is_utf8(complete):
                    foreign += b"".join(
                        line for line in complete.splitlines(keepends=True) if not _is_utf8(line)
                    )
    if not _is_utf8(carried) and encoding == "utf-8":
        foreign += carried
    return max(lines + ends_open, 1), bytes(foreign[:BLOCK])


def _cut_at_line(block: bytes) -> tuple[bytes, bytes]:
    end = block.rfind(b"\n") + 1
    # A file of one endless line is cut anywhere; at worst one character counts as foreign.
    return (block[:end], block[end:]) if end or len(block) < 4 * BLOCK else (block, b"")


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(foreign: bytes) -> str:
    best = charset_normalizer.from_bytes(foreign, cp_isolation=list(LIKELY)).best()
    if best is not None and best.encoding not in LATIN:
        return best.encoding
    # A few names are too little to tell these four by their letters' frequencies, so the one without symbols inside
    # words is taken, and cp1252, by far the most common, where that does not decide.
    return min(LATIN, key=lambda encoding: len(SYMBOL_IN_WORD.findall(foreign.decode(encoding, "replace"))))
