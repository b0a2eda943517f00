"""What the script on the company's pages may tell us, and how far it is believed.

Anyone can post here, so a message is only ever about the visitor whose cookie came with it; it can name no lead.
"""

from typing import Annotated

import msgspec

from nurture.tracking.hits import HitKind

UTM = ("source", "medium", "campaign", "term", "content")

KINDS = {
    "page.visited": HitKind.PAGE,
    "form.submitted": HitKind.FORM,
    "file.downloaded": HitKind.DOWNLOAD,
}

Short = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=2_000)]
FieldName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that happened on a page.

    kind     a key of KINDS.
    page     the URL it happened on; only its path is kept.
    file     the URL of a downloaded file; likewise.
    form     the name in data-nurture-form.
    consent  whether the visitor agreed to be known again.
    """

    kind: Short
    page: Long
    referrer: Long = ""
    file: Long = ""
    form: Short = ""
    fields: Annotated[dict[FieldName, Long], msgspec.Meta(max_length=40)] = {}
    utm: dict[Short, Short] = {}
    consent: bool = False


_decoder = msgspec.json.Decoder(Message)


def read_message(body: bytes) -> Message | None:
    """The message in *body*, or None if it is not one of the script's."""
    try:
        message = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return message if message.kind in KINDS else None


def utm_of(message: Message) -> dict[str, str]:
    """The utm parameters that there are; any other names are dropped."""
    return {name: message.utm[name] for name in UTM if message.utm.get(name)}
