"""What can be asked of a server, and what each answers. The callers are in ``nurture.content.proof``."""

import re
from collections.abc import Callable, Collection, Mapping
from pickle import loads

import msgspec
from jinja2.exceptions import TemplateError

from nurture.content.apart.hostile import hostile
from nurture.content.apart.layout import LaidOut
from nurture.content.compile import MailProgram, compile_mail
from nurture.content.lint import SAMPLE_TOKEN, SAMPLE_URL, lint_mail
from nurture.content.mails import MailFile, read_mail
from nurture.content.merge_fields import ALWAYS_KNOWN
from nurture.content.mjml.compiler import CompileError, compile_mjml
from nurture.content.problems import PlacedError, Problem, position
from nurture.content.render import render, render_preview
from nurture.errors import ForbiddenError, NurtureError, OversizeError, RenderError
from nurture.languages.told import as_text

STAGES = {b"l": "laid out", b"w": "written"}
"""How far a job has come; before the first it is being read."""
Tell = Callable[[bytes], object]


class Looked(msgspec.Struct, frozen=True):
    """What is wrong with a mail, and what keeps it from being rendered at all; None where it is proved.

    size  bytes of its HTML part as sent, without values.
    """

    problems: tuple[Problem, ...]
    refused: Problem | None
    size: int = 0


class Shown(msgspec.Struct, frozen=True):
    """A mail as a lead would read it; where there is none, what is wrong with it, or why this lead cannot be written to."""

    subject: str = ""
    html: str = ""
    text: str = ""
    problem: Problem | None = None
    refused: str = ""


class MailText(msgspec.Struct, frozen=True):
    """A mail that is to be looked at, and all that it is made of.

    tracked  see ``compile_mail``.
    sample   of a system mail, what its names may say; None for a mail to leads.
    """

    mail: MailFile
    templates: Mapping[str, str]
    tracked: bool = True
    sample: Mapping[str, object] | None = None


class Lint(msgspec.Struct, frozen=True):
    """What ``lint_mail`` is to hold a mail against."""

    fields: Collection[str] | None = None
    sure: Collection[str] = ALWAYS_KNOWN
    marketing: bool = True


class Reader(msgspec.Struct, frozen=True):
    """For whom a mail is shown; see ``render``."""

    base_url: str
    lead: Mapping[str, object]
    token: str
    extra: Mapping[str, object]
    variant: str | None = None


def do(asked: bytes, tell: Tell) -> bytes:
    """Do a job. *tell* hears each stage."""
    name, arguments = loads(asked)  # noqa: S301 - what is read was written by the process that started us
    return msgspec.msgpack.encode(JOBS[name](tell, *arguments), enc_hook=as_text)


def warm_up() -> None:
    """Load what a job needs, so that no child has to."""
    mail = read_mail("a.mjml", "---\nsubject: x\n---\n<mjml><mj-body></mj-body></mjml>")
    look(lambda _: None, MailText(mail, {}), Lint())


def look(tell: Tell, text: MailText, against: Lint | None) -> Looked:
    """Prove a mail with hostile values and, if asked to, look for every promise that it breaks."""
    refused: Problem | None = None
    program: MailProgram | None = None
    try:
        program = _compiled(tell, text, SAMPLE_URL)
        refused = _written(tell, text, program)
    except PlacedError as error:
        refused = error.problem
    size = 0 if program is None else program.size
    if against is None:
        return Looked((), refused, size)
    tell(b"r")
    problems = lint_mail(
        text.mail,
        templates=text.templates,
        fields=against.fields,
        sure=against.sure,
        marketing=against.marketing,
        sample=text.sample,
        program=program,
    )
    if refused is not None and not any(problem.severity == "error" for problem in problems):
        problems.append(refused)
    return Looked(tuple(sorted(problems)), refused, size)


def show(tell: Tell, text: MailText, reader: Reader) -> Shown:
    """The mail as one lead would read it."""
    try:
        program = _compiled(tell, text, reader.base_url)
        tell(b"w")
        parts = render_preview(
            program, lead=reader.lead, token=reader.token, variant=reader.variant, extra=reader.extra
        )
    except PlacedError as error:
        return Shown(problem=error.problem)
    except NurtureError as error:
        return Shown(refused=str(error))
    return Shown(parts.subject, parts.html, parts.text)


def lay_out(tell: Tell, mjml: str) -> LaidOut:
    """The HTML of a document that depends on its reader."""
    tell(b"l")
    try:
        return LaidOut(compile_mjml(mjml))
    except CompileError as error:
        return LaidOut(refused=str(error), words=error.words)


def _compiled(tell: Tell, text: MailText, base_url: str) -> MailProgram:
    tell(b"l")
    try:
        return compile_mail(text.mail, templates=text.templates, base_url=base_url, tracked=text.tracked)
    except TemplateError as error:  # what promises would have told at its place
        message = f"the Jinja cannot be read: {error.message or error}"
        raise Problem(text.mail.path, text.mail.body_line, 1, message, "mend the Jinja").error from None


def _written(tell: Tell, text: MailText, program: MailProgram) -> Problem | None:
    """Why the mail is not to be written: it grows beyond all bounds for some lead, or is forbidden for every one."""
    tell(b"w")
    for variant in (None, *text.mail.front.variants):
        forbidden: list[RenderError | None] = []
        for lead, names in hostile(text.sample):
            for written in (render, render_preview):
                try:
                    written(program, lead=lead, token=SAMPLE_TOKEN, variant=variant, extra=names)
                except OversizeError as error:
                    return _refused(text.mail, "where values are long, ", error)
                except ForbiddenError as error:
                    forbidden.append(error)
                except RenderError:  # such a lead's mail fails alone, and says why
                    forbidden.extend([None] if lead.is_known else [])
                else:
                    forbidden.append(None)
        if forbidden[0] is not None and all(forbidden):
            return _refused(text.mail, "no lead can be written to: ", forbidden[0])
    return None


def _refused(mail: MailFile, where: str, error: RenderError) -> Problem:
    found, _, remedy = str(error).removeprefix(f"{mail.path}: ").partition("; ")
    return Problem(mail.path, *first_loop(mail), f"{where}{found}", remedy)


def first_loop(mail: MailFile) -> tuple[int, int]:
    """Line and column of the first loop or ``set`` of a mail, else of its body: what it writes is made there."""
    found = LOOP.search(mail.body)
    line, column = position(mail.body, found.start()) if found else (1, 1)
    return line + mail.body_line - 1, column


LOOP = re.compile(r"\{%[-+]?\s*(for|set)\b")
JOBS: Mapping[str, Callable[..., msgspec.Struct]] = {"look": look, "show": show, "lay out": lay_out}
