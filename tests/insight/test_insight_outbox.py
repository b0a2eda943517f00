"""The outbox as a page shows it: newest first, page by page, and what came of each mail."""

from nurture.engine.system_mails import post
from nurture.insight.outbox import posted_mail, posted_mails
from nurture.vocabulary.words import TouchStatus


def test_the_rep_of_the_hot_lead_was_told_and_the_page_says_so(company):
    with company.engine.database.reading() as connection:
        (line,) = (each for each in posted_mails(connection, most=50) if each.mail == "hand-off")
        assert posted_mail(connection, line.id) == line
        assert posted_mail(connection, 999) is None
    assert line.lead_id == company.lead_id("ada")
    assert (line.status, line.attempts, line.code) == (TouchStatus.SENT, 1, "")
    assert line.settled_at is not None


def test_pages_go_on_where_the_one_before_ended(company):
    with (
        company.engine.database.engine.connect() as connection
    ):  # never committed: others read the same company
        for number in range(5):
            to, key = f"p{number}@x.example", f"page:{number}"
            post(connection, "invitation", to=to, values={}, key=key, now=company.clock.now())
        first = posted_mails(connection, most=3)
        second = posted_mails(connection, most=2, before=first[-1].id)
        assert [line.to[:2] for line in (*first, *second)] == ["p4", "p3", "p2", "p1", "p0"]
        assert {line.status for line in first} == {TouchStatus.PLANNED}
        assert posted_mails(connection, most=3, troubled=True) == ()
        connection.rollback()
