"""Posting a system mail: once for each occasion, with names that it has, in the transaction of what it tells of."""

import pytest
from company import MONDAY

from nurture.engine.system_mails import post
from nurture.store import records as table
from nurture.store.due import DueKind

ABOUT = {"link": "/reset/abc", "name": "Lena"}


def posted(company, key="reset:1", mail="password-reset", **values):
    with company.database.writing() as connection:
        post(connection, mail, to="lena@small.example", values=values or ABOUT, key=key, now=MONDAY)


def test_a_posted_mail_waits_for_the_next_tick(company):
    posted(company)
    (row,) = company.rows(table.outbox)
    assert (row.mail, row.to, row.given) == ("password-reset", "lena@small.example", ABOUT)
    assert (row.status, row.posted_at, row.attempts) == ("planned", MONDAY, 0)
    (due,) = company.rows(table.due, table.due.c.kind == DueKind.MESSAGE.value)
    assert (due.id, due.due_at) == (row.id, MONDAY)


def test_an_occasion_is_told_once(company):
    posted(company)
    posted(company, name="again")
    posted(company, key="reset:2")
    assert [row.key for row in company.rows(table.outbox)] == ["reset:1", "reset:2"]


def test_what_is_rolled_back_was_never_posted(company):
    with company.database.writing() as connection:
        post(connection, "invitation", to="a@small.example", values={}, key="1", now=MONDAY)
        connection.rollback()
    assert company.rows(table.outbox) == []


@pytest.mark.parametrize(("mail", "values"), [("fax", {}), ("invitation", {"token": "x"})])
def test_a_mail_or_a_name_that_there_is_not_is_our_mistake(company, mail, values):
    with pytest.raises(AssertionError):
        posted(company, mail=mail, **values or {"name": "x"})
