"""What the author of a reply wrote: without the mail that it answers, and without the signature."""

import re

QUOTE = re.compile(
    r"^\s*(?:"
    r"-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|oprindelig meddelelse|oorspronkelijk bericht|原始邮件|元のメッセージ)"
    r"|_{10,}\s*$"
    r"|(?:on|am|le|el|il|op|em|den|dnia|w dniu)\b.{4,200}\b(?:wrote|writes|schrieb|écrit|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał(?:\(a\))?)\b.{0,100}:\s*$"
    r"|(?:from|von|de|da|van|från|fra|od|差出人|发件人)\s*:.{1,200}$"
    r")",
    re.IGNORECASE,
)
SENT = re.compile(
    r"^\s*\*?(?:sent|gesendet|envoyé|enviado|inviato|verzonden|skickat|date|datum|to|an|à|para|a|subject|betreff|objet)\s*:",
    re.IGNORECASE,
)
SIGNATURE = re.compile(
    r"^(?:-- ?$|—\s*$|sent from my |von meinem \w+ gesendet|envoyé de mon |get outlook for )", re.IGNORECASE
)
FROM = re.compile(r"^\s*(?:from|von|de|da|van|från|fra|od|差出人|发件人)\s*:", re.IGNORECASE)


def written(text: str) -> str:
    """The reply's own lines. A mail that is all quotation gives ""."""
    lines = text.replace("\r", "").split("\n")
    kept: list[str] = []
    for at, line in enumerate(lines):
        if SIGNATURE.match(line) or _quotes_from(lines, at):
            break
        if not line.lstrip().startswith((">", "|")):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _quotes_from(lines: list[str], at: int) -> bool:
    line = lines[at]
    following = next((each for each in lines[at + 1 : at + 4] if each.strip()), "")
    if FROM.match(line):
        return bool(SENT.match(following))
    # Mail programs fold "On Monday, Jane <jane@example.com> wrote:" at any space.
    return bool(
        QUOTE.match(line[:300])
        or (len(line) < 200 and QUOTE.match(f"{line} {following}"[:300]) and following.rstrip().endswith(":"))
    )
