"""The same stories through the whole engine, on SQLite and PostgreSQL: mails are rendered, clicks go over the tracking host."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nurture.simulation.checks import violations
from tests.stories.engine_world import EngineWorld, with_mails
from tests.stories.telling import Story
from tests.stories.test_inquiry_to_customer import (
    test_a_lead_that_starts_a_trial_has_reached_the_goal,
    test_an_inquiry_becomes_a_customer_by_a_detour,
)

__all__ = [
    "test_a_lead_that_starts_a_trial_has_reached_the_goal",
    "test_an_inquiry_becomes_a_customer_by_a_detour",
]


@pytest.fixture(scope="module")
def catalog():
    return with_mails(Path(__file__).parent / "programme")


@pytest.fixture
def story(catalog, database_url, tmp_path):
    """A story whose world is an engine; when it has been told, its store breaks no invariant."""
    world = EngineWorld(catalog, datetime(2026, 3, 2, tzinfo=UTC), url=database_url, spool=tmp_path / "spool")
    yield Story(world)
    assert violations(world.engine.database, world.engine.live.programme) == []
    world.close()
