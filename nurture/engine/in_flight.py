"""What an edit of a campaign's tracks does to the leads inside: they stay on the tracks that they are in, or move by step key.

Who stays is told by when a lead entered, so nothing is written to leads: a revision says which earlier tracks are still
followed, and by whom. An edit that moves the leads ends all of that.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.content.codec import read_campaign
from nurture.content.model import Campaign, Persona, Programme, Superseded
from nurture.content.persona_keys import renamed
from nurture.store.records import content_text, pinned_tracks, revision_text

InFlight: TypeAlias = Literal["pin", "migrate"]


def keep_tracks(
    connection: Connection,
    programme: Programme,
    *,
    before: int,
    after: int,
    now: datetime,
    in_flight: InFlight | None,
) -> None:
    """Write which earlier tracks are followed under revision *after*, which succeeds *before*, with this *programme*.

    An edit after which the tracks say the same of personas with other keys is none: whoever is inside stays.

    in_flight  what becomes of leads inside edited campaigns; None for what each campaign says itself.
    """
    rows = []
    for key, campaign in programme.campaigns.items():
        earlier = campaign_at(connection, before, key, programme.personas)
        edited = earlier is not None and earlier.tracks != campaign.tracks
        if edited and (in_flight or campaign.edits.in_flight) == "migrate":
            continue
        kept = pins(connection, before, key)
        if edited:
            kept = (*kept, (before, now))
        rows += [{"revision": after, "campaign": key, "kept": number, "before": at} for number, at in kept]
    if rows:
        connection.execute(pinned_tracks.insert(), rows)


def superseded(
    connection: Connection, number: int, programme: Programme
) -> dict[str, tuple[Superseded, ...]]:
    """The earlier tracks that are followed under revision *number*, by campaign, the oldest first."""
    found = {}
    for key, campaign in programme.campaigns.items():
        earlier = [
            Superseded(before=at, campaign=replace(campaign, tracks=was.tracks))
            for kept, at in pins(connection, number, key)
            if (was := campaign_at(connection, kept, key, programme.personas)) is not None
        ]
        if earlier:
            found[key] = tuple(earlier)
    return found


def pins(connection: Connection, number: int, campaign: str) -> tuple[tuple[int, datetime], ...]:
    """Of each earlier revision whose tracks are followed under revision *number*: itself, and by whom."""
    rows = connection.execute(
        select(pinned_tracks.c.kept, pinned_tracks.c.before)
        .where(pinned_tracks.c.revision == number, pinned_tracks.c.campaign == campaign)
        .order_by(pinned_tracks.c.before)
    )
    return tuple((row.kept, row.before) for row in rows)


def campaign_at(
    connection: Connection, number: int, campaign: str, personas: Sequence[Persona] = ()
) -> Campaign | None:
    """The campaign as revision *number* has it; None where there was none, or it cannot be read any more.

    personas  of today: what the text says of one by an earlier key is read as said of it.
    """
    path = f"campaigns/{campaign}/campaign.yaml"
    text = connection.execute(
        select(content_text.c.body)
        .join(revision_text, revision_text.c.sha256 == content_text.c.sha256)
        .where(revision_text.c.revision == number, revision_text.c.path == path)
    ).scalar()
    if text is None:
        return None
    said = str(text)
    for persona in personas:
        for was in persona.was:
            said = renamed(path, said, was, persona.key)
    return read_campaign(said, path).value
