"""Names that a file mentions exist: mails, teams, topics, clocks, personas, webhooks, groups, campaigns."""

from collections.abc import Iterable, Iterator

from nurture.check.written import Written, steps
from nurture.content.marks import Marks, Path
from nurture.content.problems import Problem
from nurture.content.scalars import did_you_mean
from nurture.languages.told import told
from nurture.vocabulary.tags import tag_name
from nurture.vocabulary.words import SUNSET, MailClass


def mails_of_steps(written: Written) -> Iterator[Problem]:
    """Every mail that a step names exists."""
    mails = written.catalog.mails
    for file in written.campaigns:
        for placed in steps(file):
            name = placed.step.mail
            if name is not None and file.campaign.mail_ref(name) not in mails:
                known = [full.removeprefix(f"{file.campaign.key}/") for full in mails]
                yield placed.problem(
                    "mail",
                    told("there is no mail {name!r}", name=name),
                    _mail_remedy(name, known, file.campaign.key),
                )


def mail_of_sunset(written: Written) -> Iterator[Problem]:
    """The sunset's mail exists and can be answered, and no other campaign has the sunset's key."""
    sunset, mails = written.programme.sending.sunset, written.catalog.mails
    if sunset is None:
        return
    for file in written.campaigns:
        if file.campaign.key == SUNSET:
            message = told("the key {sunset!r} means what `sending: sunset:` does", sunset=SUNSET)
            yield file.marks.problem(("key",), message, "choose another key, and name the folder so, too")
    path, family = ("sending", "sunset", "mail"), mails.get(sunset.mail)
    if family is None:
        remedy = _mail_remedy(sunset.mail, mails, "campaign")
        yield written.marks.problem(path, told("there is no mail {mail!r}", mail=sunset.mail), remedy)
        return
    if family.mail_class is MailClass.OPERATIONAL:
        message = told(
            "{mail!r} is operational mail, which those get too who want no marketing", mail=sunset.mail
        )
        yield written.marks.problem(
            path, message, "write `class: marketing` at the top of the mail, or nothing"
        )
    for variant in family.variants:
        if not variant.mail.front.links:
            message = "the mail that asks whether to go on has no link, so that nobody can say yes by a click"
            yield Problem(
                variant.mail.path, 1, 1, message, "name a link, such as 'stay: https://…', and use it"
            )


def campaigns_of_reasons(written: Written) -> Iterator[Problem]:
    """Every campaign that takes up recycled leads exists."""
    # A campaign that could not be read still exists: its own problems are told already.
    known = [path.split("/")[1] for path in written.catalog.texts if path.endswith("/campaign.yaml")]
    for reason, policy in written.programme.recycle_reasons.items():
        path = ("recycle_reasons", reason, "campaign")
        yield from _missing(written.marks, path, "campaign", policy.campaign, known)


def groups_of_rules(written: Written) -> Iterator[Problem]:
    """Every interest rule counts against a group that has a limit."""
    interest = written.programme.scoring.interest
    for rule in interest.rules:
        path = ("scoring", "interest", "rules", rule.key, "group")
        yield from _missing(written.marks, path, "group", rule.group, interest.groups)


def clocks_of_stages(written: Written) -> Iterator[Problem]:
    """Every clock that a stage starts is agreed."""
    for stage, policy in written.programme.stages.items():
        yield from _missing(
            written.marks, ("stages", stage.value, "sla"), "sla", policy.sla, written.programme.sla
        )


def teams_of_routes(written: Written) -> Iterator[Problem]:
    """Every route leads to a team."""
    for route in written.programme.routing:
        yield from _missing(
            written.marks, ("routing", route.key, "to"), "team", route.to, written.programme.teams
        )


def topics_of_campaigns(written: Written) -> Iterator[Problem]:
    """Every campaign is about a topic of the programme."""
    for file in written.campaigns:
        yield from _missing(file.marks, ("topic",), "topic", file.campaign.topic, written.programme.topics)


def segments_of_broadcasts(written: Written) -> Iterator[Problem]:
    """Every broadcast goes to a segment of the programme, or to a tag as tags are spelt."""
    for file in written.campaigns:
        broadcast = file.campaign.broadcast
        if broadcast is None:
            continue
        path = ("broadcast", "to")
        yield from _missing(file.marks, path, "segment", broadcast.to, written.programme.segments)
        if broadcast.tag is not None and tag_name(broadcast.tag) != broadcast.tag:
            spelt = tag_name(broadcast.tag)
            remedy = "write a word" if spelt is None else told("write {spelt!r}", spelt=spelt)
            yield file.marks.problem(
                ("broadcast", "tag"), told("{tag!r} is no tag", tag=broadcast.tag), remedy
            )


def personas_of_tracks(written: Written) -> Iterator[Problem]:
    """Every persona that a track is for is one of the programme's."""
    known = [persona.key for persona in written.programme.personas]
    for file in written.campaigns:
        for track in file.campaign.tracks:
            for index, persona in enumerate(track.personas):
                path = ("tracks", track.key, "personas", index)
                yield from _missing(file.marks, path, "persona", persona, known)


def former_keys(written: Written) -> Iterator[Problem]:
    """A key that a persona had before is no other persona's, now or before: a lead that has it is told by it."""
    taken = {persona.key for persona in written.programme.personas}
    for persona in written.programme.personas:
        for index, was in enumerate(persona.was):
            if was in taken:
                message = told("{was!r} is the key of a persona, or was another one's", was=was)
                yield written.marks.problem(
                    ("personas", persona.key, "was", index), message, "remove it here"
                )
            taken.add(was)


def webhooks_of_steps(written: Written) -> Iterator[Problem]:
    """Every webhook that a step calls has an endpoint."""
    for file in written.campaigns:
        for placed in steps(file):
            path = (*placed.path, "webhook")
            yield from _missing(file.marks, path, "webhook", placed.step.webhook, written.programme.webhooks)


def variants_of_experiments(written: Written) -> Iterator[Problem]:
    """Every variant of an experiment, the control excepted, is written in its mail."""
    for file in written.campaigns:
        for placed in steps(file):
            family = written.catalog.mails.get(file.campaign.mail_ref(placed.step.mail or ""))
            if placed.step.experiment is None or family is None:
                continue
            known = {name for variant in family.variants for name in variant.mail.front.variants}
            for variant in list(placed.step.experiment.variants)[1:]:
                if variant not in known:
                    path = (*placed.path, "experiment", "variants", variant)
                    message = told(
                        "the mail {mail!r} has no variant {variant!r}", mail=placed.step.mail, variant=variant
                    )
                    remedy = (
                        did_you_mean(variant, known) if known else "write it under 'variants:' in the mail"
                    )
                    yield file.marks.problem(path, message, remedy, at_key=True)


def tasks_for_someone(written: Written) -> Iterator[Problem]:
    """Every task is for the lead's owner or for an address."""
    for file in written.campaigns:
        for placed in steps(file):
            if placed.step.for_ != "owner" and "@" not in placed.step.for_:
                message = told(
                    "the task is for {assignee!r}, expected owner or an address", assignee=placed.step.for_
                )
                yield placed.problem("for", message, "write owner, or the address of a colleague")


def unused_mails(written: Written) -> Iterator[Problem]:
    """Every mail is sent by some step."""
    used = {
        file.campaign.mail_ref(placed.step.mail)
        for file in written.campaigns
        for placed in steps(file)
        if placed.step.mail is not None
    }
    sunset = written.programme.sending.sunset
    read = {file.campaign.key for file in written.campaigns}
    for name, family in written.catalog.mails.items():
        if name in used or (sunset is not None and name == sunset.mail) or name.partition("/")[0] not in read:
            continue
        path = family.variants[0].mail.path
        yield Problem(
            path, 1, 1, "no step sends this mail", "name it in a track, or remove the file", "warning"
        )


def _missing(
    marks: Marks, path: Path, what: str, name: str | None, known: Iterable[str]
) -> Iterator[Problem]:
    names = list(known)
    if name is not None and name not in names:
        yield marks.problem(
            path, told("there is no {what} {name!r}", what=what, name=name), did_you_mean(name, names)
        )


def _mail_remedy(name: str, known: Iterable[str], campaign: str) -> str:
    remedy = did_you_mean(name, known)
    return (
        remedy
        if remedy.startswith("did")
        else told(
            "write campaigns/{campaign}/mails/{file}.mjml", campaign=campaign, file=name.rpartition("/")[2]
        )
    )
