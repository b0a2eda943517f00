"""How machines give themselves away: each pattern has a name, a humanity, and the question that it asks.

The first that holds decides. A lost click of a person costs more than a machine's that counts: where both are
thinkable, there is no pattern.
"""

from collections.abc import Callable

import msgspec

from nurture.tracking import evidence
from nurture.tracking.evidence import MessageContext
from nurture.tracking.hits import Hit


class Pattern(msgspec.Struct, frozen=True):
    """humanity    0 (surely a machine) to 1.
    pardonable  whether a person's click on the same mail shows that a person was there after all.
    """

    name: str
    humanity: float
    holds: Callable[[Hit, MessageContext], bool]
    pardonable: bool = False


PATTERNS = (
    Pattern("head request", 0.0, evidence.is_head),
    Pattern("prefetch", 0.0, evidence.is_prefetch),
    Pattern("honeypot", 0.0, evidence.is_on_honeypot),
    Pattern("beside honeypot", 0.05, evidence.is_beside_honeypot),
    Pattern("scanner", 0.0, evidence.is_scanner),
    Pattern("bot", 0.0, evidence.is_bot),
    Pattern("nameless click", 0.05, evidence.is_nameless_click),
    Pattern("privacy proxy", 0.1, evidence.is_privacy_proxy, pardonable=True),
    Pattern("image proxy prefetch", 0.2, evidence.is_proxy_prefetch, pardonable=True),
    Pattern("scanning network", 0.05, evidence.is_scanning_network),
    Pattern("at delivery", 0.1, evidence.is_at_delivery, pardonable=True),
    Pattern("burst", 0.1, evidence.is_burst),
    Pattern("same instant", 0.2, evidence.is_same_instant),
    Pattern("echo", 0.2, evidence.is_echo),
    Pattern("sweep", 0.1, evidence.is_sweep),
)
