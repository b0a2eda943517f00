"""dkimpy's verdict. It checks Ed25519 only with a library of its own, so that signature is OpenDKIM's to judge."""

import dkim

from tests.wire.mails import Keys


def by_dkimpy(keys: Keys, signed: bytes) -> bool:
    """Whether dkimpy believes the RSA signature of a mail that was signed twice, and every field is covered that must be."""
    fields, _ = dkim.rfc822_parse(signed)
    signatures = [dkim.parse_tag_value(value) for name, value in fields if name.lower() == b"dkim-signature"]
    (index,) = [index for index, tags in enumerate(signatures) if tags[b"s"] == b"rsa"]
    records = keys.records

    def asked(name: bytes, timeout: int = 5) -> bytes:
        return records[name.decode().rstrip(".")].encode()

    return dkim.DKIM(signed).verify(idx=index, dnsfunc=asked)
