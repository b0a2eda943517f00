"""The number that a mail carries to a provider is the one by which its webhook finds the touch again."""

import json

import pytest

from nurture.delivery.http import KNOWN
from nurture.engine.provider_touch import touch_in
from nurture.providers.known import KNOWN as HOOKS
from nurture.providers.model import Request
from tests.delivery.fake_provider import FakeProvider
from tests.delivery.provider_apis import APIS
from tests.delivery.test_http_faults import KEYRING, sent_by


def of_ses(number):
    """An event of a configuration set, by way of SNS: it holds the tags, and no header of ours."""
    mail = {"messageId": "010f01-0", "destination": ["lead1@example.com"], "tags": {"nurture": [number]}}
    event = {"eventType": "Delivery", "mail": mail, "delivery": {"recipients": ["lead1@example.com"]}}
    return {"Type": "Notification", "MessageId": "1", "Message": json.dumps(event)}


EVENTS = {
    "ses": ("amazon_ses", of_ses),
    "sendgrid": (
        "sendgrid",
        lambda number: [{"event": "delivered", "sg_message_id": "x.y", "nurture_message_id": number}],
    ),
    "postmark": (
        "postmark",
        lambda number: {"RecordType": "Delivery", "MessageID": "883953f4", "Metadata": {"nurture": number}},
    ),
    "mailgun": (
        "mailgun",
        lambda number: {
            "event-data": {"event": "delivered", "message": {"headers": {"message-id": number.strip("<>")}}}
        },
    ),
    "brevo": (
        "brevo",
        lambda number: {
            "event": "delivered",
            "message-id": "<1@smtp-relay.mailin.fr>",
            "X-Mailin-custom": json.dumps({"nurture": number}),
        },
    ),
    "resend": (
        "resend",
        lambda number: {
            "type": "email.delivered",
            "data": {"email_id": "4ef9a417", "tags": {"nurture": number}},
        },
    ),
}
"""By the way out: whose webhook tells of it, and where its documentation says that it puts what we sent."""


@pytest.mark.parametrize("name", KNOWN)
def test_a_report_finds_the_touch_of_the_mail_that_it_is_about(name):
    with FakeProvider(APIS[name]) as fake:
        sent_by(fake, name, 1)
    hook, event = EVENTS[name]
    body = json.dumps(event(fake.taken[0].number)).encode()
    (report,) = HOOKS[hook].reports(Request(body=body))
    assert touch_in(report, KEYRING) == 1
