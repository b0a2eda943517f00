"""The recorded webhooks, taken in: each event once, however often and in whichever order the webhooks come."""

import base64
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from nurture.engine.provider_events import take_in
from nurture.providers.model import Request
from nurture.store import records as table

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "webhooks"
FILES = sorted(CORPUS.glob("*/*.json"))

pytestmark = pytest.mark.skipif(not FILES, reason="the corpus is not here")


def cases():
    for file in FILES:
        case = json.loads(file.read_text())
        if "body_json" in case:
            body = json.dumps(case["body_json"]).encode()
        else:
            body = base64.b64decode(case.get("body_b64", "")) or (case.get("body_text") or "").encode()
        headers = {name.lower(): str(value) for name, value in case["headers"].items()}
        request = Request(body=body, headers=headers, content_type=case["content_type"])
        yield case["esp"], request, len(case["expected_events"])


def what_is_kept(company):
    with company.database.reading() as connection:
        events = connection.execute(
            select(table.provider_event.c.key, table.provider_event.c.kind, table.provider_event.c.did)
        ).all()
        suppressed = connection.execute(select(table.suppression.c.address, table.suppression.c.cause)).all()
    return sorted(map(tuple, events)), sorted(map(tuple, suppressed))


def test_each_event_is_kept_once_forwards_twice_and_backwards(company):
    company.publish()
    every = list(cases())
    for provider, request, expected in every:
        assert take_in(company.engine, provider, request).events == expected
    kept = what_is_kept(company)
    assert len(kept[0]) == sum(expected for *_, expected in every)
    for provider, request, _ in (*every, *reversed(every)):
        assert take_in(company.engine, provider, request).new == 0
    assert what_is_kept(company) == kept


def test_backwards_from_the_start_is_the_same(company, tmp_path):
    company.publish()
    for provider, request, _ in cases():
        take_in(company.engine, provider, request)
    forwards = what_is_kept(company)
    other = type(company)(f"sqlite:///{tmp_path / 'other.sqlite'}")
    for provider, request, _ in reversed(list(cases())):
        take_in(other.engine, provider, request)
    assert what_is_kept(other) == forwards
    other.engine.close()
