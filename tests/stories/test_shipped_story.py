"""The same way under the programme as it is shipped: whatever its mails are called, its promises hold."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from nurture.content.catalog import load
from nurture.statemachine.allocation import is_held_out
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.words import EventKind, Stage, Temperature
from tests.stories.telling import (
    Story,
    accepted,
    clicked,
    contacted,
    entered,
    imported,
    joined,
    moved,
    put,
    rejected,
    submitted,
    visited,
)
from tests.stories.world import MemoryWorld

COLD, WARM, HOT = Temperature
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def programme():
    return load(ROOT / "campaigns", ROOT / "templates").sound_programme()


@pytest.fixture
def story(programme):
    lead_id = next(number for number in count(1) if not is_held_out(programme, number))
    world = MemoryWorld(programme, Lead(id=lead_id, created_at=datetime(2026, 3, 2, tzinfo=UTC)))
    return Story(world, lead_id=lead_id)


def test_an_inquiry_becomes_a_customer_by_a_detour(story):
    story.on(
        "2026-03-02 08:00",
        imported(
            email="kim@north.example",
            country="DE",
            job_title="Head of logistics",
            seniority="director",
            company_size=400,
            industry="retail",
        ),
    )
    story.expect("2026-03-02 08:00", joined("long-cycle"), entered("cold"))
    story.world.run_until(story.moment("2026-03-17 18:00"))
    assert len(story.mails()) == 3  # one a week, the first at once
    last = story.mails()[-1].split()[-1]

    story.on("2026-03-18 10:00", clicked(last, link="pricing"))
    story.expect("2026-03-18 10:00", moved(COLD, WARM), entered("warm-champion"))
    story.on("2026-03-24 11:00", submitted("demo"))
    story.expect(
        "2026-03-24 11:00",
        moved(WARM, HOT),
        moved(Stage.INQUIRY, Stage.MQL),
        entered("hot"),
    )
    story.on("2026-03-24 14:30", accepted())
    story.on("2026-03-25 10:00", contacted())
    story.on("2026-03-27 10:00", rejected("not-now"))
    story.expect(
        "2026-03-27 10:00", moved(Stage.SAL, Stage.RECYCLED), moved(HOT, WARM), entered("recycled-warm")
    )
    story.expect_nothing_until("2026-03-27 10:00", EventKind.MAIL_SENT, since="2026-03-24 14:30")

    story.world.run_until(story.moment("2026-08-31 18:00"))
    cooled = [each for each in story.world.happened() if each.properties.get("after") == COLD]
    assert len(cooled) == 1

    story.on("2026-09-01 11:00", visited("/pricing"), submitted("demo"))
    story.expect("2026-09-01 11:00", moved(Stage.RECYCLED, Stage.MQL))
    story.on("2026-09-01 12:00", accepted())
    story.on("2026-09-02 12:00", put(Stage.SQL), put(Stage.OPPORTUNITY), put(Stage.CUSTOMER))
    story.expect("2026-09-02 12:00", moved(Stage.OPPORTUNITY, Stage.CUSTOMER), joined("customer-onboarding"))
    mails = [line.split()[-1] for line in story.mails()]
    assert len(mails) == len(set(mails))
