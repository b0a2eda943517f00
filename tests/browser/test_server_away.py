"""The server is stopped while somebody writes: the page says so, keeps what was typed, and saves it when the server is back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from nurture.engine.drafts import draft_of
from tests.browser.conftest import Server, free_port, logged_in, serving
from tests.webapp.stand import Stand
from tools import front_end

MAIL = "campaigns/long-cycle/mails/six-lines.mjml"
CAMPAIGN = "campaigns/long-cycle/campaign.yaml"
TRACK = "/campaigns/long-cycle/tracks/cold"
SOON = 20_000
AGAIN = 6_000
"""Longer than any page waits before it looks for the server again; the clock of the page is put forward by it."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stand, Server]]:
    front_end.build()
    with serving(tmp_path_factory.mktemp("away"), free_port()) as both:
        yield both


def draft_text(stand: Stand, path: str) -> str:
    with stand.engine.database.reading() as connection:
        found = draft_of(connection, path)
    return "" if found is None else found.text


def test_the_editor_of_a_mail_keeps_what_is_typed_and_saves_it_by_itself_or_by_retry(
    page: Page, both: tuple[Stand, Server]
) -> None:
    stand, server = both
    page.clock.install()
    page.goto(f"{stand.engine.base_url}/files/{MAIL}")
    expect(page.get_by_role("treeitem", selected=True)).to_be_visible()
    subject, content = (page.get_by_role("textbox", name=name) for name in ("Subject", "Content"))
    away = page.get_by_role("alert").filter(has_text="Could not save. Your text is kept here")

    server.stop()
    subject.fill("Written while nobody answers")
    content.fill("Neither does this get lost.")
    expect(away).to_be_visible(timeout=SOON)
    page.clock.fast_forward(AGAIN)
    page.get_by_role("button", name="Retry").click()  # still nobody
    expect(away).to_be_visible()
    expect(subject).to_have_text("Written while nobody answers")
    expect(content).to_have_text("Neither does this get lost.")
    server.start()
    page.clock.fast_forward(AGAIN)
    expect(page.locator(".saved")).to_contain_text(re.compile(r"Draft \d+"), timeout=SOON)
    expect(away).to_have_count(0)
    for words in ("Written while nobody answers", "Neither does this get lost."):
        assert words in draft_text(stand, MAIL)

    server.stop()
    content.fill("Pressed, and saved.")
    expect(away).to_be_visible(timeout=SOON)
    server.start()
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".saved")).not_to_contain_text("Not saved", timeout=SOON)
    expect(away).to_have_count(0)
    assert "Pressed, and saved." in draft_text(stand, MAIL)

    cookies = page.context.cookies()
    page.context.clear_cookies()
    content.fill("Written after the session had ended.")
    expect(page.get_by_role("alert").filter(has_text="you are logged out")).to_be_visible(timeout=SOON)
    login = logged_in()["cookies"]  # another session, with another token for forms
    assert [each["value"] for each in login] != [each["value"] for each in cookies]
    page.context.add_cookies([{**each} for each in login])
    page.clock.fast_forward(AGAIN)
    expect(page.locator(".saved")).not_to_contain_text("Not saved", timeout=SOON)
    assert "Written after the session had ended." in draft_text(stand, MAIL)


def test_the_editor_of_a_track_keeps_what_is_typed_and_sends_it_when_somebody_answers(
    page: Page, both: tuple[Stand, Server]
) -> None:
    stand, server = both
    page.clock.install()
    page.goto(f"{stand.engine.base_url}{TRACK}")
    page.get_by_text("This track", exact=True).click()
    server.stop()
    page.get_by_label("Purpose").fill("Nobody answers, and this stays")
    page.clock.fast_forward(AGAIN)
    away = page.get_by_role("alert").filter(has_text="The server does not answer")
    expect(away).to_be_visible(timeout=SOON)
    page.get_by_label("Purpose").press("Enter")
    expect(page.get_by_label("Purpose")).to_have_value("Nobody answers, and this stays")
    server.start()
    with page.expect_navigation(timeout=SOON):
        page.clock.fast_forward(AGAIN)
    assert "Nobody answers, and this stays" in draft_text(stand, CAMPAIGN)
