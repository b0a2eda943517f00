"""Whether a certificate lasts."""

from datetime import datetime, timedelta

from nurture.doctor.checks.work import span
from nurture.doctor.finding import Finding, ok, warn
from nurture.languages.told import told

ENDS_SOON = timedelta(days=14)
"""Renewal begins a month before the end: two weeks before it, it has failed several times."""


def certificate(what: str, until: datetime | None, now: datetime, whose: str) -> Finding:
    """A certificate that was verified; one that has ended already fails before this, when it is shown."""
    if until is None:
        return ok(what, "TLS")
    if until - now < ENDS_SOON:
        remedy = "Renew it now, and see why it did not renew itself (`certbot renew --dry-run`)."
        return warn(what, told("{whose} ends in {span}", whose=whose, span=span(until - now)), remedy)
    return ok(what, told("TLS; {whose} is good until {until}", whose=whose, until=f"{until:%Y-%m-%d}"))
