"""The whole way: an inquiry is nurtured, qualifies, is given back, cools down, warms up again and is won."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nurture.content.catalog import load
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.words import EventKind, Stage, Temperature
from tests.stories.telling import (
    Story,
    accepted,
    breached,
    clicked,
    contacted,
    entered,
    finished,
    handed_off,
    imported,
    joined,
    left,
    moved,
    opened,
    put,
    rejected,
    sent,
    submitted,
    task,
    visited,
    warned,
)
from tests.stories.world import MemoryWorld

COLD, WARM, HOT = Temperature


@pytest.fixture
def story():
    programme = load(Path(__file__).parent / "programme", {}).sound_programme()
    return Story(MemoryWorld(programme, Lead(id=1, created_at=datetime(2026, 3, 2, tzinfo=UTC))))


def test_an_inquiry_becomes_a_customer_by_a_detour(story):
    story.on("2026-03-02 07:30", imported(email="kim@north.example", first_name="Kim", country="DE"))
    story.expect("2026-03-02 07:30", joined("long-cycle"), entered("cold"))
    story.expect("2026-03-02 09:00", sent("long-cycle/checklist"))
    story.on("2026-03-03 10:00", opened("long-cycle/checklist", humanity=0.0))  # its proxy, not Kim
    story.expect("2026-03-09 09:00", sent("long-cycle/case-study"))

    # A form tells who Kim is; a click on pricing warms.
    story.on("2026-03-10 10:00", submitted("guide", seniority="director", company_size=300))
    story.on("2026-03-10 10:04", clicked("long-cycle/case-study", link="pricing"))
    story.expect("2026-03-10 10:04", moved(COLD, WARM), entered("warm"))
    story.expect("2026-03-13 09:00", sent("long-cycle/roi-calculator"))  # four days after the last mail

    # A demo form makes Kim hot, qualified, and sales' to answer for: four business hours, the day ends at 17:00.
    story.on("2026-03-16 15:00", submitted("demo"))
    story.expect(
        "2026-03-16 15:00",
        moved(WARM, HOT),
        moved(Stage.INQUIRY, Stage.MQL),
        handed_off("team-dach", respond_by="2026-03-17 11:00"),
        entered("hot"),
        task("call"),
    )
    story.expect("2026-03-16 15:30", sent("long-cycle/book-a-call"))
    story.expect("2026-03-16 17:00", warned("accept"))
    story.on("2026-03-17 10:00", accepted())
    story.expect("2026-03-17 10:00", moved(Stage.MQL, Stage.SAL))

    # Silence while sales owns Kim; nobody calls within a business day.
    story.expect("2026-03-18 10:00", breached("first-contact"))
    story.on("2026-03-19 14:00", contacted())
    story.expect_nothing_until("2026-03-20 16:00", EventKind.MAIL_SENT, since="2026-03-16 15:30")

    # Not now: half the interest, brought down to warm, on the track for those who came back.
    story.on("2026-03-20 16:00", rejected("not-now"))
    story.expect("2026-03-20 16:00", moved(Stage.SAL, Stage.RECYCLED), moved(HOT, WARM), entered("recycled"))
    story.expect("2026-04-07 09:00", sent("long-cycle/where-we-left"))  # 14 days end on Good Friday
    story.expect("2026-05-03 09:23", moved(WARM, COLD), entered("cold"))  # decay alone, to the minute
    story.expect("2026-05-13 09:23", sent("long-cycle/benchmark"))  # the first that Kim has not had

    # A new click, and enough of it: hot again, the same rep's team again.
    story.on("2026-06-01 11:00", clicked("long-cycle/benchmark", link="pricing"), visited("/pricing"))
    story.expect("2026-06-01 11:00", moved(COLD, WARM))
    story.on("2026-06-02 11:00", submitted("demo"))
    story.expect(
        "2026-06-02 11:00",
        moved(WARM, HOT),
        moved(Stage.RECYCLED, Stage.MQL),
        handed_off("team-dach", respond_by="2026-06-02 15:00"),
        task("call"),
    )
    story.on("2026-06-02 12:00", accepted())
    story.on("2026-06-02 14:00", contacted())
    story.on("2026-06-09 09:00", put(Stage.SQL), put(Stage.OPPORTUNITY))

    # Won: nurture ends, onboarding begins.
    story.on("2026-06-30 16:00", put(Stage.CUSTOMER))
    story.expect(
        "2026-06-30 16:00",
        moved(Stage.OPPORTUNITY, Stage.CUSTOMER),
        left("long-cycle", "exit"),
        joined("onboarding"),
        sent("onboarding/welcome-aboard"),
    )
    story.expect("2026-07-07 16:00", sent("onboarding/first-report"), finished("first-weeks"))


def test_a_lead_that_starts_a_trial_has_reached_the_goal(story):
    story.on("2026-03-02 07:30", imported(email="kim@north.example"))
    story.on("2026-03-05 12:00", submitted("trial", plan="trial"))
    story.expect("2026-03-05 12:00", left("long-cycle", "goal"))
    story.expect_nothing_until("2027-03-05 12:00", EventKind.MAIL_SENT, since="2026-03-05 12:00")
