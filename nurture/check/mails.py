"""Mails: each has a file for everybody, and its other files are for personas that exist."""

from collections.abc import Iterator

from nurture.check.written import Written
from nurture.content.problems import Problem
from nurture.content.scalars import did_you_mean


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
