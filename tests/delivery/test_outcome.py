"""What refusals mean, in the words of real servers."""

import pytest

from nurture.delivery.outcome import is_ours, judge
from nurture.ports import ReceiptStatus
from nurture.vocabulary.words import BounceKind

HARD, SOFT, BLOCK = BounceKind.HARD, BounceKind.SOFT, BounceKind.BLOCK
SENT, DEFERRED, BOUNCED = ReceiptStatus.SENT, ReceiptStatus.DEFERRED, ReceiptStatus.BOUNCED


@pytest.mark.parametrize(
    ("reply_code", "enhanced", "text", "bounce"),
    [
        (550, "5.1.1", "The email account that you tried to reach does not exist", HARD),
        (550, "5.1.2", "Host unknown", HARD),
        (553, "5.1.3", "The recipient address is not a valid RFC 5321 address", HARD),
        (551, "5.1.6", "Mailbox has moved", HARD),
        (556, "5.1.10", "Recipient address has null MX", HARD),
        (550, "5.2.1", "The email account that you tried to reach is disabled", HARD),
        (550, "5.2.1", "The user you are trying to contact is receiving mail at a rate that", SOFT),
        (550, "5.1.1", "Service unavailable; client blocked using zen.spamhaus.org", BLOCK),
        (552, "5.2.2", "The recipient's inbox is out of storage space", SOFT),
        (552, "5.3.4", "Message size exceeds fixed limit", SOFT),
        (550, "5.4.1", "Recipient address rejected: Access denied", SOFT),
        (554, "5.6.0", "Message rejected: content", BLOCK),
        (550, "5.7.1", "Unknown user, or spam: we do not say", BLOCK),
        (550, "5.1.8", "Sender address rejected: Domain not found", BLOCK),
        (550, "", "No such user here", HARD),
        (
            550,
            "",
            "<jane@example.com>: Recipient address rejected: User unknown in local recipient table",
            HARD,
        ),
        (550, "5.0.0", "User does not exist", HARD),
        (550, "", "Sender address rejected: Domain not found", BLOCK),
        (554, "", "Message rejected due to spam content", BLOCK),
        (552, "", "Mailbox full", SOFT),
        (550, "", "Requested action not taken: mailbox unavailable", SOFT),
        (554, "", "Transaction failed", SOFT),
    ],
)
def test_a_permanent_refusal(reply_code, enhanced, text, bounce):
    outcome = judge(reply_code, enhanced, text)
    assert (outcome.status, outcome.bounce) == (BOUNCED, bounce)
    assert outcome.code == (enhanced or str(reply_code))


@pytest.mark.parametrize("code", ["5.7.25", "5.7.26", "5.7.27", "5.7.28", "5.7.29", "5.7.30", "5.7.515"])
def test_a_refusal_of_our_domain_asks_a_person(code):
    outcome = judge(
        550, code, "Access denied, sending domain does not meet the required authentication level"
    )
    assert (outcome.status, outcome.bounce) == (BOUNCED, BLOCK)
    assert outcome.text.startswith("ours to mend")
    assert is_ours(outcome.code)


@pytest.mark.parametrize(
    ("reply_code", "enhanced"),
    [(450, "4.2.1"), (421, ""), (452, "4.3.1"), (450, "5.1.1"), (530, "5.7.0"), (535, ""), (503, "5.5.1")],
)
def test_what_may_pass_later_is_deferred(reply_code, enhanced):
    outcome = judge(reply_code, enhanced, "later")
    assert (outcome.status, outcome.bounce) == (DEFERRED, None)


def test_the_words_are_kept_clean_and_short():
    outcome = judge(250, "2.0.0", "Ok:\r\nqueued\0" + "x" * 1_000)
    assert outcome.status is SENT
    assert outcome.text.startswith("Ok: queued x")
    assert len(outcome.text) == 500
