"""Webhooks leave where mail may, or where somebody said so; a virtual world calls nobody."""

from datetime import UTC, datetime

import pytest

from nurture.app import make_caller, make_engine
from nurture.config import Settings
from nurture.simulation.clock import VirtualClock

SMTP = {"transport": "smtp", "tracking_url": "https://links.example.com"}


@pytest.mark.parametrize("settings", [{}, {"transport": "maildir"}, {"transport": "memory"}], ids=str)
def test_out_of_the_box_no_webhook_leaves(settings):
    assert make_caller(Settings(**settings)) is None


@pytest.mark.parametrize("settings", [SMTP, {"allow_local_webhooks": True}], ids=str)
def test_webhooks_leave_where_it_is_set(settings):
    assert make_caller(Settings(**settings)) is not None


def test_with_mail_alone_this_machine_is_not_called():
    caller = make_caller(Settings(**SMTP))
    assert (
        caller.post("https://127.0.0.1/", {}, b"{}").text
        == "127.0.0.1 leads to 127.0.0.1, which is not a public address"
    )


def test_a_virtual_world_calls_nobody_whatever_is_set(tmp_path):
    engine = make_engine(
        Settings(home=tmp_path, allow_local_webhooks=True),
        clock=VirtualClock(datetime(2026, 3, 2, tzinfo=UTC)),
    )
    assert engine.caller is None
    engine.close()
