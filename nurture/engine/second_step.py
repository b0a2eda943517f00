"""The second step of a login: a code that changes every half minute (TOTP, RFC 6238), from a program that shares a key with us.

Each code is good once. Who has lost the program uses one of the spare codes, and who has lost those, too, asks an admin.
"""

import hashlib
import secrets
from base64 import b32decode, b32encode
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection, or_, select, update

from nurture.engine.accounts import Account, AccountError, account
from nurture.engine.audit import audit
from nurture.identity.seal import Seal, UnsealedError
from nurture.store import records as table

ISSUER = "Nurture"
PERSON = b"nurture 2nd step"
KEY_BYTES = 20  # as long as what SHA-1 gives (RFC 4226 §4)
HALF_MINUTE = 30
LATE = (0, -1, 1)
"""The half-minutes, from now, whose codes are taken: clocks differ, and typing takes time (RFC 6238 §5.2)."""
SPARE_CODES = 10
SPARE_BYTES = 6


def seal_for(secret: bytes) -> Seal:
    """What seals the keys of one-time codes in this installation."""
    return Seal(secret, PERSON)


def new_key() -> str:
    """A key for a program that makes codes, in Base32 as people type it."""
    return b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_uri(who: Account, key: str) -> str:
    """What a program reads out of a QR code: otpauth://totp/…"""
    return _codes(key).get_provisioning_uri(who.email, ISSUER)


def turn_on(
    connection: Connection, who: Account, key: str, typed: str, *, seal: Seal, now: datetime
) -> tuple[Account, tuple[str, ...]]:
    """From now on *who* is asked for codes made of *key*; every other session ends.

    Returns the account and its spare codes, which nobody can show again. Raises AccountError where *typed* is not the
    code of now: then the program has not understood the key.
    """
    used = _half_minute_of(key, typed, now)
    if used is None:
        raise AccountError("That is not the code of now. Look whether the clock of your telephone is right.")
    spare = tuple(secrets.token_hex(SPARE_BYTES) for _ in range(SPARE_CODES))
    _keep(
        connection,
        who,
        second_step=seal.seal(key),
        second_step_used=used,
        spare_codes=[_digest(code) for code in spare],
        epoch=table.account.c.epoch + 1,
    )
    audit(connection, actor=who.email, what="turned on the second step", now=now)
    return account(connection, who.id) or who, spare


def turn_off(connection: Connection, who: Account, *, by: str, now: datetime) -> None:
    """The password is enough again."""
    if who.second_step is not None:
        _keep(connection, who, second_step=None, second_step_used=None, spare_codes=None)
        audit(connection, actor=by, what="turned off the second step", target=who.email, now=now)


def passes(connection: Connection, who: Account, typed: str, *, seal: Seal, now: datetime) -> bool:
    """Whether *typed* is a code of *who* that was not used before; it is used now.

    Where the installation has another secret than the one that the key was sealed with, the spare codes are left.
    """
    if who.second_step is None:
        return False
    code = "".join(typed.split()).replace("-", "").lower()
    try:
        used = _half_minute_of(seal.unseal(who.second_step), code, now)
    except UnsealedError:
        used = None
    return _use_up(connection, who, used) if used is not None else _use_spare(connection, who, code)


def spare_left(connection: Connection, who: Account) -> int:
    return len(_spare(connection, who))


def _half_minute_of(key: str, code: str, now: datetime) -> int | None:
    """Of which half-minute near *now* it is the code."""
    current = int(now.timestamp()) // HALF_MINUTE
    for late in LATE:
        try:
            _codes(key).verify(code.encode(), (current + late) * HALF_MINUTE)
        except InvalidToken:
            continue
        return current + late
    return None


def _codes(key: str) -> TOTP:
    return TOTP(b32decode(key), 6, SHA1(), HALF_MINUTE)  # noqa: S303 what every such program understands


def _use_up(connection: Connection, who: Account, half_minute: int) -> bool:
    """Take the code of *half_minute*; False where it, or a later one, was taken before. Of two at once one is taken."""
    accounts = table.account
    taken = connection.execute(
        update(accounts)
        .where(
            accounts.c.id == who.id,
            or_(accounts.c.second_step_used.is_(None), accounts.c.second_step_used < half_minute),
        )
        .values(second_step_used=half_minute)
    )
    return taken.rowcount == 1


def _use_spare(connection: Connection, who: Account, code: str) -> bool:
    left = _spare(connection, who)
    if _digest(code) not in left:
        return False
    _keep(connection, who, spare_codes=[each for each in left if each != _digest(code)])
    return True


def _spare(connection: Connection, who: Account) -> list[str]:
    """Locked until the transaction ends, so that none is used twice."""
    accounts = table.account
    found = connection.scalar(select(accounts.c.spare_codes).where(accounts.c.id == who.id).with_for_update())
    return list(found or ())


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _keep(connection: Connection, who: Account, **columns: object) -> None:
    connection.execute(update(table.account).where(table.account.c.id == who.id).values(**columns))
