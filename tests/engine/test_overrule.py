"""A person of ours says who opened or clicked: score, state and the other verdicts of the mail follow, and it holds."""

import pytest
from company import MONDAY
from hypothesis import given, settings
from hypothesis import strategies as st
from mailed import APPLE, HOUR, MINUTE, QUICK, SAFARI, SECOND, Mailed, known_of, some_hits

from nurture.engine.overrule import VerdictError, overrule
from nurture.insight.acts import Shown, acts_page
from nurture.insight.sentences import sentence
from nurture.insight.timeline import timeline
from nurture.store import records as table
from nurture.tracking.hits import HitKind
from nurture.vocabulary.points import EntryKind
from nurture.vocabulary.words import EventKind

INES = "ines@small.example"
AT_MICROSOFT = "40.94.25.80"


@pytest.fixture
def ann(database_url, tmp_path):
    mailed = Mailed(database_url, tmp_path / "spool")
    yield mailed
    mailed.close()


def said(mailed, event, *, is_person):
    with mailed.company.engine.deciding() as (connection, now):
        overrule(connection, event.id, is_person=is_person, by=INES, now=now)
    mailed.company.later(seconds=15)


def acts(mailed, shown=Shown.MACHINES, **asked):
    with mailed.company.database.reading() as connection:
        return acts_page(connection, shown, **{"size": 50, **asked})


def judged(mailed):
    """The verdicts on all opens and clicks that anybody ever doubted, in their order."""
    rows = sorted(mailed.company.rows(table.verdict), key=lambda row: row.event_id)
    return [(row.pattern, row.overruled_by) for row in rows]


def clicks(mailed):
    return mailed.company.events(EventKind.MAIL_CLICKED)


def test_a_click_that_was_a_persons_counts_after_all(ann):
    ann.comes(ann.clicked(HOUR, address=AT_MICROSOFT))
    assert (ann.interest(), ann.touch().clicked_at) == (0, None)
    said(ann, clicks(ann)[0], is_person=True)
    assert ann.interest() == pytest.approx(18, abs=0.05)
    assert ann.touch().clicked_at == MONDAY + HOUR
    assert ann.state().receptions == ()
    assert judged(ann) == [(None, INES)]
    assert [kind for kind, _, _ in ann.entries()] == [EntryKind.RESTORED] * 2
    assert ann.is_sound()


def test_a_click_that_was_a_machines_is_taken_back(ann):
    waiting = ann.state().receptions
    ann.comes(ann.clicked(HOUR))
    said(ann, clicks(ann)[0], is_person=False)
    assert (ann.interest(), ann.touch().clicked_at) == (0, None)
    assert ann.state().receptions == waiting
    assert judged(ann) == [("by hand", INES)]
    assert ann.is_sound()


def test_it_holds_against_what_comes_later(ann):
    ann.comes(ann.clicked(HOUR))
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    first = clicks(ann)[0]
    assert judged(ann) == [("burst", None), ("burst", None)]
    said(ann, first, is_person=True)
    ann.comes(ann.clicked(HOUR + 2 * SECOND, link=3))
    assert judged(ann) == [(None, INES), ("burst", None), ("burst", None)]
    assert ann.interest() == pytest.approx(18, abs=0.05)
    assert ann.is_sound()


def test_the_opposite_takes_it_back_and_the_act_is_judged_like_any_other_again(ann):
    ann.comes(ann.clicked(HOUR))
    (click,) = clicks(ann)
    said(ann, click, is_person=False)
    said(ann, click, is_person=True)
    assert judged(ann) == [(None, None)]
    assert ann.interest() == pytest.approx(18, abs=0.05)
    ann.comes(ann.clicked(HOUR + SECOND, link=2))
    assert judged(ann) == [("burst", None), ("burst", None)]
    assert ann.interest() == 0
    assert ann.is_sound()


def test_what_is_taken_back_is_again_what_it_was_for(ann):
    ann.comes(ann.clicked(HOUR, address=AT_MICROSOFT))
    said(ann, clicks(ann)[0], is_person=True)
    said(ann, clicks(ann)[0], is_person=False)
    assert judged(ann) == [("scanning network", None)]
    assert ann.interest() == 0
    assert ann.is_sound()


def test_the_other_acts_of_the_mail_are_judged_again_beside_it(ann):
    ann.comes(ann.opened(MINUTE, agent=APPLE))
    ann.comes(ann.clicked(HOUR, address=AT_MICROSOFT))
    said(ann, clicks(ann)[0], is_person=True)
    assert judged(ann) == [(None, None), (None, INES)]
    assert ann.touch().opened_at == MONDAY + MINUTE
    said(ann, clicks(ann)[0], is_person=False)
    assert judged(ann) == [("privacy proxy", None), ("scanning network", None)]
    assert (ann.interest(), ann.touch().opened_at) == (0, None)
    assert ann.is_sound()


def test_what_is_judged_so_already_is_refused(ann):
    ann.comes(ann.clicked(HOUR))
    (click,) = clicks(ann)
    with pytest.raises(VerdictError, match="a person's already"):
        said(ann, click, is_person=True)
    said(ann, click, is_person=False)
    with pytest.raises(VerdictError, match="a machine's already"):
        said(ann, click, is_person=False)
    assert len(ann.company.events(EventKind.VERDICT_OVERTURNED)) == 1


def test_only_opens_and_clicks_are_judged(ann):
    (sent, *_) = ann.company.events(EventKind.MAIL_SENT)
    with pytest.raises(VerdictError, match="no such open or click"):
        said(ann, sent, is_person=False)


def test_who_said_what_stands_in_the_log_and_in_the_story(ann):
    ann.comes(ann.clicked(HOUR))
    (click,) = clicks(ann)
    said(ann, click, is_person=False)
    said(ann, click, is_person=True)
    log = ann.company.rows(table.audit_entry, table.audit_entry.c.actor == INES)
    assert [(row.what, row.target, row.detail["now"]) for row in log] == [
        ("said who did it", f"lead {ann.leads[0]}", "by hand"),
        ("took back who did it", f"lead {ann.leads[0]}", "a person"),
    ]
    told = [sentence(each.event) for each in timeline_of(ann)]
    assert told == [
        "A person clicked “site” in “first” after all",
        f"A machine clicked “site” in “first”, says {INES}",
        "Clicked “site” in “first”",
    ]


def timeline_of(mailed):
    with mailed.company.database.reading() as connection:
        return timeline(connection, mailed.leads[0], before=None, size=20, show="acts").entries


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twins")
    mailed = Mailed(f"sqlite:///{folder / 'nurture.sqlite'}", folder / "spool", names=())
    yield mailed
    assert mailed.is_sound()
    mailed.close()


@given(some_hits, st.data())
@settings(max_examples=12, deadline=None, phases=QUICK)
def test_what_is_said_and_taken_back_has_never_been_said(twins, happened, data):
    """Two leads do the same; of one of them somebody says the opposite of an act, and takes it back."""
    twins.mail(*(f"twin-{len(twins.leads) + number}" for number in range(2)))
    one, other = len(twins.leads) - 2, len(twins.leads) - 1
    began = twins.company.clock.now() - MONDAY + HOUR

    def of(lead, kind, second, link, agent):
        place = {"link": link} if kind is HitKind.CLICK else {}
        address = f"198.51.100.{lead % 250}"
        return twins.hit(kind, began + second * SECOND, agent=agent, lead=lead, address=address, **place)

    for each in sorted(happened, key=lambda each: each[1]):
        twins.comes(of(one, *each), of(other, *each))
    acts = twins.company.rows(
        table.event, table.event.c.lead_id == twins.leads[one], table.event.c.source == "tracking"
    )
    act = data.draw(st.sampled_from(acts))
    machines = {row.event_id for row in twins.company.rows(table.verdict) if row.pattern is not None}
    said(twins, act, is_person=act.id in machines)
    said(twins, act, is_person=act.id not in machines)
    assert known_of(twins, one) == known_of(twins, other)
    assert twins.interest(one) == pytest.approx(twins.interest(other), abs=0.01)


# ------------------------------------------------------------ the page of them


def test_acts_are_shown_by_who_made_them_and_by_what_gave_them_away(ann):
    ann.comes(ann.opened(MINUTE, agent=APPLE), ann.opened(HOUR, agent=SAFARI))
    ann.comes(ann.clicked(2 * HOUR), ann.clicked(2 * HOUR + SECOND, link=2))
    assert [each.verdict.pattern for each in acts(ann).acts] == ["burst", "burst", "privacy proxy"]
    assert [each.verdict.pattern for each in acts(ann, pattern="privacy proxy").acts] == ["privacy proxy"]
    assert [each.event.occurred_at for each in acts(ann, Shown.PEOPLE).acts] == [MONDAY + HOUR]
    assert acts(ann, Shown.OVERTURNED).acts == ()
    assert acts(ann, lead_id=ann.leads[0] + 1).acts == ()
    newest = acts(ann).acts[0]
    assert newest.gives_away == "Different links of one mail within three seconds, or four in a row."
    assert (newest.after_delivery, newest.email) == (2 * HOUR + SECOND, "ann@x.example")


@pytest.mark.parametrize("shown", [Shown.MACHINES, Shown.PEOPLE])
def test_pages_follow_each_other_by_the_place_of_their_last(ann, shown):
    apart = SECOND if shown is Shown.MACHINES else MINUTE
    ann.comes(*(ann.clicked(HOUR + number * apart, link=number % 2 + 1) for number in range(7)))
    seen, before = [], None
    while True:
        page = acts(ann, shown, before=before, size=3, lead_id=ann.leads[0])
        seen.append([each.event.id for each in page.acts])
        if page.before is None:
            break
        before = page.before
    assert [len(each) for each in seen] == [3, 3, 1]
    assert [each for page in seen for each in page] == sorted((each.id for each in clicks(ann)), reverse=True)


def test_what_was_said_is_seen_before_it_is_taken_in(ann):
    ann.comes(ann.clicked(HOUR))
    with ann.company.engine.deciding() as (connection, now):
        overrule(connection, clicks(ann)[0].id, is_person=False, by=INES, now=now)
    assert [(each.is_person, each.waits) for each in acts(ann, Shown.PEOPLE).acts] == [(True, False)]
    ann.company.later(seconds=15)
    assert [(each.is_person, each.waits) for each in acts(ann).acts] == [(False, None)]
    assert acts(ann, Shown.OVERTURNED).acts[0].verdict.overruled_by == INES
