"""How a caller and a server talk: four bytes of length, then as many bytes."""

import struct
from io import RawIOBase
from pickle import dumps
from typing import Literal

import msgspec

LENGTH = struct.Struct(">I")


class Ended(msgspec.Struct, frozen=True, tag=True):
    """A job that came to no answer.

    how    it ran out of time or of memory, or died: the MJML compiler did, or a bug of ours broke it.
    stage  what it had come to: "read", "laid out", "written".
    why    of a bug, what it said.
    """

    how: Literal["time", "memory", "died"]
    stage: str
    why: str = ""


class Answered(msgspec.Struct, frozen=True, tag=True):
    """A job that was done, and its answer."""

    answer: bytes


Outcome = Ended | Answered


def job(name: str, *arguments: object) -> bytes:
    """A job to ask for: one of ``jobs.JOBS`` and its arguments."""
    return dumps((name, arguments))


def write(sink: RawIOBase, message: bytes) -> None:
    """Send *message*; a pipe takes as much at once as it has room for."""
    rest = memoryview(LENGTH.pack(len(message)) + message)
    while rest:
        rest = rest[sink.write(rest) or 0 :]


def read(source: RawIOBase) -> bytes | None:
    """The next message of *source*; None where it ends."""
    head = _exactly(source, LENGTH.size)
    return None if head is None else _exactly(source, LENGTH.unpack(head)[0])


def _exactly(source: RawIOBase, length: int) -> bytes | None:
    found = bytearray()
    while len(found) < length:
        piece = source.read(length - len(found))
        if not piece:
            return None
        found += piece
    return bytes(found)
