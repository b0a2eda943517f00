"""`nurture users`: who may log in, from the machine itself; and the link that a start prints."""

import re

import pytest
from click.testing import CliRunner

from nurture import app
from nurture.cli import main
from nurture.cli.run import greet
from nurture.engine.accounts import FIRST_ADMIN, Role, account_of, introduce
from nurture.engine.accounts_links import link_owner
from nurture.engine.accounts_login import LETS_IN, set_password

LINK = r"http://127\.0\.0\.1:8025/login/([\w-]+)"


@pytest.fixture(autouse=True)
def installation(tmp_path, monkeypatch):
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "var"))


@pytest.fixture
def engine():
    engine = app.make_engine(app.installed())
    yield engine
    engine.close()


def users(*words, code=0):
    ran = CliRunner().invoke(main, ["users", *words])
    assert ran.exit_code == code, ran.output
    return ran


def lets_in(engine, printed):
    """Whom the printed link lets in."""
    with engine.deciding() as (connection, now):
        found = link_owner(connection, re.search(LINK, printed)[1], LETS_IN, now=now)
    return None if found is None else (found[0].email, found[0].role)


def with_password(engine):
    with engine.deciding() as (connection, now):
        who = account_of(connection, FIRST_ADMIN)
        introduce(connection, who, name="Lena", email="lena@tarewell.example", now=now)
        set_password(
            connection, account_of(connection, "lena@tarewell.example"), "a sentence is fine", now=now
        )


def test_a_start_prints_a_link_until_an_admin_has_a_password(engine, capsys):
    greet(app.installed())
    first = capsys.readouterr().out
    assert lets_in(engine, first) == (FIRST_ADMIN, Role.ADMIN)
    greet(app.installed())
    assert lets_in(engine, capsys.readouterr().out) == (FIRST_ADMIN, Role.ADMIN)
    assert lets_in(engine, first) is None
    with_password(engine)
    greet(app.installed())
    last = capsys.readouterr().out
    assert "Nurture is at http://127.0.0.1:8025\n" in last
    assert "/login/" not in last


def test_a_start_prints_where_the_pages_are_reached(capsys, monkeypatch):
    monkeypatch.setenv("NURTURE_PUBLIC_URL", "https://nurture.tarewell.example")
    greet(app.installed())
    assert "Nurture is at https://nurture.tarewell.example/login/" in capsys.readouterr().out


def test_a_link_is_printed_for_whoever_lost_the_way(engine):
    assert lets_in(engine, users("link").stdout) == (FIRST_ADMIN, Role.ADMIN)
    with_password(engine)
    assert "a password already" in users("link", code=1).stderr
    assert lets_in(engine, users("link", "Lena@tarewell.example").stdout)[0] == "lena@tarewell.example"
    assert "has no account" in users("link", "nobody@tarewell.example", code=1).stderr


def test_somebody_is_invited_changed_and_disabled(engine):
    printed = users("invite", "karla@tarewell.example", "--role", "sales").stdout
    assert lets_in(engine, printed) == ("karla@tarewell.example", Role.SALES)
    users("set-role", "karla@tarewell.example", "marketer")
    assert "marketer" in users("list").stdout
    users("disable", "karla@tarewell.example")
    assert "disabled" in users("list").stdout
    assert lets_in(engine, printed) is None


def test_what_cannot_be_is_one_line_with_the_reason(engine):
    users("link")
    assert "last admin" in users("disable", FIRST_ADMIN, code=1).stderr
    assert "is not an e-mail address" in users("invite", "karla", "--role", "sales", code=1).stderr
    assert "king" in users("invite", "karla@tarewell.example", "--role", "king", code=2).stderr
