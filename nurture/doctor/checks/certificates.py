"""Whether a certificate lasts."""

from datetime import datetime, timedelta

from nurture.doctor.checks.work import span
from nurture.doctor.finding import Finding, ok, warn

ENDS_SOON = timedelta(days=14)
"""Renewal begins a month before the end: two weeks before it, it has failed several times."""


def certificate(what: str, until: datetime | None, now: datetime, whose: str) -> Finding:
    """A certificate that was verified; one that has ended already fails before this, when it is shown."""
    if until is None:
        return ok(what, "TLS")
    if until - now < ENDS_SOON:
        remedy = "Renew it now, and see why it did not renew itself (`certbot renew --dry-run`)."
        return warn(what, f"{whose} ends in {span(until - now)}", remedy)
    return ok(what, f"TLS; {whose} is good until {until:%Y-%m-%d}")
