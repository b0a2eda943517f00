"""To which stage of buying the mails of a track speak: never sell to who reads up, never teach who compares."""

from collections import Counter
from collections.abc import Iterable, Mapping

from nurture.content.catalog import Catalog
from nurture.content.model import Campaign, Step
from nurture.insight.coverage import Place, Row

ON_THE_WAY = ("research", "compare", "decide", "onboard", "grow")
"""The order of those that most programmes have; others come behind, by their name."""


def spoken_to(catalog: Catalog, places: Iterable[Place]) -> Mapping[str, int]:
    """How many mails of the tracks at *places* speak to each buying stage; "" for those that name none."""
    programme = catalog.sound_programme()
    counts: Counter[str] = Counter()
    for place in places:
        campaign = programme.campaigns[place.campaign]
        track = campaign.track(place.track)
        for step in () if track is None else track.walk():
            if step.mail is not None:
                counts[stage_of(catalog, campaign, step)] += 1
    return counts


def stage_of(catalog: Catalog, campaign: Campaign, step: Step) -> str:
    """The buying stage of a step: what it says itself, else what its mail says."""
    if step.buying_stage:
        return step.buying_stage
    family = catalog.mails.get(campaign.mail_ref(step.mail or ""))
    file = None if family is None else family.pick(None, None)
    return (None if file is None else file.front.buying_stage) or ""


def stages_of(catalog: Catalog, rows: Iterable[Row]) -> tuple[str, ...]:
    """Every buying stage that any cell speaks to, in the order of the way."""
    found = {
        stage
        for row in rows
        for cell in row.cells.values()
        for stage in spoken_to(catalog, cell.places)
        if stage
    }
    known = [stage for stage in ON_THE_WAY if stage in found]
    return (*known, *sorted(found - set(known)))
