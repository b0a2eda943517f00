"""A campaign is simulated from its page: what is assumed comes first, and nothing is sent or written."""

import re
import threading
from datetime import timedelta

import pytest

from nurture.engine.accounts import Role
from nurture.engine.drafts import save_draft
from nurture.insight.sales_history import with_sales
from nurture.insight.simulated import MEASURED_FROM, band, habits_in
from nurture.simulation.behaviour import Habits
from nurture.store import records as table
from webapp import simulate, simulations_kept

PAGE = "/campaigns/long-cycle/simulate"


def counts(stand):
    """How many rows each table has."""
    with stand.engine.database.reading() as connection:
        return {
            each.name: len(connection.execute(each.select()).all()) for each in table.metadata.sorted_tables
        }


def test_anybody_who_sees_campaigns_may_and_nothing_changes(stand, client_as):
    before = counts(stand)
    page = client_as(Role.VIEWER).get(f"{PAGE}?days=30").text
    assert page.index("What is assumed") < page.index("What comes of it in 30 days")
    assert "20 runs" in page
    assert "Usual elsewhere, not measured here" in page
    assert "One lead’s story" in page
    assert counts(stand) == before
    assert client_as(Role.VIEWER).get("/campaigns/product-note/simulate").status_code == 404


def mails(page):
    return int(re.search(r"mails of it</th><td[^>]*>(\d+)<", page)[1])


def test_a_draft_is_played_as_its_authors_have_it(stand, client):
    path = "campaigns/long-cycle/campaign.yaml"
    live = client.get(f"{PAGE}?days=30").text
    text = re.sub(r"every: \d+ days", "every: 200 days", stand.engine.live.catalog.texts[path])
    with stand.engine.deciding() as (connection, now):
        save_draft(connection, path, text, seeing=0, actor="otto@tarewell.example", now=now)
    slower = client.get(f"{PAGE}?days=30").text
    assert "of the draft" in slower
    assert mails(slower) < mails(live)


def test_nobody_to_play_with_is_said(stand, client):
    stand.with_a_draft(entry="lead.country == 'FR'")
    assert "there is nobody to play with" in client.get("/campaigns/hello/simulate").text


def test_it_is_one_click_from_the_steps_the_campaign_and_going_live(stand, client):
    stand.with_a_draft()
    for page in ("/campaigns/hello/tracks/series", "/campaigns/hello", "/campaigns/hello/go-live"):
        assert 'href="/campaigns/hello/simulate"' in client.get(page).text


@pytest.mark.parametrize(("days", "seed"), [("7", "0"), ("many", "x"), ("90000", "99999")])
def test_what_cannot_be_played_is_played_as_usual(client, days, seed):
    assert "What comes of it in 60 days" in client.get(f"{PAGE}?days={days}&seed={seed}").text


def test_a_band_holds_nine_of_ten():
    found = band([float(each) for each in range(20, 0, -1)])
    assert (found.low, found.middle, found.high) == (2, 10, 19)


def test_habits_are_measured_once_enough_has_left(stand):
    with stand.engine.database.reading() as connection:
        habits, measured = habits_in(connection, "long-cycle")
    assert measured == 0
    with stand.engine.database.writing() as connection:
        row = (
            connection.execute(table.touch.select().where(table.touch.c.settled_at.is_not(None)))
            .mappings()
            .first()
        )
        many = [
            dict(row) | {"id": 9_000_000 + n, "visit": 100 + n, "opened_at": row["settled_at"] if n % 2 else None, "clicked_at": row["settled_at"] if n % 8 == 1 else None}
            for n in range(MEASURED_FROM)
        ]  # fmt: skip
        connection.execute(table.touch.insert(), many)
    with stand.engine.database.reading() as connection:
        habits, measured = habits_in(connection, "long-cycle")
    assert measured >= MEASURED_FROM
    assert (habits.opens, habits.clicks) == pytest.approx((0.5, 0.25), abs=0.02)


def handed(stand, *outcomes, made_at):
    """Leads that sales was given, each with whether it was taken, and why it came back."""
    with stand.engine.database.writing() as connection:
        connection.execute(
            table.hand_off.insert(),
            [
                {
                    "lead_id": 1_000 + number,
                    "serial": 1,
                    "team": "field",
                    "made_at": made_at,
                    "accepted_at": made_at if taken else None,
                    "closed_at": made_at if reason else None,
                    "reason": reason,
                }
                for number, (taken, reason) in enumerate(outcomes)
            ],
        )


def test_what_sales_does_is_measured_once_it_has_had_enough_leads(stand, client):
    now = stand.clock.now()
    outcomes = [(True, None)] * 24 + [(True, "not-now")] * 8 + [(False, "no-fit")] * 8 + [(False, None)] * 10
    handed(stand, *outcomes[:-1], made_at=now - timedelta(days=30))
    with stand.engine.database.reading() as connection:
        assert with_sales(connection, Habits(), now) == (Habits(), 0)  # one too few
    assert "Usual elsewhere, not measured here; from 50 leads" in client.get(f"{PAGE}?days=30").text
    with stand.engine.database.writing() as connection:
        connection.execute(table.hand_off.delete().where(table.hand_off.c.lead_id >= 1_000))
    handed(stand, *outcomes, made_at=now - timedelta(days=30))
    with stand.engine.database.reading() as connection:
        habits, count = with_sales(connection, Habits(), now)
    assert count == 50
    assert (habits.answers, habits.accepts, habits.agrees) == pytest.approx((40 / 50, 32 / 40, 24 / 32))
    assert (habits.wins, habits.loses) == (0, 0)
    page = client.get(f"{PAGE}?days=30&seed=2").text
    assert "on the last 50 leads that were handed to sales" in page
    assert "sales answers 80 % of the leads that it is given" in page


def test_the_page_does_not_wait_for_a_long_play(client, monkeypatch):
    may_end, played = threading.Event(), simulate.simulated

    def slow(*values, **named):
        assert may_end.wait(60)
        return played(*values, **named)

    monkeypatch.setattr(simulate, "simulated", slow)
    monkeypatch.setattr(simulations_kept, "PATIENCE_SECONDS", 0.0)
    page = client.get(f"{PAGE}?days=30&seed=3").text
    assert "It is being played" in page
    assert f'href="{PAGE}?days=30&amp;seed=3"' in page  # without a script
    assert "What is assumed" not in page
    monkeypatch.setattr(simulations_kept, "PATIENCE_SECONDS", 60.0)
    may_end.set()
    assert "What comes of it in 30 days" in client.get(f"{PAGE}?days=30&seed=3").text


def test_what_is_being_played_can_be_cancelled(client, form_token, monkeypatch):
    stopped, played = threading.Event(), simulate.simulated

    def endless(*_, breathe, **__):
        try:
            while True:
                breathe()
        finally:
            stopped.set()

    monkeypatch.setattr(simulate, "simulated", endless)
    monkeypatch.setattr(simulations_kept, "PATIENCE_SECONDS", 0.0)
    page = client.get(f"{PAGE}?days=30&seed=4").text
    assert f'action="{PAGE}/stop"' in page
    said = {"csrf_token": form_token, "days": "30", "seed": "4"}
    assert "Stopped." in client.post(f"{PAGE}/stop", data=said, follow_redirects=True).text
    assert stopped.wait(60)
    monkeypatch.setattr(simulate, "simulated", played)
    monkeypatch.setattr(simulations_kept, "PATIENCE_SECONDS", 60.0)
    assert "What comes of it in 30 days" in client.get(f"{PAGE}?days=30&seed=4").text


def test_looked_at_again_it_is_the_same_one_and_says_of_when_it_is(stand, client):
    first = client.get(f"{PAGE}?days=30").text
    assert "leads as of" in first
    stand.with_a_draft()  # of another campaign
    again = client.get(f"{PAGE}?days=30").text
    assert mails(again) == mails(first)
    assert re.search(r"leads as of.*?</p>", again)[0] == re.search(r"leads as of.*?</p>", first)[0]
