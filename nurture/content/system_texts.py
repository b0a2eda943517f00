"""The texts of system mails: the programme's own, else the shipped ones.

An author changes one by writing ``campaigns/system/mails/<name>.mjml``, in as many languages as there are readers; what is
not written there is taken from here, so that a programme of yesterday sends the mails of today.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from nurture.content.catalog import MAIL, Catalog
from nurture.content.mails import MailFamily, MailFile, read_mail, variant_name
from nurture.content.proof import MailText
from nurture.content.system_mails import FOLDER, SYSTEM_MAILS, SystemMail
from nurture.errors import ProgrammeError
from nurture.languages.catalogues import LANGUAGES, WRITTEN_IN

SHIPPED = files("nurture.content") / "system"


def system_mail(catalog: Catalog, name: str, language: str | None) -> MailText:
    """A system mail for a reader, the programme's own before the shipped one.

    Raises ProgrammeError for a mail that is none of them.
    """
    if name not in SYSTEM_MAILS:
        raise ProgrammeError(f"there is no system mail {name!r}; write one of {', '.join(SYSTEM_MAILS)}")
    own = catalog.mails.get(f"{FOLDER}/{name}")
    file = None if own is None else own.suiting(None, language)
    return system_text(file or shipped_family(name).pick(None, language), name, templates(catalog))


def system_text(file: MailFile, name: str, templates: Mapping[str, str]) -> MailText:
    """*file* as the system mail *name* is compiled and proved: without links that are counted, and with names of its own."""
    known = SYSTEM_MAILS.get(name)
    return MailText(file, templates, tracked=False, sample={} if known is None else known.sample())


def language_of(file: MailFile, otherwise: str) -> str:
    """In which language the values in a system mail are said: in that of its file, as far as we speak it.

    otherwise  the language of an author's file that names none; a shipped one is in English then.
    """
    _, _, named = variant_name(file.path)
    if named is None:
        return WRITTEN_IN if file.path.startswith(f"{FOLDER}/") else otherwise
    return named if named in LANGUAGES else WRITTEN_IN


def system_mail_at(catalog: Catalog, path: str) -> SystemMail | None:
    """Which system mail the file at *path* of the programme is; None for any other file, and for one that we never send."""
    found = MAIL.fullmatch(path)
    if found is None or found[1] != FOLDER or _is_campaign(catalog, FOLDER):
        return None
    return SYSTEM_MAILS.get(variant_name(found[2])[0])


def mail_texts(catalog: Catalog) -> list[MailText]:
    """Every mail of *catalog* in all its files, as it is compiled and proved."""
    own, for_system = catalog.templates, templates(catalog)
    return [
        system_text(variant.mail, mail, for_system)
        if folder == FOLDER and not _is_campaign(catalog, FOLDER)
        else MailText(variant.mail, own)
        for name, family in catalog.mails.items()
        for folder, _, mail in [name.partition("/")]
        for variant in family.variants
    ]


def templates(catalog: Catalog) -> Mapping[str, str]:
    """What system mails may extend: the programme's templates, and the shipped layout where it has none of that name."""
    return {**shipped_templates(), **catalog.templates}


def _is_campaign(catalog: Catalog, key: str) -> bool:
    return catalog.programme is not None and key in catalog.programme.campaigns


@cache
def shipped_family(name: str) -> MailFamily:
    """The shipped files of one system mail."""
    mails = [
        read_mail(f"{FOLDER}/{file.name}", file.read_text("utf-8"))
        for file in sorted(SHIPPED.iterdir(), key=lambda file: file.name)
        if file.name.partition(".")[0] == name
    ]
    return MailFamily.of(mails)[name]


def shipped_text(name: str, language: str) -> str:
    """The shipped file of one system mail for readers of *language*, as it is written."""
    return (SHIPPED / file_name(name, language)).read_text("utf-8")


def file_name(name: str, language: str) -> str:
    """What the file of a system mail for readers of *language* is called; English ones are for everybody without another."""
    return f"{name}.mjml" if language == WRITTEN_IN else f"{name}.{language}.mjml"


@cache
def shipped_templates() -> Mapping[str, str]:
    """The shipped layout, by the name that mails extend."""
    return {f"{FOLDER}/layout.mjml": (SHIPPED / "layout.mjml").read_text("utf-8")}
