"""Files that a page took: tried, imported by whoever works, stopped, gone on with after a crash, thrown away."""

import csv
from datetime import timedelta

import pytest

from nurture.engine import importing, rehearsing, upload_work
from nurture.engine.erase import Places, erase
from nurture.engine.import_files import Asked
from nurture.engine.upload_files import UploadFolder, plain_name
from nurture.engine.upload_forget import forget_uploads
from nurture.engine.upload_work import read_upload, work_on
from nurture.engine.uploads import LEASE, Phase, keep, turn_to, upload_numbered
from nurture.errors import ImportFileError
from nurture.store import records as table

HEADER = "id,email,first_name,size"
NOTHING = Asked()


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home" / "imports"


@pytest.fixture
def give(company, home):
    """Give a file of these lines; returns the upload's number."""

    def given(*lines, name="leads.csv", asked=NOTHING):
        kept = UploadFolder.new(home)
        kept.given(name).write_text("\n".join((HEADER, *lines)) + "\n")
        read_upload(kept, name, company.engine.live.programme, asked)
        with company.engine.deciding() as (connection, now):
            return keep(
                connection,
                folder=kept.path.name,
                file=name,
                size=1,
                expected=len(lines),
                asked=asked,
                actor="m@x.example",
                now=now,
            )

    return given


def people(count, first=1):
    return [f"{n},p{n}@x.example,P{n},{n}" for n in range(first, first + count)]


def look(company, number):
    with company.database.reading() as connection:
        return upload_numbered(connection, number)


def works(company, home, by="worker", **how):
    return work_on(company.engine, home, by=by, **how)


def begin(company, number, *, out_of=(Phase.TRIED, Phase.STOPPED)):
    with company.engine.deciding() as (connection, now):
        assert turn_to(connection, number, Phase.IMPORTING, out_of=out_of, now=now)


def imported(company, home, number):
    works(company, home)
    begin(company, number)
    works(company, home)
    return look(company, number)


def test_what_was_tried_comes_true(company, give, home):
    company.enter("p2")
    number = give(*people(3), "9,no address,P9,1", "8,,P8,8")
    assert works(company, home)
    (tried,) = UploadFolder(home / look(company, number).folder).tried
    would = tried.would
    assert (would.fresh, would.rows, would.unmailable, would.rejected) == (3, 4, 1, 1)
    assert would.reasons == ["line 5: email: 'no address' is not an e-mail address"]
    assert len(company.rows(table.lead)) == 1
    begin(company, number)
    assert works(company, home)
    done = look(company, number)
    (brought,) = done.brought
    assert done.phase is Phase.FINISHED
    assert (brought.created, brought.merged, brought.unmailable, brought.rejected) == (3, 1, 1, 1)
    assert not works(company, home)


def test_rejected_rows_are_kept_with_their_reasons(company, give, home):
    number = give(*people(1), '=1+1,"no address",P9,1')
    done = imported(company, home, number)
    with UploadFolder(home / done.folder).rejects(0).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["import_line"]) == ("'=1+1", "3")
    assert done.brought[0].rejects_kept == 1


@pytest.fixture
def meanwhile(monkeypatch):
    """Something happens in the store while the batch of this number is told."""

    def happens(batch, act):
        real, batches = upload_work.tell, []

        def tell(connection, mine, **told):
            batches.append(mine)
            if len(batches) == batch:
                act(connection, mine, told["now"])
            return real(connection, mine, **told)

        monkeypatch.setattr(upload_work, "tell", tell)

    return happens


def stopped(connection, mine, now):
    assert turn_to(connection, mine.id, Phase.STOPPED, out_of=[Phase.IMPORTING], now=now)


def test_an_import_is_stopped_by_a_person_and_goes_on(company, give, home, meanwhile, monkeypatch):
    monkeypatch.setattr(importing, "ROWS_A_BATCH", 10)
    number = give(*people(14), "x,bad,X,1", *people(21, 15), "y,bad,Y,1")
    works(company, home)
    begin(company, number)
    meanwhile(2, stopped)
    assert works(company, home)
    half = look(company, number)
    assert half.phase is Phase.STOPPED
    assert len(company.rows(table.lead)) == 19
    assert not works(company, home)
    begin(company, number)
    assert works(company, home)
    done = look(company, number)
    assert (done.phase, done.seen) == (Phase.FINISHED, 37)
    assert (done.brought[0].created, done.brought[0].rejected, done.brought[0].rejects_kept) == (35, 2, 2)
    assert [row.email for row in company.rows(table.lead)] == [f"p{n}@x.example" for n in range(1, 36)]


def test_an_import_survives_the_worker(company, give, home, monkeypatch):
    monkeypatch.setattr(importing, "ROWS_A_BATCH", 10)
    number = give(*people(25))
    works(company, home)
    begin(company, number)
    enter, calls = importing.enter_leads, []

    def dies_in_the_second(*arguments, **values):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return enter(*arguments, **values)

    monkeypatch.setattr(importing, "enter_leads", dies_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        works(company, home, by="the one that dies")
    assert not works(company, home, by="another")  # it may be alive: its lease says so
    company.later(seconds=LEASE.total_seconds() + 1)
    assert works(company, home, by="another")
    assert look(company, number).brought[0].created == 25
    assert len(company.rows(table.event, table.event.c.kind == "lead.created")) == 25


def test_whoever_has_lost_its_claim_lets_go(company, give, home, meanwhile, monkeypatch):
    monkeypatch.setattr(rehearsing, "ROWS_A_BATCH", 10)
    number = give(*people(25))

    def taken_over(connection, mine, now):
        connection.execute(table.upload.update().values(claimed_by="another"))

    meanwhile(2, taken_over)
    assert works(company, home, by="slow")
    assert (look(company, number).phase, look(company, number).claimed_by) == (Phase.TRYING, "another")


def test_an_engine_that_stops_leaves_an_import_to_the_next(company, give, home, monkeypatch):
    monkeypatch.setattr(importing, "ROWS_A_BATCH", 10)
    number = give(*people(25))
    works(company, home)
    begin(company, number)
    company.engine.stop()
    works(company, home)
    left = look(company, number)
    assert (left.phase, left.claimed_by, left.seen) == (Phase.IMPORTING, None, 10)


def test_the_same_file_again_changes_nothing_and_says_so(company, give, home):
    imported(company, home, give(*people(3)))
    number = give(*people(3))
    works(company, home)
    (tried,) = UploadFolder(home / look(company, number).folder).tried
    assert tried.before
    begin(company, number)
    works(company, home)
    (brought,) = look(company, number).brought
    assert (brought.before, brought.created) == (True, 3)
    assert len(company.rows(table.lead)) == 3


def test_a_file_that_cannot_be_read_is_told(company, give, home):
    number = give(*people(1))
    kept = UploadFolder(home / look(company, number).folder)
    kept.given("leads.csv").write_bytes(b"")
    assert works(company, home)
    failed = look(company, number)
    assert (failed.phase, failed.problem) == (
        Phase.FAILED, "leads.csv: is empty; export the leads again with their header line",
    )  # fmt: skip


def test_files_on_another_machine_are_left_to_the_worker_there(company, give, home, tmp_path):
    give(*people(1))
    assert not works(company, tmp_path / "elsewhere")
    assert works(company, home)


def test_files_are_thrown_away_after_a_day(company, give, home):
    old = imported(company, home, give(*people(1)))
    company.clock.turn_to(company.clock.now() + timedelta(hours=20))
    number = give(*people(1))
    works(company, home)
    company.clock.turn_to(company.clock.now() + timedelta(hours=5))
    assert forget_uploads(company.engine, home) == 1
    assert look(company, old.id).forgotten_at == company.clock.now()
    assert look(company, number).forgotten_at is None
    assert [path.name for path in home.iterdir()] == [look(company, number).folder]


def test_who_erases_a_person_throws_all_files_away(company, give, home):
    imported(company, home, give(*people(2)))
    number = give(*people(3))
    (jane, _) = (row.id for row in company.rows(table.lead))
    erased = erase(
        company.database,
        jane,
        keyring=company.engine.keyring,
        clock=company.clock,
        places=Places(home=home.parent),
        by="admin@small.example",
        why="she asked",
    )
    assert erased.left == ()
    assert look(company, number).forgotten_at is not None
    assert list(home.iterdir()) == []
    assert not works(company, home)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("leads.csv", "leads.csv"),
        ("C:\\fakepath\\leads.csv", "leads.csv"),
        ("../../etc/passwd", "passwd"),
        (".bashrc", "bashrc"),
        ("a\x00b\r\nc.csv", "abc.csv"),
        ("subscribed_members (2).csv", "subscribed_members (2).csv"),
    ],
)
def test_a_file_keeps_its_name_and_nothing_else(given, kept):
    assert plain_name(given) == kept


@pytest.mark.parametrize("given", ["", "..", "/", " ", ". ."])
def test_a_file_has_a_name(given):
    with pytest.raises(ImportFileError, match="choose a file"):
        plain_name(given)


def test_a_long_name_keeps_its_ending():
    name = plain_name(f"{'ä' * 300}.csv")
    assert name.endswith(".csv")
    assert len(name.encode()) <= 120
