"""Asking many at once, and waiting no longer than agreed."""

from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

import msgspec

from nurture.doctor.facts import Fact
from nurture.log import get_log

log = get_log(__name__)


class Question(msgspec.Struct, frozen=True):
    """What learns a fact, and the fact that stands for no answer."""

    ask: Callable[[], Fact]
    late: Fact


def together(questions: Sequence[Question], seconds: float) -> list[Fact]:
    """The fact of each question, in order: *late* for those that took longer than *seconds*, or broke."""
    answered: SimpleQueue[tuple[int, Fact]] = SimpleQueue()
    for number, question in enumerate(questions):
        # No pool: at the end of the program it would wait for a server that never answers.
        Thread(target=_ask, args=(number, question, answered), name="doctor", daemon=True).start()
    until, facts = monotonic() + seconds, [question.late for question in questions]
    for _ in questions:
        try:
            number, fact = answered.get(timeout=max(0.0, until - monotonic()))
        except Empty:
            break
        facts[number] = fact
    return facts


def _ask(number: int, question: Question, answered: "SimpleQueue[tuple[int, Fact]]") -> None:
    try:
        answered.put((number, question.ask()))
    except Exception as error:  # noqa: BLE001 one broken question must not hide the answers of all others
        log.error("doctor failed to ask", error=error)  # noqa: TRY400 it adds the traceback
        answered.put((number, question.late))
