"""What is not in order with a campaign that is to go live: its files, its mails, the sender's domain, and what its leads lack."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

import msgspec
from flask import g, url_for
from sqlalchemy import Connection

from nurture.check import check
from nurture.content.catalog import Catalog, load_texts
from nurture.content.edit import Remove, apply
from nurture.content.mails import MailFile
from nurture.doctor.finding import Level
from nurture.doctor.kept import last_report
from nurture.engine.approvals import unapproved
from nurture.engine.drafts import drafts
from nurture.engine.engine import Engine
from nurture.insight.audience import Audience
from nurture.insight.checklist import leads_nowhere
from nurture.insight.lacking import lacked
from nurture.languages.told import told
from webapp.acting import i_may_go
from webapp.field_names import called
from webapp.mail_lacking import fields_of

OF_THE_DOMAIN = ("SPF", "DKIM", "DMARC")
NAMED = 3
"""Mails that are named; of more, how many."""


class Checked(msgspec.Struct, frozen=True):
    """One thing that was looked at: how it is, in a sentence, and where it is mended ("" for nowhere)."""

    level: Level
    what: str
    found: str
    href: str = ""


def checks(connection: Connection, engine: Engine, key: str, who: Audience) -> tuple[Checked, ...]:
    """All of them, the worst first."""
    live = engine.live.catalog
    after = without_draft(live, key)
    mails = [
        each.mail
        for name, family in sorted(live.mails.items())
        if name.startswith(f"{key}/")
        for each in family.variants
    ]
    found = [
        *of_files(after, key),
        *of_approvals(connection, live, after, key, is_asked=engine.live.programme.sending.approval == "all"),
        *of_drafts(connection, key),
        *of_links(mails, engine.base_url),
        *of_fields(engine, live, mails, who),
        *of_domain(connection),
    ]
    worst = [Level.FAIL, Level.WARN, Level.SKIPPED, Level.OK]
    return tuple(sorted(found, key=lambda each: worst.index(each.level)))


def without_draft(live: Catalog, key: str) -> Catalog:
    """What would be live."""
    path = f"campaigns/{key}/campaign.yaml"
    return load_texts({**live.texts, path: apply(live.texts[path], [Remove(("draft",))])})


def of_files(after: Catalog, key: str) -> Iterator[Checked]:
    """What `nurture check` says of the campaign's files."""
    problems = [each for each in check(after) if each.file.startswith(f"campaigns/{key}/")]
    for each in problems:
        level = Level.FAIL if each.severity == "error" else Level.WARN
        name = each.file.rpartition("/")[2]
        words = told(
            "{name}, line {line}: {message}; {remedy}",
            name=name,
            line=each.line,
            message=each.message,
            remedy=each.remedy,
        )
        yield Checked(level, "Files", words, url_for("texts.text", path=each.file))
    if not problems:
        yield Checked(Level.OK, "Files", "every promise that is checked is kept")


def of_approvals(
    connection: Connection, live: Catalog, after: Catalog, key: str, *, is_asked: bool
) -> Iterator[Checked]:
    """Mails whose text nobody has approved: where the programme asks for approvals, that stops the campaign."""
    found = [
        each.path for each in unapproved(connection, after, live) if each.path.startswith(f"campaigns/{key}/")
    ]
    if found:
        words = f"nobody has approved {named(found)}"
        yield Checked(
            Level.FAIL if is_asked else Level.WARN,
            "Approval",
            words + ("; the programme asks for it" if is_asked else ""),
            url_for("mail_review.review", path=found[0]),
        )
    else:
        yield Checked(Level.OK, "Approval", "every mail is approved as it is written")


def of_drafts(connection: Connection, key: str) -> Iterator[Checked]:
    """What its authors have begun and not published: leads would get the older text."""
    found = sorted(path for path in drafts(connection) if path.startswith(f"campaigns/{key}/"))
    if found:
        one = len(found) == 1
        words = (
            f"{named(found)} has changes that are not published"
            if one
            else f"{named(found)} have changes that are not published"
        )
        yield Checked(Level.WARN, "Drafts", words, url_for("texts.text", path=found[0]))


def of_links(mails: Sequence[MailFile], base_url: str) -> Iterator[Checked]:
    """Links that lead to this machine, or to a domain that belongs to nobody."""
    wrong = [
        (each.path, name, url)
        for each in mails
        for name, url in each.front.links.items()
        if leads_nowhere(urlsplit(url).hostname or "")
    ]
    if leads_nowhere(urlsplit(base_url).hostname or ""):
        words = f"links, unsubscribing and pixels lead to {base_url}, which only this machine reaches"
        yield Checked(Level.WARN, "Links", words)
    if wrong:
        path, name, url = wrong[0]
        more = len(wrong) - 1
        others = f", and {more} more like it" if more else ""
        words = f"“{name}” in {path.rpartition('/')[2]} leads to {url}{others}"
        yield Checked(Level.WARN, "Links", words, url_for("texts.text", path=path))
    if not wrong:
        yield Checked(Level.OK, "Links", f"those of {len(mails)} mails lead to real sites")


def of_fields(engine: Engine, live: Catalog, mails: Sequence[MailFile], who: Audience) -> Iterator[Checked]:
    """What mails say of their lead and those who enter lack."""
    programme = engine.live.programme
    fields = frozenset[str]().union(*(fields_of(programme, live.texts[each.path]) for each in mails))
    found = lacked(programme, fields, who.states, g.now)
    for each in found:
        whom = "" if who.is_whole else f" of the {len(who.states):,} that were asked"
        what = called(each.field)
        words = (
            f"{each.leads:,}{whom} lacks “{what}”; the fallback is used"
            if each.leads == 1
            else f"{each.leads:,}{whom} lack “{what}”; the fallback is used"
        )
        yield Checked(Level.WARN, "Leads", words)
    if not found and who.states:
        yield Checked(Level.OK, "Leads", "nobody lacks what the mails say of them")


def of_domain(connection: Connection) -> Iterator[Checked]:
    """What the doctor found last of the sender's domain."""
    report, href = last_report(connection), url_for("health.health") if i_may_go("health.health") else ""
    if report is None:
        yield Checked(Level.WARN, "SPF, DKIM, DMARC", "not looked at yet", href)
        return
    for each in report.findings:
        if each.what in OF_THE_DOMAIN:
            yield Checked(each.level, each.what, each.found, href if each.remedy else "")


def named(paths: Iterable[str]) -> str:
    """The files, a few of them by name."""
    names = [path.rpartition("/")[2] for path in paths]
    more = len(names) - NAMED
    listed = ", ".join(names[:NAMED])
    return f"{listed} and {more} more" if more > 0 else listed
