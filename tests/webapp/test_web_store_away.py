"""While the store is away, pages say so and ask to come again: 503, never 500, and nothing half done."""

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("path", ["/", "/leads", "/u/anything", "/f/anything"])
def test_a_page_is_asked_for_again(stand, client, monkeypatch, error, path):
    def away(*_):
        raise error("", {}, Exception("the database is away"))

    before = client.get(path).status_code
    with monkeypatch.context() as broken:
        for place in ("reading", "writing"):
            broken.setattr(stand.engine.database, place, away)
        answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "away for a moment" in answer.text
    assert client.get(path).status_code == before
