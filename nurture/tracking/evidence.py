"""The questions that tell machines from people: each looks at one hit and what is known of its message."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from nurture.tracking.agents import Agent, agent_of
from nurture.tracking.hits import Hit, HitKind
from nurture.tracking.networks import is_microsoft
from nurture.vocabulary.touch import HONEYPOT

CLICK_AFTER_DELIVERY = timedelta(seconds=5)
"""A mail arrives, is opened, read and clicked in more than this."""
OPEN_AFTER_DELIVERY = timedelta(seconds=2)
PREFETCH_AFTER_DELIVERY = timedelta(seconds=60)
ANSWER_AWAITED = timedelta(minutes=10)
"""RFC 5321 §4.5.3.2.6: so long may a server look at a mail, and at its links, before it answers the dot."""
BURST = timedelta(seconds=3)
ROW_LINKS = 4
"""So many different links, each within ROW of the last, from one browser: nobody reads pages so fast."""
ROW = timedelta(seconds=10)
SAME_INSTANT = timedelta(seconds=1)
ECHO = timedelta(seconds=30)
SWEEP_LEADS = 5
"""So many leads' mails clicked from one address and user agent within SWEEP."""
SWEEP = timedelta(seconds=5)


class MessageContext(msgspec.Struct, frozen=True):
    """What is known of a message besides the hit that is judged.

    sent_at         when its 250 came; None if that is not known (yet).
    others          its other hits, earlier and later, near in time.
    human_click_at  its last click that a person made.
    swept_leads     how many leads' mails this hit's address and user agent clicked around this time.
    """

    sent_at: datetime | None = None
    others: Sequence[Hit] = ()
    human_click_at: datetime | None = None
    swept_leads: int = 1

    def clicks_within(self, hit: Hit, span: timedelta) -> Iterator[Hit]:
        return (o for o in self.others if o.kind is HitKind.CLICK and abs(o.at - hit.at) <= span)

    def in_a_row(self, hit: Hit, span: timedelta) -> Iterator[Hit]:
        """The other hits by the browser and address of *hit*, as far as each comes so soon after the one before."""
        # By address alone a colleague's click would fall with the scanner in the same building.
        whose = (hit.address, hit.user_agent)
        row = sorted(
            [hit, *(o for o in self.others if (o.address, o.user_agent) == whose)], key=lambda each: each.at
        )
        place = row.index(hit)
        for way in (row[place:], row[place::-1]):
            for here, there in pairwise(way):
                if abs(there.at - here.at) > span:
                    break
                yield there

    def came_within(self, hit: Hit, span: timedelta) -> bool:
        """Whether the hit came so soon after delivery, or while the server still thought about its answer."""
        return self.sent_at is not None and -ANSWER_AWAITED < hit.at - self.sent_at < span


def is_head(hit: Hit, _: MessageContext) -> bool:
    return hit.method != "GET"


def is_prefetch(hit: Hit, _: MessageContext) -> bool:
    return bool(hit.prefetch)


def is_on_honeypot(hit: Hit, _: MessageContext) -> bool:
    return hit.link == HONEYPOT


def is_beside_honeypot(hit: Hit, context: MessageContext) -> bool:
    """Whether the hit belongs to a row of hits, each soon after the one before, in which the hidden link was followed."""
    if not any(other.link == HONEYPOT for other in context.others):
        return False
    return any(is_on_honeypot(each, context) for each in context.in_a_row(hit, ECHO))


def is_scanner(hit: Hit, _: MessageContext) -> bool:
    return agent_of(hit.user_agent) is Agent.SCANNER


def is_bot(hit: Hit, _: MessageContext) -> bool:
    # What shows a mail's pictures may be a mail program that we never heard of; what follows a link is a browser.
    stranger = hit.kind is HitKind.CLICK and agent_of(hit.user_agent) is Agent.STRANGER
    return stranger or agent_of(hit.user_agent) is Agent.BOT


def is_nameless_click(hit: Hit, _: MessageContext) -> bool:
    # Mail clients may show pictures without saying who they are; browsers always say.
    return hit.kind is HitKind.CLICK and agent_of(hit.user_agent) in (
        Agent.NONE,
        Agent.PRIVACY_PROXY,
        Agent.IMAGE_PROXY,
    )


def is_privacy_proxy(hit: Hit, _: MessageContext) -> bool:
    # Apple Mail fetches every picture at delivery, looked at or not.
    return agent_of(hit.user_agent) is Agent.PRIVACY_PROXY


def is_proxy_prefetch(hit: Hit, context: MessageContext) -> bool:
    # Yahoo's and Seznam's proxies may fetch at delivery; Gmail's comes when the mail is shown, which may be at once.
    gmail = "ggpht.com" in hit.user_agent or "GoogleImageProxy" in hit.user_agent
    span = OPEN_AFTER_DELIVERY if gmail else PREFETCH_AFTER_DELIVERY
    return agent_of(hit.user_agent) is Agent.IMAGE_PROXY and context.came_within(hit, span)


def is_scanning_network(hit: Hit, _: MessageContext) -> bool:
    # Safe Links sends the reader's own browser on, so that a click from Microsoft is its scan at delivery. An open may
    # be Outlook's image proxy with a person before it.
    return hit.kind is HitKind.CLICK and is_microsoft(hit.address)


def is_at_delivery(hit: Hit, context: MessageContext) -> bool:
    return context.came_within(
        hit, CLICK_AFTER_DELIVERY if hit.kind is HitKind.CLICK else OPEN_AFTER_DELIVERY
    )


def is_burst(hit: Hit, context: MessageContext) -> bool:
    if hit.kind is not HitKind.CLICK:
        return False
    if any(other.link != hit.link for other in context.clicks_within(hit, BURST)):
        return True
    clicks = sum(other.kind is HitKind.CLICK for other in context.others)
    if clicks + 1 < ROW_LINKS:
        return False
    row = (each.link for each in context.in_a_row(hit, ROW) if each.kind is HitKind.CLICK)
    return len({hit.link, *row}) >= ROW_LINKS


def is_same_instant(hit: Hit, context: MessageContext) -> bool:
    # Image proxies work for people, not for scanners: theirs says nothing about a click.
    pair = {HitKind.OPEN, HitKind.CLICK}
    return any(
        {hit.kind, other.kind} == pair
        and abs(other.at - hit.at) < SAME_INSTANT
        and agent_of(hit.user_agent) is agent_of(other.user_agent)
        for other in context.others
    )


def is_echo(hit: Hit, context: MessageContext) -> bool:
    # A scanner that checks what its user has just clicked: the same link from elsewhere, by another browser. One that
    # checks first and then sends its user on has given itself away.
    return hit.kind is HitKind.CLICK and any(
        other.at < hit.at
        and other.link == hit.link
        and not any(gives_away(other, context) for gives_away in BY_ITSELF)
        and other.address != hit.address
        and other.user_agent != hit.user_agent
        for other in context.clicks_within(hit, ECHO)
    )


def is_sweep(hit: Hit, context: MessageContext) -> bool:
    return hit.kind is HitKind.CLICK and context.swept_leads >= SWEEP_LEADS


BY_ITSELF = (is_head, is_prefetch, is_scanner, is_bot, is_nameless_click, is_scanning_network)
"""What a click tells of who made it, whatever else happened."""
