"""Mail through a provider's API, from the claim to the row: what waits, what is known, what nobody knows."""

import ssl
from datetime import timedelta

import pytest

from nurture.delivery.http import KNOWN, HttpTransport
from nurture.engine.accounts import Role, add
from nurture.engine.recover import Journals
from nurture.engine.system_mails import post
from nurture.store import records as table
from tests.delivery.fake_provider import FakeProvider, hangs_up, says
from tests.delivery.provider_apis import APIS
from tests.engine.company import Company


@pytest.fixture
def by_provider(tmp_path):
    """A company whose mail leaves by a provider, with its journal."""
    made = []

    def make(name: str, fake: FakeProvider) -> Company:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # it is asked in clear

        def way_out(clock):
            return HttpTransport(KNOWN[name], fake.account, clock=clock, connections=1, tls=tls)

        journals = Journals(tmp_path / "journal")
        company = Company(f"sqlite:///{tmp_path / 'n.sqlite'}", way_out=way_out, journals=journals)
        company.publish()
        made.append(company)
        return company

    yield make
    for company in made:
        company.engine.close()


@pytest.mark.parametrize("name", KNOWN)
def test_a_provider_that_wants_a_rest_gets_it_and_then_the_mail(by_provider, name):
    with FakeProvider(APIS[name], {2: says(429, b"", Retry_After="7200")}) as fake:
        company = by_provider(name, fake)
        ann, bea, cid = company.enter("ann", "bea", "cid")
        ticked = company.engine.tick()
        assert (ticked.sent, ticked.deferred) == (1, 2)
        for lead in (bea, cid):
            (touch,) = company.touches(lead)
            assert touch.status == "deferred"
            assert touch.due_at - company.clock.now() == timedelta(hours=2)
        company.later(hours=1)
        assert len(fake.taken) == 1, "asked before it wanted to be"
        assert company.later(hours=1).sent == 2
        company.engine.close()
    assert sorted(each.recipient for each in fake.taken) == [
        "ann@x.example",
        "bea@x.example",
        "cid@x.example",
    ]
    assert company.statuses(ann)[0] == ("first", "sent")


def test_while_it_rests_no_other_mail_asks_it_and_a_password_mail_waits_too(by_provider):
    with FakeProvider(APIS["postmark"], {1: says(429, b"", Retry_After="7200")}) as fake:
        company = by_provider("postmark", fake)
        company.enter("ann")
        company.engine.tick()
        company.enter("bea")
        with company.engine.deciding() as (connection, now):
            add(connection, "ada@small.example", Role.ADMIN, by="nurture", now=now)
            post(connection, "invitation", to="ada@small.example", key="k", values={"link": "/x"}, now=now)
        company.later(minutes=30)
        company.later(minutes=80)
        assert fake.asked == 1
        ticked = company.later(minutes=10)
        assert (ticked.sent, ticked.told) == (2, 1)
        company.engine.close()


def test_a_silent_provider_leaves_one_unknown_and_no_lead_suppressed(by_provider):
    with FakeProvider(APIS["postmark"], {2: hangs_up}) as fake:
        company = by_provider("postmark", fake)
        leads = company.enter("ann", "bea", "cid")
        company.engine.tick()
        stands = [company.statuses(lead)[0][1] for lead in leads]
        company.engine.close()
    assert sorted(stands) == ["sent", "sent", "unknown"]
    assert company.rows(table.suppression) == []


def test_a_refused_key_is_no_leads_fault(by_provider):
    refused = says(401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."})
    with FakeProvider(APIS["postmark"], always=refused) as fake:
        company = by_provider("postmark", fake)
        leads = company.enter("ann", "bea", "cid")
        company.engine.tick()
        assert {company.statuses(lead)[0][1] for lead in leads} == {"planned"}
        company.engine.close()
    assert fake.asked == 1
    assert [row.problem for row in company.rows(table.pause)] == ["provider"]
    assert company.rows(table.suppression) == []
