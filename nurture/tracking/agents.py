"""What a user agent says it is: a machine, an image proxy, or nothing that a person's program would not say.

The rules are about how machines name themselves, not a list of their names; a scanner that calls itself a browser is
found by what it does (``patterns``), not here. Mail programs are named first, so that no rule takes one for a machine.
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
    STRANGER = auto()
    """A name of which nothing is known, and no platform: browsers say theirs, mail programs need not."""


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
    return Agent.PERSON if PERSONAL.search(text) else Agent.STRANGER


IMAGE_PROXY = r"ggpht\.com|image ?(proxy|fetcher)|e?mail ?proxy"

SCANNER = (
    r"barracuda|bingpreview|proofpoint|mimecast|messagelabs|fireeye|clamav|cloudmark|ironport|safelinks|urldefense|"
    r"trend ?micro|sophos|symantec|forcepoint|trustwave|vade ?secure|hornetsecurity|avanan|fortimail|virustotal|urlscan"
)

MAIL_PROGRAM = (
    r"(?<![@.)])\b(thunderbird|betterbird|postbox|icedove|seamonkey|spicebird|(ms|mac)?outlook|entourage|"
    r"(lotus|hcl)[ -]?notes|windows (live )?mail|ms-?office|apple ?mail|airmail|mailmate|mimestream|unibox|polymail|"
    r"the ?bat|em ?client|mailbird|mailspring|nylas|foxmail|incredimail|pocomail|barca|eudora|opera ?mail|mulberry|"
    r"kmail2?|kontact|claws[ -]?mail|sylpheed|geary|trojit[aá]|gnus|mutt|superhuman|shortwave|missive|mailplane|"
    r"proton ?mail|tutanota|roundcube|squirrelmail|rainloop|snappymail|zimbra|gmail|yahoo!? ?(mobile)? ?mail|"
    r"(android|aqua|blue|canary|edison|fair|k-?9|my|naver|samsung|zoho)[ -]?e?mail|mail ?master|groupwise|"
    r"(alpine|balsa|becky!?|evolution|horde|newton|nine|pegasus|sparrow|spark(desktop)?|spike|tuta|type ?app)/\d)"
    r"(?! ?(bot|link|proxy|siphon|wolf)|[\w.]*bot\b|\.[a-z]{2,4}\b)"
)
"""What people read mail with."""

ROLES = (
    r"(?<!cu)bots?(?![a-z])|crawl|spider|scrap(e|y)|slurp|archiver|index(er|ing)|(?<!cam)scan(?!d)|probe|monitor|uptime|"
    r"synthetic|headless|lighthouse|selenium|playwright|puppeteer|phantomjs|cypress|"
    r"(link|url|site|web|page)[ -]?(expand|captur|cop(y|ier)|suck|tiger)|preview|fetch|pars(er|ing)|check(er|_)|"
    r"screen ?shot|snapshot|inspection|verification|validator|extract|optimi[sz]er|analy[sz]er|audit|external ?hit|"
    r"agent\b(?! ?[:=])|[a-z]-user/|observatory|\bping|webhook|\brss|feed(er|reader|-?id)|finder\b|workflow|"
    r"dev ?tools|(web|page|speed)[ -]?test|\bptst/|(existence|protocol) discovery|(link|site|web|page|url)[ -]?check|"
    r"sandbox|phish|e-?mail ?(wolf|siphon|collect|harvest|ex\w*actor)|^(whatsapp|viber|telegram|signal|slack|discord|skype)\b"
)
"""What machines do; messengers ask for a preview themselves, and leave reading to a browser. CUBOT is a telephone,
CamScanner is used by people."""

ATTACKS = r"nikto|sqlmap|\bnmap|masscan|nuclei|zgrab|acunetix|nessus|qualys|wpscan|httrack"
"""Programs that try the doors of other people's hosts, or carry their pages away."""

LIBRARIES = (
    r"^[\w.-]*(okhttp|curl|wget|python|perl|ruby|php|java|axios|guzzle|node|undici|got|go-http|http-?client|aiohttp)"
    r"[\w.-]*([/ ;(]|$)|libwww-perl|httpclient|http[_-]?request"
)

CONTACT = r"(?<!from: )https?://|[(;+ ]www\.|[\w.]@\w[\w.-]*\.[a-z]{2,}|\(at\)|subscribers?\b"
"""Whom to complain to: only machines say so (old Internet Explorers name the maker of a part: "from: http://...")."""

MISPLACED = (
    r"^mozilla/\d\.\d \((compatible; )?(?!msie|amiga)[^;)]+\)$|"  # a browser without a platform
    r"^(?!mozilla)[\w|]+[,| ]+mozilla/|"  # something before Mozilla
    r"like gecko[;,] ?(?!safari)[a-z]|safari/[\d.]+(;| \(compatible)"  # a remark where browsers make none
)
"""What nobody's browser says in this place."""

RULES = tuple(
    (re.compile(rule, re.IGNORECASE), agent)
    for rule, agent in (
        (IMAGE_PROXY, Agent.IMAGE_PROXY),
        (SCANNER, Agent.SCANNER),
        (MAIL_PROGRAM, Agent.PERSON),
        (ROLES, Agent.BOT),
        (ATTACKS, Agent.BOT),
        (LIBRARIES, Agent.BOT),
        (CONTACT, Agent.BOT),
        (MISPLACED, Agent.BOT),
    )
)

PERSONAL = re.compile(
    # a platform that people sit in front of
    r"windows|mac ?os|macintosh|android|ios\b|iphone|ipad|linux|x11|darwin|cfnetwork|symbian|midp|series\d0|nokia|"
    r"blackberry|bb10|playstation|nintendo|tizen|web0s|kaios|cros|bsd|beos|amiga|morphos|sunos|solaris|profile/|"
    r"\bos=mac|up\.browser|"
    # an engine that shows pages
    r"fbav|gecko/|applewebkit|trident|msie|presto|khtml|opera|links \(|lynx|"
    # a mail client
    r"mail|outlook|office|notes|thunderbird|postbox|the ?bat|evolution|eudora|entourage|superhuman|spark\b|mutt|gnus|"
    r"calendar|em ?client|barca|spicebird",
    re.IGNORECASE,
)
