"""The providers as their documentation describes them: how a mail is asked for, and what is answered."""

import base64
import email
import json
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr

from werkzeug.formparser import parse_form_data
from werkzeug.test import EnvironBuilder

from nurture.delivery.http import Account
from nurture.delivery.http.sigv4 import Signatory, signed
from tests.delivery.fake_provider import Answer, Api, Heard, Refused, Taken

KEY = "the-right-key"


def demand(is_right: bool, answer: Answer) -> None:
    if not is_right:
        raise Refused(answer)


# ---------------------------------------------------------------- Amazon SES


def ses_refusal(status: int, kind: str, message: str) -> Answer:
    return Answer(status, {"message": message}, {"x-amzn-ErrorType": f"{kind}:http://internal.amazon.com/"})


def ses_is_signed(heard: Heard) -> bool:
    at = datetime.strptime(heard.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    headers = {"Content-Type": heard.headers["content-type"]} if heard.body else {}
    url = f"http://{heard.headers['host']}{heard.path}"
    signatory = Signatory("AKIDEXAMPLE", KEY, "eu-west-1", "ses")
    again = signed(signatory, heard.method, url, headers, body=heard.body, at=at)
    return again["Authorization"] == heard.headers["authorization"]


SES_DENIED = ses_refusal(
    403,
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided.",
)


def ses_takes(heard: Heard) -> Taken:
    assert heard.path == "/v2/email/outbound-emails"
    demand(ses_is_signed(heard), SES_DENIED)
    request = heard.json
    (recipient,) = request["Destination"]["ToAddresses"]
    tags = {each["Name"]: each["Value"] for each in request.get("EmailTags", [])}
    return of_whole(base64.b64decode(request["Content"]["Raw"]["Data"]), recipient, tags.get("nurture", ""))


SES = Api(
    account=lambda url: Account(key=KEY, url=url, region="eu-west-1", access_key="AKIDEXAMPLE"),
    takes=ses_takes,
    good=lambda n: Answer(200, {"MessageId": f"010f01{n:026}-000000"}),
    probed=lambda heard: (
        Answer(200, {"SendingEnabled": True, "ProductionAccessEnabled": True, "EnforcementStatus": "HEALTHY"})
        if ses_is_signed(heard)
        else SES_DENIED
    ),
    whole=True,
)


# ---------------------------------------------------------------- SendGrid


def sendgrid_error(status: int, message: str, field: str | None = None) -> Answer:
    return Answer(status, {"errors": [{"message": message, "field": field, "help": None}]})


SENDGRID_DENIED = sendgrid_error(401, "The provided authorization grant is invalid, expired, or revoked")


def sendgrid_takes(heard: Heard) -> Taken:
    assert heard.path == "/v3/mail/send"
    demand(heard.headers["authorization"] == f"Bearer {KEY}", SENDGRID_DENIED)
    request = heard.json
    content = {each["type"]: each["value"] for each in request["content"]}
    if not content:
        raise Refused(sendgrid_error(400, "The content parameter is required.", "content"))
    reserved = {"to", "from", "subject", "reply-to", "content-type", "dkim-signature", "received"}
    assert not reserved & {name.lower() for name in request["headers"]}
    (person,) = request["personalizations"]
    (recipient,) = person["to"]
    return Taken(
        recipient=recipient["email"],
        subject=request["subject"],
        text=content.get("text/plain", ""),
        html=content.get("text/html", ""),
        headers=request["headers"],
        number=request["custom_args"]["nurture_message_id"],
        request=request,
    )


SENDGRID = Api(
    account=lambda url: Account(key=KEY, url=url),
    takes=sendgrid_takes,
    good=lambda n: Answer(202, None, {"X-Message-Id": f"sg-{n}"}),
    probed=lambda heard: (
        Answer(200, {"scopes": ["mail.send", "sender_verification_eligible"]})
        if heard.headers["authorization"] == f"Bearer {KEY}"
        else SENDGRID_DENIED
    ),
)


# ---------------------------------------------------------------- Postmark


def postmark_error(number: int, message: str, status: int = 422) -> Answer:
    return Answer(status, {"ErrorCode": number, "Message": message})


POSTMARK_DENIED = postmark_error(
    10, "The Server Token you provided in the X-Postmark-Server-Token request header was invalid.", 401
)


def postmark_takes(heard: Heard) -> Taken:
    assert heard.path == "/email"
    demand(heard.headers["x-postmark-server-token"] == KEY, POSTMARK_DENIED)
    request = heard.json
    if "TextBody" not in request and "HtmlBody" not in request:
        raise Refused(postmark_error(300, "Provide either email TextBody or HtmlBody or both."))
    headers = {each["Name"]: each["Value"] for each in request["Headers"]}
    assert headers.pop("X-PM-KeepID") == "true"
    assert all(len(name) <= 20 and len(value) <= 80 for name, value in request["Metadata"].items())
    return Taken(
        recipient=parseaddr(request["To"])[1],
        subject=request["Subject"],
        text=request.get("TextBody", ""),
        html=request.get("HtmlBody", ""),
        headers=headers,
        number=request["Metadata"]["nurture"],
        request=request,
    )


POSTMARK = Api(
    account=lambda url: Account(key=KEY, url=url, stream="broadcasts"),
    takes=postmark_takes,
    good=lambda n: Answer(
        200,
        {
            "To": "receiver@example.com",
            "SubmittedAt": "2026-03-02T10:04:00.1234567Z",
            "MessageID": f"0a129aee-e1cd-480d-b08d-{n:012}",
            "ErrorCode": 0,
            "Message": "OK",
        },
    ),
    probed=lambda heard: (
        Answer(200, {"ID": 1, "Name": "Acme"})
        if heard.headers["x-postmark-server-token"] == KEY
        else POSTMARK_DENIED
    ),
)


# ---------------------------------------------------------------- Mailgun


MAILGUN_DENIED = Answer(401, b"Forbidden")


def mailgun_is_ours(heard: Heard) -> bool:
    return heard.headers["authorization"] == "Basic " + base64.b64encode(f"api:{KEY}".encode()).decode()


def mailgun_takes(heard: Heard) -> Taken:
    assert heard.path == "/v3/mg.acme.example/messages.mime"
    demand(mailgun_is_ours(heard), MAILGUN_DENIED)
    environ = EnvironBuilder(
        method="POST", data=heard.body, content_type=heard.headers["content-type"]
    ).get_environ()
    _, form, files = parse_form_data(environ)
    with closing(files["message"]) as upload:
        data = upload.read()
    message_id = email.message_from_bytes(data, policy=policy.SMTP)["Message-ID"] or ""
    return of_whole(data, form["to"], message_id)


MAILGUN = Api(
    account=lambda url: Account(key=KEY, url=url, domain="mg.acme.example"),
    takes=mailgun_takes,
    good=lambda n: Answer(200, {"id": f"<{n}@mg.acme.example>", "message": "Queued. Thank you."}),
    probed=lambda heard: (
        Answer(200, {"domain": {"name": "mg.acme.example", "state": "active"}})
        if mailgun_is_ours(heard)
        else MAILGUN_DENIED
    ),
    whole=True,
)


# ---------------------------------------------------------------- Brevo


def brevo_error(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"code": code, "message": message})


BREVO_DENIED = brevo_error(401, "unauthorized", "Key not found")
BREVO_STANDARD = {"from", "to", "subject", "reply-to", "message-id", "date", "content-type", "mime-version"}


def brevo_takes(heard: Heard) -> Taken:
    assert heard.path == "/v3/smtp/email"
    demand(heard.headers["api-key"] == KEY, BREVO_DENIED)
    request = heard.json
    if not request.get("htmlContent") and not request.get("textContent"):
        raise Refused(
            brevo_error(400, "missing_parameter", "Either of htmlContent or textContent is missing")
        )
    headers = dict(request["headers"])
    assert not BREVO_STANDARD & {name.lower() for name in headers}
    headers.pop("idempotencyKey")
    custom = headers.pop("X-Mailin-custom")
    (recipient,) = request["to"]
    return Taken(
        recipient=recipient["email"],
        subject=request["subject"],
        text=request.get("textContent", ""),
        html=request.get("htmlContent", ""),
        headers=headers,
        number=json.loads(custom)["nurture"],
        request=request,
    )


BREVO = Api(
    account=lambda url: Account(key=KEY, url=url),
    takes=brevo_takes,
    good=lambda n: Answer(201, {"messageId": f"<20260302.{n}@smtp-relay.mailin.fr>"}),
    probed=lambda heard: (
        Answer(200, {"email": "a@acme.example"}) if heard.headers["api-key"] == KEY else BREVO_DENIED
    ),
)


# ---------------------------------------------------------------- Resend


def resend_error(status: int, name: str, message: str) -> Answer:
    return Answer(status, {"statusCode": status, "name": name, "message": message})


RESEND_DENIED = resend_error(403, "invalid_api_key", "API key is invalid")


def resend_takes(heard: Heard) -> Taken:
    assert heard.path == "/emails"
    demand(heard.headers["authorization"] == f"Bearer {KEY}", RESEND_DENIED)
    request = heard.json
    if "html" not in request and "text" not in request:
        raise Refused(resend_error(422, "missing_required_field", "Missing `html` or `text` field."))
    (recipient,) = request["to"]
    tags = {each["name"]: each["value"] for each in request.get("tags", [])}
    return Taken(
        recipient=parseaddr(recipient)[1],
        subject=request["subject"],
        text=request.get("text", ""),
        html=request.get("html", ""),
        headers=request["headers"],
        number=tags.get("nurture", ""),
        key=heard.headers.get("idempotency-key", ""),
        request=request,
    )


RESEND = Api(
    account=lambda url: Account(key=KEY, url=url),
    takes=resend_takes,
    good=lambda n: Answer(200, {"id": f"49a3999c-0ce1-4ea6-ab68-{n:012}"}),
    probed=lambda heard: (
        resend_error(401, "restricted_api_key", "This API key is restricted to only send emails")
        if heard.headers["authorization"] == f"Bearer {KEY}"
        else RESEND_DENIED
    ),
)


APIS: Mapping[str, Api] = {
    "ses": SES,
    "sendgrid": SENDGRID,
    "postmark": POSTMARK,
    "mailgun": MAILGUN,
    "brevo": BREVO,
    "resend": RESEND,
}


def of_whole(data: bytes, recipient: str, number: str) -> Taken:
    """What a whole message says."""
    message = email.message_from_bytes(data, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    return Taken(
        recipient=recipient,
        subject=str(message["Subject"]),
        text="" if text is None else text.get_content(),
        html="" if html is None else html.get_content(),
        headers={name: str(value) for name, value in message.items()},
        number=number,
        whole=data,
    )
