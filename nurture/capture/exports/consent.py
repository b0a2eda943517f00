"""What a person agreed to, with the proof that an export has of it, and which kinds of mail it refused."""

from collections.abc import Iterator
from datetime import datetime

from nurture.capture.exports.endings import refused_kinds, standings
from nurture.capture.exports.fact import Fact
from nurture.capture.exports.product import Export, Standing
from nurture.capture.exports.said import Said, moment
from nurture.capture.names import words
from nurture.capture.sayings import Saying
from nurture.vocabulary.event import PropertyValue
from nurture.vocabulary.words import EventKind

LINK_FOLLOWED = ("double opt-in", "confirmed, without its time")
"""Proof that the address is the person's own, as good as a link in a mail of ours."""


def consents(said: Said, export: Export, *, ended: bool) -> Iterator[Fact]:
    """The consent with its proof, and the refusals.

    ended  whether the person may no longer be mailed: then the consent is kept as proof and opens no topic.
    """
    opted_in, confirmed = moment(said, Saying.CONSENT_AT), moment(said, Saying.CONFIRMED_AT)
    closed = ended or Standing.NOT_ASKED in standings(said, export)
    topics = () if closed else export.agreed_topics()
    if opted_in or confirmed or _is_basis(said) or topics:
        proof = _proof(said, export, opted_in, confirmed)
        if topics and proof["how"] in LINK_FOLLOWED:
            proof["proven"] = True
        wording = f"the list {', '.join(export.lists)} in {export.product.name}"
        yield Fact(
            kind=EventKind.CONSENT_GIVEN,
            at=opted_in or confirmed,
            detail=", ".join(topics),
            properties={
                "topics": dict.fromkeys(topics, wording),
                **proof,
            },
        )
    refused = {export.topics[kind]: False for kind in refused_kinds(said) if kind in export.topics}
    if refused and not ended:
        told = {"how": "refused", "told_by": export.product.name}
        yield Fact(
            kind=EventKind.PREFERENCES_CHANGED,
            at=None,
            detail=", ".join(refused),
            properties={"topics": refused, **told},
        )


def is_unasked(said: Said, export: Export, *, ended: bool) -> bool:
    """Whether the person never agreed to marketing mail, nor said no to it."""
    return not ended and Standing.NOT_ASKED in standings(said, export)


def _proof(
    said: Said, export: Export, opted_in: datetime | None, confirmed: datetime | None
) -> dict[str, PropertyValue]:
    """When, where and with which words; what the export leaves out is left out."""
    proof: dict[str, PropertyValue] = {
        "how": _how(said, opted_in, confirmed),
        "list": ", ".join(export.lists),
        "opted_in_at": opted_in.isoformat() if opted_in else "",
        "ip": str(said.get(Saying.CONSENT_IP, "")),
        "confirmed_at": confirmed.isoformat() if confirmed else "",
        "confirmed_ip": str(said.get(Saying.CONFIRMED_IP, "")),
        "wording": str(said.get(Saying.LEGAL_BASIS, "")),
        "told_by": export.product.name,
    }
    return {name: value for name, value in proof.items() if value}


def _how(said: Said, opted_in: datetime | None, confirmed: datetime | None) -> str:
    """What the export can prove, and no more.

    Where sign-up and confirmation are one moment, no link was followed; where there is no sign-up at all, somebody
    else put the person on the list.
    """
    if opted_in and confirmed and confirmed > opted_in:
        return "double opt-in"
    if opted_in:
        return "opt-in"
    if words(str(said.get(Saying.SUBSCRIPTION, ""))) == "confirmed":
        return "confirmed, without its time"
    if _is_basis(said):
        return "consent, without its time"
    if confirmed and said.get(Saying.CONFIRMED_IP):
        return "confirmed"
    return "on the list; no opt-in is recorded"


def _is_basis(said: Said) -> bool:
    """Whether the legal basis is consent; the others need none."""
    return "consent" in str(said.get(Saying.LEGAL_BASIS, "")).casefold()
