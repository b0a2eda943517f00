"""What a merged person leaves and takes along: real hits on the tracking host, an erasure, all that is kept, a taken-out sample."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from mailed import HOUR, SECOND, Mailed
from sqlalchemy import update

from nurture.engine import merging
from nurture.engine.erase import Places, erase
from nurture.engine.removal import rows_left
from nurture.engine.sample import remove_sample
from nurture.insight.person_file import person_file
from nurture.insight.timeline import timeline
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

ANN, BEA = "ann@x.example", "bea@x.example"


@pytest.fixture
def both(database_url, tmp_path):
    """Two leads with a mail each, of which the second was merged into the first."""
    mailed = Mailed(database_url, tmp_path / "spool", names=("ann", "bea"))
    merge(mailed)
    yield mailed
    mailed.close()


def merge(mailed):
    ann, bea = mailed.leads
    with mailed.company.database.writing() as connection:
        merging.merge(connection, ann, bea, by="us", now=mailed.company.clock.now())
    mailed.company.engine.tick()


def everything(mailed):
    with mailed.company.database.reading() as connection:
        return "\n".join(
            f"{each.name} {tuple(row)!r}"
            for each in table.metadata.sorted_tables
            for row in connection.execute(each.select())
        )


def test_a_real_click_in_the_others_mail_scores_the_survivor_and_a_burst_takes_it_back(both):
    both.comes(both.clicked(HOUR, lead=1))
    assert both.interest() == pytest.approx(18, abs=0.01)
    (touch,) = both.company.rows(table.touch, table.touch.c.id == both.touches[1])
    assert touch.clicked_at is not None
    both.comes(both.clicked(HOUR + 2 * SECOND, link=2, lead=1))
    assert both.overturned() == [("mail.clicked", "a person", "burst")]
    assert (both.interest(), both.state().acts) == (0, {})
    assert both.is_sound()


def test_a_click_before_the_merge_is_taken_back_from_the_survivor(database_url, tmp_path):
    mailed = Mailed(database_url, tmp_path / "spool", names=("ann", "bea"))
    mailed.comes(mailed.clicked(HOUR, lead=1))
    merge(mailed)
    assert mailed.interest() == pytest.approx(18, abs=0.01)
    mailed.comes(mailed.clicked(HOUR + 2 * SECOND, link=2, lead=1))
    assert (mailed.interest(), mailed.state().acts) == (pytest.approx(0, abs=1e-9), {})
    assert mailed.is_sound()
    mailed.close()


def test_who_does_not_want_to_be_measured_is_not_by_the_others_mail_either(both):
    with both.company.database.writing() as connection:
        connection.execute(update(table.lead).where(table.lead.c.id == both.leads[0]).values(untracked=True))
    both.comes(both.clicked(HOUR, lead=1))
    assert both.company.events(EventKind.MAIL_CLICKED) == []


def test_the_timeline_tells_both_stories_and_that_they_are_one(both):
    both.comes(both.clicked(HOUR, lead=1))
    ann, bea = both.leads
    with both.company.database.reading() as connection:
        story = timeline(connection, ann, before=None, size=100)
    assert {each.touch.lead_id for each in story.mails} == {ann, bea}
    kinds = [each.event.kind for each in story.entries]
    assert (kinds.count(EventKind.LEAD_CREATED), kinds.count(EventKind.LEAD_MERGED)) == (2, 1)


def test_all_that_is_kept_of_the_person_names_both(both):
    company = both.company
    with company.database.reading() as connection:
        programme, now = company.engine.live.programme, company.clock.now()
        data = person_file(connection, programme, both.leads[0], now, read_mail=lambda _: "<p>")
    file = ZipFile(BytesIO(data))
    assert "was merged into this one" in file.read("history.csv").decode()
    assert BEA in file.read("records/lead_merge.json").decode()
    assert sum(name.startswith("mails/") for name in file.namelist()) == 2


def test_erasing_the_survivor_erases_both_and_neither_is_mailed_again(both, tmp_path):
    company = both.company
    done = erase(
        company.database,
        both.leads[0],
        keyring=company.engine.keyring,
        clock=company.clock,
        places=Places(),
        by="us",
        why="asked",
    )
    assert done.left == ()
    left = everything(both)
    assert [each for each in (ANN, BEA) if each in left] == []
    with company.database.reading() as connection:
        assert rows_left(connection, both.leads) == 0
    (again,) = company.enter("bea")
    company.engine.tick()
    assert [row.answer for row in company.touches(again)] == ["the address is suppressed: erased"]
    assert company.mailed() == ["ann", "bea"]


def test_a_lead_that_is_erased_after_the_merge_was_undone_leaves_nothing_in_the_survivor(both):
    company, (ann, bea) = both.company, both.leads
    with company.database.writing() as connection:
        merging.unmerge(connection, ann, by="us", now=company.clock.now())
    company.engine.tick()
    keyring, clock = company.engine.keyring, company.clock
    done = erase(company.database, bea, keyring=keyring, clock=clock, places=Places(), by="us", why="asked")
    assert done.left == ()
    assert BEA not in everything(both)
    assert ANN in everything(both)
    assert both.is_sound()


def test_a_sample_goes_with_what_was_merged_in_it(both, tmp_path):
    company = both.company
    with company.database.writing() as connection:
        connection.execute(update(table.lead).values(sample=True))
    removed = remove_sample(company.database, None)
    assert (removed.left, company.rows(table.lead_merge), company.rows(table.rerouted)) == (0, [], [])
    assert company.rows(table.touch) == []
