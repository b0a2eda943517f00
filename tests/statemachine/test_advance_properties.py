"""What holds for every lead, whatever happens to it in whatever order: the shipped programme and the stories' one."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.content.catalog import load
from nurture.scheduling.zones import local_day
from nurture.scoring.ledger import fold, group_value
from nurture.statemachine.advance import advance
from nurture.statemachine.calendars import opening, zone
from nurture.statemachine.consent import is_sales_own
from nurture.statemachine.effects import HandOver, PlanTouch, Record, WriteEntry
from nurture.statemachine.table import STAGE_TABLE, TEMPERATURE_TABLE
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.words import EventKind, MailClass, Stage, Verdict
from tests.statemachine.situation import programme as stories
from tests.stories.world import MemoryWorld

ROOT = Path(__file__).parents[2]
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HORIZON = timedelta(days=400)


@cache
def shipped():
    return load(ROOT / "campaigns", ROOT / "templates").sound_programme()


programmes = st.sampled_from([stories, shipped])
humanity = st.sampled_from([0.0, 1.0])
mails = st.sampled_from(
    [
        f"long-cycle/{mail}"
        for mail in ("checklist", "case-study", "roi-calculator", "how-matching-works", "estimate")
    ]
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "seniority": st.sampled_from(["c-level", "vp", "director", "manager", "individual", ""]),
        "company_size": st.sampled_from([10, 300, 6_000]),
        "job_title": st.sampled_from(["Head of logistics", "CFO", "Buyer", "Clerk"]),
        "industry": st.sampled_from(["retail", "software"]),
        "shipments_per_month": st.sampled_from([50, 900]),
        "plan": st.sampled_from(["none", "none", "none", "trial", "paid"]),
        "country": st.sampled_from(["DE", "US", "GB"]),
    },
)


def happening(kind, **properties):
    return st.tuples(st.just(kind), st.fixed_dictionaries(properties))


happenings = st.one_of(
    happening(EventKind.LEAD_CHANGED, fields=fields),
    happening(EventKind.MAIL_OPENED, mail=mails, humanity=humanity),
    happening(
        EventKind.MAIL_CLICKED, mail=mails, link=st.sampled_from(["pricing", "docs"]), humanity=humanity
    ),
    happening(EventKind.MAIL_REPLIED, mail=mails, campaign=st.just("long-cycle")),
    happening(EventKind.PAGE_VISITED, path=st.sampled_from(["/pricing", "/docs", "/jobs"])),
    happening(EventKind.FORM_SUBMITTED, form=st.sampled_from(["demo", "demo", "estimate"]), fields=fields),
    happening(EventKind.FILE_DOWNLOADED),
    happening(EventKind.HAND_OFF_ACCEPTED),
    happening(
        EventKind.HAND_OFF_REJECTED, reason=st.sampled_from(["not-now", "no-budget", "wrong-person", "?"])
    ),
    happening(EventKind.CONTACTED),
    happening(
        EventKind.STAGE_SET,
        stage=st.sampled_from([stage.value for stage in Stage if stage is not Stage.DISQUALIFIED]),
        reason=st.just("because"),
        role=st.sampled_from(["sales", "admin"]),
    ),
    happening(EventKind.SNOOZED, until=st.just("2026-05-01T00:00:00+00:00")),
    happening(EventKind.PREFERENCES_CHANGED, topics=st.just({"product": True})),
    happening(EventKind.PROGRAMME_APPLIED),
    happening(
        EventKind.TRACK_SET,
        campaign=st.sampled_from(["long-cycle", "long-cycle", "trial-onboarding", "?"]),
        track=st.sampled_from(["cold", "warm", "hot", "recycled", "warm-decision-maker", "?"]),
        step=st.sampled_from([None, None, "case-study", "workshop-reminder", "call", "pilot", "?"]),
        by=st.just("kim"),
    ),
    happening(EventKind.TRACK_UNSET, campaign=st.just("long-cycle"), track=st.just("warm")),
)
endings = st.one_of(
    happening(EventKind.UNSUBSCRIBED),
    happening(EventKind.MAIL_COMPLAINED),
    happening(EventKind.MAIL_BOUNCED, bounce=st.just("hard")),
    happening(EventKind.STAGE_SET, stage=st.just("disqualified"), reason=st.just("a student")),
)
gaps = st.sampled_from([0, 0, 1, 20, 60 * 24, 60 * 24 * 4, 60 * 24 * 20]).map(
    lambda each: timedelta(minutes=each)
)
late = st.sampled_from([0, 0, 0, 60, 60 * 24 * 3, -10]).map(lambda each: timedelta(minutes=each))
hot = st.one_of(
    happening(EventKind.FORM_SUBMITTED, form=st.just("demo")),
    happening(EventKind.PAGE_VISITED, path=st.just("/pricing")),
    happening(EventKind.HAND_OFF_ACCEPTED),
    happening(EventKind.HAND_OFF_REJECTED, reason=st.sampled_from(["not-now", "no-budget", "wrong-person"])),
    happening(EventKind.STAGE_SET, stage=st.sampled_from(["sql", "opportunity", "customer", "lost"])),
)
rarely = st.integers(0, 19).flatmap(lambda die: endings if die == 0 else happenings)
lives = st.lists(st.tuples(gaps, late, st.one_of(hot, hot, rarely)), min_size=2, max_size=20)


def lived(programme, life, lead_id=3):
    """The world after *life*, and 400 days more."""
    world = MemoryWorld(programme, Lead(id=lead_id, created_at=MONDAY))
    known = {"email": "kim@north.example", "seniority": "director", "company_size": 300}
    told = {"job_title": "Head of logistics", "industry": "retail"}
    created = (timedelta(0), timedelta(0), (EventKind.LEAD_CREATED, {"fields": known | told}))
    at = MONDAY
    for number, (gap, lateness, (kind, properties)) in enumerate([created, *life]):
        at += gap
        world.take(Event(lead_id, kind, at - lateness, at, "life", str(number), properties))
    world.run_until(at + HORIZON)
    return world


def effects(world, kind):
    return [effect for _, _, turned in world.turns for effect in turned.effects if isinstance(effect, kind)]


@settings(max_examples=120)
@given(programmes, lives)
def test_whatever_happens_the_invariants_hold(given_programme, life):
    programme = given_programme()
    world = lived(programme, life)
    nobody_is_mailed_against_their_will(world)
    nothing_is_mailed_or_planned_twice(world)
    mail_keeps_to_window_and_caps(world)
    every_move_is_a_row(world)
    the_ledger_folds_to_the_score(world)
    each_entry_to_mql_has_one_hand_off(world)
    each_broken_sla_escalates_once(world)
    time_makes_progress(world)
    nothing_is_planned_while_sales_owns_the_lead(world)
    who_was_moved_by_hand_is_where_it_was_put(world)


def nobody_is_mailed_against_their_will(world):  # invariant 1
    last_lift = last_end = None
    for at, event, turned in world.turns:
        if turned.state.suppressed is not None:
            last_end = last_end or at
        else:
            last_end, last_lift = None, at
        if event.kind is EventKind.MAIL_SENT and event.text("class") == MailClass.MARKETING:
            assert last_end is None, (last_lift, event)
            assert turned.state.snoozed_until is None or at >= turned.state.snoozed_until


def nothing_is_mailed_or_planned_twice(world):  # invariant 2
    touches = [effect.touch for effect in effects(world, PlanTouch)]
    keys = [(touch.enrolment, touch.visit, touch.step) for touch in touches]
    assert len(keys) == len(set(keys))
    assert len({touch.id for touch in touches}) == len(touches)
    sent = [event.text("mail") for _, event, _ in world.turns if event.kind is EventKind.MAIL_SENT]
    assert len(sent) == len(set(sent))


def mail_keeps_to_window_and_caps(world):  # invariant 3; windows themselves are proven in tests/scheduling
    for at, touch, lead, judgement in world.decisions:
        if judgement.verdict is Verdict.PASS and touch.mail_class is MailClass.MARKETING:
            assert opening(world.programme, lead, at) == at
            today, tomorrow = local_day(at, zone(world.programme, lead))
            assert sum(today <= sent < tomorrow for sent in world.claimed) == 1
            assert sum(at - timedelta(hours=168) < sent <= at for sent in world.claimed) <= 3


def every_move_is_a_row(world):  # invariant 4
    stages = {(row.trigger, row.source.value, row.target.value) for row in STAGE_TABLE}
    temperatures = {(row.source.value, row.target.value) for row in TEMPERATURE_TABLE}
    for record in effects(world, Record):
        said = record.properties
        if record.kind is EventKind.STAGE_CHANGED:
            assert (said["by"], said["before"], said["after"]) in stages
            assert said["before"] != Stage.DISQUALIFIED.value
        if record.kind is EventKind.TEMPERATURE_CHANGED:
            assert (said["before"], said["after"]) in temperatures


def the_ledger_folds_to_the_score(world):  # invariant 5
    assert fold(effect.entry for effect in effects(world, WriteEntry)) == world.state.accumulators
    for at, _, turned in world.turns:
        for group, most in world.programme.scoring.interest.groups.items():
            assert group_value(turned.state.accumulators, group, at) <= most * (1 + 1e-12)


def each_entry_to_mql_has_one_hand_off(world):  # invariant 6
    entries = [
        record
        for record in effects(world, Record)
        if record.kind is EventKind.STAGE_CHANGED and record.properties["after"] == Stage.MQL.value
    ]
    assert len(entries) == len(effects(world, HandOver)) == world.state.handed_off


def each_broken_sla_escalates_once(world):  # invariant 6
    kinds = [record.kind for record in effects(world, Record)]
    told = [what for _, _, what in world.notices]
    assert kinds.count(EventKind.SLA_BREACHED) == told.count("sla breach")
    clocks = {
        (turned.state.clock.started_at, turned.state.clock.name)
        for _, _, turned in world.turns
        if turned.state.clock is not None
    }
    assert kinds.count(EventKind.SLA_BREACHED) <= len(clocks)
    assert kinds.count(EventKind.SLA_WARNED) <= len(clocks)


def time_makes_progress(world):
    for at, _, turned in world.turns:
        assert turned.wake_at is None or turned.wake_at > at
    wakes = [at for at, event, _ in world.turns if event.kind is EventKind.TIMER_DUE]
    assert len(wakes) == len(set(wakes)), "a wake that made no progress"
    assert len(wakes) < 40 + 8 * len(world.turns)
    assert len(world.decisions) < 40 + 30 * len(effects(world, PlanTouch))


def nothing_is_planned_while_sales_owns_the_lead(world):
    for _, _, turned in world.turns:
        state = turned.state
        silent = state.suppressed is not None or is_sales_own(world.programme, state)
        for enrolment in state.live_enrolments:
            if silent and world.programme.campaigns[enrolment.campaign].class_ is MailClass.MARKETING:
                assert enrolment.planned is None
                assert enrolment.track is None


def who_was_moved_by_hand_is_where_it_was_put(world):
    """Unless it rests, a live enrolment is in the track that a person chose, while that holds, else in the one that fits."""
    for _, event, turned in world.turns:
        state = turned.state
        for each in state.enrolments:
            hand, campaign = each.by_hand, world.programme.named(each.campaign)
            assert hand is None or each.is_live
            if each.track is None:
                continue
            chosen = campaign.track_for(state.persona, state.temperature, state.stage)
            fits = None if chosen is None else chosen.key
            assert each.track == (fits if hand is None else hand.track), event
            assert hand is None or (hand.instead == fits and each.finished_at is None)
            assert (
                hand is None
                or hand.before is None
                or hand.before.by_hand is None
                or not hand.before.by_hand.before
            )


@settings(max_examples=60)
@given(programmes, lives)
def test_the_same_life_is_decided_the_same_and_nothing_handed_in_is_changed(given_programme, life):
    programme = given_programme()
    first = lived(programme, life)
    again = lived(programme, life)
    assert [turned for _, _, turned in first.turns] == [turned for _, _, turned in again.turns]
    state = first.turns[0][2].state
    for at, event, turned in first.turns[1:]:
        packed = msgspec.msgpack.encode(state)
        repeated = advance(programme, state, event, at)
        assert repeated == turned
        assert msgspec.msgpack.encode(state) == packed
        state = turned.state


@settings(max_examples=60)
@given(lives)
def test_a_state_survives_being_stored(life):
    state = lived(stories(), life).state
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=type(state)) == state
