"""Mails: each has a file for everybody, its other files are for personas that exist, and every file can be sent."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from nurture.check.written import Written
from nurture.content.catalog import Catalog
from nurture.content.flatten import flatten
from nurture.content.lint import lint_mail
from nurture.content.mails import MailFamily, MailFile, read_mail
from nurture.content.merge_fields import ALWAYS_KNOWN
from nurture.content.problems import Problem, position
from nurture.content.recipes import BLANK
from nurture.content.scalars import did_you_mean
from nurture.content.system_mails import FOLDER, SYSTEM_MAILS
from nurture.content.system_texts import templates
from nurture.errors import ProgrammeError
from nurture.vocabulary.lead import BUILT_IN_FIELDS
from nurture.vocabulary.words import MailClass

NOT_READ = re.compile(r"<!--.*?-->|<mj-style.*?</mj-style>", re.DOTALL)
"""Where brackets are not words: comments for mail programs, and styles."""
NAMES_OWNER = re.compile(r"\{[{%][^}]*\b(signature|owner)\b")
"""Jinja that says who the owner is."""


def files_for_everybody(written: Written) -> Iterator[Problem]:
    """Every mail has a file without persona and language, for those whom no other suits."""
    for name, family in written.catalog.mails.items():
        if not any(variant.persona is None and variant.language is None for variant in family.variants):
            path = family.variants[0].mail.path
            plain = f"{name.partition('/')[2]}.mjml"
            yield Problem(path, 1, 1, "this mail has no file for everybody else", f"write {plain} beside it")


def personas_of_files(written: Written) -> Iterator[Problem]:
    """Every file of a mail is for a persona of the programme."""
    known = [persona.key for persona in written.programme.personas]
    for family in written.catalog.mails.values():
        for variant in family.variants:
            if variant.persona is not None and variant.persona not in known:
                message = f"there is no persona {variant.persona!r}"
                yield Problem(variant.mail.path, 1, 1, message, did_you_mean(variant.persona, known))


def sendable(written: Written) -> Iterator[Problem]:
    """Every mail compiles, and keeps what a mail promises by itself."""
    catalog, declared = written.catalog, written.programme.fields
    around = _Around(
        templates=tuple(sorted(catalog.templates.items())),
        fields=frozenset((*BUILT_IN_FIELDS, *declared)),
        sure=ALWAYS_KNOWN | {name for name, field in declared.items() if field.default is not None},
    )
    for name, family in catalog.mails.items():
        campaign, _, mail = name.partition("/")
        marketing = _class_of(written, campaign, family) is MailClass.MARKETING
        yield from _disagreeing(family)
        for path in (variant.mail.path for variant in family.variants):
            if campaign == FOLDER and FOLDER not in written.programme.campaigns:
                yield from _system(path, catalog, mail)
            else:
                yield from _linted(path, catalog.texts[path], around, marketing)
        yield from _signed_by_another(written, campaign, family)


def written_out(written: Written) -> Iterator[Problem]:
    """No mail that leads may get still holds words in brackets, as recipes leave them to be replaced."""
    for name, family in written.catalog.mails.items():
        campaign = written.programme.campaigns.get(name.partition("/")[0])
        if campaign is None or campaign.draft:
            continue
        for path in (variant.mail.path for variant in family.variants):
            text = NOT_READ.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), written.catalog.texts[path])
            if blank := BLANK.search(text):
                line, column = position(text, blank.start())
                message = f"{blank[0]} is still to be replaced"
                yield Problem(path, line, column, message, "write your own words in its place", "warning")


def _class_of(written: Written, campaign: str, family: MailFamily) -> MailClass:
    """What the mail says, else what its campaign does."""
    its_campaign = written.programme.campaigns.get(campaign)
    return family.mail_class or (MailClass.MARKETING if its_campaign is None else its_campaign.class_)


def _disagreeing(family: MailFamily) -> Iterator[Problem]:
    """Every file of a mail that says its class says the same one, for it is decided before a file is chosen."""
    for variant in family.variants:
        mail = variant.mail
        if mail.front.class_ not in (None, family.mail_class):
            line, column = mail.marks.get("class", (1, 1))
            message = f"this file is {mail.front.class_}, and another file of the mail is {family.mail_class}"
            yield Problem(mail.path, line, column, message, "say the same in both, or only in one")


def _signed_by_another(written: Written, campaign: str, family: MailFamily) -> Iterator[Problem]:
    """A mail from the lead's owner is signed by the owner, or at least names it."""
    its_campaign = written.programme.campaigns.get(campaign)
    for variant in family.variants:
        mail = variant.mail
        from_ = mail.front.from_ or ("programme" if its_campaign is None else its_campaign.from_)
        if from_ == "owner" and not NAMES_OWNER.search(_words(mail, written.catalog)):
            line, column = mail.marks.get("from", (mail.body_line, 1))
            message = "the mail is from the lead's owner and does not say who that is"
            yield Problem(mail.path, line, column, message, "end it with {{ signature }}", "warning")


def _words(mail: MailFile, catalog: Catalog) -> str:
    try:
        return flatten(mail, catalog.templates).html.text
    except ProgrammeError:
        return "{{ signature }}"  # what keeps it from being read is told elsewhere


def _system(path: str, catalog: Catalog, name: str) -> Iterator[Problem]:
    """What is wrong with a system mail of the programme's own: only names that the product gives it, and no others."""
    known = SYSTEM_MAILS.get(name)
    if known is None:
        yield Problem(path, 1, 1, f"there is no system mail {name!r}", did_you_mean(name, SYSTEM_MAILS))
        return
    mail = read_mail(path, catalog.texts[path])
    yield from lint_mail(mail, templates=templates(catalog), marketing=False, sample=known.sample())


class _Around(msgspec.Struct, frozen=True):
    """What else a mail's problems depend on."""

    templates: tuple[tuple[str, str], ...]
    fields: frozenset[str]
    sure: frozenset[str]


@lru_cache(maxsize=2048)
def _linted(path: str, text: str, around: _Around, marketing: bool) -> tuple[Problem, ...]:
    """The problems of one file. Kept, as most files of a programme are the same from one check to the next."""
    found = lint_mail(
        read_mail(path, text),
        templates=dict(around.templates),
        fields=around.fields,
        sure=around.sure,
        marketing=marketing,
    )
    return tuple(found)
