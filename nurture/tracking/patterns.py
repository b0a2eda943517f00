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
    """gives_away  what gives the machine away, in plain words.
    humanity    0 (surely a machine) to 1.
    pardonable  whether a person's click on the same mail shows that a person was there after all.
    """

    name: str
    gives_away: str
    humanity: float
    holds: Callable[[Hit, MessageContext], bool]
    pardonable: bool = False


PATTERNS = (
    Pattern("head request", "It asked for the head of the page only.", 0.0, evidence.is_head),
    Pattern("prefetch", "The request said that nobody looks yet.", 0.0, evidence.is_prefetch),
    Pattern("honeypot", "It followed the link that nobody sees.", 0.0, evidence.is_on_honeypot),
    Pattern(
        "beside honeypot",
        "It came in one row with a click on the link that nobody sees.",
        0.05,
        evidence.is_beside_honeypot,
    ),
    Pattern("scanner", "It names itself: a scanner of mail.", 0.0, evidence.is_scanner),
    Pattern("bot", "It names itself as only machines do.", 0.0, evidence.is_bot),
    Pattern(
        "nameless click",
        "Browsers say who they are; this click did not, or came from a proxy for pictures.",
        0.05,
        evidence.is_nameless_click,
    ),
    Pattern(
        "privacy proxy",
        "Apple Mail fetches every picture, read or not.",
        0.1,
        evidence.is_privacy_proxy,
        pardonable=True,
    ),
    Pattern(
        "image proxy prefetch",
        "The mailbox fetched the picture with the delivery.",
        0.2,
        evidence.is_proxy_prefetch,
        pardonable=True,
    ),
    Pattern(
        "scanning network",
        "It came from Microsoft's network, where Safe Links opens what mails link to.",
        0.05,
        evidence.is_scanning_network,
    ),
    Pattern(
        "at delivery",
        "It came too soon after the delivery, or before its end.",
        0.1,
        evidence.is_at_delivery,
        pardonable=True,
    ),
    Pattern(
        "burst", "Different links of one mail within three seconds, or four in a row.", 0.1, evidence.is_burst
    ),
    Pattern("same instant", "The picture and a link within one second.", 0.2, evidence.is_same_instant),
    Pattern(
        "echo",
        "The link that somebody else had just clicked, again, by another browser from elsewhere.",
        0.2,
        evidence.is_echo,
    ),
    Pattern(
        "sweep",
        "Links of five leads' mails within five seconds, from one address and browser.",
        0.1,
        evidence.is_sweep,
    ),
)
