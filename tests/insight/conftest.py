"""Read models only read: one company serves all of a module's tests, once on each engine that we promise."""

from collections.abc import Iterator

import psycopg
import pytest

from nurture.engine.intake import NewLead
from nurture.vocabulary.words import EventKind
from tests.webapp.stand import Stand

CROWD = 9


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A SQLAlchemy URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('insight') / 'nurture.sqlite'}"
        return
    server: str = request.getfixturevalue("postgres_url")
    with psycopg.connect(server.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("CREATE DATABASE insight")
        yield server.replace("/postgres?", "/insight?")
        connection.execute("DROP DATABASE insight WITH (FORCE)")


@pytest.fixture(scope="module")
def company(module_url: str) -> Iterator[Stand]:
    """Four people and a crowd; Ada was handed to sales and Bob read the docs; everybody had a first mail."""
    stand = Stand(module_url).publish().with_people()
    crowd = [
        NewLead(reference=f"n{n}", fields={"email": f"n{n}@x.example", "first_name": f"N{n}"})
        for n in range(CROWD)
    ]
    stand.engine.enter_leads(crowd, source="import")
    stand.happens("bob", EventKind.PAGE_VISITED, path="/docs")
    stand.happens(
        "bob", EventKind.MAIL_CLICKED, touch=stand.first_touch("bob"), link="estimate", humanity=0.9
    )
    stand.with_a_hot_lead()
    yield stand
    stand.engine.close()
