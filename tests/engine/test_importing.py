"""Files of leads into the store: whole, resumed, told twice, corrected; and two real lists."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select

from nurture.capture.columns import FieldSpec
from nurture.capture.duplicates import DuplicatePolicy
from nurture.capture.mapping import guess_mapping
from nurture.capture.records import sample_rows
from nurture.capture.rejects import RejectsFile
from nurture.capture.sniff import sniff
from nurture.engine import importing
from nurture.engine.importing import Source, import_leads
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, SuppressionCause

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real files may not be copied")
FIELDS = (FieldSpec("size", "integer"), FieldSpec("plan", "text"))
HEADER = "id,email,first_name,size,unsubscribed"


def source_of(path, *, policy=DuplicatePolicy.MERGE, name="crm"):
    shape = sniff(path)
    mapping = guess_mapping(shape, sample_rows(path, shape), FIELDS)
    return Source(path=path, shape=shape, mapping=mapping, policy=policy, name=name)


def brought_in(company, path, **how):
    """What an import of *path* came to, and the rows that it refused."""
    source = source_of(path, **how)
    rejected = path.with_suffix(".rejects.csv")
    start = importing.begun(company.database, source.fingerprint())
    with RejectsFile(rejected, source.shape, after_line=start.line) as rejects:
        done = import_leads(company.database, company.clock, source, rejects)
    with rejected.open(encoding="utf-8-sig", newline="") as file:
        return done, list(csv.DictReader(file))


@pytest.fixture
def write(tmp_path):
    def written(*lines, name="leads.csv"):
        path = tmp_path / name
        path.write_text("\n".join((HEADER, *lines)) + "\n")
        return path

    return written


def people(count, first=1):
    return [f"{n},p{n}@x.example,P{n},{n * 10},no" for n in range(first, first + count)]


def counts(done):
    return done.created, done.merged, done.rejected


def test_every_row_is_a_lead_with_what_the_file_says(company, write):
    done, rejected = brought_in(company, write(*people(3)))
    company.engine.tick()
    assert (counts(done), rejected) == ((3, 0, 0), [])
    state = company.state(2)
    assert (state.lead.email, state.lead.first_name, state.lead.fields) == (
        "p2@x.example",
        "P2",
        {"size": 20},
    )
    assert state.lead.source == "crm"
    assert company.mailed() == ["p1", "p2", "p3"]


def test_rows_that_cannot_be_read_are_kept_with_their_reason(company, write):
    done, rejected = brought_in(company, write(*people(1), "2,p2@x.example,P2,20,no,more", *people(1, 3)))
    assert counts(done) == (2, 0, 1)
    (row,) = rejected
    assert (row["import_line"], row["id"], row["email"]) == ("3", "2", "p2@x.example")
    assert "has 6 cells, the header has 5" in row["import_reason"]


def test_the_same_file_again_changes_nothing(company, write):
    path = write(*people(3))
    brought_in(company, path)
    company.engine.tick()
    before = [company.rows(each) for each in (table.event, table.lead, table.touch)]
    done, _ = brought_in(company, path)
    company.engine.tick()
    assert (done.resumed_at, counts(done)) == (4, (3, 0, 0))
    assert [company.rows(each) for each in (table.event, table.lead, table.touch)] == before


def test_a_newer_file_updates_the_leads_that_are_there(company, write):
    brought_in(company, write(*people(2)))
    company.engine.tick()
    newer = write("1,p1@x.example,Petra,500,no", *people(1, 9), name="newer.csv")
    done, _ = brought_in(company, newer)
    company.engine.tick()
    assert counts(done) == (1, 1, 0)
    state = company.state(1)
    assert (state.lead.first_name, state.lead.fields["size"], state.fit_score) == ("Petra", 500, 60)
    assert [row.first_name for row in company.rows(table.lead)] == ["Petra", "P2", "P9"]


def test_a_row_about_a_person_that_the_file_had_is_merged(company, write):
    done, _ = brought_in(company, write(*people(1), "7,P1@X.example,,900,no"))
    company.engine.tick()
    assert counts(done) == (1, 1, 0)
    assert company.state(1).lead.fields["size"] == 900
    assert company.state(1).lead.first_name == "P1"


def test_a_row_about_a_person_that_is_known_is_refused_where_asked(company, write):
    brought_in(company, write(*people(2)))
    again = write(*people(3), "9,p3@x.example,P3,1,no", name="again.csv")
    done, rejected = brought_in(company, again, policy=DuplicatePolicy.REJECT)
    assert counts(done) == (1, 0, 3)
    assert [row["import_line"] for row in rejected] == ["2", "3", "5"]
    assert all(row["import_reason"] for row in rejected)


def test_people_who_opted_out_are_never_mailed(company, write):
    brought_in(company, write(*people(1), "2,p2@x.example,P2,20,yes"))
    company.engine.tick()
    assert company.mailed() == ["p1"]
    assert company.state(2).suppressed is SuppressionCause.UNSUBSCRIBED
    assert [(row.address, row.scope) for row in company.rows(table.suppression)] == [
        ("p2@x.example", "marketing")
    ]


def test_an_import_that_was_stopped_goes_on_where_it_was(company, write, monkeypatch):
    monkeypatch.setattr(importing, "ROWS_A_BATCH", 10)
    bad = ["x,p@x.example,P,1,no,surplus"]
    path = write(*people(14), *bad, *people(14, 15), *bad, *people(7, 29))
    enter, calls = importing.enter_leads, []

    def fails_at_the_third(*arguments, **values):
        calls.append(1)
        if len(calls) == 3:
            raise OSError("the disk is full")
        return enter(*arguments, **values)

    monkeypatch.setattr(importing, "enter_leads", fails_at_the_third)
    with pytest.raises(OSError, match="disk is full"):
        brought_in(company, path)
    assert len(company.rows(table.lead)) == 19
    done, rejected = brought_in(company, path)
    company.engine.tick()
    assert (done.resumed_at, counts(done)) == (21, (35, 0, 2))
    assert [row["import_line"] for row in rejected] == ["16", "31"]
    assert [row.email for row in company.rows(table.lead)] == [f"p{n}@x.example" for n in range(1, 36)]
    assert len(company.events(EventKind.LEAD_CREATED)) == 35
    assert company.events(EventKind.LEAD_CHANGED) == []


def test_people_without_address_and_reference_are_people_apart(company, tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("first_name,last_name,company\nAnn,Lee,Fjord\nBob,Ray,Quay\n")
    done, _ = brought_in(company, path)
    company.engine.tick()
    assert (counts(done), done.unmailable) == ((2, 0, 0), 2)
    assert [row.first_name for row in company.rows(table.lead)] == ["Ann", "Bob"]


# ---------------------------------------------------------------- real lists


@needs_data
def test_the_leads_of_a_course_seller(company, tmp_path):
    path = tmp_path / "leads.csv"
    path.symlink_to(DATA / "xeducation" / "leads.csv")
    done, rejected = brought_in(company, path)
    assert (counts(done), done.unmailable, rejected) == ((3_686, 0, 0), 3_686, [])
    company.engine.tick()
    with company.database.reading() as connection:
        opted_out = connection.execute(
            select(func.count()).where(table.event.c.kind == EventKind.UNSUBSCRIBED)
        ).scalar_one()
        waiting = connection.execute(
            select(func.count()).where(table.event.c.absorbed_at.is_(None))
        ).scalar_one()
        countries = connection.execute(select(func.count()).where(table.lead.c.country == "IN")).scalar_one()
    assert (opted_out, waiting, countries) == (293, 0, 2_581)
    assert company.mailed() == []


@needs_data
def test_the_leads_of_a_marketplace_told_twice_are_themselves(company, tmp_path):
    path = tmp_path / "mql.csv"
    path.symlink_to(DATA / "olist" / "marketing_qualified_leads.csv")
    done, _ = brought_in(company, path)
    assert (counts(done), done.unmailable) == ((3_160, 0, 0), 3_160)
    again, _ = brought_in(company, path, policy=DuplicatePolicy.REJECT)
    assert counts(again) == (0, 0, 3_160)
    (first, *_) = company.rows(table.lead)
    assert first.created_at.year == 2018
