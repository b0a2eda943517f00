"""A broadcast read as a campaign: one mail, one step, which leads enter only when the broadcast reaches them."""

from msgspec.structs import replace

from nurture.content.model import Campaign, Exhausted, Step, Track

TRACK = "broadcast"
"""The key of the one track, in reports and decisions."""

OF_OTHERS = ("entry", "goal", "exit", "edits", "tracks")
"""Keys of a campaign that a broadcast has none of: who is in it, and for how long, follows from what it is."""


def flattened(campaign: Campaign) -> Campaign:
    """*campaign*, which has a broadcast, with the track that this means. It waits for nothing, and then it is over."""
    broadcast = campaign.broadcast
    assert broadcast is not None
    step = Step(key=broadcast.mail.rpartition("/")[2], mail=broadcast.mail)
    track = Track(key=TRACK, steps=(step,), exhausted=Exhausted(then="exit"))
    return replace(campaign, tracks=(track,))
