"""A later hit shows who made the earlier ones: by an event, by the ledger, and in everything that follows from them."""

from collections import Counter

import pytest
from company import MONDAY
from hypothesis import given, settings
from mailed import APPLE, CHROME, HOUR, MINUTE, QUICK, SAFARI, SECOND, Mailed, known_of, some_hits

from nurture.engine.reasons import heaviest
from nurture.engine.verdicts import OF_A_LEAD, OF_A_MESSAGE, known_hits
from nurture.insight.sentences import sentence
from nurture.insight.timeline import timeline
from nurture.simulation.digest import digest
from nurture.store import records as table
from nurture.tracking.hits import HitKind
from nurture.vocabulary.points import EntryKind
from nurture.vocabulary.touch import HONEYPOT
from nurture.vocabulary.words import EventKind, Temperature


@pytest.fixture
def ann(database_url, tmp_path):
    mailed = Mailed(database_url, tmp_path / "spool")
    yield mailed
    mailed.close()


@pytest.fixture
def office(database_url, tmp_path):
    mailed = Mailed(database_url, tmp_path / "spool", names=[f"p{number}" for number in range(8)])
    yield mailed
    mailed.close()


# ------------------------------------------------------------ from a person to a machine


def test_a_burst_that_comes_in_two_ticks_is_one(ann):
    ann.comes(ann.clicked(HOUR))
    assert ann.interest() == pytest.approx(18, abs=0.01)
    assert ann.touch().clicked_at == MONDAY + HOUR
    assert "clicked:news/first" in ann.state().acts
    ann.comes(ann.clicked(HOUR + 2 * SECOND, link=2))
    assert ann.overturned() == [("mail.clicked", "a person", "burst")]
    assert ann.interest() == 0
    assert ann.touch().clicked_at is None
    assert ann.state().acts == {}
    assert ann.is_sound()


def test_the_event_of_the_hit_stays_as_it_was_told(ann):
    ann.comes(ann.clicked(HOUR))
    (before,) = ann.company.events(EventKind.MAIL_CLICKED)
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    after = ann.company.events(EventKind.MAIL_CLICKED)[0]
    assert (before.properties, before.occurred_at) == (after.properties, after.occurred_at)
    assert before.properties["humanity"] == 1.0
    (turned,) = ann.company.events(EventKind.VERDICT_OVERTURNED)
    assert turned.properties["overturned"] == before.id
    assert turned.properties["touch"] == ann.touches[0]
    assert (turned.source, turned.occurred_at) == ("verdict", MONDAY + HOUR + 2 * SECOND)


def test_the_ledger_keeps_what_was_earned_and_what_was_taken_back(ann):
    ann.comes(ann.clicked(HOUR))
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    (click, _) = ann.company.events(EventKind.MAIL_CLICKED)
    assert ann.entries() == [
        (EntryKind.AWARDED, "clicked", click.id),
        (EntryKind.AWARDED, "keen", click.id),
        (EntryKind.VOIDED, "clicked", click.id),
        (EntryKind.VOIDED, "keen", click.id),
    ]


def test_the_hidden_link_shows_who_clicked_beside_it_before(ann):
    ann.comes(ann.clicked(HOUR))
    ann.comes(ann.clicked(HOUR + 20 * SECOND, link=HONEYPOT))
    assert ann.overturned() == [("mail.clicked", "a person", "beside honeypot")]


def test_what_the_machine_had_used_up_is_left_for_the_person(ann):
    """Two of a day count; a scanner took the first, and the person's third click finds room."""
    ann.comes(ann.clicked(HOUR, link=2, agent=SAFARI))
    ann.comes(ann.clicked(HOUR + MINUTE))
    ann.comes(ann.clicked(HOUR + 2 * MINUTE))
    assert Counter(rule for _, rule, _ in ann.entries()) == {"clicked": 3, "keen": 2}
    ann.comes(ann.clicked(HOUR + SECOND, agent=SAFARI))
    third = ann.company.events(EventKind.MAIL_CLICKED)[2]
    assert (EntryKind.RESTORED, "keen", third.id) in ann.entries()
    assert ann.state().allowances["keen"].used == 2
    assert ann.is_sound()


def test_a_lead_cools_only_after_the_dwell(ann):
    for minutes in range(3):
        ann.comes(ann.clicked(HOUR + minutes * MINUTE))
    assert ann.state().temperature is Temperature.WARM
    for minutes in range(3):
        ann.comes(ann.clicked(HOUR + minutes * MINUTE + SECOND, link=2))
    assert ann.interest() == 0
    assert ann.state().temperature is Temperature.WARM
    ann.company.later(days=1, hours=2)
    assert ann.state().temperature is Temperature.COLD
    assert ann.is_sound()


def test_mails_that_only_a_machine_answered_wait_for_a_person_again(ann):
    waiting = ann.state().receptions
    assert [each.touch for each in waiting] == [1]
    ann.comes(ann.clicked(HOUR))
    assert ann.state().receptions == ()
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    assert ann.state().receptions == waiting


def test_a_mail_that_only_a_machine_answered_days_ago_counts_as_unreceived(ann):
    ann.comes(ann.clicked(HOUR))
    ann.company.later(days=6)
    before = ann.state()
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    assert ann.state().unreceived == before.unreceived + 1
    assert ann.is_sound()


def test_a_sweep_that_goes_on_in_the_next_tick_falls_on_those_of_the_first(office):
    office.comes(*(office.clicked(HOUR + lead * SECOND / 2, lead=lead) for lead in range(4)))
    assert [office.touch(lead).clicked_at is None for lead in range(4)] == [False] * 4
    office.comes(*(office.clicked(HOUR + lead * SECOND / 2, lead=lead) for lead in range(4, 8)))
    assert office.overturned() == [("mail.clicked", "a person", "sweep")] * 4
    assert [office.interest(lead) for lead in range(8)] == [0] * 8
    assert office.is_sound()


def test_what_a_sweep_was_stays_one_when_the_mail_is_opened_later(office):
    office.comes(*(office.clicked(HOUR + lead * SECOND / 2, lead=lead) for lead in range(4)))
    office.comes(*(office.clicked(HOUR + lead * SECOND / 2, lead=lead) for lead in range(4, 8)))
    office.comes(office.opened(3 * HOUR, agent=SAFARI))
    assert len(office.overturned()) == 4


# ------------------------------------------------------------ from a machine to a person


def test_a_person_who_clicks_shows_that_the_open_behind_the_proxy_was_one(ann):
    ann.comes(ann.opened(MINUTE, agent=APPLE))
    assert (ann.interest(), ann.touch().opened_at) == (0, None)
    ann.comes(ann.clicked(HOUR, agent=SAFARI))
    assert ann.overturned() == [("mail.opened", "privacy proxy", None)]
    assert ann.touch().opened_at == MONDAY + MINUTE
    assert ann.interest() == pytest.approx(22, abs=0.05)
    (opened,) = ann.company.events(EventKind.MAIL_OPENED)
    assert ann.entries()[-1] == (EntryKind.RESTORED, "opened", opened.id)
    assert "opened:news/first" in ann.state().acts
    assert ann.is_sound()


def test_a_verdict_may_turn_twice(ann):
    """The open was a person's because of the click; then the click turns out to be the first of a burst."""
    ann.comes(ann.opened(MINUTE, agent=APPLE))
    ann.comes(ann.clicked(HOUR))
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    assert ann.overturned() == [
        ("mail.opened", "privacy proxy", None),
        ("mail.clicked", "a person", "burst"),
        ("mail.opened", "a person", "privacy proxy"),
    ]
    assert ann.interest() == 0
    assert (ann.touch().opened_at, ann.touch().clicked_at) == (None, None)
    assert ann.is_sound()


def test_the_days_count_people_as_they_are_judged_now(ann):
    ann.comes(ann.opened(MINUTE, agent=APPLE))
    ann.comes(ann.clicked(HOUR))
    assert counted(ann) == {"mail.opened": 1, "mail.clicked": 1}
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    assert counted(ann) == {"mail.opened": 0, "mail.clicked": 0}


def counted(mailed):
    rows = mailed.company.rows(
        table.daily_count, table.daily_count.c.what.in_(["mail.opened", "mail.clicked"])
    )
    return {row.what: row.count for row in rows}


def test_one_look_tells_who_made_each_hit(ann):
    ann.comes(ann.opened(MINUTE, agent=APPLE), ann.opened(2 * MINUTE, agent=SAFARI))
    ann.comes(ann.clicked(HOUR))
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    rows = sorted(ann.company.rows(table.verdict), key=lambda row: row.event_id)
    assert [(row.pattern, row.overturned_at is None) for row in rows] == [
        ("privacy proxy", False),
        ("burst", False),
        ("burst", True),
    ]


def test_a_timeline_tells_who_did_what_as_it_is_judged_now(ann):
    ann.comes(ann.opened(MINUTE, agent=APPLE))
    ann.comes(ann.clicked(HOUR))
    with ann.company.database.reading() as connection:
        entries = timeline(connection, ann.leads[0], before=None, size=20, show="acts").entries
    told = [(sentence(each.event), [line.kind for line in each.points]) for each in entries]
    assert told == [
        ("A person opened “first” after all", []),
        ("Clicked “site” in “first”", [EntryKind.AWARDED, EntryKind.AWARDED]),
        ("Opened “first”", [EntryKind.RESTORED]),
    ]


def test_what_a_machine_did_is_no_reason_to_call(ann):
    ann.comes(ann.clicked(HOUR))
    with ann.company.database.reading() as connection:
        assert [each.rule for each in heaviest_of(connection, ann)] == ["clicked", "keen"]
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    with ann.company.database.reading() as connection:
        assert heaviest_of(connection, ann) == ()


def heaviest_of(connection, mailed):
    return heaviest(connection, mailed.leads[0], mailed.company.clock.now(), most=3)


# ------------------------------------------------------------ bounds


def test_a_token_that_is_replayed_for_ever_is_looked_at_for_a_while(ann):
    """Of ten thousand hits of one mail no more are read, judged or overturned than of a hundred."""
    with ann.company.database.writing() as connection:
        connection.execute(
            table.event.insert(),
            [
                {
                    "lead_id": ann.leads[0],
                    "kind": "mail.clicked",
                    "occurred_at": MONDAY + number * MINUTE,
                    "received_at": MONDAY,
                    "source": "tracking",
                    "source_id": f"replayed:{number}",
                    "properties": {
                        "touch": ann.touches[0],
                        "link_index": 1,
                        "humanity": 1.0,
                        "user_agent": CHROME,
                    },
                    "revision": 1,
                    "absorbed_at": MONDAY,
                }
                for number in range(10_000)
            ],
        )
    with ann.company.database.reading() as connection:
        known = known_hits(connection, {ann.touches[0]})
    message = known[ann.touches[0]]
    assert (len(message.known), message.whole) == (OF_A_MESSAGE, False)
    assert message.known[-1].hit.at == MONDAY + 9_999 * MINUTE
    before, _ = message.judged([ann.clicked(9_999 * MINUTE + SECOND, link=2)], None, lambda _: 1)
    assert len(list(message.overturned(before, MONDAY))) == 1
    assert OF_A_LEAD < 10_000


def test_the_same_hits_are_the_same_history(tmp_path):
    def lived(name):
        mailed = Mailed(f"sqlite:///{tmp_path / name}", tmp_path / f"{name}-spool")
        mailed.comes(mailed.opened(MINUTE, agent=APPLE))
        mailed.comes(mailed.clicked(HOUR))
        mailed.comes(mailed.clicked(HOUR + SECOND, link=2))
        value = digest(mailed.company.database)
        mailed.close()
        return value

    assert lived("one") == lived("two")


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twins")
    mailed = Mailed(f"sqlite:///{folder / 'nurture.sqlite'}", folder / "spool", names=())
    yield mailed
    mailed.close()


@given(some_hits)
@settings(max_examples=20, deadline=None, phases=QUICK)
def test_it_does_not_matter_in_how_many_ticks_the_hits_come(twins, happened):
    """Two leads do the same: one a hit a tick, of the other all come with the last."""
    twins.mail(*(f"twin-{len(twins.leads) + number}" for number in range(2)))
    slow, quick = len(twins.leads) - 2, len(twins.leads) - 1
    began = twins.company.clock.now() - MONDAY + HOUR

    def of(lead, kind, second, link, agent):
        place = {"link": link} if kind is HitKind.CLICK else {}
        return twins.hit(
            kind, began + second * SECOND, agent=agent, lead=lead, address=f"198.51.100.{lead % 250}", **place
        )

    *earlier, last = sorted(happened, key=lambda each: each[1])
    for each in earlier:
        twins.comes(of(slow, *each))
    twins.comes(*(of(quick, *each) for each in earlier), of(slow, *last), of(quick, *last))
    assert known_of(twins, slow) == known_of(twins, quick)
    assert twins.interest(slow) == pytest.approx(twins.interest(quick), abs=0.01)


def test_the_twins_states_are_the_folds_of_their_events(twins):
    assert twins.is_sound()
