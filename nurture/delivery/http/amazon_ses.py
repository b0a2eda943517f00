"""Amazon SES, API v2, raw messages (docs.aws.amazon.com/ses, 'SendEmail').

SES puts a Message-ID and a Date of its own; a tag carries our number, which events of a configuration set give back.
"""

from base64 import b64encode
from datetime import datetime

import msgspec

from nurture.delivery.headers import ascii_domain
from nurture.delivery.http.fields import head_of, number_in
from nurture.delivery.http.provider import Account, Ask, Provider, Reply, Said, Verdict, named, words
from nurture.delivery.http.sigv4 import Signatory, signed
from nurture.languages.told import told
from nurture.ports import OutgoingMessage

JSON = {"Content-Type": "application/json"}
TAG = "nurture"


def ask(message: OutgoingMessage, account: Account, now: datetime) -> Ask:
    number = number_in(head_of(message.data).get("Message-ID", ""))
    request = {
        "Content": {"Raw": {"Data": b64encode(message.data).decode()}},
        "Destination": {"ToAddresses": [ascii_domain(message.rcpt_to)]},
        **({"EmailTags": [{"Name": TAG, "Value": number}]} if number else {}),
        **({"ConfigurationSetName": account.configuration_set} if account.configuration_set else {}),
    }
    return _signed(account, "POST", "/v2/email/outbound-emails", msgspec.json.encode(request), now)


def probe(account: Account, now: datetime) -> Ask:
    """'GetAccount'."""
    return _signed(account, "GET", "/v2/email/account", b"", now)


def _signed(account: Account, method: str, path: str, body: bytes, now: datetime) -> Ask:
    url = (account.url or f"https://email.{account.region}.amazonaws.com") + path
    signatory = Signatory(account.access_key, account.key, account.region, "ses")
    headers = signed(signatory, method, url, JSON if body else {}, body=body, at=now)
    return Ask(url, headers, body, method)


def said(reply: Reply) -> Said:
    """The kind of an error stands in a header, at times with a URL behind a colon."""
    kind = reply.headers.get("x-amzn-errortype", "") or words(reply.table.get("__type"))
    text = words(reply.table.get("message")) or words(reply.table.get("Message"))
    name = kind.partition(":")[0].rpartition("#")[2].removesuffix("Exception")
    return Said(name, ": ".join(each for each in (name, text) if each), words(reply.table.get("MessageId")))


def healthy(reply: Reply) -> str:
    """What 'GetAccount' says of the account."""
    if reply.table.get("SendingEnabled") is False:
        return told("Amazon has paused the sending of this account")
    if reply.table.get("ProductionAccessEnabled") is False:
        return told(
            "the account is in the sandbox: only verified recipients get mail; ask Amazon for production access"
        )
    return ""


AMAZON_SES = Provider(
    name="ses",
    title="Amazon SES",
    ask=ask,
    said=said,
    rules=(
        named(Verdict.OURS, "TooManyRequests", "LimitExceeded", "Throttling", words="quota"),
        named(Verdict.BUSY, "TooManyRequests", "LimitExceeded", "Throttling"),
        named(
            Verdict.OURS,
            "AccountSuspended",
            "SendingPaused",
            "MailFromDomainNotVerified",
            "NotFound",
            "RequestExpired",
            "IncompleteSignature",
        ),
        named(Verdict.OURS, "MessageRejected", words="not verified|not authorized"),
        named(Verdict.BLOCKED, "MessageRejected"),
    ),
    probe=probe,
    limited=frozenset({"AccessDenied"}),
    healthy=healthy,
)
