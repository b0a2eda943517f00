"""Somebody types into the text of a file: it is saved by itself, and is there again whatever happens to the browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from nurture.engine.accounts import Role
from nurture.engine.drafts import discard, draft_of, save_draft
from tests.browser.conftest import logged_in
from tests.webapp.stand import Stand

PATH = "campaigns/long-cycle/campaign.yaml"


@pytest.fixture(autouse=True)
def no_draft(company: Stand):
    yield
    with company.engine.deciding() as (connection, _):
        discard(connection, PATH)


def field(page: Page):
    return page.get_by_label(f"Text of {PATH}")


def add_line(page: Page, words: str) -> None:
    """Type a comment at the end of the text."""
    field(page).press("Control+End")
    page.keyboard.type(f"\n# {words}")


def drafted(company: Stand) -> str:
    with company.engine.database.reading() as connection:
        found = draft_of(connection, PATH)
    return "" if found is None else found.text


def test_what_is_typed_is_saved_by_itself_and_never_written_over_another(page: Page, company: Stand):
    page.goto(f"{company.engine.base_url}/files/{PATH}")
    expect(page.get_by_role("button", name="Discard the draft")).to_be_hidden()
    add_line(page, "typed and left")
    said = page.locator("[data-drafting-said]")
    expect(said).to_have_text(re.compile(r"^Saved as a draft \d\d:\d\d$"), timeout=20_000)
    assert "# typed and left" in drafted(company)
    page.goto(f"{company.engine.base_url}/files")
    page.goto(f"{company.engine.base_url}/files/{PATH}")
    assert "# typed and left" in field(page).input_value()

    with company.engine.deciding() as (connection, now):
        seeing = draft_of(connection, PATH).number
        save_draft(connection, PATH, "# theirs\n", seeing=seeing, actor="eve", now=now)
    add_line(page, "and mine")
    page.get_by_role("button", name="Show both changes").click(timeout=20_000)
    expect(page.get_by_role("heading", name="Your change")).to_be_visible()
    assert "# and mine" in field(page).input_value()
    assert drafted(company) == "# theirs\n"
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.get_by_text("Nothing is live before it is published")).to_be_visible()
    assert "# and mine" in drafted(company)
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_text("The draft is discarded")).to_be_visible()
    assert drafted(company) == ""
    assert "# and mine" not in field(page).input_value()


def test_what_no_server_could_take_is_there_when_one_comes_back(browser: Browser, company: Stand):
    context = browser.new_context(base_url=company.engine.base_url, storage_state=logged_in(Role.AUTHOR))
    page = context.new_page()
    page.goto(f"/files/{PATH}")
    cookies = context.cookies()
    context.clear_cookies()  # the session has ended
    add_line(page, "after the session")
    expect(page.locator("[data-drafting-said]")).to_contain_text("you are logged out", timeout=20_000)
    assert drafted(company) == ""
    page.close(run_before_unload=False)  # and the browser has crashed
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"/files/{PATH}")
    expect(page.locator("[data-drafting-said]")).to_contain_text("Saved as a draft", timeout=20_000)
    assert "# after the session" in field(page).input_value()
    assert "# after the session" in drafted(company)
    context.close()
