"""Every shipped mail, as a relay hands it over, through SpamAssassin and rspamd: which rules fire, and why.

A rule that costs points and is not explained in EXPECTED fails the check: it points at how we build a message, or at
what a mail says. Both filters run without the network, so that the answer is the same everywhere.
"""

import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

import msgspec

from nurture.app import SystemClock
from tools.sample_mails import NORA, delivered, shipped
from tools.spam_filters import FILTERS, Filter, Rule

RELAY, RELAY_ADDRESS = "out.relay.example", "198.51.100.25"
RECEIVER = "mx.halvorsen.example"

EXPECTED = {
    "RCVD_ILLEGAL_IP": "the relay of the sample has an address for documentation (RFC 5737)",
    "ONCE_RECEIVED": "the sample has passed one relay, and that one has no name server to ask",
    "HFILTER_FROMHOST_NORES_A_OR_MX": "no name server is asked, so the sender's domain is not found",
    "MANY_INVISIBLE_PARTS": "one part is hidden: the preheader, which inboxes show after the subject",
    "URI_COUNT_ODD": "rspamd counts each address once, so it is odd for every other number of links",
    "SUBJECT_ENDS_QUESTION": "the author's choice: the subject asks something",
}
"""Rules that cost points and say nothing about how we build a message, and why."""
INFORMING = 0.01
"""Points below which a rule only informs; both filters give them to rules that are there to be combined."""


class Verdict(msgspec.Struct, frozen=True):
    """What one filter says about one mail."""

    mail: str
    rules: tuple[Rule, ...]

    @property
    def faults(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.points >= INFORMING and rule.name not in EXPECTED)


def main() -> None:
    """Ask every filter that is installed; 1 if a rule costs points that nothing explains."""
    now = SystemClock().now()
    mails = {
        sample.name: received(sent.data, return_path=sent.mail_from, now=now)
        for sample, sent in delivered(shipped(), now)
    }
    faults = 0
    for spam_filter in FILTERS:
        if shutil.which(spam_filter.program) is None:
            print(f"{spam_filter.name} is not installed; on Debian: apt-get install {spam_filter.package}\n")
            continue
        verdicts = ask(spam_filter, mails)
        print(table(spam_filter, verdicts))
        faults += sum(len(verdict.faults) for verdict in verdicts)
    if faults:
        sys.exit(f"{faults} times a rule costs points that nothing in EXPECTED explains.")


def received(message: bytes, *, return_path: str, now: datetime) -> bytes:
    """*message* with what a receiving server writes on top of it (RFC 5321 §4.4)."""
    trace = (
        f"Return-Path: <{return_path}>\r\n"
        f"Received: from {RELAY} ({RELAY} [{RELAY_ADDRESS}])\r\n"
        f"\tby {RECEIVER} (Postfix) with ESMTPS id 4XyZ1a2b3cz1\r\n"
        f"\tfor <{NORA.email}>; {format_datetime(now)}\r\n"
    )
    return trace.encode() + message


def ask(spam_filter: Filter, mails: Mapping[str, bytes]) -> list[Verdict]:
    answers = spam_filter.judge(list(mails.values()))
    return [Verdict(mail, rules) for mail, rules in zip(mails, answers, strict=True)]


def table(spam_filter: Filter, verdicts: list[Verdict]) -> str:
    """A line a mail: its points and its rules; then what each expected rule means."""
    width = max(len(verdict.mail) for verdict in verdicts)
    lines = [f"{spam_filter.name}: {len(verdicts)} mails"]
    for verdict in verdicts:
        points = sum(rule.points for rule in verdict.rules)
        rules = " ".join(f"{rule.name}({rule.points:g})" for rule in verdict.rules if rule.points)
        lines.append(f"  {verdict.mail:<{width}}  {points:6.2f}  {rules}")
    fired = {rule.name for verdict in verdicts for rule in verdict.rules}
    lines += [f"  {name}: {why}" for name, why in EXPECTED.items() if name in fired]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
