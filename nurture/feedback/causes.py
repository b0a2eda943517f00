"""The words in which servers and mailers say why: a table from what is said to what it means."""

import re

from nurture.vocabulary.words import BounceKind

SOFT, BLOCK, DEAD = BounceKind.SOFT, BounceKind.BLOCK, BounceKind.HARD


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


MAILBOX = r"(?:user|recipient|mailbox|mail ?box|address|addressee|account|local[- ]part|person|login|username|id|inbox)"
UNKNOWN = (
    r"(?:unknown|not found|not known|unrecogni[sz]ed|un-?routeable|invalid|non-?exist[ae]nt|undefined|does(?: not|n[’']?t) exist"
    r"|do not exist|not exists?|could not be found|(?:was|were|is|are) not found|is invalid|not valid|isn[’']t valid)"
)

# Asked in this order: what names the moment, the sender or a filter is never the lead's, though it may quote 5.1.1.
CAUSES = (
    (
        SOFT,
        _words(
            r"quota|over ?quota|disk (?:space|full)|(?:mail ?box|inbox|mail ?folder|storage|maildir|account) (?:is |has |for [^ ]{1,80} is )?(?:too )?(?:full|exceeded)",
            r"mail ?box[^.]{0,60}(?:is full|exceed)|exceed[^.]{0,40}(?:storage|mail ?box|limit|quota)|insufficient (?:system |disk )?(?:storage|space)",
            r"not enough (?:storage |disk |free )?space|too (?:large|big|long)\b|(?:message|mail|size) (?:size )?exceed|size limit|larger than",
            r"メールボックスが一杯|ERR_OVER_QUOTA|mailfull|full mailbox",
            r"at a rate|too (?:quickly|fast|many|much)|rate.?limit|try (?:again )?later|temporar(?:y|ily) (?!failure; (?:user))",
            r"too many (?:connections|recipients|errors)|greylist|throttl|receiving (?:mail|email) at a rate",
            r"malformed or unexpected name server reply",
            r"(?:retry|retries|queue|delivery) (?:time(?:out)?|period|limit)[^.]{0,30}(?:exceeded|expired|reached)|(?:timed|time) ?out|time limit",
            r"(?:message|mail) (?:has )?(?:expired|timed out)|could not be delivered for|been in the queue|delivery failed \d+ attempts?|in queue too long",
            r"connection (?:refused|timed|reset|lost|closed)|no route to host|network (?:is )?unreachable|lost connection|conversation with",
            r"loop(?:s|ing)? (?:back|detected)|too many hops|hop count|routing loop|mail loop|message looping|loops back",
            r"STARTTLS|TLS (?:is |handshake|required|negotiation|session|connection)|certificate",
            r"suspend|on ?hold|is (?:currently )?(?:inactive|disabled|not active)|has been (?:disabled|deactivated|locked)|disabled or discontinued|account (?:disabled|inactive)|mailbox (?:is )?(?:disabled|inactive|unavailable for)",
            r"local (?:configuration|delivery) error|command died|mailer error|procmail|can't create (?:user )?output file|syntax error|bad sequence|nested mail command|unrecogni[sz]ed command|RESOLVER\.RST\.RecipSizeLimit",
        ),
    ),
    (
        BLOCK,
        _words(
            r"spam|unsolicited|junk mail|virus|malware|phish|blacklist|black list|block ?list|denylist|\b(?:rbl|dnsbl)\b|reputation|banned",
            r"\bspf\b|\bdkim\b|\bdmarc\b|domainkeys|unauthenticated|authenticat|reverse dns|\bptr\b|\brdns\b|without a reverse|invalid ip|does not resolve to",
            r"blocked (?:by|using|because|due|for)|is blocked|been blocked|\bblocked\b|policy (?:violation|reason|restriction)|(?:due to|for|by|violates?|of|local|administrative|security) polic|policies",
            r"relay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed)|is prohibited)|not permitted to relay|(?:unable|not allowed|cannot|refus\w+) to relay|open relay|we do not relay|relaying",
            r"sender (?:address )?(?:rejected|verify|denied|unknown|is not|not)|(?:bad|invalid|unknown) sender|mail from (?:address|domain)|domain of sender|envelope sender|return address|from address|your (?:ip|server|host|domain|network|mail server)|sending (?:ip|domain|server|mail)",
            r"content (?:rejected|filter|restriction|denied|policy)|message (?:content )?(?:was )?(?:rejected|refused|filtered|blocked)(?: by| due| for| as|\b)|headers?[^.]{0,40}(?:not (?:rfc|compliant)|missing|multiple|duplicate)|RFC ?5322|not RFC|attachment (?:type|name|not|is|was|reject|block)",
            r"access (?:not )?(?:denied|allowed)|not authori[sz]ed|permission to|(?:are|is) not (?:allowed|permitted|accepting mail from)|not accepting (?:mail|messages) from|only accept|(?:can only|may only)|prohibit|requires? authentication|restricted|RecipientNotAuthorized|RESOLVER\.RST|not permitted|denied by|delivery not authorized",
        ),
    ),
    (
        DEAD,
        _words(
            rf"{MAILBOX}(?: address| name| account|\(s\))?[: ]{{0,3}}(?:<?[^ <>]{{1,120}}>?[: ]{{1,2}})?(?:is |was |were |are )?(?:an? |the |currently )?{UNKNOWN}",
            rf"(?:{UNKNOWN}|no such|bad|no) (?:or (?:invalid|inactive) )?(?:local |destination |recipient |virtual |mail |e-?mail |final )?{MAILBOX}",
            r"no (?:mail ?box|account|user|person|recipient)s? (?:here |found|with|by|of|under|called)|no one (?:here )?(?:by|with) that|not (?:a|our) (?:known |valid |local )?(?:user|customer|mailbox|recipient|address)",
            r"address (?:not found|unknown|error|you entered)|not a valid (?:e-?mail|mailbox|user|recipient|address)|not listed in|no matches to nameserver|recipnotfound|nosuchuser|unknown in (?:virtual|local|relay|the)|user doesn[’']t have",
            r"(?:e-?mail |this |the )?(?:address|account|user|mailbox|domain|recipient)[^.]{0,60}(?:does(?: not|n[’']t) exist|no longer|has been (?:deleted|closed|removed|discontinued|terminated)|not exist|couldn[’']t be found|wasn[’']t found|not in (?:the|our) )",
            r"(?:host|domain|server)(?: name)?(?: or domain name)? (?:is )?(?:unknown|not found|does(?: not|n[’']t) exist|invalid|not exist)|unknown (?:host|domain|mail server)|name or service not known|name (?:server|service) error|nxdomain|no such (?:host|domain)|host (?:unknown|lookup did not complete)|unrout(?:e)?able (?:address|mail domain)|could ?n[o’']t (?:resolve|find any host|lookup)|domain (?:name )?not found|no (?:mx|a) (?:or a )?records?|dns (?:error|domain)[^.]{0,40}(?:not|exist)|bad destination|cannot find your domain|illegal host",
            r"null ?mx|does not accept (?:any )?(?:mail|email|messages)|do(?:es)? not accept mail|(?:host|server|domain) does not (?:accept|receive) (?:e-?)?mail|doesn[’']t (?:accept|receive) (?:e-?)?mail",
            r"(?:has|have) moved|address has changed|new (?:e-?mail )?address is|please (?:forward|use|send)[^.]{0,30}new address|user not local",
            r"invalid (?:final delivery userid|domain)|(?:was|were) ?n[o’']t found at|not found by SMTP|unable to receive mail|host [^ ]{1,200} not found|\b(?:521|556)[ -]5\.3\.2",
            r"no longer (?:in use|valid|exists?|employed|with|works|available|active|on server)|user not (?:found|known|exist)|not our customer",
        ),
    ),
)
