"""A message with another attached as it came, for the person whom it is passed on to."""

import re
from binascii import b2a_base64
from hashlib import blake2b

LINE_BYTES = 57
"""Bytes of a base64 line of 76 characters (RFC 2045 §6.8)."""

CONTENT_TYPE = re.compile(rb"^Content-Type:", re.IGNORECASE | re.MULTILINE)


def forwarded(message: bytes, original: bytes) -> bytes:
    """*message*, as ``delivery.compose`` makes it, with *original* as a file that any mail program opens.

    Not as message/rfc822: that may not be encoded (RFC 2046 §5.2.1), and what came in may have any bytes on any line.
    """
    fields, _, body = message.partition(b"\r\n\r\n")
    fields = fields.replace(b"Auto-Submitted: auto-generated", b"Auto-Submitted: auto-forwarded")
    at = CONTENT_TYPE.search(fields)
    assert at is not None, "a composed message has its content type last"
    boundary = b"=_" + blake2b(fields, digest_size=12).hexdigest().encode()
    lines = (original[start : start + LINE_BYTES] for start in range(0, len(original), LINE_BYTES))
    return b"".join(
        (
            fields[: at.start()],
            b'Content-Type: multipart/mixed;\r\n boundary="' + boundary + b'"\r\n\r\n--' + boundary + b"\r\n",
            fields[at.start() :] + b"\r\n\r\n" + body,
            b"\r\n--" + boundary + ATTACHED,
            *(b2a_base64(line, newline=False) + b"\r\n" for line in lines),
            b"--" + boundary + b"--\r\n",
        )
    )


ATTACHED = (
    b'\r\nContent-Type: application/octet-stream; name="answer.eml"\r\nContent-Transfer-Encoding: base64\r\n'
    b'Content-Disposition: attachment; filename="answer.eml"\r\n\r\n'
)
