"""One server of the pool: reads jobs from its input, forks for each, and writes what came of it to its output."""

import gc
import os
import select
import signal
from io import FileIO, RawIOBase
from time import monotonic

import msgspec

from nurture.content.apart import jobs, layout, limits
from nurture.content.apart.wire import Answered, Ended, Outcome, read, write

ANSWER, BUG = b"=", b"!"
"""What a job writes into its pipe: its stages, one letter each, and at last one of these and the rest."""
OUT_OF_MEMORY = 3


def serve(source: RawIOBase, sink: RawIOBase) -> None:
    """Do jobs until *source* ends."""
    layout.is_apart = True
    jobs.warm_up()
    gc.collect()
    gc.freeze()  # else the first collection in each child copies every page
    while (job := read(source)) is not None:
        write(sink, msgspec.msgpack.encode(done(job)))


def done(job: bytes) -> Outcome:
    """What came of *job*, done in a child."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        _work(job, into)
    os.close(into)
    told, in_time = _told(out)
    os.close(out)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return _outcome(told, os.waitstatus_to_exitcode(status), in_time=in_time)


def _told(out: int) -> tuple[bytes, bool]:
    """All that a child writes, and whether it has written it in time."""
    told = bytearray()
    ends_at = monotonic() + limits.WALL_SECONDS
    while len(told) <= limits.ANSWER_MAX:
        if not select.select([out], [], [], max(ends_at - monotonic(), 0))[0]:
            break
        piece = os.read(out, 1 << 16)
        if not piece:
            return bytes(told), True
        told += piece
    return bytes(told), False


def _outcome(told: bytes, code: int, *, in_time: bool) -> Outcome:
    stages, answered, answer = told.partition(ANSWER)
    if answered and in_time and code == 0:
        return Answered(answer)
    stages, _, why = told.partition(BUG)
    stage = jobs.STAGES.get(stages[-1:], "read")
    if not in_time or code in (-signal.SIGXCPU, -signal.SIGKILL):
        return Ended("time", stage)
    return Ended("memory" if code == OUT_OF_MEMORY else "died", stage, why.decode(errors="replace"))


# ---------------------------------------------------------------- in the child


def _work(job: bytes, into: int) -> None:
    """Do *job* and end: nothing of the server's goes on in its child, whatever happens."""
    code = 1
    try:
        limits.apply()
        answer = jobs.do(job, lambda stage: os.write(into, stage))
        with open(into, "wb", closefd=False) as pipe:
            pipe.write(ANSWER + answer)
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 - a bug of ours: told to the caller, who logs it
        os.write(into, BUG + f"{type(error).__name__}: {error}".encode(errors="replace")[:400])
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(FileIO(0, closefd=False), FileIO(1, "w", closefd=False))
