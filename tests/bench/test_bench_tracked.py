"""The servers that are compared do the same work, and differ in what they keep."""

from pathlib import Path

import pytest
from werkzeug.test import Client

from nurture.bench import tracked
from nurture.bench.rig import KEYRING
from nurture.tracking.replay import Position, read
from nurture.vocabulary.touch import touch_id

TOKEN = KEYRING.touch_token(touch_id(1, 1), 1)
PIXEL, CLICK = f"/o/{TOKEN}.gif", f"/c/{TOKEN}/1"


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def kept() -> int:
    return len(read(tracked.SPOOL, Position(), 10).records) if tracked.SPOOL.exists() else 0


@pytest.mark.parametrize(
    ("make", "hits"), [(tracked.durable, 2), (tracked.without_record, 0), (tracked.flask_pixel, 0)]
)
def test_all_answer_alike_and_only_ours_keeps_a_record(make, hits: int):
    client = Client(make())
    pixel, click = client.get(PIXEL), client.get(CLICK)
    assert (pixel.status_code, pixel.mimetype) == (200, "image/gif")
    assert (click.status_code, click.location) == (302, tracked.GUIDE)
    assert kept() == hits


@pytest.mark.parametrize("make", [tracked.durable, tracked.without_record])
def test_what_is_no_hit_is_not_found(make):
    assert Client(make()).get("/").status_code == 404
