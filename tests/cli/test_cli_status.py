"""`nurture status` counts rows; `nurture arm` lets a copy send."""

import pytest

from nurture import app
from nurture.cli.status import verdict
from nurture.insight.standing import Standing

EMPTY = Standing(
    due=0, oldest_due=None, planned=0, deferred=0, claimed=0, sending=0, unknown=0, outbox=0, events=0
)


def test_an_empty_store_is_finished(nurture):
    ran = nurture("status")
    assert ran.exit_code == 0, ran.output
    assert "Finished: no mail waits." in ran.output
    assert "Not armed" not in ran.output


def test_arming_asks_first(nurture, monkeypatch, tmp_path):
    monkeypatch.setenv("NURTURE_TRANSPORT", "smtp")
    monkeypatch.setenv("NURTURE_ALLOW_LOCAL_LINKS", "true")
    assert nurture("arm", input="n\n").exit_code == 1
    assert nurture("arm", "--yes").exit_code == 0
    monkeypatch.setenv("NURTURE_DATABASE_URL", f"sqlite:///{tmp_path / 'var' / 'nurture.sqlite'}")
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "elsewhere"))
    assert "Not armed" in nurture("status").output
    assert nurture("arm", input="y\n").exit_code == 0
    assert "Not armed" not in nurture("status").output
    app.make_engine(app.installed()).close()


def test_a_campaign_is_asked_for_alone(nurture):
    assert "Finished" in nurture("status", "--campaign", "no-such").output


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"planned": 3, "claimed": 1, "sending": 1, "deferred": 1}, "6 mails are not finished."),
        ({"unknown": 2}, "Finished: no mail waits. 2 may or may not have left."),
        ({}, "Finished: no mail waits."),
    ],
)
def test_finished_is_a_count_of_rows(counts, says):
    standing = Standing(**{**{name: getattr(EMPTY, name) for name in EMPTY.__struct_fields__}, **counts})
    assert verdict(standing) == says


def test_everything_is_paused_and_resumed_from_the_machine(nurture):
    assert nurture("pause").exit_code == 2, "there is no pausing without a reason"
    assert nurture("pause", "--why", "the relay moves").output.endswith("Paused all mail.\n")
    assert "It was paused already." in nurture("pause", "--why", "again").output
    said = nurture("status").output
    assert "all mail is paused by nurture on this machine: the relay moves" in said
    assert "nurture resume --why" in said
    assert nurture("resume", "--why", "it has moved").output.endswith("Resumed all mail.\n")
    assert "paused" not in nurture("status").output
    assert "It was not paused." in nurture("resume", "--why", "again").output
