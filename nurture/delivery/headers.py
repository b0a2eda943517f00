"""Header fields as bytes: cleaned, encoded (RFC 2047) and folded (RFC 5322 §2.2.3), each ended by CRLF.

Values come from leads and authors, so nothing here trusts or refuses them: whatever would end a line, start a field
or split an address is cleaned away, and the mail leaves.
"""

import re
from binascii import b2a_base64
from urllib.parse import quote

import idna

LINE_MAX = 78
"""Characters of a line, CRLF apart, that RFC 5322 §2.1.1 asks not to exceed."""

WORD_MAX = 75
"""Characters of one encoded word (RFC 2047 §2)."""

WORD_FRAME = len("=?utf-8?b??=")

# Line ends of any parser (CR, LF, NEL, U+2028, U+2029), every other control character, and lone surrogates, which
# have no UTF-8 form.
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
ADDRESS_UNSAFE = re.compile(r"[\s\x00-\x20\x7f-\x9f\ud800-\udfff<>(),:;\"\\\[\]]+")
PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
URI_SAFE = "!#$%&'()*+,-./:;=?@[]_~"
GOOD_URI = re.compile(rf"[A-Za-z0-9{re.escape(URI_SAFE)}]*")


def text_field(name: str, value: str) -> bytes:
    """An unstructured field such as Subject; reads back as ``clean(value)``."""
    value = clean(value)
    if value.isascii() and "=?" not in value:
        if len(name) + 2 + len(value) <= LINE_MAX:
            return f"{name}: {value}\r\n".encode()
        folded = _fold(value, len(name) + 2)
        if folded is not None:
            return f"{name}: {folded}\r\n".encode()
    return f"{name}: {_encoded_words(value, len(name) + 2)}\r\n".encode()


def mailbox_field(name: str, display: str | None, address: str) -> bytes:
    """A field of one mailbox, ``To: "Doe, Jane" <jane@example.com>``; the display name reads back as cleaned."""
    address = clean_address(address)
    display = clean(display or "")
    if not display:
        return f"{name}: {address}\r\n".encode()
    phrase = _phrase(display, len(name) + 2)
    line_used = len(phrase) - phrase.rfind("\n") - 1 + (0 if "\n" in phrase else len(name) + 2)
    gap = " " if line_used + len(address) + 3 <= LINE_MAX else "\r\n "
    return f"{name}: {phrase}{gap}<{address}>\r\n".encode()


def literal_field(name: str, value: str) -> bytes:
    """A field whose value we make ourselves, such as Message-ID: ASCII, one line; what is neither is dropped."""
    return f"{name}: {clean(value)}\r\n".encode("ascii", "ignore")


def clean(value: str) -> str:
    """The value without what could break a line, each run of it a space; no white space at its ends."""
    return (value if value.isprintable() else UNSAFE.sub(" ", value)).strip()


def clean_address(address: str) -> str:
    """The address without characters that end or split it in a header or an SMTP command; its domain in ASCII."""
    return ascii_domain(ADDRESS_UNSAFE.sub("", address))


def ascii_domain(address: str) -> str:
    """The address with its domain as A-labels (RFC 5891), which any server takes; the local part stays."""
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address  # The server that is offered it by SMTPUTF8 says what is wrong with it.


def clean_uri(uri: str) -> str:
    """The URI for between angle brackets: ASCII, without white space or brackets; a good URI is unchanged."""
    if GOOD_URI.fullmatch(uri):
        return uri
    return quote(UNSAFE.sub("", uri).strip(), safe=URI_SAFE)


def _phrase(display: str, used: int) -> str:
    if display.isascii() and "=?" not in display and used + len(display) + 2 <= LINE_MAX:
        if (
            PHRASE.fullmatch(display) and "  " not in display
        ):  # between words a run of spaces says no more than one
            return display
        escaped = display.replace("\\", "\\\\").replace('"', '\\"')
        if used + len(escaped) + 2 <= LINE_MAX:
            return f'"{escaped}"'
    return _encoded_words(display, used)


def _fold(value: str, used: int) -> str | None:
    """The ASCII text broken before its spaces, or None if a word is too long for a line."""
    lines = [""]
    for word in re.findall(r" *[^ ]+", value):
        if used + len(lines[-1]) + len(word) > LINE_MAX and lines[-1]:
            lines.append("")
            used = 0
        if used + len(word) > LINE_MAX:
            return None
        lines[-1] += word
    return "\r\n".join(lines)


def _encoded_words(value: str, used: int) -> str:
    """The text as base64 encoded words of whole characters (RFC 2047 §5), one a line."""
    raw = value.encode()
    words = []
    while raw:
        room = (min(WORD_MAX, LINE_MAX - used) - WORD_FRAME) // 4 * 3
        cut = len(raw)
        if cut > room:
            cut = room
            while raw[cut] & 0xC0 == 0x80:  # inside a character
                cut -= 1
        words.append(f"=?utf-8?b?{b2a_base64(raw[:cut], newline=False).decode()}?=")
        raw, used = raw[cut:], 1
    return "\r\n ".join(words)
