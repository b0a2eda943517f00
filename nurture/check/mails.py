"""Mails: each has a file for everybody, its other files are for personas that exist, and every file can be sent."""

import re
from collections.abc import Iterator

from nurture.check.written import Written
from nurture.content.catalog import Catalog
from nurture.content.flatten import flatten
from nurture.content.mails import MailFamily, MailFile, variant_name
from nurture.content.merge_fields import ALWAYS_KNOWN
from nurture.content.problems import Problem, position
from nurture.content.proof import Lint, MailText, looked_over
from nurture.content.recipes import BLANK
from nurture.content.scalars import did_you_mean
from nurture.content.system_mails import SYSTEM_MAILS
from nurture.content.system_texts import mail_texts, system_mail_at
from nurture.errors import ProgrammeError
from nurture.languages.told import told
from nurture.vocabulary.lead import BUILT_IN_FIELDS
from nurture.vocabulary.words import MailClass

NOT_READ = {"<!--": "-->", "<mj-style": "</mj-style>"}
"""Where brackets are not words, from and to: comments for mail programs, and styles."""
BEGINS = re.compile("|".join(NOT_READ))
NAMES_OWNER = re.compile(r"\{[{%][^{}]*\b(signature|owner)\b")
"""Jinja that says who the owner is."""


def files_for_everybody(written: Written) -> Iterator[Problem]:
    """Every mail has a file without persona and language, for those whom no other suits; a system mail has the shipped one."""
    for name, family in written.catalog.mails.items():
        if system_mail_at(written.catalog, family.variants[0].mail.path) is not None:
            continue
        if not any(variant.persona is None and variant.language is None for variant in family.variants):
            path = family.variants[0].mail.path
            plain = f"{name.partition('/')[2]}.mjml"
            yield Problem(
                path,
                1,
                1,
                "this mail has no file for everybody else",
                told("write {file} beside it", file=plain),
            )


def personas_of_files(written: Written) -> Iterator[Problem]:
    """Every file of a mail is for a persona of the programme."""
    known = [persona.key for persona in written.programme.personas]
    for family in written.catalog.mails.values():
        for variant in family.variants:
            if variant.persona is not None and variant.persona not in known:
                message = told("there is no persona {persona!r}", persona=variant.persona)
                yield Problem(variant.mail.path, 1, 1, message, did_you_mean(variant.persona, known))


def sendable(written: Written) -> Iterator[Problem]:
    """Every mail is proved, and keeps what a mail promises by itself."""
    catalog, declared = written.catalog, written.programme.fields
    fields = frozenset((*BUILT_IN_FIELDS, *declared))
    sure = ALWAYS_KNOWN | {name for name, field in declared.items() if field.default is not None}
    marketing = {
        variant.mail.path: _class_of(written, name.partition("/")[0], family) is MailClass.MARKETING
        for name, family in catalog.mails.items()
        for variant in family.variants
    }
    texts = mail_texts(catalog)
    against = [
        Lint(fields, sure, marketing[text.mail.path]) if text.sample is None else Lint(marketing=False)
        for text in texts
    ]
    for text, problems in zip(texts, looked_over(list(zip(texts, against, strict=True))), strict=True):
        yield from _no_system_mail(text) or problems
    for name, family in catalog.mails.items():
        yield from _disagreeing(family)
        yield from _signed_by_another(written, name.partition("/")[0], family)


def written_out(written: Written) -> Iterator[Problem]:
    """No mail that leads may get still holds words in brackets, as recipes leave them to be replaced."""
    for name, family in written.catalog.mails.items():
        campaign = written.programme.campaigns.get(name.partition("/")[0])
        if campaign is None or campaign.draft:
            continue
        for path in (variant.mail.path for variant in family.variants):
            text = _read(written.catalog.texts[path])
            if blank := BLANK.search(text):
                line, column = position(text, blank.start())
                message = told("{blank} is still to be replaced", blank=blank[0])
                yield Problem(path, line, column, message, "write your own words in its place", "warning")


def _read(text: str) -> str:
    """*text* with nothing but its lines where nobody reads. One pass, whatever is left open."""
    pieces = []
    at = 0
    while (begins := BEGINS.search(text, at)) is not None:
        end = text.find(NOT_READ[begins[0]], begins.end())
        end = len(text) if end < 0 else end + len(NOT_READ[begins[0]])
        pieces += [text[at : begins.start()], re.sub(r"[^\n]", " ", text[begins.start() : end])]
        at = end
    return "".join((*pieces, text[at:]))


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
            message = told(
                "this file is {its_class}, and another file of the mail is {mail_class}",
                its_class=mail.front.class_,
                mail_class=family.mail_class,
            )
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


def _no_system_mail(text: MailText) -> tuple[Problem, ...]:
    """A system mail is one that the product sends: no other has names that it may use."""
    name = variant_name(text.mail.path)[0]
    if text.sample is None or name in SYSTEM_MAILS:
        return ()
    return (
        Problem(
            text.mail.path,
            1,
            1,
            told("there is no system mail {name!r}", name=name),
            did_you_mean(name, SYSTEM_MAILS),
        ),
    )
