"""A file given to a page brings what the command brings: the same leads, events, states and consents, to the last character."""

import io
import logging
import zipfile
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, select

from nurture import app
from nurture.cli import main
from nurture.engine.accounts import Role, add
from nurture.simulation.clock import VirtualClock
from nurture.store import records as table
from tests.engine.company import MONDAY, Company
from tests.webapp.test_web_imports import LEADS, Form, chosen
from webapp import create_app

EXPORTS = Path(__file__).parents[1] / "capture" / "exports"
COMPARED = (
    table.lead, table.event, table.lead_state, table.suppression, table.lead_tag, table.import_job, table.due, table.company,
)  # fmt: skip
ADDRESSES = b"Mail,Vorname\n" + b"".join(b"p%d@x.example,P%d\n" % (n % 40, n) for n in range(60))


@pytest.fixture(autouse=True)
def own_log():
    """Commands log to a stream that is gone after the test: nobody may log to it later."""
    yield
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if type(each) is not logging.StreamHandler]


@pytest.fixture
def other_url(request, database_url, tmp_path):
    """A second store beside that of ``database_url``, on the same engine."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'other.sqlite'}"
        return
    name = make_url(database_url).database
    server = request.getfixturevalue("postgres_url").replace("+psycopg", "", 1)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_too TEMPLATE template0 STRATEGY file_copy")
        yield database_url.replace(f"/{name}?", f"/{name}_too?")
        connection.execute(f"DROP DATABASE {name}_too WITH (FORCE)")


@pytest.fixture
def companies(database_url, other_url):
    """Two companies with one programme."""
    both = Company(database_url), Company(other_url)
    for company in both:
        company.publish()
    yield both
    for company in both:
        company.engine.close()


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(EXPORTS.glob("*_email_audience_*.csv")):
            archive.write(file, file.name)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("given", "how"),
    [
        (("leads.csv", LEADS), ([], {})),
        (("twice.csv", ADDRESSES), (["--duplicates", "reject", "--source", "fair"], {"duplicates": "reject", "source": "fair"})),
        (("audience.zip", zipped()), (["--list", "events"], {"lists": "events"})),
        (("hub.csv", (EXPORTS / "hubspot-crm-exports-all-contacts-2026-11-20.csv").read_bytes()), ([], {})),
    ],
    ids=["a list", "duplicates", "a zip of an audience", "contacts with history"],
)  # fmt: skip
def test_a_page_brings_what_the_command_brings(companies, typed, tmp_path, given, how):
    by_command, by_page = companies
    options, fields = how
    typed(given, options)
    page(by_page, tmp_path, given, fields)
    for company in companies:
        company.later(minutes=1)
    for each in COMPARED:
        assert kept(by_page, each) == kept(by_command, each), each.name
    assert kept(by_page, table.lead)


@pytest.fixture
def typed(database_url, tmp_path, monkeypatch):
    """Types the command that imports a file."""

    def command(given, options):
        name, content = given
        file = tmp_path / "typed" / name
        file.parent.mkdir()
        file.write_bytes(content)
        monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "typed"))
        monkeypatch.setenv("NURTURE_DATABASE_URL", database_url)
        monkeypatch.setattr(app, "SystemClock", lambda: VirtualClock(MONDAY))
        ran = CliRunner().invoke(main, ["leads", "import", str(file), *options])
        assert ran.exit_code == 0, ran.output

    return command


def page(company, tmp_path, given, fields):
    name, content = given
    pages = create_app(company.engine, secret=b"s" * 32, mailbox=None, home=tmp_path / "given")
    with company.engine.deciding() as (connection, now):
        who = add(connection, "mara@small.example", Role.MARKETER, by="test", now=now)
    client = pages.test_client()
    with client.session_transaction() as session:
        session.update(account=who.id, epoch=who.epoch, seen=MONDAY.timestamp())
    form = Form(client)
    tried = form.give(content, name, **fields).text
    done = form.press(1, "begin", **chosen(tried), **fields)
    assert 'class="tiles"' in done.text


def kept(company, what):
    """Every row of a table, in the order of its contents: who came first gets which number is the same, too."""
    with company.database.reading() as connection:
        return sorted(repr(tuple(row)) for row in connection.execute(select(what)))
