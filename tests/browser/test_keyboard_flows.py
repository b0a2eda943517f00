"""The main ways through the product by keyboard alone: what has the focus is seen, on a low window and on a phone too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from nurture.engine.accounts import Role
from nurture.engine.accounts_links import Purpose, new_link
from tests.browser.conftest import free_port, served
from tests.browser.test_keyboard import press_until
from tests.webapp.stand import Stand

PASSWORD = "a-long-way-by-keyboard"
SLOWEST = 30_000
"""Milliseconds for what reads the whole programme or stretches a password, on a machine with much to do."""
UNSEEN = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  const style = getComputedStyle(focused);
  if (focused.matches("body, main, iframe")) return null;
  const marked = focused.matches("input, select, textarea") || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const top = document.elementFromPoint(box.x + Math.min(box.width / 2, 12), box.y + box.height / 2);
  const covered = !(top && (focused.contains(top) || top.contains(focused) || focused.labels?.[0]?.contains(top)));
  return marked && !covered ? null : `${marked ? "covered" : "no ring"}: ${focused.outerHTML.slice(0, 120)}`;
}"""
"""What is wrong with how the focus is seen (WCAG 2.2, 2.4.7 and 2.4.11); null where nothing is."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A company that these ways may change."""
    with served(tmp_path_factory.mktemp("flows"), free_port()) as stand:
        stand.with_a_hot_lead()
        yield stand


@pytest.mark.parametrize("path", ["/leads", "/inbox", "/files/campaigns/programme.yaml", "/settings/users"])
@pytest.mark.parametrize("size", [(1280, 500), (375, 500)], ids=["low window", "phone"])
def test_the_focus_is_always_seen(own: Stand, page: Page, path: str, size: tuple[int, int]):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(own.engine.base_url + path)
    wrong = []
    for _ in range(45):
        page.keyboard.press("Tab")
        wrong.append(page.evaluate(UNSEEN))
    assert [each for each in wrong if each] == []


def test_who_is_invited_comes_in_sets_a_password_and_logs_in_with_it(own: Stand, browser: Browser):
    with own.engine.deciding() as (connection, now):
        token = new_link(connection, own.account(Role.MARKETER), Purpose.INVITATION, now=now)
    page = browser.new_page()
    page.goto(f"{own.engine.base_url}/login/{token}")
    expect(page.get_by_role("button", name="Accept and log in")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("Name").focus()
    page.keyboard.type("Mara")
    page.keyboard.press("Tab")  # to the language
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible(timeout=SLOWEST)
    press_until(page, "Shift+Tab", "Your account:")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "Log out")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused(timeout=SLOWEST)
    page.keyboard.type("mara@tarewell.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible(timeout=SLOWEST)
    page.close()


def test_somebody_is_invited(own: Stand, page: Page):
    page.goto(own.engine.base_url + "/settings/users")
    page.get_by_label("E-mail").focus()
    page.keyboard.type("nils@tarewell.example")
    page.keyboard.press("Tab")
    page.keyboard.type("viewer")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="A link for nils@tarewell.example")).to_be_visible()


def test_a_campaign_is_begun_from_a_recipe(own: Stand, page: Page):
    page.goto(own.engine.base_url + "/campaigns")
    press_until(page, "Tab", "New campaign")
    page.keyboard.press("Enter")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("by-keys")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{own.engine.base_url}/campaigns/by-keys", timeout=SLOWEST)
    expect(page.get_by_role("heading", name="This campaign is a draft")).to_be_visible()


def test_a_file_is_edited_and_made_live(own: Stand, page: Page):
    before = own.engine.live.number
    page.goto(own.engine.base_url + "/files/campaigns/programme.yaml")
    page.locator("#text").focus()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.type("# Looked at by keyboard.\n")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("a remark")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"live, revision {before + 1}")).to_be_visible(timeout=SLOWEST)


def test_a_broadcast_is_set_by_typing_how_many_get_it(own: Stand, page: Page):
    page.goto(f"{own.engine.base_url}/leads/{own.lead_id('bob')}")
    page.get_by_label("Add tags").focus()
    page.keyboard.type("fair")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    own.later(minutes=1)
    new = f"{own.engine.base_url}/broadcasts/new?name=Fair&audience=tag+fair&mail=long-cycle/terms&at=2026-03-03T09:00"
    page.goto(new)
    press_until(page, "Tab", "Count now")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Counting begins")).to_be_visible()
    own.later(minutes=1)
    page.goto(new)
    page.get_by_label("Type 1 to set it").focus()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Fair")).to_be_visible(timeout=SLOWEST)


def test_the_skip_link_leads_past_the_menu(own: Stand, page: Page):
    page.goto(own.engine.base_url + "/campaigns")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
