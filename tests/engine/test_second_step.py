"""The code that is asked for after the password: which are taken, how often, and what is left without the telephone."""

from base64 import b32decode, b32encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection, select

from nurture.engine.accounts import Account, AccountError, Role, account, add
from nurture.engine.accounts_links import Purpose, new_link
from nurture.engine.accounts_login import Refused, finish, log_in_by_link
from nurture.engine.accounts_tries import PER_ADDRESS
from nurture.engine.second_step import (
    SPARE_CODES,
    key_uri,
    new_key,
    passes,
    seal_for,
    spare_left,
    turn_off,
    turn_on,
)
from nurture.simulation.clock import VirtualClock
from nurture.store import records as table
from nurture.store.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HALF_MINUTE = timedelta(seconds=30)
SEAL = seal_for(b"the key of a test")
CLIENT = "192.0.2.7"


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as connection:
        yield connection


@pytest.fixture
def ines(connection: Connection) -> Account:
    return add(connection, "ines@tarewell.example", Role.ADMIN, by="a test", now=NOW)


def code(key: str, at: datetime = NOW) -> str:
    return TOTP(b32decode(key), 6, SHA1(), 30).generate(int(at.timestamp())).decode()


def on(connection: Connection, who: Account) -> tuple[Account, str, tuple[str, ...]]:
    """The account with its second step, its key and its spare codes; the code of NOW is used."""
    key = new_key()
    who, spare = turn_on(connection, who, key, code(key), seal=SEAL, now=NOW)
    return who, key, spare


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B: at 59 s, and at 1,111,111,109 s, shortened to six digits."""
    key = b32encode(b"12345678901234567890").decode()
    assert code(key, datetime.fromtimestamp(59, UTC)) == "287082"
    assert code(key, datetime.fromtimestamp(1_111_111_109, UTC)) == "081804"


def test_a_program_reads_the_key_from_the_picture(ines):
    key = new_key()
    read = urlsplit(key_uri(ines, key))
    said = {name: values[0] for name, values in parse_qs(read.query).items()}
    assert (read.scheme, read.netloc) == ("otpauth", "totp")
    assert said["secret"] == key
    assert said["issuer"] == "Nurture"
    assert "ines%40tarewell.example" in read.path


def test_it_is_not_turned_on_until_the_program_has_shown_a_right_code(connection, ines):
    key = new_key()
    with pytest.raises(AccountError, match="not the code of now"):
        turn_on(connection, ines, key, "000000" if code(key) != "000000" else "111111", seal=SEAL, now=NOW)
    assert account(connection, ines.id) == ines


def test_turning_it_on_ends_every_other_session_and_keeps_the_key_sealed(connection, ines):
    who, key, spare = on(connection, ines)
    assert who.epoch == ines.epoch + 1
    assert key not in str(connection.execute(select(table.account)).all())
    assert not any(each in str(connection.execute(select(table.account)).all()) for each in spare)
    assert len(set(spare)) == SPARE_CODES == spare_left(connection, who)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_code_of_the_half_minute_before_or_after_is_taken(connection, ines, late):
    who, key, _ = on(connection, ines)
    later = NOW + 10 * HALF_MINUTE
    assert passes(connection, who, code(key, later + late * HALF_MINUTE), seal=SEAL, now=later)


@pytest.mark.parametrize("late", [-3, -2, 2, 3])
def test_one_that_is_further_away_is_not(connection, ines, late):
    who, key, _ = on(connection, ines)
    later = NOW + 10 * HALF_MINUTE
    assert not passes(connection, who, code(key, later + late * HALF_MINUTE), seal=SEAL, now=later)


def test_a_code_is_good_once_and_none_before_it_any_more(connection, ines):
    who, key, _ = on(connection, ines)
    assert not passes(connection, who, code(key), seal=SEAL, now=NOW)  # turned it on
    later = NOW + 10 * HALF_MINUTE
    typed = code(key, later)
    assert passes(connection, who, f" {typed[:3]} {typed[3:]}", seal=SEAL, now=later)
    assert not passes(connection, who, typed, seal=SEAL, now=later)
    assert not passes(connection, who, code(key, later - HALF_MINUTE), seal=SEAL, now=later)


def test_a_spare_code_is_good_once(connection, ines):
    who, _, spare = on(connection, ines)
    typed = f"{spare[3][:6]}-{spare[3][6:]}".upper()
    assert passes(connection, who, typed, seal=SEAL, now=NOW)
    assert not passes(connection, who, typed, seal=SEAL, now=NOW)
    assert spare_left(connection, who) == SPARE_CODES - 1
    assert passes(connection, who, spare[4], seal=SEAL, now=NOW)


@pytest.mark.parametrize("typed", ["", "abcdef", "１２３４５６", "12345", "1234567", "\x00", "é" * 400])
def test_anything_else_is_refused(connection, ines, typed):
    who, _, _ = on(connection, ines)
    assert not passes(connection, who, typed, seal=SEAL, now=NOW)


def test_under_another_secret_the_spare_codes_are_left(connection, ines):
    who, key, spare = on(connection, ines)
    later, other = NOW + HALF_MINUTE, seal_for(b"another key")
    assert not passes(connection, who, code(key, later), seal=other, now=later)
    assert passes(connection, who, spare[0], seal=other, now=later)


def test_who_has_none_passes_by_no_code(connection, ines):
    assert not passes(connection, ines, "123456", seal=SEAL, now=NOW)


def test_turned_off_the_first_step_is_enough_and_old_codes_are_worth_nothing(connection, ines):
    who, key, spare = on(connection, ines)
    turn_off(connection, who, by="an admin", now=NOW)
    who = account(connection, ines.id)
    assert who.second_step is None
    assert spare_left(connection, who) == 0
    assert not passes(connection, who, code(key, NOW + HALF_MINUTE), seal=SEAL, now=NOW + HALF_MINUTE)
    assert not passes(connection, who, spare[0], seal=SEAL, now=NOW)


def test_a_link_is_a_first_step_like_a_password(database):
    with database.writing() as connection:
        who, key, _ = on(
            connection, add(connection, "ines@tarewell.example", Role.ADMIN, by="a test", now=NOW)
        )
        token = new_link(connection, who, Purpose.LOGIN, now=NOW)
        halfway = log_in_by_link(connection, token, now=NOW, client=CLIENT)
    assert halfway.logged_in_at is None
    clock = VirtualClock(NOW + HALF_MINUTE)
    assert finish(database, clock, who, "nonsense", seal=SEAL, client=CLIENT) is Refused.WRONG
    assert finish(database, clock, who, code(key, clock.now()), seal=SEAL, client=CLIENT).id == who.id
    with database.reading() as connection:
        assert account(connection, who.id).logged_in_at == clock.now()
        told = (
            connection.execute(select(table.audit_entry.c.what).order_by(table.audit_entry.c.id))
            .scalars()
            .all()
        )
    assert told[-3:] == ["took the first step", "gave a wrong code", "logged in"]


def test_codes_cannot_be_tried_until_one_fits(database):
    with database.writing() as connection:
        who, key, _ = on(
            connection, add(connection, "ines@tarewell.example", Role.ADMIN, by="a test", now=NOW)
        )
    clock = VirtualClock(NOW + HALF_MINUTE)
    for _ in range(PER_ADDRESS):
        assert finish(database, clock, who, "000000", seal=SEAL, client=CLIENT) is Refused.WRONG
    right = code(key, clock.now())
    assert finish(database, clock, who, right, seal=SEAL, client="192.0.2.8") is Refused.TOO_OFTEN
