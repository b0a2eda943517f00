"""Failures in notices that keep to no standard: the words of mailers, from sendmail of 1999 to Google of today."""

import re
from email.message import Message
from logging import CRITICAL, getLogger

from flufl.bounce import all_failures

from nurture.feedback.absence import ABSENT
from nurture.feedback.addresses import ADDRESS, addresses_in, same, without
from nurture.feedback.dsn import CODE
from nurture.feedback.letter import Letter
from nurture.feedback.model import Failure
from nurture.feedback.verdict import verdict

DAEMONS = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|post-?master|mail[._-]?(?:delivery|system|failure|error)|mdaemon|bounces?|mail-?admin"
    r"|delivery|undeliverable|returned-?mail|mailer|smtpd?|microsoftexchange\w*|complain\w*|administrator)(?:[+._-][^@]*)?(?:@|$)",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"mail delivery|mail(?:er)?[- ]?(?:daemon|system)|delivery (?:subsystem|system)|postmaster|system administrator",
    re.IGNORECASE,
)
SUBJECTS = re.compile(
    r"undeliver|returned (?:mail|e-?mail|message|to sender)|returning (?:message|mail|to sender)|failure noti(?:ce|fication)|mail system error"
    r"|(?:delivery|deliver|mail|message|nondeliverable|e-?mail)[ :(-]{1,3}(?:status|failure|failed|error|problem|notification|has failed|could ?n|was not|not delivered|delayed|delay|bounce|incomplete|report|warning|unable)"
    r"|non[- ]?deliver|(?:could not|unable to|cannot|can't) (?:be )?deliver|delivery (?:unsuccessful|was)|unzustellbar|nicht zugestellt|não entregue|non remis|non distribu|échec|"
    r"rejected:|user unknown|unknown user|warning: (?:could not send|message)|returned$|bounced?\b|エラー|配信|送信でき|не доставлен|delivery has failed|автоответ|退信|投递失败|系统退信|返回",
    re.IGNORECASE,
)
FAILED = re.compile(
    r"(?:could ?not|couldn[’']t|can ?not|can[’']t|was ?n[o’']t|were not|has not|have not|not be(?:en)?|un(?:able)? to|never) (?:be |been |yet )?(?:(?:successfully|possible to|completely) )?(?:deliver|sen[dt]|reach|forward|accept|complete|relay|process)"
    r"|undeliver(?:able|ed)|did not reach|deliver(?:y|ing)[^.\n]{0,80}(?:fail|error|problem|unsuccessful|abandon|cancel|impossible)|fail(?:ed|ure)[^.\n]{0,80}(?:deliver|addresses|recipient|reason)"
    r"|(?:fatal|permanent|delivery) (?:fatal )?errors?|returned (?:to (?:the )?sender|unopened|mail)|(?:user|host|mailbox|recipient|address) (?:name )?(?:is )?(?:unknown|not found|rejected)|(?:unknown|invalid|no such|bad) (?:local )?(?:user|recipient|host|mailbox|address)"
    r"|not delivered|no valid recipient|(?:message|mail|e-?mail)[^.\n]{0,60}(?:was|been|is) (?:rejected|returned|bounced|refused|blocked|delayed)|^(?:<<<| Out:) [45]\d\d|(?:mail|in)box (?:is )?(?:full|exceed)|over ?quota|exceeded the local limit|送信できません|配信できません|届けできません"
    r"|не может быть доставлен|konnte nicht|nicht zugestellt|no (?:se )?(?:ha )?(?:podido|pudo)|n'a pas (?:pu|été)|impossible de|não (?:foi|pode)|无法|退回|delayed",
    re.IGNORECASE | re.MULTILINE,
)
RCPT = re.compile(r"RCPT TO:[ ]{0,2}<?([^\s<>]{1,320})>?", re.IGNORECASE)
DELAYED = re.compile(
    r"(?:delivery )?attempts will continue|will (?:continue to |keep )?(?:be )?(?:re-?tr(?:y|ied)|try)|still (?:being )?(?:try|retr|in the queue)|warning message only|you do not need to resend|has been delayed|delivery (?:is |was )?delayed|delayed",
    re.IGNORECASE,
)
NOBODYS = re.compile(
    r"^(?:postmaster|mailer-daemon|abuse|support|help(?:desk)?|admin(?:istrator)?|noc|info|webmaster|hostmaster|no-?reply|mail-?admin)@",
    re.IGNORECASE,
)
A = r"<?([^\s<>,;:\"()]{1,80}@[\w.-]{1,200}\w)>?"
NAMED = re.compile(
    rf"^(?:[45]\d\d[ -](?:[45]\.\d+\.\d+ )?{A}\.\.\.|[ \t]{{0,12}}{A}(?=[ \t]*(?::|\.\.\.|$|\()|[ \t]))"
    rf"|(?:recipients?(?: address)?|failed|affected|delivered to|user|attempts|target mail address|address)(?:\(s\))?[ \t]{{0,3}}:[ \t]{{0,3}}{A}",
    re.IGNORECASE | re.MULTILINE,
)
# Its log tells every exception that it meets, with a traceback.
getLogger("flufl.bounce").setLevel(CRITICAL + 1)

FLUFL_MAX = 16 * 1024
RECIPIENTS_MAX = 20
REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -]|$)", re.MULTILINE)


def is_notice(letter: Letter) -> bool:
    """Whether a mail system wrote it, about mail that did not arrive."""
    subject = letter.field("Subject")
    speaks, titled = bool(FAILED.search(letter.words)), bool(SUBJECTS.search(subject))
    if ABSENT.match(subject):
        return False
    if letter.field("X-Failed-Recipients") or is_daemon(letter):
        return speaks or titled
    if is_from_nobody(letter):  # as vacation notes are, which say "cannot be reached" too
        return speaks and (titled or letter.returned is not None)
    unsigned = "<" not in letter.field("From") or letter.returned is not None
    is_answer = letter.field("In-Reply-To") or letter.field("References")
    return speaks and titled and unsigned and not is_answer


def is_from_nobody(letter: Letter) -> bool:
    """Whether it has the null sender of RFC 5321 §4.5.5: nothing may answer it."""
    return "Return-Path" in letter.fields and not letter.field("Return-Path").strip("<> ")


def is_daemon(letter: Letter) -> bool:
    """Whether a mail system names itself as the sender."""
    if DAEMONS.match(letter.field("Return-Path").strip("<> ")):
        return True
    for name in ("From", "Sender", "Reply-To"):
        text = letter.field(name)
        named = addresses_in(text)
        if (named and DAEMONS.match(named[0])) or NAMES.search(text) or DAEMONS.match(text.strip("<> ")):
            return True
    return False


def failures(letter: Letter) -> tuple[Failure, ...]:
    """The recipients that the notice's words name, each with why; one without a recipient where they name nobody."""
    words = letter.words
    is_delay = bool(DELAYED.search(f"{letter.field('Subject')}\n{words}")) and not re.search(
        r"permanent|giv(?:en|ing) up|no further", words, re.IGNORECASE
    )
    found = []
    for recipient in recipients(letter)[:RECIPIENTS_MAX] or [""]:
        about = passage(words, recipient)
        lines = "\n".join(line for line in about.split("\n") if recipient and recipient in line)
        lines = re.sub(rf"^\s*<?{re.escape(recipient)}>?:?", "", lines)
        code = CODE.search(lines) or CODE.search(about)
        reply = REPLY.search(about)
        found.append(
            Failure(
                recipient=recipient,
                code=code[1] if code else (reply[1] if reply else ""),
                text=one_line(about),
                bounce=verdict(code[1] if code else "", lines, about, words, stage=words, is_delay=is_delay),
                is_delay=is_delay,
            )
        )
    return tuple(found)


def recipients(letter: Letter) -> list[str]:
    named = addresses_in(letter.field("X-Failed-Recipients"))
    if named:
        return named
    own = [
        each
        for name in ("To", "From", "Sender", "Return-Path", "Delivered-To", "Reply-To")
        for each in addresses_in(letter.field(name))
    ]
    ours = [
        each
        for name in ("From", "Sender", "Return-Path", "Reply-To", "Message-ID")
        for each in addresses_in(letter.of_returned(name))
    ]
    known = without(flufl(letter), *own, *ours)
    placed = list(dict.fromkeys(without(in_place(letter.words), *own, *ours)))
    if known or placed:
        return placed if set(known) <= set(placed) else known
    asked = RCPT.findall(letter.words)
    written = [each for name in ("To", "Cc") for each in addresses_in(letter.of_returned(name))]
    in_words = without(addresses_in(letter.words), *own, *ours)
    meant = [each for each in written if each.casefold() in {one.casefold() for one in in_words}]
    if meant:
        return meant
    if asked:
        return list(dict.fromkeys(each for each in asked if "@" in each))
    in_words = [each for each in in_words if not NOBODYS.match(each)] or in_words
    return in_words or without(written, *own)[:1] or without(addresses_in(letter.words), *own)[:1]


def in_place(words: str) -> list[str]:
    """Addresses where mailers put the failed ones: at the beginning of a line, after 'Recipient:', before '...'."""
    return [next(filter(None, found.groups())) for found in NAMED.finditer(words)]


def flufl(letter: Letter) -> list[str]:
    """What Mailman's readers find. They raise on ordinary mail, and take seconds for a long one, so they get its words."""
    message = Message()
    for name in ("From", "To", "Subject", "X-Mailer"):
        message[name] = letter.field(name)
    message.set_payload(letter.words[:FLUFL_MAX].encode("ascii", "replace").decode())
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 whatever it met, it found nothing
        return []
    return sorted(each.decode("ascii", "replace") for each in {*temporary, *permanent})


def passage(words: str, recipient: str) -> str:
    """The words about one recipient: from where it is first named to where another is; all if it is not named."""
    at = words.lower().find(recipient.lower()) if recipient else -1
    if at < 0:
        return words
    start = words.rfind("\n", 0, at) + 1
    following = ADDRESS.finditer(words, at + len(recipient))
    end = next((each.start() for each in following if not same(each[0], recipient)), len(words))
    return words[start:end]


def one_line(text: str) -> str:
    return " ".join(text.split())[:500]
