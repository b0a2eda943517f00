"""An author's day: a mail is written and read as three leads, approved, put into a track with many inside, and made live.

Once with the mouse, where those inside finish what they began, and once by keyboard alone, where they move along.
"""

import re

from playwright.sync_api import Browser, Page, expect

from nurture.engine.accounts import Role
from tests.browser.conftest import logged_in
from tests.browser.day import MANY, PASSWORD, SLOWEST, follow, go, tab_to
from tests.webapp.stand import STAFF, Stand

AUTHOR = STAFF[Role.MARKETER]


def mail(page: Page):
    return page.frame_locator("iframe.is-front")


def names(house: Stand) -> list[str]:
    track = house.engine.live.programme.campaigns["long-cycle"].track("cold")
    assert track
    return [step.key for step in track.steps]


def is_approved(browser: Browser, house: Stand, path: str) -> None:
    """Somebody else looks at it, and says so."""
    context = browser.new_context(base_url=house.engine.base_url, storage_state=logged_in(Role.APPROVER))
    page = context.new_page()
    page.goto("/mails")
    page.get_by_role("link", name="in review").click()
    assert page.url.endswith(f"{path}/review")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("It can be made live")
    context.close()


def test_with_the_mouse(stranger: Page, browser: Browser, house: Stand):
    page, path = stranger, "campaigns/long-cycle/mails/diesel.mjml"
    page.goto("/")
    page.get_by_label("E-mail").fill(AUTHOR)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Mails").click()

    page.get_by_text("New mail").click()
    page.get_by_role("main").get_by_label("Campaign").select_option("long-cycle")
    page.get_by_label("Name").fill("Diesel")
    page.get_by_role("button", name="Write it").click()
    page.get_by_role("textbox", name="Subject").fill("How diesel is billed")
    page.get_by_role("treeitem", name="Write here what").click()
    page.get_by_role("textbox", name="Content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Diesel went up and down.")
    readers = page.locator(".editor").get_by_label("View as")
    for name in ("Ada", "Bob", f"Nele {MANY - 1}"):
        readers.select_option(readers.locator("option", has_text=name).first.get_attribute("value"))
        expect(mail(page).locator("body")).to_contain_text(f"Hello {name}", timeout=SLOWEST)
        expect(mail(page).locator("body")).to_contain_text("Diesel went up and down.")
    expect(page.get_by_text("0 errors")).to_be_visible(timeout=SLOWEST)
    expect(page.locator(".saved")).to_contain_text(re.compile(r"Draft \d+ · Saved"), timeout=SLOWEST)
    page.get_by_role("link", name="Review").first.click()
    page.get_by_role("button", name="Ask for a review").click()
    is_approved(browser, house, path)
    page.get_by_role("link", name="Read it as a lead").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_label("Why this change").fill("a story about diesel")
    page.get_by_role("button", name="Make live").click()
    expect(page.locator(".saved")).to_contain_text("Live, revision", timeout=SLOWEST)

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Campaigns").click()
    page.get_by_role("link", name="Long-cycle nurture").click()
    page.get_by_role("heading", name="Cold", exact=True).get_by_role("link").click()
    page.locator("[data-line=six-lines] [data-row]").click()
    page.get_by_text("Add a step").click()
    page.get_by_label("Its name").fill("diesel")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("[data-line=diesel]")).to_be_visible()
    page.get_by_role("link", name="Compare and make live").click()
    inside = page.get_by_role("region", name="Whom it touches")
    expect(inside).to_contain_text(re.compile(r"\b6\d leads are in this campaign"))
    page.get_by_label("finish the tracks that they are in").check()
    page.get_by_label("Why").fill("diesel, after the six lines")
    page.get_by_role("button", name="Make live").click()
    expect(page.get_by_role("status")).to_contain_text("Live, as revision", timeout=SLOWEST)
    assert names(house)[:2] == ["six-lines", "diesel"]
    followed = house.engine.live.programme.superseded["long-cycle"][0].campaign.track("cold")
    assert "diesel" not in [step.key for step in followed.steps]


def test_by_keyboard_alone(stranger: Page, browser: Browser, house: Stand):
    page, path, keys = stranger, "campaigns/long-cycle/mails/tolls.mjml", stranger.keyboard
    before = names(house)
    page.goto("/login")
    expect(page.get_by_label("E-mail")).to_be_focused()
    keys.type(AUTHOR)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible(timeout=SLOWEST)
    go(page, "mails")
    page.wait_for_url("**/mails")

    tab_to(page, "New mail")
    keys.press("Enter")
    tab_to(page, "Campaign")
    keys.type("Long")
    tab_to(page, "Name")
    keys.type("Tolls")
    follow(page)
    page.wait_for_url(f"**/files/{path}")
    expect(page.get_by_role("treeitem", selected=True)).to_be_visible(timeout=SLOWEST)
    keys.press("F6")
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()
    keys.press("Control+a")
    keys.type("What tolls cost")
    keys.press("F6")
    row = page.get_by_role("treeitem", selected=True)
    expect(row).to_be_focused()
    for _ in range(9):
        if "Write here what" in row.inner_text():
            break
        keys.press("ArrowDown")
    expect(row).to_contain_text("Write here what")
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="Content")).to_be_focused()
    keys.press("Control+a")
    keys.type("Tolls are a third of it.")
    for _ in range(3):
        name = (
            page.locator(".editor").get_by_label("View as").locator("option:checked").inner_text().split()[0]
        )
        expect(mail(page).locator("body")).to_contain_text(f"Hello {name}", timeout=SLOWEST)
        expect(mail(page).locator("body")).to_contain_text("Tolls are a third of it.")
        place = page.locator(".steps-of .num")
        before_it = place.inner_text()
        keys.press("Control+Enter")
        expect(place).not_to_have_text(before_it, timeout=SLOWEST)  # the next lead reads it once it is judged
    keys.press("Control+s")
    expect(page.get_by_label("Name of the version")).to_be_focused()
    keys.type("for Pia to read")
    keys.press("Enter")
    expect(page.locator(".saved")).to_contain_text(re.compile(r"Draft \d+ · Saved"), timeout=SLOWEST)
    tab_to(page, "Review", key="Shift+Tab")
    follow(page)
    tab_to(page, "Ask for a review")
    follow(page)
    expect(page.get_by_role("heading", name="In review")).to_be_visible()
    is_approved(browser, house, path)
    tab_to(page, "Read it as a lead")
    follow(page)
    expect(page.get_by_role("treeitem", selected=True)).to_be_visible(timeout=SLOWEST)
    tab_to(page, "Publish")
    keys.press("Enter")
    tab_to(page, "Why this change")
    keys.type("what tolls cost")
    keys.press("Enter")
    expect(page.locator(".saved")).to_contain_text("Live, revision", timeout=SLOWEST)

    go(page, "long-cycle nurture: cold")
    page.wait_for_url("**/tracks/cold")
    tab_to(page, "six lines")
    follow(page)
    tab_to(page, "Add a step")
    keys.press("Enter")
    tab_to(page, "Its name")
    keys.type("tolls")
    follow(page)
    expect(page.locator("[data-line=tolls]")).to_be_visible(timeout=SLOWEST)
    tab_to(page, "Compare and make live")
    follow(page)
    page.wait_for_url("**/compare")
    expect(page.get_by_role("region", name="Whom it touches")).to_contain_text(re.compile(r"\b6\d leads"))
    tab_to(page, "move to the new tracks")
    keys.press("Space")
    tab_to(page, "Why")
    keys.type("tolls, after the six lines")
    follow(page)
    expect(page.get_by_role("status")).to_contain_text("Live, as revision", timeout=SLOWEST)
    assert names(house) == ["six-lines", "tolls", *before[1:]]
    assert "long-cycle" not in house.engine.live.programme.superseded
    house.later(minutes=5)
    assert "tolls" in planned(house), "whoever has had the first mail since gets the new one next"


def planned(house: Stand) -> set[str]:
    """The steps that the crowd waits for."""
    first = house.lead_id("nobody") + 1
    states = [house.state_of(lead_id) for lead_id in range(first, first + MANY)]
    return {each.planned.step for state in states for each in state.live_enrolments if each.planned}
