"""Whether a person opened or clicked, and which pattern says otherwise.

A verdict holds for what is known so far. When another hit of the message arrives, all of them are judged again: the
first click of a burst looked like a person's until the second came, and an open behind a privacy proxy like a
machine's until a person clicked.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from nurture.tracking.agents import Agent, agent_of
from nurture.tracking.evidence import SWEEP, MessageContext
from nurture.tracking.hits import Hit, HitKind
from nurture.tracking.patterns import PATTERNS
from nurture.vocabulary.touch import lead_of

HUMAN_FROM = 0.5
NEIGHBOURS = 25
"""So many hits to either side are looked at: a token that is replayed ten thousand times must stay cheap."""


class Humanity(msgspec.Struct, frozen=True):
    """score    0 (surely a machine) to 1 (surely a person).
    pattern  the name of what gives a machine away; None for a person.
    proxied  whether a proxy stood between, so that opens of this lead say little.
    """

    score: float
    pattern: str | None = None
    proxied: bool = False

    @property
    def is_human(self) -> bool:
        return self.score >= HUMAN_FROM


CLICKED = Humanity(1.0)
OPENED = Humanity(0.9)
OPENED_BY_PROXY = Humanity(0.8, proxied=True)
PARDONED = 0.7
NOBODY_SAID: Mapping[int, Humanity] = {}


def judge(hit: Hit, context: MessageContext) -> Humanity:
    """The verdict on one open or click; any other hit came from the script, which only a browser runs."""
    if hit.kind not in (HitKind.OPEN, HitKind.CLICK):
        return CLICKED
    proxied = agent_of(hit.user_agent) in (Agent.PRIVACY_PROXY, Agent.IMAGE_PROXY)
    for pattern in PATTERNS:
        if pattern.holds(hit, context):
            clicked_at = context.human_click_at
            if pattern.pardonable and hit.kind is HitKind.OPEN and clicked_at and clicked_at >= hit.at:
                return Humanity(PARDONED, proxied=proxied)
            return Humanity(pattern.humanity, pattern.name, proxied)
    if hit.kind is HitKind.CLICK:
        return CLICKED
    return OPENED_BY_PROXY if proxied else OPENED


def judge_message(
    hits: Sequence[Hit],
    sent_at: datetime | None,
    swept_leads: Callable[[Hit], int] = lambda _: 1,
    said: Mapping[int, Humanity] = NOBODY_SAID,
) -> list[Humanity]:
    """The verdicts on all hits of one message, in their order; O(n) in their number.

    said  what a person has said of some, by their place: that holds, whatever they look like.
    """
    order = sorted(range(len(hits)), key=lambda index: hits[index].at)
    verdicts = [CLICKED] * len(hits)
    human_click_at: datetime | None = None
    # Clicks first: an open is pardoned by them.
    for kinds in ((HitKind.CLICK,), tuple(kind for kind in HitKind if kind is not HitKind.CLICK)):
        for rank, index in enumerate(order):
            hit = hits[index]
            if hit.kind in kinds:
                near = order[max(0, rank - NEIGHBOURS) : rank + NEIGHBOURS + 1]
                others = [hits[other] for other in near if other != index]
                context = MessageContext(sent_at, others, human_click_at, swept_leads(hit))
                verdicts[index] = said.get(index) or judge(hit, context)
        human_click_at = max(
            (
                hit.at
                for hit, v in zip(hits, verdicts, strict=True)
                if hit.kind is HitKind.CLICK and v.is_human
            ),
            default=None,
        )
    return verdicts


def sweeps(hits: Iterable[Hit]) -> Callable[[Hit], int]:
    """For each click of a batch: of how many leads its address and user agent clicked mails around the same moment."""
    by_origin: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.kind is HitKind.CLICK and hit.touch_id:
            by_origin[hit.address, hit.user_agent].append(hit)
    swept: dict[tuple[str, str, datetime], int] = {}
    for (address, user_agent), clicks in by_origin.items():
        window: deque[Hit] = deque()
        for click in sorted(clicks, key=lambda each: each.at):
            window.append(click)
            while click.at - window[0].at > SWEEP:
                window.popleft()
            leads = len({lead_of(each.touch_id) for each in window})
            for each in window:
                key = (address, user_agent, each.at)
                swept[key] = max(swept.get(key, 1), leads)
    return lambda hit: swept.get((hit.address, hit.user_agent, hit.at), 1)
