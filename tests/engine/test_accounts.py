"""Who is let in, by what, how often, and what ends it; on both engines."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from nurture.engine import accounts_passwords
from nurture.engine.accounts import (
    FIRST_ADMIN,
    Account,
    AccountError,
    Role,
    account,
    account_of,
    active_admins,
    add,
    disable,
    enable,
    end_sessions,
    first_admin,
    introduce,
    set_role,
)
from nurture.engine.accounts_links import VALID, Purpose, link_owner, new_link, use_link
from nurture.engine.accounts_login import (
    LETS_IN,
    RESETS,
    Refused,
    ask_reset,
    log_in,
    log_in_by_link,
    reset_password,
    set_password,
)
from nurture.engine.accounts_passwords import NOBODYS, hashed, is_outdated, matches
from nurture.engine.accounts_tries import PER_ADDRESS, PER_CLIENT, WINDOW, login_limits, may_try
from nurture.simulation.clock import VirtualClock
from nurture.store import records as table
from nurture.store.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PASSWORD = "a sentence is fine"


@pytest.fixture
def full_hashes(monkeypatch):
    """The hashes of an installation; other tests have quicker ones."""
    monkeypatch.setattr(accounts_passwords, "_hasher", PasswordHasher())


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def lena(database: Database) -> Account:
    """An admin with a password."""
    with database.writing() as connection:
        who = add(connection, "lena@tarewell.example", Role.ADMIN, by="test", now=NOW)
        return set_password(connection, who, PASSWORD, now=NOW)


@pytest.fixture
def karla(database: Database, lena: Account) -> Account:
    """A rep without a password yet."""
    with database.writing() as connection:
        return add(connection, " Karla@Tarewell.example ", Role.SALES, by=lena.email, now=NOW)


@pytest.fixture
def come(database: Database, clock: VirtualClock):
    """Somebody at the door."""

    def come(email: str, password: str = PASSWORD, client: str = "192.0.2.7") -> Account | Refused:
        return log_in(database, clock, email, password, client=client)

    return come


def now_is(database: Database, who: Account) -> Account:
    with database.reading() as connection:
        found = account(connection, who.id)
    assert found
    return found


def acts(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as connection:
        return [
            (row.actor, row.what, row.target)
            for row in connection.execute(select(table.audit_entry).order_by(table.audit_entry.c.id))
        ]


# ---------------------------------------------------------------- by password


@pytest.mark.parametrize("email", ["lena@tarewell.example", " LENA@tarewell.example "])
def test_the_right_password_lets_in_however_the_address_is_typed(lena: Account, come, email: str):
    assert come(email).id == lena.id


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("lena@tarewell.example", "another sentence"),
        ("lena@tarewell.example", ""),
        ("nobody@tarewell.example", PASSWORD),
        ("karla@tarewell.example", PASSWORD),
        ("karla@tarewell.example", ""),
        ("not an address", PASSWORD),
        ("lena@tarewell.example" + "x" * 5_000, PASSWORD),
        ("lena@tarewell.example", PASSWORD + "x" * 5_000),
    ],
)
@pytest.mark.usefixtures("karla")
def test_whatever_is_wrong_is_refused_alike(come, email: str, password: str):
    assert come(email, password) is Refused.WRONG


def test_an_unknown_address_is_compared_with_a_hash_too(come, monkeypatch, lena: Account):
    compared = []
    right = accounts_passwords._hasher

    class Hasher:
        def verify(self, stored: str, password: str) -> bool:
            compared.append(stored)
            return right.verify(stored, password)

    monkeypatch.setattr(accounts_passwords, "_hasher", Hasher())
    come("nobody@tarewell.example", "wrong")
    come(lena.email, "wrong")
    assert compared == [NOBODYS, lena.password]


@pytest.mark.usefixtures("full_hashes")
def test_the_hash_that_stands_for_nobody_costs_what_a_new_one_costs():
    assert not is_outdated(NOBODYS)
    assert is_outdated(NOBODYS.replace("t=3", "t=2"))
    assert not matches(None, "")


def test_a_hash_of_weaker_parameters_is_replaced_at_the_next_login(
    database: Database, lena: Account, come, full_hashes
):
    assert lena.password.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    come(lena.email)
    assert now_is(database, lena).password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert come(lena.email).id == lena.id


def test_letters_typed_on_another_machine_are_the_same_letters():
    composed, decomposed = "gr\u00fc\u00dfe aus k\u00f6ln", "gru\u0308\u00dfe aus ko\u0308ln"
    assert matches(hashed(composed, email="x@y.example"), decomposed)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "lena@tarewell.example", "x" * 300])
def test_a_password_that_is_easily_guessed_is_not_taken(database: Database, lena: Account, password: str):
    with pytest.raises(AccountError, match="password"), database.writing() as connection:
        set_password(connection, lena, password, now=NOW)
    assert now_is(database, lena) == lena


def test_a_disabled_account_is_not_let_in(database: Database, come, lena: Account, karla: Account):
    with database.writing() as connection:
        set_role(connection, karla, Role.ADMIN, by=lena.email, now=NOW)
        disable(connection, lena, by=karla.email, now=NOW)
    assert come(lena.email) is Refused.WRONG
    with database.writing() as connection:
        enable(connection, now_is(database, lena), by=karla.email, now=NOW)
    assert come(lena.email).id == lena.id


# ---------------------------------------------------------------- how often


def test_after_so_many_tries_even_the_right_password_is_refused(come, clock: VirtualClock, lena: Account):
    answers = [come(lena.email, "wrong", client=f"192.0.2.{n}") for n in range(PER_ADDRESS)]
    assert set(answers) == {Refused.WRONG}
    assert come(lena.email) is Refused.TOO_OFTEN
    clock.turn_to(NOW + WINDOW)
    assert come(lena.email).id == lena.id


def test_a_right_try_wipes_out_those_before_it(database: Database, come, lena: Account):
    for _ in range(PER_ADDRESS - 1):
        come(lena.email, "wrong")
    assert come(lena.email).id == lena.id
    for _ in range(PER_ADDRESS - 1):
        come(lena.email, "wrong")
    assert come(lena.email).id == lena.id


def test_one_client_cannot_try_every_address(database: Database):
    with database.writing() as connection:
        allowed = [
            may_try(connection, login_limits(f"p{n}@x.example", "192.0.2.7"), now=NOW)
            for n in range(PER_CLIENT + 1)
        ]
        assert may_try(connection, login_limits("p0@x.example", "192.0.2.8"), now=NOW)
    assert allowed == [True] * PER_CLIENT + [False]


def test_people_who_log_in_rightly_do_not_use_up_their_office(database: Database, come, lena: Account):
    for _ in range(3):
        come(lena.email)
    with database.reading() as connection:
        assert connection.execute(select(table.login_try)).all() == []


def test_tries_are_forgotten_after_a_while(database: Database):
    with database.writing() as connection:
        may_try(connection, login_limits("a@x.example", "192.0.2.7"), now=NOW)
        may_try(connection, login_limits("b@x.example", "192.0.2.8"), now=NOW + WINDOW)
        subjects = set(connection.execute(select(table.login_try.c.subject)).scalars())
    assert subjects == {"login as b@x.example", "login from 192.0.2.8"}


# ---------------------------------------------------------------- by a link


def test_a_link_lets_in_once(database: Database, karla: Account):
    with database.writing() as connection:
        token = new_link(connection, karla, Purpose.INVITATION, now=NOW)
        assert log_in_by_link(connection, token, now=NOW, client="192.0.2.7") == karla
        assert log_in_by_link(connection, token, now=NOW, client="192.0.2.7") is None


def test_looking_at_a_link_does_not_use_it(database: Database, karla: Account):
    with database.writing() as connection:
        token = new_link(connection, karla, Purpose.LOGIN, now=NOW)
        assert link_owner(connection, token, LETS_IN, now=NOW) == (karla, Purpose.LOGIN)
        assert use_link(connection, token, LETS_IN, now=NOW) == (karla, Purpose.LOGIN)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_works_as_long_as_it_says(database: Database, karla: Account, purpose: Purpose):
    with database.writing() as connection:
        token = new_link(connection, karla, purpose, now=NOW)
        last = NOW + VALID[purpose] - timedelta(microseconds=1)
        assert link_owner(connection, token, frozenset(Purpose), now=last)
        assert link_owner(connection, token, frozenset(Purpose), now=NOW + VALID[purpose]) is None


def test_a_link_works_for_its_own_purpose_alone(database: Database, karla: Account):
    with database.writing() as connection:
        reset = new_link(connection, karla, Purpose.RESET, now=NOW)
        login = new_link(connection, karla, Purpose.LOGIN, now=NOW)
        assert log_in_by_link(connection, reset, now=NOW, client="") is None
        assert reset_password(connection, login, PASSWORD, now=NOW, client="") is None
        assert use_link(connection, reset, RESETS, now=NOW)


def test_a_newer_link_takes_the_place_of_the_older(database: Database, karla: Account):
    with database.writing() as connection:
        older, newer = (new_link(connection, karla, Purpose.LOGIN, now=NOW) for _ in range(2))
        assert use_link(connection, older, LETS_IN, now=NOW) is None
        assert use_link(connection, newer, LETS_IN, now=NOW)


def test_the_store_does_not_hold_what_lets_in(database: Database, karla: Account):
    with database.writing() as connection:
        token = new_link(connection, karla, Purpose.LOGIN, now=NOW)
        stored = connection.execute(select(table.account_link)).one()
    assert len(token) >= 43  # 256 bits in base64url
    assert token not in str(stored)


@given(st.text(max_size=60))
def test_no_other_text_is_a_link(text: str):
    database = Database("sqlite:///:memory:", durable=False)
    table.metadata.create_all(database.engine, tables=[table.account, table.account_link, table.audit_entry])
    with database.writing() as connection:
        who = add(connection, "karla@tarewell.example", Role.SALES, by="test", now=NOW)
        token = new_link(connection, who, Purpose.LOGIN, now=NOW)
        flipped = token[:-1] + chr(ord(token[-1]) ^ 1)
        for guess in (text, flipped, token + text.strip() + "x", token.lower()):
            assert link_owner(connection, guess, LETS_IN, now=NOW) is None
    database.close()


# ---------------------------------------------------------------- a forgotten password


def test_a_reset_sets_the_password_and_ends_what_was_open(database: Database, come, lena: Account):
    with database.writing() as connection:
        login = new_link(connection, lena, Purpose.LOGIN, now=NOW)
        found = ask_reset(connection, lena.email, now=NOW, client="192.0.2.7")
        assert isinstance(found, tuple)
        after = reset_password(connection, found[1], "quite another one", now=NOW, client="192.0.2.7")
        assert after.epoch == lena.epoch + 1
        assert log_in_by_link(connection, login, now=NOW, client="") is None
    assert come(lena.email) is Refused.WRONG
    assert come(lena.email, "quite another one").id == lena.id


def test_a_password_that_is_refused_leaves_the_link_good(database: Database, lena: Account):
    with database.writing() as connection:
        _, token = ask_reset(connection, lena.email, now=NOW, client="192.0.2.7")
    with pytest.raises(AccountError), database.writing() as connection:
        reset_password(connection, token, "short", now=NOW, client="192.0.2.7")
    with database.writing() as connection:
        assert reset_password(connection, token, "quite another one", now=NOW, client="192.0.2.7")


def test_nobody_is_mailed_for_an_address_without_an_account(database: Database):
    with database.writing() as connection:
        assert ask_reset(connection, "nobody@x.example", now=NOW, client="192.0.2.7") is None


def test_a_mailbox_is_not_filled_with_resets(database: Database, lena: Account):
    with database.writing() as connection:
        answers = [ask_reset(connection, lena.email, now=NOW, client=f"192.0.2.{n}") for n in range(4)]
    assert [isinstance(each, tuple) for each in answers] == [True, True, True, False]
    assert answers[3] is Refused.TOO_OFTEN


# ---------------------------------------------------------------- accounts


@pytest.mark.parametrize(
    "email", ["", "karla", "karla@", "karla@tarewell.example\nbcc: x@y.example", "lena@TAREWELL.example"]
)
def test_an_account_has_an_address_of_its_own(database: Database, lena: Account, email: str):
    with pytest.raises(AccountError), database.writing() as connection:
        add(connection, email, Role.VIEWER, by=lena.email, now=NOW)


@pytest.mark.parametrize("act", ["role", "disable", "sessions", "password"])
def test_whatever_takes_a_right_away_ends_the_sessions(
    database: Database, lena: Account, karla: Account, act: str
):
    with database.writing() as connection:
        match act:
            case "role":
                set_role(connection, karla, Role.VIEWER, by=lena.email, now=NOW)
            case "disable":
                disable(connection, karla, by=lena.email, now=NOW)
            case "sessions":
                end_sessions(connection, karla, now=NOW)
            case "password":
                set_password(connection, karla, PASSWORD, now=NOW)
    assert now_is(database, karla).epoch == karla.epoch + 1


def test_a_name_or_the_same_role_ends_nothing(database: Database, lena: Account, karla: Account):
    with database.writing() as connection:
        introduce(connection, karla, name=" Karla \n Lang ", email=karla.email, now=NOW)
        set_role(connection, karla, Role.SALES, by=lena.email, now=NOW)
    after = now_is(database, karla)
    assert (after.name, after.epoch) == ("Karla Lang", karla.epoch)


def test_nobody_takes_the_address_of_another(database: Database, lena: Account, karla: Account):
    with pytest.raises(AccountError, match="has an account"), database.writing() as connection:
        introduce(connection, lena, name="", email=karla.email, now=NOW)


@pytest.mark.parametrize(
    "act", [disable, lambda *a, **k: set_role(*a[:2], Role.VIEWER, **k)], ids=["disable", "role"]
)
def test_the_last_admin_stays(database: Database, lena: Account, karla: Account, act):
    with pytest.raises(AccountError, match="last admin"), database.writing() as connection:
        act(connection, lena, by=lena.email, now=NOW)
    with database.writing() as connection:
        set_role(connection, karla, Role.ADMIN, by=lena.email, now=NOW)
        act(connection, lena, by=karla.email, now=NOW)
        assert [each.email for each in active_admins(connection)] == [karla.email]


def test_the_first_admin_is_let_in_until_an_admin_has_a_password(database: Database):
    with database.writing() as connection:
        who = first_admin(connection, now=NOW)
        assert (who.email, who.role) == (FIRST_ADMIN, Role.ADMIN)
        assert first_admin(connection, now=NOW) == who
        introduce(connection, who, name="Lena", email="lena@tarewell.example", now=NOW)
        assert first_admin(connection, now=NOW).id == who.id
        set_password(connection, account_of(connection, "lena@tarewell.example"), PASSWORD, now=NOW)
        assert first_admin(connection, now=NOW) is None


def test_every_act_is_written_down(database: Database, come, lena: Account, karla: Account):
    come(lena.email)
    come(lena.email, "wrong")
    come("nobody@tarewell.example", "a password in the wrong field")
    with database.writing() as connection:
        set_role(connection, karla, Role.VIEWER, by=lena.email, now=NOW)
        disable(connection, now_is(database, karla), by=lena.email, now=NOW)
    assert acts(database) == [
        ("test", "invited", "lena@tarewell.example"),
        ("lena@tarewell.example", "changed the password", ""),
        ("lena@tarewell.example", "invited", "karla@tarewell.example"),
        ("lena@tarewell.example", "logged in", ""),
        ("lena@tarewell.example", "failed to log in", ""),
        ("no account", "failed to log in", ""),
        ("lena@tarewell.example", "changed the role", "karla@tarewell.example"),
        ("lena@tarewell.example", "disabled", "karla@tarewell.example"),
    ]
