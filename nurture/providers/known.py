"""The providers whose webhooks are understood, by the name under which they post."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from nurture.providers import (
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mandrill,
    postmark,
    resend,
    sendgrid,
    sns,
    sparkpost,
)
from nurture.providers.model import Report, Request

Prove = Callable[[Request, str, datetime, sns.Fetch], None]


class Provider(msgspec.Struct, frozen=True):
    """prove    raises UnprovenError; given the request, what was agreed with the provider, the moment, and a way to its certificate.
    reports  what a request says; never raises.
    """

    prove: Prove
    reports: Callable[[Request], list[Report]]


def _by_itself(prove: Callable[[Request, str, datetime], None]) -> Prove:
    """A proof that needs nothing from outside."""
    return lambda request, secret, now, _: prove(request, secret, now)


KNOWN = {
    "amazon_ses": Provider(sns.prove, amazon_ses.reports),
    **{
        module.__name__.rpartition(".")[2]: Provider(_by_itself(module.prove), module.reports)
        for module in (brevo, mailersend, mailgun, mailjet, mandrill, postmark, resend, sendgrid, sparkpost)
    },
}
