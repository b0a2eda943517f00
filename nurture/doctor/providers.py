"""Relays of providers: they send from many addresses of theirs, which one SPF include lets pass."""

INCLUDES = {
    "amazonaws.com": "amazonses.com",
    "sendgrid.net": "sendgrid.net",
    "mailgun.org": "mailgun.org",
    "postmarkapp.com": "spf.mtasv.net",
    "mailjet.com": "spf.mailjet.com",
    "brevo.com": "spf.brevo.com",
    "gmail.com": "_spf.google.com",
    "office365.com": "spf.protection.outlook.com",
    "fastmail.com": "spf.messagingengine.com",
}
"""What to include, by the domain of the relay's name, as each provider documents it."""


def include_for(relay: str) -> str | None:
    """The domain to include for mail that leaves through *relay*; None where it is no provider that we know."""
    name = relay.rstrip(".").lower()
    return next((include for domain, include in INCLUDES.items() if name.endswith(f".{domain}")), None)
