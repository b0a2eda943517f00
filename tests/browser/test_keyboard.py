"""What sales and marketers do all day, by keyboard alone; a morning of sales by mouse too; and a click that moves a score."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from nurture.vocabulary.words import EventKind, Stage
from tests.browser.conftest import free_port, logged_in, served
from tests.webapp.stand import Stand


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Stand]:
    """A company to oneself."""
    with served(tmp_path, free_port()) as stand:
        yield stand


def pass_time(stand: Stand, **delta: float) -> None:
    stand.clock.turn_to(stand.clock.now() + timedelta(**delta))


def press(page: Page, key: str) -> None:
    """Press *key* once the page hears it: what it shows is there before its scripts are."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def press_until(page: Page, key: str, name: str, most: int = 60) -> None:
    """Press *key* until what has the focus is called *name*."""
    for _ in range(most):
        page.keyboard.press(key)
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if focused.startswith(name):
            return
    pytest.fail(f"{name!r} is not reached with {key}")


def grows_hot(stand: Stand, name: str) -> None:
    """The lead fits, asks for a demo and looks at the prices: sales gets it."""
    stand.happens(
        name, EventKind.LEAD_CHANGED, fields={"seniority": "vp", "company_size": 900, "industry": "retail"}
    )
    stand.happens(name, EventKind.FORM_SUBMITTED, form="demo")
    for fact in range(2):
        stand.records(stand.lead_id(name), EventKind.PAGE_VISITED, f"{name}:{fact}", path="/pricing")
    stand.later(minutes=1)


def test_a_mornings_inbox_by_single_keys(mine: Stand, page: Page):
    """Ada, Bob and Eve wait. Look, accept, speak, put off, give back, until nobody waits."""
    mine.with_a_hot_lead()
    for name in ("bob", "eve"):
        grows_hot(mine, name)
    page.goto(mine.engine.base_url)
    press(page, "g")
    press(page, "a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Analytics")
    press(page, "g")
    press(page, "i")
    shown, said = page.locator("#selected"), page.get_by_role("status")
    expect(shown).to_have_text("Ada Nowak")
    press(page, "j")
    expect(shown).to_have_text("Bob Reis")
    press(page, "k")
    expect(shown).to_have_text("Ada Nowak")
    press(page, "c")
    expect(said).to_contain_text("Accepted")
    expect(shown).to_have_text("Ada Nowak")  # the call comes next
    mine.later(minutes=1)
    assert mine.state("ada").stage is Stage.SAL
    press(page, "e")
    page.keyboard.type("Wants a quote by Friday")
    for _ in range(2):  # past how she was spoken to
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("The clock for the first contact stops")
    expect(shown).to_have_text("Bob Reis")  # the next one, by itself
    press(page, "s")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("it comes back by itself")
    expect(shown).to_contain_text("Eve")
    press(page, "r")
    page.keyboard.type("not")  # the list of reasons has the focus
    page.keyboard.press("Tab")
    page.keyboard.type("Call in May")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Inbox zero")).to_be_visible()
    expect(page.get_by_text("The next comes back at")).to_be_visible()
    press(page, "?")
    expect(page.get_by_text("inbox: snooze")).to_be_visible()
    mine.later(minutes=1)
    assert mine.state("ada").clock is None
    assert mine.state("eve").stage is Stage.RECYCLED


def test_a_mornings_inbox_with_the_mouse(mine: Stand, page: Page):
    """The same three, by what there is to press."""
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    mine.with_a_hot_lead()
    for name in ("bob", "eve"):
        grows_hot(mine, name)
    page.goto(mine.engine.base_url)
    page.get_by_role("link", name="Inbox").first.click()
    shown, said = page.locator("#selected"), page.get_by_role("status")
    page.get_by_role("navigation", name="Leads that sales has").get_by_text("Bob Reis").click()
    expect(shown).to_have_text("Bob Reis")
    page.get_by_role("link", name="Previous").click()
    expect(shown).to_have_text("Ada Nowak")
    page.get_by_role("button", name="Accept").click()
    expect(said).to_contain_text("Accepted")
    mine.later(minutes=1)
    page.get_by_text("Log a call or mail").click()
    page.get_by_label("What was said").fill("Wants a quote by Friday")
    page.get_by_role("button", name="Reached", exact=True).click()
    expect(said).to_contain_text("The clock for the first contact stops")
    expect(shown).to_have_text("Bob Reis")
    page.locator("summary", has_text="Snooze").click()
    page.get_by_role("button", name="1 hour").click()
    expect(said).to_contain_text("it comes back by itself")
    expect(shown).to_contain_text("Eve")
    page.locator("summary", has_text="Give back").click()
    page.get_by_role("combobox", name="Why").select_option("not-now")
    page.get_by_label("Note").fill("Call in May")
    page.get_by_role("button", name="Give back").click()
    expect(page.get_by_role("heading", name="Inbox zero")).to_be_visible()
    mine.later(minutes=1)
    assert mine.state("ada").clock is None
    assert mine.state("eve").stage is Stage.RECYCLED
    assert errors == []


def test_the_inbox_works_without_our_script(mine: Stand, browser: Browser):
    mine.with_a_hot_lead()
    context = browser.new_context(java_script_enabled=False, storage_state=logged_in())
    bare = context.new_page()
    bare.goto(mine.engine.base_url + "/inbox")
    bare.get_by_role("button", name="Accept").press("Enter")
    assert "Accepted" in bare.get_by_role("status").inner_text()
    context.close()


def test_skip_link_and_tab_reach_the_page(company: Stand, page: Page):
    page.goto(company.engine.base_url + "/leads")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    press_until(page, "Tab", "Ada Nowak")


def test_rows_are_walked_with_j_and_k_and_opened_with_enter(company: Stand, page: Page):
    page.goto(company.engine.base_url + "/leads")
    press(page, "/")
    page.keyboard.type("ada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Ada Nowak")).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()


def test_rows_stand_close_for_whoever_wants_more_of_them(company: Stand, page: Page):
    page.goto(f"{company.engine.base_url}/leads")
    row = page.locator(".list tbody tr").first

    def height() -> float:
        return float(row.evaluate("each => each.getBoundingClientRect().height"))

    assert height() >= 44
    page.get_by_role("button", name="Close rows").click()
    assert 36 <= height() < 44
    page.reload()
    assert 36 <= height() < 44
    page.get_by_role("button", name="Close rows").click()
    assert height() >= 44


def test_from_a_lead_to_its_neighbours_in_the_list_and_back_to_it(company: Stand, page: Page):
    page.goto(f"{company.engine.base_url}/leads?temperature=cold")
    names = page.locator("main [data-row]").all_text_contents()
    page.locator("main [data-row]").first.click()
    for key, name in (("]", names[1]), ("[", names[0])):
        press(page, key)
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.get_by_role("main").get_by_role("link", name="Leads", exact=True).click()
    expect(page).to_have_url(f"{company.engine.base_url}/leads?temperature=cold")


def test_a_step_is_lifted_carried_and_put_down_or_back(company: Stand, page: Page):
    page.goto(f"{company.engine.base_url}/campaigns/long-cycle/tracks/cold")
    steps, focused = page.locator("[data-line] [data-row]"), page.locator("[data-row]:focus")
    first, second, third = steps.all_text_contents()[:3]
    steps.first.focus()
    press(page, "ArrowDown")
    expect(focused).to_have_text(second)
    press(page, "Space")
    press(page, "ArrowDown")
    expect(page.locator("[data-lines-said]")).to_contain_text("Place 3 of")
    press(page, "Escape")
    assert steps.all_text_contents()[:3] == [first, second, third]
    press(page, "Space")
    press(page, "ArrowUp")
    with page.expect_navigation():
        press(page, "Space")
    expect(steps.first).to_have_text(second)
    expect(focused).to_have_text(second)  # it can be moved on at once
    with page.expect_navigation():
        press(page, "Alt+ArrowDown")
    expect(steps.nth(1)).to_have_text(second)
    expect(focused).to_have_text(second)
    press(page, "n")  # the menu of the (+) below the step
    there = page.locator("main :focus")
    expect(there).to_have_text("Mail")
    press(page, "Escape")
    expect(there).to_have_attribute("aria-label", "New step after " + second)
    press(page, "Enter")
    press(page, "ArrowDown")
    press(page, "ArrowDown")
    with page.expect_navigation():
        press(page, "Enter")
    expect(page.get_by_role("heading", name="New task for a person after " + second)).to_be_visible()
    expect(page.get_by_label("What is to be done")).to_be_focused()


def test_single_keys_can_be_switched_off(company: Stand, page: Page):
    page.goto(company.engine.base_url + "/leads")
    press(page, "?")
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    press(page, "j")
    assert page.evaluate("document.activeElement.hasAttribute('data-row')") is False


def test_a_click_in_a_mail_raises_the_score_beside_it(mine: Stand, page: Page):
    pass_time(mine, minutes=30)  # a click within seconds of delivery would be a machine's
    page.goto(mine.engine.base_url + "/mailbox")
    with page.context.expect_event("response", lambda response: "/o/" in response.url):
        page.get_by_role("row", name="ada@engine.example").get_by_role("link").click()
    score = page.locator("[data-live=interest]")
    assert int(score.inner_text()) == 0
    links = page.frame_locator("iframe.mail").locator("a[href*='/c/']")
    pass_time(mine, minutes=1)  # and so would one in the same instant as the open, which has been answered
    with page.context.expect_event("response", lambda response: "/c/" in response.url):
        links.filter(visible=True).first.click()
    mine.later(minutes=1)
    expect(score).not_to_have_text("0")
    expect(page.locator("[data-live-said]")).to_have_text("just changed")


def test_a_few_letters_lead_to_any_page(mine: Stand, page: Page):
    page.goto(mine.engine.base_url)
    press(page, "Control+k")
    page.keyboard.type("bob r")
    found = page.locator("#palette [role=option]")
    expect(found).to_have_count(1)
    expect(found).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bob Reis")
    press(page, "Control+k")
    expect(found.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("New broadcast")
