"""Whether the provider by whose API mail leaves is there, and knows us."""

from collections.abc import Iterator

from nurture.delivery.http import KNOWN
from nurture.doctor.facts import Api, Facts
from nurture.doctor.finding import Finding, fail, ok, warn
from nurture.languages.told import told

REFUSED = (
    "Set its key again on the settings page “Sending”: a key that may send mail, of this account and region."
)
AWAY = (
    "See whether this machine may connect to port 443 outside, and the provider's own page about its state."
)


def provider(facts: Facts) -> Iterator[Finding]:
    """Nothing is sent to find out."""
    for api in facts.of(Api):
        title = KNOWN[facts.settings.transport].title
        if api.refused:
            yield fail(
                "Provider",
                told("{name} does not take the key: {quoted}", name=title, quoted=api.problem),
                REFUSED,
            )
        elif api.problem:
            yield fail("Provider", told("{name}: {quoted}", name=title, quoted=api.problem), AWAY)
        elif api.note:
            yield warn(
                "Provider",
                told("{name} takes the key, but {quoted}", name=title, quoted=api.note),
                told("See your account at {name}.", name=title),
            )
        elif api.limited:
            yield ok("Provider", told("{name} takes the key, which may send and nothing else", name=title))
        else:
            yield ok("Provider", told("{name} takes the key", name=title))
