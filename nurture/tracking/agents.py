"""What a user agent says it is: a machine, an image proxy, or nothing that a person's program would not say.

The rules are about how machines name themselves, not a list of their names; a scanner that calls itself a browser is
found by what it does (``patterns``), not here.
"""

import re
from enum import Enum, auto
from functools import lru_cache


class Agent(Enum):
    PERSON = auto()
    NONE = auto()
    PRIVACY_PROXY = auto()
    IMAGE_PROXY = auto()
    SCANNER = auto()
    BOT = auto()


@lru_cache(maxsize=4096)
def agent_of(user_agent: str) -> Agent:
    """The first that holds of the order below; a person's if none does."""
    text = user_agent.strip()
    if not text:
        return Agent.NONE
    if text == "Mozilla/5.0":
        return Agent.PRIVACY_PROXY  # Apple Mail Privacy Protection says this and no more
    for rule, agent in RULES:
        if rule.search(text):
            return agent
    return Agent.PERSON if PERSONAL.search(text) else Agent.BOT


IMAGE_PROXY = r"ggpht\.com|image ?proxy|e?mail ?proxy"

SCANNER = r"barracuda|bingpreview|proofpoint|mimecast|messagelabs|fireeye|clamav|cloudmark|ironport|safelinks|urldefense"

ROLES = (
    r"(?<!cu)bots?(?![a-z])|crawl|spider|scrap(e|y)|slurp|archiver|index(er|ing)|(?<!cam)scan(?!d)|probe|monitor|uptime|"
    r"synthetic|headless|lighthouse|selenium|playwright|puppeteer|phantomjs|cypress|"
    r"(link|url|site|web|page)[ -]?(expand|captur|cop(y|ier)|suck|tiger)|preview|fetch|pars(er|ing)|check(er|_)|"
    r"screen ?shot|snapshot|inspection|verification|validator|extract|optimi[sz]er|analy[sz]er|audit|external ?hit|"
    r"agent\b(?! ?[:=])|[a-z]-user/|observatory|\bping|webhook|\brss|feed(er|reader|-?id)|finder\b|workflow"
)
"""What machines do. CUBOT is a telephone, CamScanner is used by people."""

LIBRARIES = (
    r"^[\w.-]*(okhttp|curl|wget|python|perl|ruby|php|java|axios|guzzle|node|undici|got|go-http|http-?client|aiohttp)"
    r"[\w.-]*([/ ;(]|$)|libwww-perl|httpclient|http[_-]?request"
)

CONTACT = r"(?<!from: )https?://|[(;+ ]www\.|[\w.]@\w[\w.-]*\.[a-z]{2,}|\(at\)|subscribers?\b"
"""Whom to complain to: only machines say so (old Internet Explorers name the maker of a part: "from: http://...")."""

MISPLACED = (
    r"^mozilla/\d\.\d \((compatible; )?(?!msie)[^;)]+\)$|"  # a browser without a platform
    r"^(?!mozilla)[\w|]+[,| ]+mozilla/|"  # something before Mozilla
    r"like gecko[;,] ?(?!safari)[a-z]|safari/[\d.]+(;| \(compatible)"  # a remark where browsers make none
)
"""What nobody's browser says in this place."""

RULES = tuple(
    (re.compile(rule, re.IGNORECASE), agent)
    for rule, agent in (
        (IMAGE_PROXY, Agent.IMAGE_PROXY),
        (SCANNER, Agent.SCANNER),
        (ROLES, Agent.BOT),
        (LIBRARIES, Agent.BOT),
        (CONTACT, Agent.BOT),
        (MISPLACED, Agent.BOT),
    )
)

PERSONAL = re.compile(
    # a platform that people sit in front of
    r"windows|mac ?os|macintosh|android|ios\b|iphone|ipad|linux|x11|darwin|cfnetwork|symbian|midp|series\d0|nokia|"
    r"blackberry|bb10|playstation|nintendo|tizen|web0s|kaios|cros|bsd|beos|amiga|morphos|sunos|solaris|profile/|"
    # an engine that shows pages
    r"fbav|gecko/|applewebkit|trident|msie|presto|khtml|opera|links \(|lynx|"
    # a mail client
    r"mail|outlook|office|notes|thunderbird|postbox|the ?bat|evolution|eudora|entourage|superhuman|spark|mutt|gnus|"
    r"calendar|em ?client|barca|spicebird",
    re.IGNORECASE,
)
