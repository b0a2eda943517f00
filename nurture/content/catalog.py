"""A whole set of texts as one catalog: the programme with its campaigns, the mails, and what is wrong with them.

    campaigns/programme.yaml                  one programme
    campaigns/<slug>/campaign.yaml            campaigns, each in the folder of its key
    campaigns/<slug>/mails/<name>*.mjml       mails, 'slug/name'
    templates/mail/*.mjml                     the layouts and partials that they extend

Production loads from the texts in the store; files are how people and git read and write them.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from nurture.content.codec import read_campaign, read_programme
from nurture.content.mails import MailFamily, MailFile, read_mail, variant_name
from nurture.content.marks import Marks
from nurture.content.model import Campaign, Programme
from nurture.content.problems import Problem
from nurture.content.sunset import sunset_campaign
from nurture.errors import ProgrammeError

CAMPAIGNS = "campaigns/"
TEMPLATES = "templates/"
PROGRAMME = CAMPAIGNS + "programme.yaml"
CAMPAIGN = re.compile(r"campaigns/([^/]+)/campaign\.yaml")
MAIL = re.compile(r"campaigns/([^/]+)/mails/([^/]+\.mjml)")
PLACED = re.compile(
    r"(?P<file>[^\n]*?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*?); (?P<remedy>[^;]*)", re.DOTALL
)


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a company has written, at one revision.

    programme  with its campaigns attached; None when its file cannot be read.
    mails      every mail in all its files, by 'campaign/name'.
    texts      every text by its path, templates included.
    marks      where each value of each YAML file stands, by its path.
    revision   SHA-256 of the sorted texts, hexadecimal.
    problems   what could not be read; what is read and still wrong is for ``check``.
    """

    programme: Programme | None
    mails: Mapping[str, MailFamily]
    texts: Mapping[str, str]
    marks: Mapping[str, Marks]
    revision: str
    problems: tuple[Problem, ...]

    @property
    def templates(self) -> Mapping[str, str]:
        """The layouts and partials, by the name that mails extend: 'mail/layout.mjml'."""
        return {
            path.removeprefix(TEMPLATES): text
            for path, text in self.texts.items()
            if path.startswith(TEMPLATES)
        }

    def sound_programme(self) -> Programme:
        """The programme. Raises ProgrammeError with every problem when anything could not be read."""
        if self.programme is None or self.problems:
            raise ProgrammeError("\n".join(str(problem) for problem in self.problems))
        return self.programme


def load(source: Path | Mapping[str, str], templates: Path | Mapping[str, str]) -> Catalog:
    """The catalog of a set of texts.

    source     the campaigns folder, or its texts by path within it ('programme.yaml', 'trial/campaign.yaml').
    templates  the templates folder, or its texts by path within it ('mail/layout.mjml').
    """
    return load_texts({**_under(CAMPAIGNS, source), **_under(TEMPLATES, templates)})


def load_texts(texts: Mapping[str, str]) -> Catalog:
    """The catalog of texts by their full paths, as ``Catalog.texts`` holds them."""
    reader = _Reader()
    campaigns = {path: found[1] for path in sorted(texts) if (found := CAMPAIGN.fullmatch(path))}
    attached = [reader.campaign(path, slug, texts[path]) for path, slug in campaigns.items()]
    programme, mails = reader.programme(texts), reader.mails(texts)
    if programme is not None:
        by_key = {campaign.key: campaign for campaign in attached if campaign is not None}
        classes = {name: own for name, family in mails.items() if (own := family.mail_class) is not None}
        programme = msgspec.structs.replace(
            programme,
            campaigns=by_key,
            mail_classes=classes,
            sunset_campaign=sunset_campaign(programme),
        )
    return Catalog(
        programme=programme,
        mails=mails,
        texts=MappingProxyType(dict(texts)),
        marks=reader.marks,
        revision=revision_of(texts),
        problems=tuple(reader.problems),
    )


def revision_of(texts: Mapping[str, str]) -> str:
    """The SHA-256 that names this set of texts; lengths keep one text's end apart from the next one's start."""
    digest = hashlib.sha256()
    for path, text in sorted(texts.items()):
        for part in (path.encode(), text.encode()):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def _under(prefix: str, source: Path | Mapping[str, str]) -> dict[str, str]:
    if isinstance(source, Mapping):
        return {prefix + path: text for path, text in source.items()}
    return {
        prefix + path.relative_to(source).as_posix(): _text_of(path)
        for path in sorted(source.rglob("*"))
        if path.suffix in (".yaml", ".mjml") and path.is_file()
    }


def _text_of(path: Path) -> str:
    """The text as it stands, line ends included. Raises ProgrammeError."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProgrammeError(f"{path}:1:1: byte {error.start} is not UTF-8; save the file as UTF-8") from None


class _Reader:
    """Reads texts one by one and keeps what is wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.marks: dict[str, Marks] = {}

    def programme(self, texts: Mapping[str, str]) -> Programme | None:
        if PROGRAMME not in texts:
            self.problems.append(
                Problem(PROGRAMME, 1, 1, "there is no programme.yaml", "write one, or copy the shipped one")
            )
            return None
        loaded = read_programme(texts[PROGRAMME], PROGRAMME)
        self._keep(PROGRAMME, loaded.marks, loaded.problems)
        return loaded.value

    def campaign(self, path: str, slug: str, text: str) -> Campaign | None:
        loaded = read_campaign(text, path)
        self._keep(path, loaded.marks, loaded.problems)
        if loaded.value is not None and loaded.marks is not None and loaded.value.key != slug:
            message = f"the campaign's key is {loaded.value.key!r} and its folder {slug!r}, expected the same"
            self.problems.append(
                loaded.marks.problem(("key",), message, f"write 'key: {slug}', or rename the folder")
            )
        return loaded.value

    def mails(self, texts: Mapping[str, str]) -> dict[str, MailFamily]:
        by_campaign: dict[str, list[MailFile]] = {}
        for path in sorted(texts):
            found = MAIL.fullmatch(path)
            if found is None:
                continue
            try:
                variant_name(path)
                by_campaign.setdefault(found[1], []).append(read_mail(path, texts[path]))
            except ProgrammeError as error:
                self.problems.append(_placed(error, path))
        return {
            f"{slug}/{name}": family
            for slug, mails in by_campaign.items()
            for name, family in MailFamily.of(mails).items()
        }

    def _keep(self, path: str, marks: Marks | None, problems: tuple[Problem, ...]) -> None:
        self.problems.extend(problems)
        if marks is not None:
            self.marks[path] = marks


def _placed(error: ProgrammeError, path: str) -> Problem:
    """The problem that an error tells in its text, ``file:line:column: message; remedy``."""
    found = PLACED.fullmatch(str(error))
    if found is None:
        return Problem(path, 1, 1, str(error), "mend the file")
    return Problem(found["file"], int(found["line"]), int(found["column"]), found["message"], found["remedy"])
