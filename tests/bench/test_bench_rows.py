"""Every row runs and gives a ratio. Whether it is good is not for a test to say: machines differ."""

import json
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from nurture.bench import programs, tracking
from nurture.bench.absorbing import BATCH
from nurture.bench.command import bench
from nurture.bench.figures import Scale
from nurture.bench.hits import hits_of, scanned_hits_of
from nurture.bench.rows import ROWS
from nurture.errors import SetupError
from nurture.tracking.hits import HitKind


@pytest.mark.parametrize("row", ROWS)
def test_row_gives_ratios(row: int):
    figures = ROWS[row].measure(Scale.SMALL, 1)
    assert figures
    for figure in figures:
        assert figure.row == row
        assert figure.ratio > 0


@pytest.mark.parametrize(
    ("row", "remedy"), [(1, r"smtp-s.*`apt-get install .*postfix`"), (8, "wrk.*`apt-get install wrk`")]
)
def test_absent_program_is_named_with_the_command_that_installs_it(
    row: int, remedy: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(programs.shutil, "which", lambda *_, **__: None)
    with pytest.raises(SetupError, match=remedy):
        ROWS[row].measure(Scale.SMALL, 1)


def test_absent_server_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracking, "find_spec", lambda _: None)
    with pytest.raises(SetupError, match=r"gunicorn.*`pip install gunicorn`"):
        ROWS[8].measure(Scale.SMALL, 1)


def test_server_that_does_not_start_is_shown_with_its_own_words(tmp_path: Path):
    port = programs.free_port()
    broken = [sys.executable, "-c", "raise SystemExit('no such thing')"]
    with pytest.raises(SetupError, match="no such thing"), programs.serving(broken, port, tmp_path):
        pytest.fail("it serves")


def test_command_prints_the_ratio_with_what_it_was_measured_with():
    told = CliRunner().invoke(bench, ["5", "--runs", "1", "--scale", "small"])
    assert told.exit_code == 0, told.output
    for word in ("nurture bench 5 --runs 1 --scale small", "EmailMessage", "sqlite", "cores"):
        assert word in " ".join(told.output.split())


def test_command_prints_every_number_for_programs():
    told = CliRunner().invoke(bench, ["5", "--runs", "2", "--scale", "small", "--json"])
    report = json.loads(told.stdout)
    (figure,) = report["figures"]
    assert len(figure["ours"]) == len(figure["yardstick"]) == len(figure["ratios"]) == 2
    assert msgspec.json.encode(report["machine"])


def test_the_clicks_of_a_scanner_come_in_batches_of_their_own():
    hits = scanned_hits_of(1_000)
    places: dict[int, list[int]] = {}
    for place, hit in enumerate(hits):
        if hit.kind is HitKind.CLICK:
            places.setdefault(hit.touch_id, []).append(place)
    assert len(hits) == len(hits_of(1_000))
    assert len(places) == 1_000
    assert all(second - first >= BATCH for first, second in places.values())
