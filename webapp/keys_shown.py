"""The keys of an installation, as a page may show them: which there are, how old, and a fingerprint. Never a key."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from nurture.config import PREFIX, Settings
from nurture.doctor.ask.key import fingerprint, kind_of
from nurture.engine.installation import SEALED
from nurture.identity import Keyring

OURS = "installation key"
"""The purpose of the name that our own key is known by: nobody can tell the key from it."""
DIGITS = 16


class KeyLine(msgspec.Struct, frozen=True):
    """One key.

    what   what it is for.
    kind   algorithm and size; "" where that says nothing.
    print  its fingerprint; "" for one that has none, or cannot be read.
    since  when its file was written; None where that is not known.
    where  where it is set, and where not: how.
    """

    what: str
    kind: str
    print: str
    since: datetime | None
    where: str
    is_set: bool = True


def key_lines(settings: Settings, keyring: Keyring) -> list[KeyLine]:
    """Every key that signs or seals, ours first."""
    file = settings.home / "secret.key"
    by_file = settings.secret_key is None
    ours = KeyLine(
        what="Links, sessions, forms and webhooks; it seals the passwords below",
        kind="256 bits" if by_file else "",
        print=keyring.pseudonym(OURS, "")[:DIGITS],
        since=written_at(file) if by_file else None,
        where="secret.key in the folder of this installation" if by_file else f"{PREFIX}SECRET_KEY",
    )
    return [ours, *dkim_lines(settings)]


def dkim_lines(settings: Settings) -> list[KeyLine]:
    """The keys that sign mail; one line that says who signs where none of ours does."""
    if settings.by_provider:
        return [_nobody("the provider signs, with its own key")]
    domain = settings.dkim_domain
    keys = (
        (settings.dkim_selector, settings.dkim_key_file, "DKIM_KEY_FILE"),
        (settings.dkim_second_selector, settings.dkim_second_key_file, "DKIM_SECOND_KEY_FILE"),
    )
    lines = [_dkim(f"{selector}._domainkey.{domain}", file, name) for selector, file, name in keys if file]
    return lines or [_nobody(f"not set; the relay signs, or nobody: {PREFIX}DKIM_DOMAIN")]


def sealed_names(settings: Settings) -> list[str]:
    """Passwords and secrets that are set, by field, however they were set."""
    return sorted(name for name in SEALED if getattr(settings, name) is not None)


def written_at(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None


def _dkim(record: str, file: Path, name: str) -> KeyLine:
    what, where = f"DKIM, {record}", f"{PREFIX}{name}"
    try:
        pem = file.read_bytes()
        return KeyLine(what, kind_of(pem), fingerprint(pem), written_at(file), where)
    except (OSError, ValueError, TypeError):
        return KeyLine(what, "", "", written_at(file), f"{where}: it cannot be read", is_set=False)


def _nobody(where: str) -> KeyLine:
    return KeyLine("DKIM", "", "", None, where, is_set=False)
