"""What the form of a new broadcast says, read and held against the programme."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from nurture.content.model import Programme
from nurture.content.wall_clock import WallClock
from nurture.engine.live import Live
from nurture.engine.new_broadcast import NewBroadcast

NAME_MAX = 100


def asked(chosen: Mapping[str, str], live: Live, now: datetime) -> tuple[NewBroadcast | None, str]:
    """The broadcast that was chosen, else None and what is missing."""
    programme = live.programme
    kind, _, key = chosen.get("audience", "").partition(" ")
    name, mail = chosen.get("name", "").strip()[:NAME_MAX], chosen.get("mail", "")
    if kind not in ("segment", "tag") or not key or (kind == "segment" and key not in programme.segments):
        return None, "Choose who gets it."
    if mail not in live.catalog.mails:
        return None, "Choose the mail."
    if not name:
        return None, "Give it a name."
    zone = ZoneInfo(programme.time_zone)
    try:
        at = WallClock.parse(chosen.get("at", "").replace("T", " ")[: len("2026-12-01 09:00")])
    except ValueError:
        return None, "Write the day and the time at which it begins."
    if at.moment(zone) < now - programme.sending.max_lateness.elapsed:
        return None, "Its moment has passed. Choose one to come; what has just passed begins at once."
    topic = chosen.get("topic", "")
    return (
        NewBroadcast(
            name=name,
            mail=mail,
            at=at,
            segment=key if kind == "segment" else None,
            tag=key if kind == "tag" else None,
            topic=topic if topic in programme.topics else None,
        ),
        "",
    )


def campaigns_with(programme: Programme, mail: str) -> tuple[str, ...]:
    """The campaigns that send *mail*."""
    return tuple(
        campaign.key
        for campaign in programme.campaigns.values()
        if any(
            step.mail is not None and campaign.mail_ref(step.mail) == mail
            for track in campaign.tracks
            for step in track.walk()
        )
    )
