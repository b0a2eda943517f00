"""Delivery status notifications (RFC 3464): a block of fields for the message, one for each recipient."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from nurture.feedback.addresses import bare

NAME = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,40})[ \t]*:(.*)$")
CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")


class Status(msgspec.Struct, frozen=True):
    """One recipient's block: *action* in lower case, *diagnostic* without its type, *original* "" if it is not told."""

    recipient: str
    original: str
    action: str
    code: str
    diagnostic: str

    @property
    def is_success(self) -> bool:
        """Whether the mail has reached it, or has gone on (RFC 3464 §2.3.3); by the code where no action is told."""
        return self.action in SUCCESS or (not self.action and self.code[:1] == "2")


SUCCESS = frozenset(("delivered", "relayed", "expanded"))


def statuses(report: str) -> Iterator[Status]:
    """What a report says of each recipient; blocks that name none are about the message."""
    for block in blocks(report):
        recipients = [bare(block.get(name, "")) for name in ("final-recipient", "original-recipient")]
        recipients.append(bare(block.get("x-actual-recipient", "")))
        named = [each for each in recipients if "@" in each]
        if not named and not any(recipients):
            continue
        code = CODE.search(block.get("status", ""))
        yield Status(
            recipient=named[0] if named else "",
            original=recipients[1] if "@" in recipients[1] else "",
            action=block.get("action", "").partition(" ")[0].strip("();,").lower(),
            code=code[1] if code else "",
            diagnostic=diagnostic(block),
        )


def code_in(text: str) -> str:
    """The first code of RFC 3463 in a text, "" if there is none."""
    found = CODE.search(text)
    return found[1] if found else ""


def diagnostic(block: Mapping[str, str]) -> str:
    """The server's words, of the first field that has them."""
    for name in ("diagnostic-code", "x-supplementary-info", "x-display-name", "x-notes"):
        text = block.get(name, "")
        if text:
            return re.sub(r"^\s*[A-Za-z0-9-]{2,30}\s*;\s*", "", text)
    return ""


def blocks(report: str) -> Iterator[dict[str, str]]:
    """The fields of each block, unfolded, names in lower case; the first of a name counts."""
    block: dict[str, str] = {}
    last = ""
    for line in (*report.split("\n"), ""):
        if not line.strip():
            if block:
                yield block
            block, last = {}, ""
        elif found := NAME.match(
            line.strip()
            if line.lower().lstrip().startswith(("final-", "action", "diagnostic-", "status", "original-"))
            else line
        ):
            last = found[1].lower()
            if last in ("original-recipient", "final-recipient") and last in block:
                yield block  # two recipients that no empty line parts
                block = {}
            if last in block:
                last = ""
            else:
                block[last] = found[2].strip()
        elif last:
            block[last] = f"{block[last]} {line.strip()}"[:4_000]
