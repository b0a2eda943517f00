"""Proof that a mail cannot hurt, before any process that must live compiles or renders it (SEC2).

Whatever shows or sends a mail comes through here: ``proved`` for one that goes on being used, ``shown`` for one that is
looked at once, as a draft is, ``looked_over`` for all that is wrong with it. A proof holds for the very text and
templates, and for the compiler and the sandbox that it was made with: it is kept by the SHA-256 of them all.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from threading import Lock
from typing import TypeVar

import msgspec

from nurture.content.apart import pool
from nurture.content.apart.jobs import Lint, Looked, MailText, Reader, Shown, first_loop
from nurture.content.apart.limits import CPU_SECONDS, MEMORY_MAX
from nurture.content.apart.wire import Answered, Ended, Outcome, job
from nurture.content.compile import MailProgram, compile_mail
from nurture.content.mails import MailFile
from nurture.content.problems import Problem
from nurture.content.render import PreviewParts
from nurture.errors import RenderError

__all__ = ["PROVED_BY", "Lint", "MailText", "Reader", "looked_over", "prove", "proved", "shown", "size_of"]

SANDBOX = 1
"""Rises when what a template may do, or what it is proved with, changes."""
PROVED_BY = f"{SANDBOX}, mjml {version('mjml-python')}, jinja2 {version('jinja2')}, css-inline {version('css-inline')}"
"""What a proof was made with: under any other the mail is proved again."""
KEPT_MAX = 4_096
"""Proofs in memory, a few hundred bytes each."""
PROGRAMS_MAX = 128
"""Programs in memory, 60 kB each; to compile one takes 40 ms."""

T = TypeVar("T")

LOOKED = msgspec.msgpack.Decoder(Looked)
SHOWN = msgspec.msgpack.Decoder(Shown)


def looked_over(asked: Sequence[tuple[MailText, Lint]]) -> list[tuple[Problem, ...]]:
    """What is wrong with each mail; with one that cannot be proved, that too."""
    return [looked.problems for looked in _looked(asked)]


def prove(texts: Sequence[MailText]) -> list[Problem | None]:
    """What keeps each mail from being rendered, whoever its lead is; None where it is proved."""
    return [looked.refused for looked in _looked([(text, None) for text in texts])]


def proved(
    text: MailText, *, base_url: str, known: bool = False, direct: Mapping[str, str] | None = None
) -> MailProgram:
    """The program of a mail that cannot hurt. A new revision compiles what it has changed, not what it keeps.

    known   whether it was proved by PROVED_BY.
    direct  see ``compile_mail``: only addresses differ, which nothing computes with.
    Raises ProgrammeError with file:line:column for a mail that cannot be proved.
    """
    refused = None if known else prove([text])[0]
    if refused is not None:
        raise refused.error
    key = _key(text, None, base_url, direct)
    with _lock:
        program = _programs.get(key)
    if program is None:
        program = compile_mail(
            text.mail, templates=text.templates, base_url=base_url, tracked=text.tracked, direct=direct
        )
        _keep(_programs, key, program, PROGRAMS_MAX)
    return program


def size_of(text: MailText) -> int:
    """Bytes of a mail's HTML part as sent, without values. Raises ProgrammeError for one that cannot be proved."""
    (looked,) = _looked([(text, None)])
    if looked.refused is not None:
        raise looked.refused.error
    return looked.size


def shown(text: MailText, reader: Reader) -> PreviewParts:
    """The mail as one lead would read it, made apart: for drafts, which nobody has proved.

    Raises ProgrammeError with file:line:column for what is wrong with the mail, RenderError where this lead cannot have it.
    """
    outcome = pool.ask(job("show", text, reader))
    if isinstance(outcome, Ended):
        raise _problem(text.mail, outcome).error
    found = SHOWN.decode(outcome.answer)
    if found.problem is not None:
        raise found.problem.error
    if found.refused:
        raise RenderError(found.refused)
    return PreviewParts(found.subject, found.html, found.text)


# ---------------------------------------------------------------- what was proved

_kept: OrderedDict[bytes, Looked] = OrderedDict()
_programs: OrderedDict[bytes, MailProgram] = OrderedDict()
_lock = Lock()


def _looked(asked: Sequence[tuple[MailText, Lint | None]]) -> list[Looked]:
    """What came of each, asked once: what is not kept is asked for, several at a time."""
    keys = [_key(*each) for each in asked]
    with _lock:
        found = {key: _kept[key] for key in keys if key in _kept}
    new = {key: each for key, each in zip(keys, asked, strict=True) if key not in found}
    outcomes = pool.ask_all([job("look", *each) for each in new.values()])
    for (key, (text, lint)), outcome in zip(new.items(), outcomes, strict=True):
        found[key] = _read(text.mail, outcome)
        if isinstance(outcome, Answered):  # else a machine that was too busy would refuse the mail for good
            _keep(_kept, key, found[key], KEPT_MAX)
            if lint is not None:
                without = msgspec.structs.replace(found[key], problems=())
                _keep(_kept, _key(text, None), without, KEPT_MAX)
    return [found[key] for key in keys]


def _key(text: MailText, *rest: object) -> bytes:
    whole = msgspec.msgpack.encode((PROVED_BY, text, *rest), order="deterministic")
    return hashlib.sha256(whole).digest()


def _keep(kept: OrderedDict[bytes, T], key: bytes, what: T, most: int) -> None:
    with _lock:
        kept[key] = what
        while len(kept) > most:
            kept.popitem(last=False)


def _read(mail: MailFile, outcome: Outcome) -> Looked:
    match outcome:
        case Answered(answer):
            return LOOKED.decode(answer)
        case Ended():
            problem = _problem(mail, outcome)
            return Looked((problem,), problem)


def _problem(mail: MailFile, ended: Ended) -> Problem:
    line, column = first_loop(mail) if ended.stage == "written" else (mail.body_line, 1)
    message, remedy = WHY[ended.how]
    if ended.why:
        message = f"the mail cannot be {{stage}}: {ended.why}"
    return Problem(mail.path, line, column, message.format(stage=ended.stage), remedy)


WHY: Mapping[str, tuple[str, str]] = {
    "time": (
        f"the mail takes more than {CPU_SECONDS} seconds to be {{stage}}",
        "write it more simply: fewer elements, shorter loops",
    ),
    "memory": (
        f"the mail takes more than {MEMORY_MAX >> 20} MiB to be {{stage}}",
        "write it more simply: fewer elements, shorter loops",
    ),
    "died": (
        "the MJML compiler breaks down over this mail while it is {stage}",
        "nest fewer tags, and take back what you changed last",
    ),
}
