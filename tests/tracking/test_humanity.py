"""Who opened and who clicked: each situation by its name, the machine's pattern beside it, and what overturns it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.tracking.evidence import MessageContext
from nurture.tracking.hits import Hit, HitKind
from nurture.tracking.humanity import judge, judge_message, sweeps
from nurture.tracking.patterns import PATTERNS
from nurture.vocabulary.touch import HONEYPOT

SENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
APPLE = "Mozilla/5.0"
AT_HOME = "203.0.113.7"
AT_MICROSOFT = "40.94.25.80"


def hit(kind, seconds, user_agent=CHROME, address=AT_HOME, lead=42, **more):
    at = SENT + timedelta(seconds=seconds)
    return Hit(
        kind=kind, at=at, touch_id=lead * 1_000_000 + 1, user_agent=user_agent, address=address, **more
    )


def opened(seconds, user_agent=CHROME, **more):
    return hit(HitKind.OPEN, seconds, user_agent, **more)


def clicked(seconds, link=1, user_agent=CHROME, **more):
    return hit(HitKind.CLICK, seconds, user_agent, link=link, **more)


def patterns(*hits, sent_at=SENT):
    return [verdict.pattern for verdict in judge_message(hits, sent_at)]


HOUR = 3600

PEOPLE = {
    "an open in a mail client": [opened(HOUR)],
    "an open of a client that does not say its name": [opened(HOUR, "")],
    "an open through Gmail's proxy": [opened(HOUR, GMAIL, address="66.249.84.1")],
    "an open through Gmail's proxy soon after delivery": [opened(5, GMAIL, address="66.249.84.1")],
    "an open through Yahoo's proxy an hour later": [opened(HOUR, YAHOO)],
    "an open from Microsoft's network, as Outlook's image proxy": [opened(HOUR, address=AT_MICROSOFT)],
    "a click": [clicked(HOUR)],
    "a click on the heels of a notification": [clicked(7)],
    "a click without an open, pictures being blocked": [clicked(HOUR)],
    "open, then click": [opened(HOUR), clicked(HOUR + 4)],
    "a double click": [clicked(HOUR), clicked(HOUR + 0.2)],
    "three links into tabs": [clicked(HOUR + 5 * link, link=link) for link in range(1, 4)],
    "to and fro between two links": [clicked(HOUR + 5 * turn, link=1 + turn % 2) for turn in range(8)],
    "four links, with a look at each": [clicked(HOUR + 11 * link, link=link) for link in range(1, 5)],
    "two links, read between": [clicked(HOUR), clicked(HOUR + 20, link=2)],
    "the same link at work and at home": [
        clicked(HOUR),
        clicked(9 * HOUR, user_agent=SAFARI, address="198.51.100.9"),
    ],
    "the same browser over IPv4 and IPv6": [clicked(HOUR), clicked(HOUR + 1, address="2001:db8::1")],
    "a click while Gmail shows the pictures": [
        opened(HOUR, GMAIL, address="66.249.84.1"),
        clicked(HOUR + 0.8),
    ],
}


@pytest.mark.parametrize("situation", PEOPLE)
def test_people_are_people(situation):
    verdicts = judge_message(PEOPLE[situation], SENT)
    assert all(verdict.is_human and verdict.pattern is None for verdict in verdicts)


MACHINES = {
    "a HEAD request": ([clicked(HOUR, method="HEAD")], ["head request"]),
    "a browser that loads ahead": ([clicked(HOUR, prefetch="prefetch;prerender")], ["prefetch"]),
    "the link that nobody sees": ([clicked(HOUR, link=HONEYPOT)], ["honeypot"]),
    "all links, the hidden one too, without haste": (
        [clicked(HOUR, link=HONEYPOT), clicked(HOUR + 10, link=1), clicked(HOUR + 20, link=2)],
        ["honeypot", "beside honeypot", "beside honeypot"],
    ),
    "a slow scanner, and its picture": (
        [opened(HOUR), *(clicked(HOUR + 20 * link, link=link % 4) for link in range(1, 5))],
        ["beside honeypot"] * 4 + ["honeypot"],
    ),
    "Barracuda": ([clicked(HOUR, user_agent="Barracuda Sentinel (EE)")], ["scanner"]),
    "a library": ([clicked(HOUR, user_agent="python-requests/2.32.3")], ["bot"]),
    "a click of nobody": ([clicked(HOUR, user_agent="")], ["nameless click"]),
    "a click of Apple's proxy, which never clicks": ([clicked(HOUR, user_agent=APPLE)], ["nameless click"]),
    "Apple Mail at delivery": ([opened(40, APPLE)], ["privacy proxy"]),
    "Yahoo's proxy at delivery": ([opened(20, YAHOO)], ["image proxy prefetch"]),
    "Safe Links, days later": ([clicked(70 * HOUR, address=AT_MICROSOFT)], ["scanning network"]),
    "a click one second after delivery": ([clicked(1)], ["at delivery"]),
    "a click while the server still thinks": ([clicked(-20)], ["at delivery"]),
    "an open one second after delivery": ([opened(1)], ["at delivery"]),
    "three links in two seconds": (
        [clicked(HOUR, link=1), clicked(HOUR + 1, link=2), clicked(HOUR + 2, link=3)],
        ["burst", "burst", "burst"],
    ),
    "four links in a row, without haste": (
        [clicked(HOUR + 9 * link, link=link) for link in range(1, 5)],
        ["burst"] * 4,
    ),
    "picture and link at once": ([opened(HOUR), clicked(HOUR + 0.1)], ["same instant", "same instant"]),
    "a check of what its user clicked": (
        [clicked(HOUR, user_agent=SAFARI), clicked(HOUR + 12, address="198.51.100.9")],
        [None, "echo"],
    ),
}


@pytest.mark.parametrize("situation", MACHINES)
def test_machines_are_named(situation):
    hits, expected = MACHINES[situation]
    assert patterns(*hits) == expected
    verdicts = judge_message(hits, SENT)
    assert [verdict.is_human for verdict in verdicts] == [name is None for name in expected]


def test_every_pattern_has_a_situation():
    named = {name for _, expected in MACHINES.values() for name in expected if name}
    assert named | {"sweep"} == {pattern.name for pattern in PATTERNS}


# Verdicts that later hits overturn


def test_the_first_click_of_a_burst_falls_with_the_second():
    assert patterns(clicked(HOUR)) == [None]
    assert patterns(clicked(HOUR), clicked(HOUR + 1, link=2)) == ["burst", "burst"]


def test_a_click_after_all_shows_that_a_person_read_behind_the_proxy():
    assert patterns(opened(40, APPLE), clicked(HOUR, user_agent=SAFARI)) == [None, None]


def test_a_machines_click_shows_nothing():
    assert patterns(opened(40, APPLE), clicked(HOUR, address=AT_MICROSOFT)) == [
        "privacy proxy",
        "scanning network",
    ]


def test_a_click_does_not_pardon_what_came_after_it():
    assert patterns(clicked(HOUR), opened(2 * HOUR, APPLE)) == [None, "privacy proxy"]


def test_a_persons_click_survives_the_scan_at_delivery():
    scan = [clicked(1 + link / 10, link=link, address=AT_MICROSOFT) for link in range(4)]
    assert patterns(*scan, clicked(HOUR, user_agent=SAFARI))[-1] is None


@pytest.mark.parametrize(
    "first", [{"method": "HEAD"}, {"user_agent": "Java/17.0.9"}, {"address": AT_MICROSOFT}]
)
def test_whom_a_gateway_lets_through_once_it_has_looked_is_a_person(first):
    looked = clicked(HOUR, **{"user_agent": SAFARI, "address": "198.51.100.9", **first})
    assert patterns(looked, clicked(HOUR + 2))[1] is None


def test_a_colleague_behind_the_same_gateway_as_the_scanner_is_a_person():
    assert patterns(clicked(HOUR, link=HONEYPOT), clicked(HOUR + 20, user_agent=SAFARI)) == ["honeypot", None]


def test_opens_through_proxies_are_marked_person_or_not():
    assert judge(opened(HOUR, GMAIL), MessageContext(SENT)).proxied
    assert judge(opened(HOUR, APPLE), MessageContext(SENT)).proxied
    assert not judge(opened(HOUR), MessageContext(SENT)).proxied


def test_without_the_moment_of_delivery_nothing_came_too_soon():
    assert patterns(clicked(1), sent_at=None) == [None]


def test_who_comes_back_long_after_the_scanner_with_its_browser_is_a_person():
    scan = [clicked(HOUR + 20 * link, link=link % 4) for link in range(1, 5)]
    assert patterns(*scan, clicked(2 * HOUR)) == [*["beside honeypot"] * 3, "honeypot", None]


# One address, many leads


def test_one_address_that_clicks_for_many_leads_at_once_is_a_machine():
    sweep = [clicked(HOUR + lead / 2, lead=lead) for lead in range(1, 7)]
    swept = sweeps(sweep)
    assert [swept(each) for each in sweep] == [6] * 6
    assert judge_message(sweep[:1], SENT, swept)[0].pattern == "sweep"


def test_colleagues_behind_one_address_who_click_over_the_morning_are_people():
    morning = [clicked(HOUR + 60 * lead, lead=lead) for lead in range(1, 30)]
    assert {sweeps(morning)(each) for each in morning} == {1}


def test_one_lead_who_clicks_often_sweeps_nobody():
    again = [clicked(HOUR + second / 2) for second in range(9)]
    assert {sweeps(again)(each) for each in again} == {1}


# Bounds

any_hit = st.builds(
    hit,
    st.sampled_from([HitKind.OPEN, HitKind.CLICK]),
    st.floats(-700, 4000),
    st.sampled_from([CHROME, SAFARI, GMAIL, YAHOO, APPLE, "", "curl/8"]),
    st.sampled_from([AT_HOME, AT_MICROSOFT, "", "not an address"]),
    link=st.none() | st.integers(0, 5),
    method=st.sampled_from(["GET", "HEAD"]),
)


@given(st.lists(any_hit, max_size=12))
def test_a_machine_always_has_a_pattern_and_a_person_never(hits):
    for verdict in judge_message(hits, SENT):
        assert 0 <= verdict.score <= 1
        assert verdict.is_human == (verdict.pattern is None)


@given(st.lists(any_hit, max_size=8, unique_by=lambda each: each.at), st.randoms())
def test_verdicts_do_not_depend_on_the_order_in_which_hits_were_handed_in(hits, random):
    verdicts = dict(zip([each.at for each in hits], judge_message(hits, SENT), strict=True))
    random.shuffle(hits)
    assert judge_message(hits, SENT) == [verdicts[each.at] for each in hits]
