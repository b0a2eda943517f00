"""The page on pace: pausing and resuming with a reason, rates that warn, the warm-up; and the pages that point to it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from nurture.engine.accounts import Role
from nurture.engine.pause_rows import EVERYTHING, ITSELF, Cause, live_pauses
from nurture.engine.pauses import pause
from nurture.insight.why import why_lead
from nurture.store import records as table
from tests.webapp.conftest import token_of
from tests.webapp.stand import MONDAY


def live(stand):
    with stand.engine.database.reading() as connection:
        return [(each.campaign, each.actor, each.why) for each in live_pauses(connection)]


def stops(stand, campaign=EVERYTHING, cause=Cause.SENDER, **more):
    with stand.engine.deciding() as (connection, now):
        pause(
            connection,
            campaign,
            cause=cause,
            why="550 <5.7.26> unauthenticated",
            actor=ITSELF,
            now=now,
            **more,
        )


def came_of(stand, campaign, **sums):
    row = {"campaign": campaign, "hour": MONDAY, "attempted": 0, "delivered": 0, "hard": 0, "complaints": 0}
    with stand.engine.deciding() as (connection, _):
        connection.execute(table.campaign_hour.delete())
        connection.execute(table.campaign_hour.insert(), {**row, **sums})


def test_everything_is_paused_and_resumed_with_a_reason(client, stand, form_token):
    said = {"csrf_token": form_token, "campaign": "", "why": "the landing page is down"}
    assert client.post("/pace/pause", data=said).status_code == 303
    assert live(stand) == [("", "ines@tarewell.example", "the landing page is down")]
    page = client.get("/pace").text
    assert "Nothing leaves: sending is paused" in page
    assert "the landing page is down" in page
    assert "Pause everything" not in page
    assert "Nothing leaves: sending is paused." in client.get("/").text
    assert "Sending is paused" in client.get("/leads").text
    again = {**said, "why": "it is back"}
    assert client.post("/pace/resume", data=again).status_code == 303
    assert live(stand) == []
    page = client.get("/pace").text
    assert "Mail leaves as it comes due" in page
    assert "Resumed by ines@tarewell.example: it is back" in page
    assert "is paused" not in client.get("/leads").text


def test_all_mail_is_paused_by_one_press_on_any_page(client, stand, form_token):
    assert 'action="/pace/pause/all"' in client.get("/leads").text
    assert client.post("/pace/pause/all", data={"csrf_token": form_token}).status_code == 303
    assert live(stand) == [("", "ines@tarewell.example", "in a hurry, from the head of a page")]
    assert 'action="/pace/pause/all"' not in client.get("/leads").text
    assert "Resume" in client.get("/pace").text


def undo_in(page):
    """Where the Undo of a toast is posted to; None where there is none."""
    found = re.search(r'action="(/pace/pause/all/\d+/undo)"', page)
    return found and found[1]


def test_the_press_is_taken_back_by_another_and_both_are_in_the_audit_log(client, stand, form_token):
    token = {"csrf_token": form_token}
    url = undo_in(client.post("/pace/pause/all", data=token, follow_redirects=True).text)
    assert "Mail leaves again" in client.post(url, data=token, follow_redirects=True).text
    assert live(stand) == []
    with stand.engine.database.reading() as connection:
        rows = connection.execute(select(table.audit_entry).order_by(table.audit_entry.c.id)).all()
    assert [(row.what, row.detail.get("why")) for row in rows][-2:] == [
        ("paused sending", "in a hurry, from the head of a page"),
        ("resumed sending", "the press was taken back at once"),
    ]
    assert "over already" in client.post(url, data=token, follow_redirects=True).text


def test_a_press_on_what_is_paused_already_takes_nothing_back(client, stand, form_token):
    stops(stand)
    page = client.post("/pace/pause/all", data={"csrf_token": form_token}, follow_redirects=True).text
    assert "It was paused already." in page
    assert undo_in(page) is None
    with stand.engine.database.reading() as connection:
        (paused,) = live_pauses(connection)
    client.post(f"/pace/pause/all/{paused.id}/undo", data={"csrf_token": form_token})
    assert [actor for _, actor, _ in live(stand)] == [ITSELF]


def test_undo_leaves_a_campaign_paused_and_a_later_pause(client, stand, form_token):
    token = {"csrf_token": form_token}
    stops(stand, "long-cycle", cause=Cause.COMPLAINTS)
    url = undo_in(client.post("/pace/pause/all", data=token, follow_redirects=True).text)
    client.post(url, data=token)
    assert [campaign for campaign, _, _ in live(stand)] == ["long-cycle"]
    client.post("/pace/pause", data={**token, "campaign": "", "why": "the page is down"})
    client.post(url, data=token)
    assert [campaign for campaign, _, _ in live(stand)] == ["", "long-cycle"]


def test_without_a_reason_nothing_is_paused(client, stand, form_token):
    assert client.post("/pace/pause", data={"csrf_token": form_token, "why": "  "}).status_code == 422
    assert live(stand) == []


def test_one_campaign_is_paused_and_an_unknown_one_is_none(client, stand, form_token):
    said = {"csrf_token": form_token, "why": "its offer has ended"}
    assert client.post("/pace/pause", data={**said, "campaign": "long-cycle"}).status_code == 303
    assert client.post("/pace/pause", data={**said, "campaign": "nope"}).status_code == 404
    assert [campaign for campaign, _, _ in live(stand)] == ["long-cycle"]
    assert "is paused" in client.get("/pace").text
    assert "long cycle: paused" in client.get("/leads").text


def test_a_campaign_is_paused_and_resumed_from_its_own_page(client, stand, form_token):
    assert "Pause<span" in client.get("/campaigns/long-cycle").text
    said = {"csrf_token": form_token, "campaign": "long-cycle", "why": "its offer has ended"}
    client.post("/pace/pause", data=said)
    page = client.get("/campaigns/long-cycle").text
    assert "is paused" in page
    assert "Paused by ines@tarewell.example" in page
    assert "its offer has ended" in page
    assert "Resume<span" in page
    assert "paused" in client.get("/campaigns").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SALES, Role.AUTHOR])
def test_who_may_not_publish_sees_it_and_cannot_pause(client_as, stand, role):
    browser = client_as(role)
    page = browser.get("/pace").text
    assert "Pause everything" not in page
    assert "Pause all mail" not in page
    said = {"csrf_token": token_of(browser), "campaign": "", "why": "x"}
    for path in ("/pace/pause", "/pace/pause/all"):
        assert browser.post(path, data=said).status_code == 403
    assert live(stand) == []


def test_a_problem_of_the_sender_stands_with_its_remedy(client, stand):
    stops(stand, problem="5.7.26")
    page = client.get("/pace").text
    assert "Our mail proves no origin" in page
    assert "Mend SPF or DKIM." in page
    assert "550 &lt;5.7.26&gt; unauthenticated" in page
    assert "It stopped by itself" in page
    assert "Our mail proves no origin" in client.get("/").text


def test_a_rate_that_warns_is_shown_here_and_on_the_dashboard(client, stand):
    came_of(stand, "long-cycle", attempted=2_000, delivered=2_000, complaints=4)
    page = client.get("/pace").text
    assert "0.20 %" in page
    assert "warns" in page
    assert "reported as spam too often" in client.get("/").text


def test_the_warm_up_says_its_plan_and_what_is_used_today(client, stand):
    with stand.engine.deciding() as (connection, _):
        days = [(MONDAY - timedelta(days=2), 150), (MONDAY, 120)]
        rows = [
            {"sender": stand.engine.live.programme.sender.domain, "day": f"{at:%Y-%m-%d}", "used": used}
            for at, used in days
        ]
        connection.execute(table.sender_day.insert(), rows)
    page = client.get("/pace").text
    assert "120 of 400 mails used today, day 3" in page
    assert "50,000" in page
    assert "No mail leaves this machine" in page
    assert "120 of 400 mails used today" in client.get("/settings/sending").text


def test_what_waits_for_a_pause_is_counted_and_told_on_the_lead(client, stand):
    stops(stand)
    stand.later(days=14)
    with stand.engine.database.reading() as connection:
        waiting = connection.execute(table.decision.select().where(table.decision.c.gate == "paused")).all()
    assert waiting
    assert f"{len({row.touch_id for row in waiting})} mail" in client.get("/pace").text
    lead_id = waiting[0].touch_id // 1_000_000
    assert any(line.startswith("  now: all mail is paused") for line in why_lead(stand.engine, str(lead_id)))
    page = client.get(f"/leads/{lead_id}").text
    assert "Paused: it leaves when somebody lets it go on." in page
    assert "all mail is paused" in page
