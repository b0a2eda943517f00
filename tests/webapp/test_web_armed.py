"""The dashboard says when nothing may leave."""

from pathlib import Path

from flask.testing import FlaskClient

from nurture.engine.arming import Arming
from tests.webapp.stand import Stand


def test_on_a_copy_the_dashboard_says_that_nothing_leaves_and_how_that_ends(
    stand: Stand, client: FlaskClient, tmp_path: Path
):
    assert "No mail leaves from here" not in client.get("/").text
    engine = stand.engine
    Arming(engine.database, tmp_path / "original", stand.clock, lambda: "id").leaves()
    engine._arming = Arming(engine.database, tmp_path / "copy", stand.clock, lambda: "id")
    page = client.get("/").text
    assert "No mail leaves from here" in page
    assert "nurture arm" in page
    engine.arm()
    assert "No mail leaves from here" not in client.get("/").text
