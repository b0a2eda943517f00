"""Tasks of people in both stores: the order of what is due, whose they are, and that they change no lead."""

from datetime import timedelta

from company import campaign, catalog

from nurture.engine.tasks import finish_task, make_task, open_again, pass_on, write_note
from nurture.insight.tasks import done_tasks, open_tasks
from nurture.simulation.refold import states_differ
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

DAY = timedelta(days=1)


def test_what_is_due_comes_first_and_a_task_without_a_name_is_the_owners(company):
    (ann,) = company.enter("ann", owner="a@small.example")
    company.engine.tick()
    with company.engine.deciding() as (connection, now):
        asked = (("later", None, None), ("third", "b", now + 2 * DAY), ("first", None, now + DAY))
        for second, (what, assignee, due) in enumerate(asked):
            at = now + timedelta(seconds=second)
            make_task(connection, ann, what, assignee=assignee, due_at=due, by="mara", now=at)
        found = open_tasks(connection, most=9)
        assert [(each.task, each.who) for each in found] == [
            ("first", "a@small.example"), ("third", "b"), ("later", "a@small.example")
        ]  # fmt: skip
        assert [each.task for each in open_tasks(connection, most=9, who="b")] == ["third"]


def test_a_task_is_done_once_and_changes_no_lead(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    before = company.state(ann)
    with company.engine.deciding() as (connection, now):
        write_note(connection, ann, "prefers mornings", by="mara", now=now)
        number = make_task(connection, ann, "call", assignee=None, due_at=None, by="mara", now=now)
        assert pass_on(connection, number, "b", by="mara", now=now + timedelta(seconds=1))
        assert finish_task(connection, number, by="b", now=now)
        assert finish_task(connection, number, by="c", now=now) is None
        assert [each.done_by for each in done_tasks(connection, most=9, lead_id=ann)] == ["b"]
        assert open_again(connection, number, by="b", now=now + timedelta(seconds=2))
        assert open_again(connection, number, by="b", now=now) is None
    company.later(minutes=1)
    assert company.state(ann) == before
    assert len(company.events(EventKind.TASK_CHANGED)) == 2
    assert list(states_differ(company.database)) == []


def test_a_steps_note_says_in_words_what_made_the_lead_hot(company):
    steps = (
        '[{task: call, wait: 0 minutes, unless: "lead.temperature != \'hot\'", note: "{{ lead.why_hot }}"}]'
    )
    company.publish(catalog(campaign(steps=steps, entry="lead.temperature == 'hot'")))
    (ann,) = company.enter("ann")
    company.happens(ann, EventKind.PAGE_VISITED, path="/pricing")
    company.happens(ann, EventKind.PAGE_VISITED, path="/docs")
    company.later(minutes=1)
    assert [row.note for row in company.rows(table.task)] == ["visited ×2 +60"]
