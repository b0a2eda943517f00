"""What became of each step's mails: a week of a small company, with the figures that a slow look at every mail gives."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import delete, select, update

from nurture.content.model import Experiment
from nurture.insight.against import Verdict
from nurture.insight.periods import Period, from_to
from nurture.insight.shown import Shown
from nurture.insight.step_figures import ANSWERED_WITHIN, StepFigures, step_figures
from nurture.insight.variants import experiment_figures
from nurture.statistics.rates import Rate
from nurture.store.database import Database
from nurture.store.records import lead, touch
from nurture.vocabulary.words import EventKind, TouchStatus
from tests.webapp.stand import Stand, shipped

BEGUN = datetime(2026, 3, 2, tzinfo=UTC)
COUNTED = {
    "sent": "sent",
    "skipped": "skipped",
    "bounced": "refused",
    "failed": "refused",
    "unknown": "unknown",
    "cancelled": "left",
}


def slowly(rows, period: Period, leads: set[int]):
    """The same, by looking at every mail."""
    found: dict[tuple[str, str, str], Counter[str]] = {}
    end = min(period.until, period.seen_at)
    for row in rows:
        if row.settled_at is None or not period.since <= row.settled_at < end or row.lead_id not in leads:
            continue
        counts = found.setdefault((row.campaign, row.track, row.step), Counter())
        counts[COUNTED[row.status]] += 1
        counts["opened"] += row.opened_at is not None and row.opened_at <= period.seen_at
        counts["clicked"] += row.clicked_at is not None and row.clicked_at <= period.seen_at
        lately = row.settled_at > period.seen_at - ANSWERED_WITHIN
        counts["young"] += lately and row.status in ("sent", "unknown")
    return {place: StepFigures(**counts) for place, counts in found.items()}


@pytest.fixture
def week(database_url):
    """Monday to Sunday: four leads get their mails, Bob opens and clicks one, Ada goes to sales."""
    stand = Stand(database_url).publish().with_people()
    stand.later(hours=1)
    about = {"touch": stand.first_touch("bob"), "mail": "long-cycle/six-lines", "campaign": "long-cycle"}
    stand.happens("bob", EventKind.MAIL_OPENED, **about, humanity=1.0)
    stand.later(hours=1)
    stand.happens("bob", EventKind.MAIL_CLICKED, **about, link="estimate", humanity=0.9)
    stand.with_a_hot_lead()
    for _ in range(6):
        stand.later(days=1)
    yield stand
    stand.engine.close()


def days(first: int, last: int, now: datetime) -> Period:
    period = from_to(date(2026, 3, first), date(2026, 3, last), now=now, zone="Europe/Berlin")
    assert period is not None
    return period


def test_the_first_mail_of_a_track_has_its_figures(week: Stand):
    with week.engine.database.reading() as connection:
        monday = step_figures(connection, days(2, 2, week.clock.now()), whom=Shown.EVERYBODY)
    first = monday["long-cycle", "cold", "six-lines"]
    assert (first.sent, first.opened, first.clicked, first.young) == (2, 0, 1, 0)  # Ada clicked, Eve did not
    assert (first.clicks, first.opens, first.drop_off) == (Rate(1, 2), Rate(0, 2), Rate(0, 2))
    (bobs,) = [each for (_, track, _), each in monday.items() if track == "cold-decision-maker"]
    assert (bobs.sent, bobs.opened, bobs.clicked) == (1, 1, 1)


@pytest.mark.parametrize(("first", "last"), [(2, 2), (2, 8), (3, 5), (4, 4), (20, 21)])
def test_ranges_of_indexes_count_what_a_slow_look_counts(week: Stand, first: int, last: int):
    with week.engine.database.reading() as connection:
        rows = connection.execute(select(touch)).all()
        everybody = {row.lead_id for row in rows}
        for back in (0, 3):
            now = week.clock.now() - timedelta(days=back)
            period = from_to(date(2026, 3, first), date(2026, 3, last), now=now, zone="Europe/Berlin")
            if period is not None:
                period = replace(period, is_now=back == 0)
                assert step_figures(connection, period, whom=Shown.EVERYBODY) == slowly(
                    rows, period, everybody
                )


def test_a_sample_beside_real_leads_is_left_out(week: Stand):
    ada = week.lead_id("ada")
    with week.engine.database.writing() as connection:
        connection.execute(update(lead).where(lead.c.id == ada).values(sample=True))
        rows = connection.execute(select(touch)).all()
        period = days(2, 8, week.clock.now())
        others = {row.lead_id for row in rows} - {ada}
        assert step_figures(connection, period, whom=Shown.REAL) == slowly(rows, period, others)


def test_an_experiment_is_held_against_its_control(week: Stand):
    programme = shipped().sound_programme()
    (campaign, track, step), experiment = next(
        ((campaign.key, track.key, step.key), step.experiment)
        for campaign in programme.campaigns.values()
        for track in campaign.tracks
        for step in track.walk()
        if step.experiment is not None
    )
    assert isinstance(experiment, Experiment)
    control, other = list(experiment.variants)[:2]
    with week.engine.database.writing() as connection:
        connection.execute(delete(touch))
        for number in range(600):
            clicked = number % 2 == 0 if number < 300 else number % 10 == 0
            connection.execute(
                touch.insert().values(
                    id=number, lead_id=number, enrolment=1, visit=1, campaign=campaign, track=track, step=step, mail="m", mail_class="marketing",
                    variant=control if number < 300 else other, priority=0, status="sent", due_at=BEGUN, planned_at=BEGUN,
                    settled_at=BEGUN + timedelta(hours=1), clicked_at=BEGUN + timedelta(hours=2) if clicked else None,
                )
            )  # fmt: skip
        (found, *_) = [
            each
            for each in experiment_figures(
                connection, programme, days(2, 8, week.clock.now()), whom=Shown.EVERYBODY
            )
            if each.place == (campaign, track, step)
        ]
        (nothing, *_) = experiment_figures(
            connection, programme, days(3, 3, week.clock.now()), whom=Shown.EVERYBODY
        )
    by_name = {each.name: each for each in found.variants}
    assert by_name[control].is_control
    assert by_name[control].clicks == Rate(150, 300)
    assert by_name[other].compared.rate == Rate(30, 300)
    assert by_name[other].compared.verdict is Verdict.BELOW
    assert (by_name[control].best or 0) > 0.999
    assert [each.is_control for each in nothing.variants] == [True] + [False] * (len(nothing.variants) - 1)
    assert {each.best for each in nothing.variants} == {None}
    assert {each.compared.verdict for each in nothing.variants} == {Verdict.TOO_FEW}


# ------------------------------------------------------------ whatever mails there are

STATUSES = [each.value for each in TouchStatus if each.is_final]
MAILS = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("12"), st.sampled_from(STATUSES),
        st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9)), st.one_of(st.none(), st.integers(0, 9)),
    ),
    max_size=30,
)  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('mails') / 'nurture.sqlite'}", durable=False)
    database.migrate()
    yield database
    database.close()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mails=MAILS, first=st.integers(2, 9), length=st.integers(0, 8), seen=st.integers(0, 10))
def test_every_mail_is_counted_once_in_its_own_place(database, mails, first, length, seen):
    with database.writing() as connection:
        connection.execute(delete(touch))
        for number, (campaign, track, step, status, settled, opened, clicked) in enumerate(mails):
            at = BEGUN + timedelta(days=settled, hours=9)
            acts = {
                name: None if after is None else at + timedelta(days=after)
                for name, after in (("opened_at", opened), ("clicked_at", clicked))
            }
            connection.execute(
                touch.insert().values(
                    id=number, lead_id=number, enrolment=1, visit=1, campaign=campaign, track=track, step=step, mail="m",
                    mail_class="marketing", priority=0, status=status, due_at=at, planned_at=BEGUN, settled_at=at, **acts,
                )
            )  # fmt: skip
        rows = connection.execute(select(touch)).all()
        last = date(2026, 3, first) + timedelta(days=length)
        now = BEGUN + timedelta(days=first - 2 + seen, hours=12)
        period = from_to(date(2026, 3, first), last, now=now, zone="UTC")
        assert period is not None
        period = replace(period, is_now=False)  # mails are of later, too
        found = step_figures(connection, period, whom=Shown.EVERYBODY)
    assert found == slowly(rows, period, set(range(len(mails))))
    assert all(each.opens.successes <= each.mails and each.left <= each.came for each in found.values())
