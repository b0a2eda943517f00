"""Where the words of a notice end and a copy of the earlier message begins, for those who enclose it as plain text."""

import re

MARKER = re.compile(
    r"^[\s>*=-]*(?:-+\s*)?(?:"
    r"below this line is a copy of the message|this is a copy of (?:the|your) message|included is a copy of the message"
    r"|(?:the )?(?:original|returned|unsent|undelivered|bounced|rejected) (?:e-?mail|message|mail)\b(?! was)"
    r"|message (?:text|headers?|body) follows|(?:the )?(?:headers?|text) of (?:the|your) (?:original )?message|header (?:of|from) "
    r"|start of (?:the )?(?:returned|original)|your (?:original )?message (?:reads|follows)|message header"
    r")[^\n]{0,80}$",
    re.IGNORECASE,
)
FIELD = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{1,50}:(?!//)")
OF_A_COPY = re.compile(
    r"^(?:received|message-id|return-path|mime-version|x-[a-z-]+|dkim-signature):", re.IGNORECASE
)


def apart(text: str) -> tuple[str, str]:
    """The words, and the copy of an earlier message that follows them ("" if none does)."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if at and MARKER.match(line):
            below = next((n for n in range(at + 1, len(lines)) if FIELD.match(lines[n])), None)
            copied = "\n".join(lines[below:]) if below is not None and below - at < 12 else ""
            return "\n".join(lines[:at]), copied
        if FIELD.match(line) and _begins_copy(lines, at):
            return "\n".join(lines[:at]), "\n".join(lines[at:])
    return text, ""


def _begins_copy(lines: list[str], at: int) -> bool:
    """Whether a header of a message stands here, rather than a summary such as 'To: ..., Subject: ...'."""
    block: list[str] = []
    for line in lines[at : at + 40]:
        if not FIELD.match(line) and not (block and line[:1] in (" ", "\t") and line.strip()):
            break
        block.append(line)
    return len(block) >= 3 and any(OF_A_COPY.match(line) for line in block)
