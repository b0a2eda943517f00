"""The texts of system mails: the programme's own, else the shipped ones.

An author changes one by writing ``campaigns/system/mails/<name>.mjml``, in as many languages as there are readers; what is
not written there is taken from here, so that a programme of yesterday sends the mails of today.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from nurture.content.catalog import Catalog
from nurture.content.mails import MailFamily, MailFile, read_mail
from nurture.content.system_mails import FOLDER, SYSTEM_MAILS
from nurture.errors import ProgrammeError

SHIPPED = files("nurture.content") / "system"


def system_mail(catalog: Catalog, name: str, language: str | None) -> tuple[MailFile, Mapping[str, str]]:
    """The text of a system mail for a reader, the programme's own before the shipped one, and the templates it extends.

    Raises ProgrammeError for a mail that is none of them.
    """
    if name not in SYSTEM_MAILS:
        raise ProgrammeError(f"there is no system mail {name!r}; write one of {', '.join(SYSTEM_MAILS)}")
    family = catalog.mails.get(f"{FOLDER}/{name}") or shipped_family(name)
    return family.pick(None, language), templates(catalog)


def templates(catalog: Catalog) -> Mapping[str, str]:
    """What system mails may extend: the programme's templates, and the shipped layout where it has none of that name."""
    return {**shipped_templates(), **catalog.templates}


@cache
def shipped_family(name: str) -> MailFamily:
    """The shipped files of one system mail."""
    mails = [
        read_mail(f"{FOLDER}/{file.name}", file.read_text("utf-8"))
        for file in sorted(SHIPPED.iterdir(), key=lambda file: file.name)
        if file.name.partition(".")[0] == name
    ]
    return MailFamily.of(mails)[name]


@cache
def shipped_templates() -> Mapping[str, str]:
    """The shipped layout, by the name that mails extend."""
    return {f"{FOLDER}/layout.mjml": (SHIPPED / "layout.mjml").read_text("utf-8")}
