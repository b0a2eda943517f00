"""What authors have begun lies beside what is live: saved, undone, made live, and told of where two meet."""

import pytest
from company import campaign, catalog

from nurture.content.edit import Replace
from nurture.engine import drafts
from nurture.engine.drafts import DraftOvertakenError, edit_draft, publish_draft
from nurture.engine.editing import OvertakenError, edit
from nurture.errors import ProgrammeError
from nurture.store import records as table

PATH = "campaigns/programme.yaml"
ADA, BOB = "ada@small.example", "bob@small.example"


@pytest.fixture
def live(bare):
    bare.publish(catalog(campaign()))
    return bare


def renamed(name):
    return [Replace(("sender", "name"), name)]


def draft(company, name="Ada", *, seeing=0, actor=ADA):
    return edit_draft(company.engine, PATH, renamed(name), seeing=seeing, actor=actor)


def newest(company):
    with company.engine.database.reading() as connection:
        return drafts.draft_of(connection, PATH)


def turn(company, verb):
    with company.engine.deciding() as (connection, _):
        return verb(connection, PATH)


def test_a_draft_is_not_live(live):
    assert draft(live).number == 1
    assert live.engine.live.programme.sender.name == "Small"
    assert "name: Ada" in newest(live).text
    with live.engine.database.reading() as connection:
        assert drafts.drafts(connection) == {PATH: newest(live)}


def test_what_changes_nothing_makes_no_state(live):
    assert draft(live, "Small") is None
    draft(live)
    assert draft(live, seeing=1).number == 1


def test_made_live_it_is_forgotten(live):
    draft(live)
    draft(live, "Ada Nowak", seeing=1)
    assert publish_draft(live.engine, PATH, seeing=2, actor=ADA, reason="sender") == 2
    assert live.engine.live.programme.sender.name == "Ada Nowak"
    assert newest(live) is None
    assert live.rows(table.draft) == []


def test_two_who_edit_one_state_are_told_of_each_other(live):
    draft(live)
    with pytest.raises(DraftOvertakenError, match=r"ada@.* saved this draft") as refused:
        draft(live, "Bob", actor=BOB)
    assert refused.value.newest == newest(live)
    with pytest.raises(DraftOvertakenError):
        publish_draft(live.engine, PATH, seeing=7, actor=BOB, reason="x")
    assert live.engine.live.number == 1


def test_a_revision_of_another_file_is_no_hindrance(live):
    draft(live)
    path = "campaigns/news/campaign.yaml"
    edit(live.engine, path, [Replace(("name",), "News")], expecting=1, actor=BOB, reason="name")
    assert publish_draft(live.engine, PATH, seeing=1, actor=ADA, reason="sender") == 3


def test_a_revision_of_the_same_file_is_shown_first(live):
    draft(live)
    edit(live.engine, PATH, renamed("Bob"), expecting=1, actor=BOB, reason="sender")
    with pytest.raises(OvertakenError, match=r"revision 2 by bob@"):
        publish_draft(live.engine, PATH, seeing=1, actor=ADA, reason="sender")
    assert live.engine.live.programme.sender.name == "Bob"
    with live.engine.deciding() as (connection, _):
        drafts.rebase(connection, newest(live), 2)
    assert publish_draft(live.engine, PATH, seeing=1, actor=ADA, reason="seen") == 3


def test_a_broken_promise_keeps_the_draft(live):
    edit_draft(live.engine, PATH, [Replace(("sender", "address"), "nobody")], seeing=0, actor=ADA)
    with pytest.raises(ProgrammeError, match=r"programme.yaml:\d+:\d+: .*address"):
        publish_draft(live.engine, PATH, seeing=1, actor=ADA, reason="x")
    assert newest(live).number == 1


def test_undone_and_done_again(live):
    draft(live)
    draft(live, "Bob", seeing=1)
    assert turn(live, drafts.undo).number == 1
    assert turn(live, drafts.undo) is None
    assert turn(live, drafts.redo).number == 1
    assert turn(live, drafts.redo).number == 2
    assert turn(live, drafts.redo).number == 2


def test_what_is_saved_after_an_undo_takes_its_place(live):
    draft(live)
    draft(live, "Bob", seeing=1)
    turn(live, drafts.undo)
    assert draft(live, "Eve", seeing=1).number == 2
    assert turn(live, drafts.redo).text == newest(live).text
    assert "name: Eve" in newest(live).text


def test_an_old_draft_keeps_its_newest_states(live, monkeypatch):
    monkeypatch.setattr(drafts, "KEPT", 3)
    for number in range(5):
        draft(live, f"Name {number}", seeing=number)
    assert [row.number for row in live.rows(table.draft)] == [3, 4, 5]
