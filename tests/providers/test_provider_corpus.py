"""The recorded webhooks of ten providers, against what each of them means.

Scored as the corpus asks: as many events as expected, and of each the kind, the recipient, the number of the mail and the
number of the event; apart from that the moment to the second, and the reason where one is given.
"""

import base64
import json
from datetime import datetime
from pathlib import Path

import pytest

from nurture.providers.known import KNOWN
from nurture.providers.model import Request

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "webhooks"
FILES = sorted(CORPUS.glob("*/*.json"))

pytestmark = pytest.mark.skipif(not FILES, reason="the corpus is not here")


def request_of(case):
    if "body_json" in case:
        body = json.dumps(case["body_json"]).encode()
    elif "body_b64" in case:
        body = base64.b64decode(case["body_b64"])
    else:
        body = (case.get("body_text") or "").encode()
    headers = {name.lower(): str(value) for name, value in case["headers"].items()}
    return Request(body=body, headers=headers, content_type=case["content_type"])


def second(at):
    return None if at is None else datetime.fromisoformat(at).replace(microsecond=0)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_webhook_means_what_its_provider_says(file: Path):
    case = json.loads(file.read_text())
    expected = case["expected_events"]
    reports = KNOWN[case["esp"]].reports(request_of(case))
    assert [(each.kind, each.recipient, each.message_id, each.event_id) for each in reports] == [
        tuple(each.get(name) or "" for name in ("event_type", "recipient", "message_id", "event_id"))
        for each in expected
    ]
    for report, want in zip(reports, expected, strict=True):
        if "timestamp" in want:
            assert report.at is not None
            assert report.at.replace(microsecond=0) == second(want["timestamp"])
        if "reject_reason" in want:
            assert report.reason == want["reject_reason"]
        if "click_url" in want:
            assert report.url == want["click_url"]


def test_all_providers_of_the_corpus_are_known():
    assert {file.parent.name for file in FILES} <= KNOWN.keys()
