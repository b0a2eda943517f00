"""What a worker was sending, on the disk beside it: what a batch holds, the intent before each dot, the answer after it.

    held   these touches are about to be this worker's                  -> may be claimed, and nobody sends them
    held   they are, each by its attempt                                -> not started: may be sent again at once
    dot    the bytes that end this message leave next                   -> in flight: nobody can know
    answer what the server said                                         -> known

Each line reaches the kernel before the act that it announces, so the end of the process loses nothing. The disk learns of it in
groups: after a power cut lines may be missing, and then only answers are believed. A file holds the batch in hand and nothing
older; its writer's lock says whether the writer lives.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from zlib import crc32

import msgspec

from nurture.ports import Receipt

BOOT = Path("/proc/sys/kernel/random/boot_id")
SUFFIX = ".journal"


class Held(msgspec.Struct, frozen=True, array_like=True, tag="held"):
    """A batch begins: its touches, each with its attempt. *boot* names this run of the machine; "" where it has no name.

    claimed  whether the store has said so. Before, its answer may be lost, and the same attempt be another worker's.
    """

    boot: str
    touches: tuple[tuple[int, int], ...]
    claimed: bool = True


class Dot(msgspec.Struct, frozen=True, array_like=True, tag="dot"):
    """The end of a message leaves next; its Message-ID is made of the touch's id."""

    touch_id: int
    attempt: int


class Answered(msgspec.Struct, frozen=True, array_like=True, tag="answer"):
    """What came of it."""

    receipt: Receipt


Line = Held | Dot | Answered
_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class Left(msgspec.Struct, frozen=True):
    """What one journal knows of a touch.

    receipt      the answer; None where there was none.
    not_started  whether its dot certainly never left.
    claimed      whether it certainly was this worker's.
    """

    touch_id: int
    attempt: int
    receipt: Receipt | None
    not_started: bool
    claimed: bool = True


class Journal:
    """The file of one worker process, which alone writes to it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        # Locked before it has its name, so that nobody takes it for one whose writer has died.
        draft = directory / f".{os.getpid()}.{id(self)}"
        self._file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self.path = _named(draft, directory)
        self._attempts: dict[int, int] = {}

    def hold(self, touches: Sequence[tuple[int, int]], *, claimed: bool = True) -> None:
        """A batch begins, of touches by their attempts. Raises OSError where the disk takes nothing.

        claimed  whether the store has said that they are ours; it is noted before it is asked, too.
        """
        self._attempts = dict(touches)
        self._write(Held(boot_id(), tuple(touches), claimed))
        os.fdatasync(self._file)

    def before_dot(self, touch_id: int) -> None:
        """Note the intent. Raises OSError where the disk takes nothing: the message must not leave then."""
        self._write(Dot(touch_id, self._attempts[touch_id]))

    def answered(self, receipt: Receipt) -> None:
        """Note the answer. Raises OSError where the disk takes nothing."""
        self._write(Answered(receipt))

    def left(self) -> tuple[Left, ...]:
        """What the batch before left behind; empty if it was released."""
        return read(self.path.read_bytes())

    def release(self) -> None:
        """Everything that was held is settled in the store."""
        os.ftruncate(self._file, 0)
        self._attempts = {}

    def close(self) -> None:
        """Give up the file; without a batch in it, it goes."""
        if os.fstat(self._file).st_size == 0:
            self.path.unlink(missing_ok=True)
        os.close(self._file)

    def _write(self, line: Line) -> None:
        data = framed(line)
        if os.write(self._file, data) != len(data):
            raise OSError(f"{self.path}: the disk took only part of a line")


def abandoned(directory: Path) -> Iterator[tuple[Left, ...]]:
    """What each dead writer left; its file goes when the next one is asked for, so settle in between."""
    for path in sorted(directory.glob(f"[0-9]*{SUFFIX}")):
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # another worker was quicker
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # its writer lives
            os.close(file)
            continue
        try:
            if os.fstat(file).st_nlink:  # else another worker was quicker, and the name may be a new writer's
                yield read(os.pread(file, os.fstat(file).st_size, 0))
                path.unlink()
        finally:
            os.close(file)


def read(data: bytes, boot: str | None = None) -> tuple[Left, ...]:
    """What a journal tells of each touch it held.

    boot  the run of the machine now; None to ask it. Under another run than the writer's, or after a line that is broken in the
          middle, what is missing proves nothing: only answers are believed.
    """
    lines = data.splitlines(keepends=True)
    parsed = [line for line in map(unframed, lines) if line is not None]
    # A torn last line announced an act that never came: who died in writing it had not gone on.
    is_whole = all(unframed(line) is not None for line in lines[:-1])
    held: dict[int, int] = {}
    claimed: set[int] = set()
    boots: set[str] = set()
    dots: set[int] = set()
    receipts: dict[int, Receipt] = {}
    for line in parsed:
        match line:
            case Held():
                boots.add(line.boot)
                held.update(line.touches)
                if line.claimed:
                    claimed.update(touch_id for touch_id, _ in line.touches)
            case Dot():
                dots.add(line.touch_id)
            case Answered():
                receipts[line.receipt.touch_id] = line.receipt
    is_proof = is_whole and boots == {boot_id() if boot is None else boot} and "" not in boots
    return tuple(
        Left(
            touch_id,
            attempt,
            receipts.get(touch_id),
            not_started=is_proof and touch_id not in dots,
            claimed=touch_id in claimed,
        )
        for touch_id, attempt in held.items()
    )


def framed(line: Line) -> bytes:
    """The line as it stands in the file: a CRC-32 of eight digits, a space, JSON, a line feed."""
    data = _encode(line)
    return b"%08x %b\n" % (crc32(data), data)


def unframed(line: bytes) -> Line | None:
    """The line; None where it is torn or damaged."""
    checksum, _, data = line.partition(b" ")
    if not data.endswith(b"\n") or checksum != b"%08x" % crc32(data[:-1]):
        return None
    return _decoder.decode(data[:-1])


def boot_id() -> str:
    """What names this run of the machine (Linux, proc(5)); "" elsewhere, where no journal proves that nothing left."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""


def _named(draft: Path, directory: Path) -> Path:
    for number in count(1):
        path = directory / f"{number:06}{SUFFIX}"
        try:
            os.link(draft, path)  # unlike a rename, refuses a name that is taken
        except FileExistsError:
            continue
        draft.unlink()
        return path
    raise AssertionError("numbers do not end")
