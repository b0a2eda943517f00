"""The sunset read as a campaign: one mail that asks whether to go on, which leads enter when they have answered none for long."""

from nurture.content.model import Campaign, Exhausted, Programme, Step, Track
from nurture.vocabulary.words import SUNSET

TRACK = "sunset"
STEP = "ask"
FIRST = 1_000
"""Its priority: nobody else's mail goes before the last one."""


def sunset_campaign(programme: Programme) -> Campaign | None:
    """What `sending: sunset:` means; None where the programme has none."""
    policy = programme.sending.sunset
    if policy is None:
        return None
    # Whoever falls silent again, years after having answered, is asked again.
    step = Step(key=STEP, mail=policy.mail, repeat=True)
    track = Track(key=TRACK, steps=(step,), exhausted=Exhausted(then="exit"))
    return Campaign(format=1, key=SUNSET, name="Sunset", tracks=(track,), priority=FIRST)
