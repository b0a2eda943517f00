"""Going live with a campaign: who gets it and why others do not, and the number that is typed and counted again."""

import re
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from nurture.doctor.finding import Report, ok, warn
from nurture.doctor.kept import keep_report
from nurture.engine.accounts import Role
from nurture.engine.intake import NewLead
from nurture.engine.reviews import MailState, say
from nurture.insight.audience import audience
from nurture.insight.forecast import forecast
from nurture.statemachine.entering import gone_live
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, TouchStatus
from tests.webapp.conftest import token_of

PATH = "/campaigns/hello/go-live"


@pytest.fixture
def begun(stand):
    stand.with_a_draft()


def sums(page):
    """The rows of the first table, as 'words' and count."""
    rows = re.findall(
        r'<th scope="row">(.*?)</th><td class="num">(.*?)</td>', page.partition('id="forecast"')[0], re.DOTALL
    )
    plain = [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]
    return {words: int(count.removeprefix("− ")) for words, count in plain}


def send(client, typed, *, read=None, number=None):
    page = client.get(PATH).text
    hidden = dict(re.findall(r'name="(read|revision)" value="(\d+)"', page))
    said = {
        "csrf_token": token_of(client),
        "read": hidden["read"] if read is None else read,
        "revision": hidden["revision"] if number is None else number,
        "typed": typed,
    }
    return client.post(PATH, data=said)


def is_draft(stand):
    return stand.engine.live.programme.campaigns["hello"].draft


@pytest.mark.usefixtures("begun")
def test_it_says_who_enters_and_why_others_do_not(client, stand):
    stand.happens("eve", EventKind.UNSUBSCRIBED)
    stand.engine.tick()
    assert "Go live…" in client.get("/campaigns/hello").text
    page = client.get(PATH).text
    assert sums(page) == {
        "meet the entry now": 3,
        "no address": 1,
        "suppressed come in, get nothing": 1,
        "enter and are mailed": 1,
    }
    assert "All 4 leads were asked." in page
    assert "is in another campaign too" in page
    assert "Type 1 to mail 1 lead" in page
    assert 'href="/pace"' in page


@pytest.mark.usefixtures("begun")
def test_the_right_number_makes_it_live_and_the_audit_log_says_so(client, stand):
    assert send(client, " 2 ").status_code == 303
    assert not is_draft(stand)
    with stand.engine.database.reading() as connection:
        newest = connection.execute(
            table.audit_entry.select().order_by(table.audit_entry.c.id.desc())
        ).first()
    assert newest.actor == "ines@tarewell.example"
    assert newest.detail == {"why": "hello goes live; 2 leads enter"}
    stand.later(minutes=1)
    names = ("ada", "bob", "eve", "nobody")
    entered = [
        name for name in names if any(each.campaign == "hello" for each in stand.state(name).enrolments)
    ]
    assert entered == ["bob", "eve"]
    assert client.get(PATH).headers["Location"] == "/campaigns/hello"
    assert client.post(PATH, data={"csrf_token": token_of(client)}).status_code == 303


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize("typed", ["", "1", "3", "22", "two", "-2", "2.0"])
def test_any_other_number_does_nothing(client, stand, typed):
    answer = send(client, typed)
    assert answer.status_code == 422
    assert "Type 2, the number of leads that it mails." in answer.text
    assert is_draft(stand)


@pytest.mark.usefixtures("begun")
def test_a_count_that_has_changed_meanwhile_is_told_and_asked_for_again(client, stand):
    stand.engine.enter_leads([NewLead(reference="kim", fields={"email": "kim@new.example"})], source="import")
    stand.engine.tick()
    answer = send(client, "2", read=2)
    assert answer.status_code == 409
    assert "It is 3 leads by now; you had read 2. Nothing was done." in answer.text
    assert is_draft(stand)
    assert send(client, "3").status_code == 303


@pytest.mark.usefixtures("begun")
def test_what_was_published_meanwhile_is_not_run_over(client, stand):
    answer = send(client, "2", number=stand.engine.live.number - 1)
    assert answer.status_code == 409
    assert "went live while you were editing" in answer.text
    assert is_draft(stand)


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize("role", [Role.AUTHOR, Role.SALES, Role.VIEWER])
def test_who_may_not_publish_sees_it_and_cannot_go_live(client_as, stand, role):
    browser = client_as(role)
    page = browser.get(PATH).text
    assert "Who may publish makes it live." in page
    assert 'name="typed"' not in page
    said = {"csrf_token": token_of(browser), "read": 2, "typed": 2, "revision": stand.engine.live.number}
    assert browser.post(PATH, data=said).status_code == 403
    assert is_draft(stand)


def test_a_campaign_that_is_not_there_or_live_already_is_not_offered(client):
    assert client.get("/campaigns/nope/go-live").status_code == 404
    assert client.get("/campaigns/long-cycle/go-live").headers["Location"] == "/campaigns/long-cycle"


def test_where_nobody_meets_the_entry_each_thing_that_it_asks_is_counted(client, stand):
    stand.with_a_draft(entry="lead.temperature == 'hot'")
    page = client.get(PATH).text
    found = sums(page)
    assert found["meet the entry now"] == found["enter and are mailed"] == 0
    assert found["lead.stage == &#39;inquiry&#39;"] == 3
    assert found["lead.temperature == &#39;hot&#39;"] == 1
    assert "Nobody would be mailed now." in page
    assert "No mail of it leaves in the next 14 days." in page
    assert send(client, "0").status_code == 303


def checked(page):
    """What was looked at: (level, what, found)."""
    rows = re.findall(r'<span class="light (\w+)">.*?<p><b>(.*?)</b>: (.*?)(?: <a|</p>)', page, re.DOTALL)
    return [tuple(row) for row in rows]


@pytest.mark.usefixtures("begun")
def test_the_checks_say_what_is_not_in_order_the_worst_first(client, stand):
    found = checked(client.get(PATH).text)
    assert [level for level, _, _ in found] == ["warn"] * (len(found) - 1) + ["ok"]
    said = {what: words for _, what, words in found}
    assert "[customer] is still to be replaced" in said["Files"]
    assert said["Approval"] == "nobody has approved best-guide.mjml, hello.mjml, one-question.mjml and 1 more"
    assert said["SPF, DKIM, DMARC"] == "not looked at yet"
    links = [words for _, what, words in found if what == "Links"]
    assert links[0].startswith("links, unsubscribing and pixels lead to http://127.0.0.1:8025")
    assert "in best-guide.mjml leads to https://www.example.com" in links[1]


@pytest.mark.usefixtures("begun")
def test_what_the_doctor_found_last_and_what_leads_lack_stand_there(client, stand):
    stand.engine.enter_leads([NewLead(reference="kim", fields={"email": "kim@new.example"})], source="import")
    stand.engine.tick()
    findings = (
        ok("SPF", "it is there"),
        warn("DMARC", "p=none", "Ask for quarantine."),
        ok("Disk", "has room"),
    )
    with stand.engine.deciding() as (connection, now):
        keep_report(connection, Report(now, 1.0, findings))
        texts = stand.engine.live.catalog.texts
        for path in [path for path in texts if path.startswith("campaigns/hello/mails/")]:
            say(connection, path, texts[path], MailState.APPROVED, actor="pia@tarewell.example", now=now)
    found = checked(client.get(PATH).text)
    assert ("warn", "DMARC", "p=none") in found
    assert ("ok", "SPF", "it is there") in found
    assert "Disk" not in {what for _, what, _ in found}
    assert ("ok", "Approval", "every mail is approved as it is written") in found
    assert ("warn", "Leads", "1 lacks “First name”; the fallback is used") in found
    assert [level for level, _, _ in found] == sorted((level for level, _, _ in found), reverse=True)


def foreseen(stand):
    """The forecast of `hello`, as the page asks for it."""
    live, now = stand.engine.live, stand.clock.now()
    programme = gone_live(live.programme, "hello")
    with stand.engine.database.reading() as connection:
        who = audience(connection, programme, "hello", now, seed=live.number)
        return forecast(connection, programme, "hello", who, now)


@pytest.mark.usefixtures("begun")
def test_what_is_foreseen_is_what_the_engine_then_sends(client, stand):
    ahead = foreseen(stand)
    assert ahead.is_whole
    said = {
        (each.day, mine): count
        for each in ahead.days
        for mine, count in ((True, each.mails), (False, each.others))
        if count
    }
    begins = stand.clock.now()
    assert send(client, "2").status_code == 303
    for _ in range(2 * 13):
        stand.later(hours=12)
    with stand.engine.database.reading() as connection:
        sent = connection.execute(
            table.touch.select().where(
                table.touch.c.status == TouchStatus.SENT.value, table.touch.c.settled_at >= begins
            )
        ).all()
    zone = ZoneInfo(stand.engine.live.programme.time_zone)
    came = Counter((row.settled_at.astimezone(zone).date(), row.campaign == "hello") for row in sent)
    last = stand.clock.now().astimezone(zone).date()
    assert came == {each: count for each, count in said.items() if each[0] <= last}
    assert sum(mine for _, mine in came) >= 3


@pytest.mark.usefixtures("begun")
def test_the_page_shows_the_days_the_limit_and_when_the_first_leaves(client, stand):
    page = client.get(PATH).text
    ahead = foreseen(stand)
    assert (
        f'<b class="num">{ahead.mails}</b> mails in 14 days; the first leaves <b><time datetime="2026-03-03T08:00:00+00:00"'
        in page
    )
    assert page.count("<title>") == 14 + 1
    assert "Mon 2 Mar: 0 of this campaign" in page  # both have had their mail of that day
    assert "Tue 3 Mar: 2 of this campaign" in page
    assert "No mail leaves this machine" in page
    assert "Every lead was played" in page
