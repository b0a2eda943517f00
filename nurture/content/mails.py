"""A mail as its author wrote it: front matter in YAML, then a body in MJML with Jinja.

One mail is a family of files, ``name[.persona][.language].mjml``; :class:`MailFamily` picks the one for a lead.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import StringIO
from typing import Literal, cast

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from nurture.content.problems import Problem
from nurture.errors import ProgrammeError
from nurture.vocabulary.words import MailClass

LANGUAGES = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki
    kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr
    nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th
    ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()  # noqa: SIM905 - a list of 184 quoted words says no more
)
"""The two-letter codes of ISO 639-1."""

TEXTS = ("subject", "preheader", "buying_stage", "class", "from", "utm")
KEYS = (*TEXTS, "links", "variants")
CHOICES = {
    "class": ("marketing", "operational"),
    "from": ("programme", "owner"),
    "utm": ("programme", "none"),
}
"""What may stand behind those keys that take one of a few words."""
AMBIGUOUS = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|~|[-+]?[0-9][0-9_:.,eE+-]*")
"""Plain scalars that YAML 1.1 or 1.2 would read as something other than text."""


FRONT_MAX = 16 * 1024
BRACKETS_MAX = 400
"""What opens a list or a mapping, or begins Jinja, in a front matter: YAML is read in a time that is the square of how many
of them stand open, and no page may wait for a mail that long (SEC6)."""


class VariantHead(msgspec.Struct, frozen=True):
    """What an experiment's variant says instead; None where it says the same."""

    subject: str | None = None
    preheader: str | None = None


class FrontMatter(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above a mail's body.

    subject       Jinja; the subject line.
    preheader     Jinja; what an inbox shows after the subject (none).
    buying_stage  the stage of buying that the mail speaks to (none).
    class         marketing or operational (the campaign's).
    from          who it is from: programme or owner, the lead's rep (the campaign's).
    utm           programme, or none for links that tell no site where a visit comes from (programme).
    links         by name, where each link leads: a constant https address.
    variants      for experiments, by key, another subject or preheader.
    """

    subject: str
    preheader: str = ""
    buying_stage: str | None = None
    class_: MailClass | None = None
    from_: Literal["programme", "owner"] | None = None
    utm: Literal["programme", "none"] = "programme"
    links: Mapping[str, str] = {}
    variants: Mapping[str, VariantHead] = {}


class MailFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file, read.

    path       the label that messages show.
    body_line  the line of the file, 1-based, where *body* starts.
    marks      line and column of each front matter value, by its path: 'subject', 'links.docs'.
    """

    path: str
    front: FrontMatter
    body: str
    body_line: int
    marks: Mapping[str, tuple[int, int]] = {}


@lru_cache(maxsize=1_024)  # in a set where one file changes, only that one is read again
def read_mail(path_label: str, text: str) -> MailFile:
    """The mail in *text*. Raises ProgrammeError with file:line:column."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = re.match(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", text, re.DOTALL | re.MULTILINE)
    if found is None:
        remedy = "begin the file with a line '---', 'subject: ...' and another line '---'"
        raise Problem(path_label, 1, 1, "the mail has no front matter", remedy).error
    front, marks = _Reader(path_label).read(found[1])
    body_line = text.count("\n", 0, found.end()) + 1
    return MailFile(path=path_label, front=front, body=text[found.end() :], body_line=body_line, marks=marks)


def variant_name(filename: str) -> tuple[str, str | None, str | None]:
    """Name, persona and language of 'deep-dive.champion.de.mjml'. Raises ProgrammeError."""
    parts = filename.rpartition("/")[2].removesuffix(".mjml").split(".")
    name, *rest = parts
    language = rest.pop() if rest and rest[-1] in LANGUAGES else None
    persona = rest.pop(0) if rest else None
    if rest or not name or persona in LANGUAGES or persona == "" or not filename.endswith(".mjml"):
        remedy = "name it name[.persona][.language].mjml, the language by two letters"
        raise ProgrammeError(f"{filename}:1:1: this is not the name of a mail; {remedy}")
    return name, persona, language


class Variant(msgspec.Struct, frozen=True):
    """One file of a family, and for whom it is."""

    persona: str | None
    language: str | None
    mail: MailFile


class MailFamily(msgspec.Struct, frozen=True):
    """One mail in all its files."""

    name: str
    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, mails: Iterable[MailFile]) -> dict[str, "MailFamily"]:
        """The families among *mails*, by name."""
        found: dict[str, list[Variant]] = {}
        for mail in mails:
            name, persona, language = variant_name(mail.path)
            found.setdefault(name, []).append(Variant(persona, language, mail))
        return {name: cls(name, tuple(variants)) for name, variants in found.items()}

    @property
    def mail_class(self) -> MailClass | None:
        """What the mail says of its class; None where it leaves that to its campaign. ``check`` asks that all files agree."""
        said = (variant.mail.front.class_ for variant in self.variants)
        return next((each for each in said if each is not None), None)

    def pick(self, persona: str | None, language: str | None) -> MailFile:
        """The most specific file for a lead; language before persona.

        A mail in the reader's language, written for everybody, is read; one written for the persona in a language
        that the reader does not know is not. 'de-AT' reads 'de'. When no file suits, the most general one is
        taken: ``check`` asks every family for a file without persona and language.
        """
        suited = self.suiting(persona, language)
        if suited is not None:
            return suited
        return min(self.variants, key=lambda v: (v.language is not None, v.persona is not None)).mail

    def suiting(self, persona: str | None, language: str | None) -> MailFile | None:
        """The same; None where no file suits."""
        spoken = re.split("[-_]", language)[0].lower() if language else None
        suited = [v for v in self.variants if v.language in (None, spoken) and v.persona in (None, persona)]
        best = max(suited, key=lambda v: (v.language is not None, v.persona is not None), default=None)
        return None if best is None else best.mail


# ---------------------------------------------------------------- the front matter


class _Reader:
    """Reads front matter node by node, so that every refusal knows its line and column."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.marks: dict[str, tuple[int, int]] = {}

    def read(self, text: str) -> tuple[FrontMatter, Mapping[str, tuple[int, int]]]:
        for what, found, most in (
            ("characters", len(text), FRONT_MAX),
            ("brackets", text.count("[") + text.count("{"), BRACKETS_MAX),
        ):
            if found > most:
                message = f"the front matter has {found:,} {what}, expected at most {most:,}"
                raise Problem(self.path, 2, 1, message, "write it more simply").error
        try:
            root = YAML(pure=True).compose(StringIO(text))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 2, mark.column + 1) if mark else (2, 1)
            message = f"the front matter is not YAML: {error.problem or error.context}"
            raise Problem(self.path, line, column, message, "mend it, or quote the value").error from None
        except (YAMLError, RecursionError, ValueError, IndexError, OverflowError) as error:
            # Control characters, escapes outside Unicode, and brackets that nest without end.
            message = f"the front matter is not YAML: {str(error).partition(chr(10))[0]}"
            raise Problem(self.path, 2, 1, message, "look at escapes and brackets").error from None
        entries = self._mapping(root, "the front matter", "", known=KEYS)
        if "subject" not in entries:
            raise Problem(self.path, 2, 1, "the mail has no subject", "write 'subject: ...'").error
        texts = {key: self._text(entries[key], key) for key in TEXTS if key in entries}
        for key in CHOICES.keys() & texts.keys():
            if texts[key] not in CHOICES[key]:
                message = f"{key} is {texts[key]!r}, expected {' or '.join(CHOICES[key])}"
                raise self._refused(
                    entries[key], message, f"write {key}: {CHOICES[key][-1]}, or remove the line"
                )
        links = self._mapping(entries.get("links"), "links", "links.")
        variants = self._mapping(entries.get("variants"), "variants", "variants.")
        front = FrontMatter(
            subject=texts["subject"],
            preheader=texts.get("preheader", ""),
            buying_stage=texts.get("buying_stage"),
            class_=MailClass(texts["class"]) if "class" in texts else None,
            from_=cast("Literal['programme', 'owner'] | None", texts.get("from")),
            utm=cast("Literal['programme', 'none']", texts.get("utm", "programme")),
            links={name: self._text(node, f"links.{name}") for name, node in links.items()},
            variants={key: self._variant(node, key) for key, node in variants.items()},
        )
        return front, self.marks

    def _variant(self, node: Node, key: str) -> VariantHead:
        path = f"variants.{key}."
        head = self._mapping(node, f"variant {key!r}", path, known=("subject", "preheader"))
        texts = {name: self._text(value, path + name) for name, value in head.items()}
        return VariantHead(texts.get("subject"), texts.get("preheader"))

    def _mapping(
        self, node: Node | None, name: str, path: str, known: tuple[str, ...] | None = None
    ) -> dict[str, Node]:
        if node is None:
            return {}
        if not isinstance(node, MappingNode) or node.anchor:
            raise self._refused(node, f"{name} should be keys and values", "write 'key: value' lines")
        found: dict[str, Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if known is not None and key not in known:
                raise self._refused(key_node, f"{name} has no key {key!r}", f"use one of {', '.join(known)}")
            if key in found:
                raise self._refused(key_node, f"{key!r} stands twice", "remove one of them")
            if key_node.style is None and AMBIGUOUS.fullmatch(key):
                raise self._refused(key_node, f"{key} is not read as text everywhere", f'quote it: "{key}"')
            self.marks[path + key] = (key_node.start_mark.line + 2, key_node.start_mark.column + 1)
            found[key] = value
        return found

    def _text(self, node: Node, path: str) -> str:
        if not isinstance(node, ScalarNode) or node.anchor:
            raise self._refused(node, f"{path} should be one text", "write the text, in quotes if need be")
        text = str(node.value)
        if node.style is None and not text:
            line, column = self.marks[path]
            raise Problem(
                self.path, line, column, f"{path} is empty", "write the text, or remove the line"
            ).error
        if node.style is None and AMBIGUOUS.fullmatch(text):
            raise self._refused(node, f"{path} is {text}, not a text", f'quote it: "{text}"')
        quoted = 1 if node.style in ("'", '"') else 0
        self.marks[path] = (node.start_mark.line + 2, node.start_mark.column + 1 + quoted)
        return text

    def _refused(self, node: Node, message: str, remedy: str) -> ProgrammeError:
        mark = node.start_mark
        return Problem(self.path, mark.line + 2, mark.column + 1, message, remedy).error
