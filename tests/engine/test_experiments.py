"""Experiments that learn: what counts, when it is counted, and that every assignment can be explained and repeated."""

from collections import Counter
from datetime import timedelta

import pytest
from company import MONDAY, campaign, catalog
from msgspec.structs import replace

from nurture.engine import merging
from nurture.engine.experiments import due_weighings, reweigh, weights_at
from nurture.engine.intake import NewLead
from nurture.engine.live import load_live
from nurture.simulation.chance import Chance
from nurture.simulation.cohort import Arrival
from nurture.simulation.world import World
from nurture.statemachine.advance import advance
from nurture.statistics.bandit import weights
from nurture.store import records as table
from nurture.store.mapping import event_of
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, TouchStatus

WEIGHTED, ASSIGNED = EventKind.EXPERIMENT_WEIGHTED, EventKind.VARIANT_ASSIGNED
KEY = "news/first"


def on_trial(method="thompson", variants="plain: 60, playful: 40", judge_by="mail.clicked"):
    """News whose first mail has a playful subject, too."""
    experiment = f"{{variants: {{{variants}}}, judge_by: {judge_by}, method: {method}}}"
    texts = campaign(steps=f"[{{mail: first, experiment: {experiment}}}, {{mail: second}}]")
    path = "campaigns/news/mails/first.mjml"
    playful = texts[path].replace("links:", "variants: {playful: {subject: Hey}}\nlinks:")
    return catalog({**texts, path: playful})


@pytest.fixture
def learner(bare):
    """A company with an experiment that learns, and 40 leads who were sent the first mail on Monday."""
    bare.publish(on_trial())
    bare.enter(*(f"lead{number}" for number in range(40)))
    bare.engine.tick()
    return bare


def touches(company, variant=None):
    rows = company.rows(table.touch, table.touch.c.step == "first")
    return [row for row in rows if variant in (None, row.variant)]


def click(company, touch, **properties):
    company.happens(touch.lead_id, EventKind.MAIL_CLICKED, touch=touch.id, **properties)


def weighed(company):
    """What each weighing says, oldest first."""
    return [row.properties for row in company.events(WEIGHTED)]


def keep_house(company, **later):
    company.later(**later)
    company.engine.keep_house()


# ------------------------------------------------------------ what counts


def test_mails_sent_are_trials_and_mails_that_a_person_clicked_are_successes(learner):
    playful, plain = touches(learner, "playful"), touches(learner, "plain")
    for touch in playful[:5]:
        click(learner, touch)
    click(learner, playful[0])  # again
    click(learner, playful[5], humanity=0.1)
    click(learner, plain[0], humanity=0.9)
    learner.happens(plain[1].lead_id, EventKind.MAIL_CLICKED, touch=plain[1].id + 1)  # another mail
    learner.happens(plain[2].lead_id, EventKind.MAIL_OPENED, touch=plain[2].id)
    keep_house(learner, hours=1)
    (said,) = weighed(learner)
    assert (said["campaign"], said["step"]) == ("news", "first")
    assert said["successes"] == {"plain": 1, "playful": 5}
    assert said["trials"] == {"plain": len(plain), "playful": len(playful)}
    assert said["weights"] == weights({"plain": (1, len(plain)), "playful": (5, len(playful))})


def test_a_click_in_a_mail_of_a_lead_that_was_merged_since_counts_for_its_variant(learner):
    one, other = touches(learner, "plain")[0], touches(learner, "playful")[0]
    with learner.database.writing() as connection:
        merging.merge(connection, one.lead_id, other.lead_id, by="us", now=learner.clock.now())
    learner.engine.tick()
    click(learner, other)
    keep_house(learner, hours=1)
    (said,) = weighed(learner)
    assert said["successes"] == {"plain": 0, "playful": 1}


def test_nothing_is_learned_from_sample_leads_once_there_is_a_real_one(learner):
    touch = touches(learner, "plain")[0]
    click(learner, touch)
    samples = {each.lead_id for each in touches(learner)[5:]} | {touch.lead_id}
    with learner.database.writing() as connection:
        connection.execute(table.lead.update().where(table.lead.c.id.in_(samples)).values(sample=True))
    keep_house(learner, hours=1)
    (said,) = weighed(learner)
    assert sum(said["trials"].values()) == len(touches(learner)) - len(samples)
    assert said["successes"] == {"plain": 0, "playful": 0}


def test_while_there_are_sample_leads_alone_they_show_what_is_learned(learner):
    click(learner, touches(learner, "plain")[0])
    with learner.database.writing() as connection:
        connection.execute(table.lead.update().values(sample=True))
    keep_house(learner, hours=1)
    (said,) = weighed(learner)
    assert sum(said["trials"].values()) == len(touches(learner))
    assert said["successes"] == {"plain": 1, "playful": 0}


@pytest.mark.parametrize(
    ("status", "tried"),
    [(TouchStatus.SENT, 1), (TouchStatus.UNKNOWN, 1), (TouchStatus.BOUNCED, 0), (TouchStatus.SKIPPED, 0)],
)
def test_only_a_mail_that_may_have_arrived_is_a_trial(learner, status, tried):
    one = touches(learner, "plain")[0]
    click(learner, one)
    with learner.database.writing() as connection:
        connection.execute(table.touch.update().where(table.touch.c.id == one.id).values(status=status.value))
    keep_house(learner, hours=1)
    (said,) = weighed(learner)
    assert said["trials"]["plain"] == len(touches(learner, "plain")) - 1 + tried
    assert said["successes"]["plain"] == tried


def test_a_form_is_judged_by_whoever_sends_it_after_its_mail(bare):
    bare.publish(on_trial(judge_by="form.submitted"))
    ann, bob = bare.enter("ann", "bob")
    bare.happens(ann, EventKind.FORM_SUBMITTED, form="demo", at=MONDAY - timedelta(days=1))
    bare.engine.tick()
    bare.happens(bob, EventKind.FORM_SUBMITTED, form="demo", at=MONDAY + timedelta(hours=1))
    keep_house(bare, hours=2)
    (said,) = weighed(bare)
    by_lead = {row.lead_id: row.variant for row in touches(bare)}
    assert Counter({by_lead[bob]: 1}) == Counter(said["successes"])


def test_a_fixed_experiment_learns_nothing(bare):
    bare.publish(on_trial(method="fixed"))
    bare.enter("ann")
    bare.engine.tick()
    keep_house(bare, days=1)
    assert weighed(bare) == []


# ------------------------------------------------------------ when


def test_before_its_first_mail_has_left_the_written_weights_hold(bare):
    bare.publish(on_trial())
    bare.engine.keep_house()
    assert weighed(bare) == []
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    (assigned,) = bare.events(ASSIGNED)
    assert assigned.lead_id == ann
    written = {"plain": 0.6, "playful": 0.4}
    assert assigned.properties["probability"] == written[assigned.properties["variant"]]


def test_it_is_weighed_once_in_a_utc_day_however_often_it_is_asked(learner):
    keep_house(learner, hours=1)
    keep_house(learner, hours=1)
    keep_house(learner, hours=11, minutes=59)
    assert [row.source_id for row in learner.events(WEIGHTED)] == [f"2026-03-02 {KEY}"]
    keep_house(learner, minutes=1)
    keep_house(learner, days=3)
    days = [row.source_id for row in learner.events(WEIGHTED)]
    assert days == [f"{day} {KEY}" for day in ("2026-03-02", "2026-03-03", "2026-03-06")]


def test_a_weighing_is_an_event_of_nobody_that_waits_for_nothing(learner):
    keep_house(learner, hours=1)
    (row,) = learner.events(WEIGHTED)
    assert (row.lead_id, row.absorbed_at) == (None, learner.clock.now())
    assert learner.later(hours=1).absorbed == 0


def test_an_experiment_that_begins_during_the_day_is_weighed_that_day(learner):
    keep_house(learner, hours=1)
    other = campaign(
        "club", "[{mail: one, experiment: {variants: {a: 1, b: 1}, method: thompson}}]", mails=("one",)
    )
    learner.publish(catalog({**on_trial().texts, **other}))
    learner.engine.tick()
    keep_house(learner, hours=1)
    assert [row.source_id for row in learner.events(WEIGHTED)] == [f"2026-03-02 {KEY}", "2026-03-02 club/one"]
    with learner.database.reading() as connection:
        assert set(weights_at(connection, learner.clock.now() + timedelta(hours=1))) == {KEY, "club/one"}


def test_weights_hold_from_the_moment_after_their_own(learner):
    keep_house(learner, hours=1)
    first_at = learner.clock.now()
    click(learner, touches(learner, "playful")[0])
    keep_house(learner, days=1)
    second_at = learner.clock.now()
    tick = timedelta(microseconds=1)
    with learner.database.reading() as connection:
        held = [
            weights_at(connection, moment)
            for moment in (first_at, first_at + tick, second_at, second_at + tick)
        ]
    first, second = (said["weights"] for said in weighed(learner))
    assert held == [{}, {KEY: first}, {KEY: first}, {KEY: second}]
    assert first != second


# ------------------------------------------------------------ what it decides


def test_what_does_better_is_given_oftener_and_each_assignment_says_how_probable_it_was(learner):
    for touch in touches(learner, "playful"):
        click(learner, touch)
    keep_house(learner, hours=1)
    (said,) = weighed(learner)
    assert said["weights"]["playful"] == pytest.approx(0.95, abs=0.001)
    learner.clock.turn_to(learner.clock.now() + timedelta(hours=1))
    late = set(learner.enter(*(f"late{number}" for number in range(60))))
    learner.engine.tick()
    assigned = [row for row in learner.events(ASSIGNED) if row.lead_id in late]
    given = Counter(row.properties["variant"] for row in assigned)
    assert len(assigned) == 60
    assert given["playful"] > 50
    for row in assigned:
        assert row.properties["probability"] == said["weights"][row.properties["variant"]]
        assert (row.properties["campaign"], row.properties["step"]) == ("news", "first")
    assert {row.lead_id: row.variant for row in touches(learner) if row.lead_id in late} == {
        row.lead_id: row.properties["variant"] for row in assigned
    }


def test_who_has_a_variant_keeps_it(learner):
    before = {row.lead_id: row.variant for row in touches(learner)}
    for touch in touches(learner, "playful"):
        click(learner, touch)
    keep_house(learner, hours=1)
    learner.later(days=3)
    kept = {lead_id: learner.state(lead_id).enrolments[0].variants["first"] for lead_id in before}
    assert kept == before
    assert len(learner.events(ASSIGNED)) == len(before)


def test_what_was_learned_about_other_variants_is_of_no_use(learner):
    keep_house(learner, hours=1)
    learner.publish(on_trial(variants="plain: 10, playful: 10, bold: 80"))
    learner.clock.turn_to(learner.clock.now() + timedelta(hours=1))
    (late,) = learner.enter("late")
    learner.engine.tick()
    (assigned,) = (row.properties for row in learner.events(ASSIGNED) if row.lead_id == late)
    written = {"plain": 0.1, "playful": 0.1, "bold": 0.8}
    assert assigned["probability"] == written[assigned["variant"]]


def test_every_lead_can_be_decided_again_from_its_events(learner):
    for touch in touches(learner, "playful"):
        click(learner, touch)
    keep_house(learner, hours=1)
    learner.enter(*(f"same{number}" for number in range(10)))
    learner.engine.tick()  # at the moment of the weighing, which does not hold yet
    learner.clock.turn_to(learner.clock.now() + timedelta(hours=1))
    learner.enter(*(f"late{number}" for number in range(10)))
    learner.engine.tick()
    with learner.database.reading() as connection:
        live = load_live(connection, base_url="")
        for row in connection.execute(table.lead.select()).all():
            state = LeadState(lead=Lead(id=row.id, created_at=row.created_at))
            assert folded(connection, live, state) == learner.state(row.id)


def folded(connection, live, state):
    """The state after every event that was absorbed for its lead."""
    event = table.event.c
    rows = connection.execute(
        table.event.select()
        .where(event.lead_id == state.lead.id, event.source != "engine")
        .order_by(event.absorbed_at, event.id)
    )
    for row in rows.all():
        programme = live.programme_at(connection, row.absorbed_at)
        state = advance(programme, state, event_of(row), row.absorbed_at).state
    return state


def test_a_simulated_day_is_weighed_like_a_real_one(bare):
    bare.publish(on_trial())
    world = World(bare.engine, bare.clock, Chance(7))
    people = [
        NewLead(reference=str(n), fields={"email": f"p{n}@x.example", "first_name": "Pia"}) for n in range(12)
    ]
    world.expect(Arrival(MONDAY + n * timedelta(hours=6), person) for n, person in enumerate(people))
    world.run_until(MONDAY + timedelta(days=4))
    days = [row.source_id.partition(" ")[0] for row in bare.events(WEIGHTED)]
    assert days == sorted(set(days))
    assert days[:2] == ["2026-03-03", "2026-03-04"]


def test_two_workers_who_weigh_the_same_day_weigh_it_once(learner):
    programme, now = learner.engine.live.programme, learner.clock.now()
    with learner.database.reading() as connection:
        one, other = (due_weighings(connection, programme, now) for _ in range(2))
    for weighings in (one, other):
        with learner.database.writing() as connection:
            reweigh(connection, weighings, learner.clock.now())
        learner.later(seconds=1)
    (row,) = learner.events(WEIGHTED)
    assert row.occurred_at == now


def test_a_weight_that_has_not_changed_is_no_new_programme(learner):
    keep_house(learner, hours=1)
    later = learner.clock.now() + timedelta(hours=1)
    live = learner.engine.live
    with learner.database.reading() as connection:
        assert live.programme_at(connection, later) is live.programme_at(connection, later)
        assert replace(live.programme, weights={}) == live.catalog.sound_programme()
