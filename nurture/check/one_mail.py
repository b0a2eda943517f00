"""What a mail's file would break if it said something else: the promises of mails alone, asked while somebody types."""

import msgspec

from nurture.check import mails
from nurture.check.written import written
from nurture.content.catalog import MAIL, Catalog
from nurture.content.mails import MailFamily, read_mail, variant_name
from nurture.content.problems import PlacedError, Problem

OF_MAILS = (mails.files_for_everybody, mails.personas_of_files, mails.sendable, mails.written_out)


def with_text(catalog: Catalog, path: str, text: str) -> Catalog:
    """*catalog* with one mail alone, whose file at *path* says *text*. Raises ProgrammeError where that is no mail."""
    found = MAIL.fullmatch(path)
    assert found is not None, "only mails are checked alone"
    name = f"{found[1]}/{variant_name(found[2])[0]}"
    family = catalog.mails.get(name)
    others = () if family is None else (each.mail for each in family.variants if each.mail.path != path)
    (changed,) = MailFamily.of([read_mail(path, text), *others]).values()
    return msgspec.structs.replace(
        catalog, mails={name: changed}, texts={**catalog.texts, path: text}, problems=()
    )


def check_mail(catalog: Catalog, path: str, text: str) -> tuple[Problem, ...]:
    """What ``check`` would say of the file at *path* if it said *text*."""
    try:
        sound = written(with_text(catalog, path, text))
    except PlacedError as error:
        return (error.problem,)
    if sound is None:
        return ()
    found = {problem for promise in OF_MAILS for problem in promise(sound) if problem.file == path}
    return tuple(sorted(found))
