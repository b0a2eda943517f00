"""SEC3: what we post is known by the standard's own library; what was changed, or is meant for another, is not."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from nurture.identity import Keyring
from nurture.identity.webhook import signature

OLD, NEW = b"an old secret of an installation", b"the new secret of an installation"
BODY = b'{"type":"step.reached"}'


def now():
    return datetime.now(UTC)  # noqa: TID251 the library knows no other clock than the real one


def headers(keyring=None, *, webhook="chat", at=None, body=BODY):
    return (keyring or Keyring(NEW)).webhook_headers(webhook, "call_1", at or now(), body)


def receiver(secret=NEW, webhook="chat"):
    return Webhook(Keyring(secret).webhook_secret(webhook))


def test_the_scheme_is_that_of_the_standard():
    # The example of the standard's own repository.
    key = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


@given(st.text())
def test_a_receiver_knows_every_body_of_ours(text):
    body = text.encode(errors="replace")
    receiver().verify(body, headers(body=body), json_parse=False)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_what_was_changed_is_refused(name):
    changed = {
        "webhook-id": "call_2",
        "webhook-timestamp": str(int(now().timestamp()) + 1),
        "webhook-signature": "v1,AAAA",
    }
    with pytest.raises(WebhookVerificationError):
        receiver().verify(BODY, headers() | {name: changed[name]})


def test_another_body_is_refused():
    with pytest.raises(WebhookVerificationError):
        receiver().verify(BODY + b" ", headers())


def test_what_is_meant_for_one_endpoint_is_refused_by_another():
    with pytest.raises(WebhookVerificationError):
        receiver(webhook="crm").verify(BODY, headers())


def test_an_old_post_is_refused():
    with pytest.raises(WebhookVerificationError, match="too old"):
        receiver().verify(BODY, headers(at=now() - timedelta(minutes=6)))


def test_while_a_secret_is_retired_receivers_may_know_either():
    both = headers(Keyring(NEW, OLD))
    assert receiver(OLD).verify(BODY, both) == receiver(NEW).verify(BODY, both) == {"type": "step.reached"}


def test_a_secret_is_written_as_receivers_take_it_and_tells_nothing_of_ours():
    written = Keyring(NEW).webhook_secret("chat")
    assert written.startswith("whsec_")
    assert len(b64decode(written.removeprefix("whsec_"))) == 32  # the standard asks for 24 to 64 bytes
    assert NEW not in b64decode(written.removeprefix("whsec_"))
