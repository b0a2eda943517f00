"""What pages set: kept in the store, secrets sealed, the environment stronger, in effect at once."""

import pytest
from sqlalchemy.exc import OperationalError

from nurture import app
from nurture.config import read_settings
from nurture.daemon.fresh import FreshApp, Watch
from nurture.engine.installation import read_installation, write_installation
from nurture.errors import SetupError
from nurture.store.records import setting

SECRET, OTHER = b"a" * 32, b"b" * 32


def write(company, **values):
    with company.engine.deciding() as (connection, now):
        write_installation(connection, values, secret=SECRET, actor="ada@small.example", now=now)


def read(company, secret=SECRET):
    with company.database.reading() as connection:
        return read_installation(connection, secret)


def test_what_was_set_is_read_again_and_a_none_takes_it_back(bare):
    write(bare, tracking_url="https://links.small.example", smtp_port=25)
    assert read(bare) == {"tracking_url": "https://links.small.example", "smtp_port": 25}
    write(bare, smtp_port=None)
    assert read(bare) == {"tracking_url": "https://links.small.example"}


def test_a_password_lies_sealed_and_opens_only_with_its_key(bare):
    write(bare, smtp_password="correct horse")
    (row,) = bare.rows(setting)
    assert "horse" not in str(row.value)
    assert read(bare) == {"smtp_password": "correct horse"}
    with pytest.raises(SetupError, match="sealed with another secret key"):
        read(bare, OTHER)


def test_the_environment_is_stronger_than_the_store_and_the_store_than_the_default(monkeypatch):
    monkeypatch.setenv("NURTURE_SMTP_PORT", "2525")
    settings = read_settings({"smtp_port": 25, "smtp_host": "relay.example"})
    assert (settings.smtp_port, settings.smtp_host, settings.smtp_tls) == (2525, "relay.example", "starttls")


def test_stored_settings_keep_every_promise_of_settings():
    with pytest.raises(SetupError, match="recipients cannot reach"):
        read_settings({"transport": "smtp"})
    assert read_settings({"transport": "smtp", "tracking_url": "https://l.example"}).transport == "smtp"


def test_an_installation_that_keeps_nothing_yet_has_the_environments_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "nowhere"))
    assert app.installed() == read_settings()
    assert not (tmp_path / "nowhere").exists(), "asking makes nothing"


def test_whoever_watches_learns_of_it(bare):
    watch = Watch(bare.engine)
    bare.clock.turn_to(bare.clock.now().replace(minute=5))
    assert not watch.is_stale
    bare.clock.turn_to(bare.clock.now().replace(minute=6))
    write(bare, smtp_port=25)
    assert watch.is_stale


def test_whoever_watches_lives_on_while_the_store_is_away(bare, monkeypatch):
    def away():
        raise OperationalError("", {}, Exception("the database is away"))

    watch = Watch(bare.engine)
    write(bare, smtp_port=25)
    with monkeypatch.context() as broken:
        broken.setattr(bare.engine.database, "reading", away)
        bare.clock.turn_to(bare.clock.now().replace(minute=5))
        assert not watch.is_stale
    bare.clock.turn_to(bare.clock.now().replace(minute=6))
    assert watch.is_stale


def test_pages_are_made_anew_with_what_was_set(bare, database_url):
    made = []

    def make():
        made.append(read(bare).get("smtp_port"))
        return (lambda _environ, _start: [str(made[-1]).encode()]), type(bare)(database_url).engine

    fresh = FreshApp(make)
    assert fresh({}, None) == [b"None"]
    write(bare, smtp_port=25)
    fresh._watch._engine.clock.turn_to(bare.clock.now().replace(minute=7))
    assert fresh({}, None) == [b"25"]
    assert made == [None, 25]
    fresh._engine.close()


def test_what_cannot_be_served_as_it_is_set_is_refused_until_it_can(bare, database_url):
    wrong, answers = [], []

    def make():
        if wrong:
            raise SetupError("this store was moved to db.small.example")
        return (lambda _environ, _start: [b"a page"]), type(bare)(database_url).engine

    def ask(minute):
        fresh._watch._engine.clock.turn_to(bare.clock.now().replace(minute=minute))
        return b"".join(fresh({}, lambda status, _headers: answers.append(status)))

    fresh = FreshApp(make)
    assert ask(7) == b"a page"
    wrong.append(True)
    write(bare, smtp_port=25)
    assert b"its log says why" in ask(8)
    assert b"db.small.example" not in ask(9)
    assert answers == ["503 Service Unavailable"] * 2
    wrong.clear()
    assert ask(10) == b"a page"
    fresh._engine.close()
