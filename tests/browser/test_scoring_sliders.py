"""What only a browser shows of scoring and personas: sliders turned by arrows, and the way from cell to cell."""

from playwright.sync_api import Page, expect

from tests.webapp.stand import Stand

HOT = '[id="temperature.hot.enter"]'
SLOWEST = 30_000
"""Milliseconds for an answer that reads the whole programme, on a machine with much to do."""


def test_arrows_on_a_slider_turn_the_number_and_show_the_effect(company: Stand, page: Page):
    page.goto(company.engine.base_url + "/scoring")
    number, slider = page.locator(HOT), page.get_by_label("hot, hot from, as a slider")
    effect = page.locator("#effect")
    expect(effect).to_contain_text("Where leads stand")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(number).to_have_value("62")
    expect(effect).to_contain_text("What would change", timeout=SLOWEST)
    expect(page.locator("[data-effect-said]")).to_contain_text("leads would change temperature at once")
    expect(slider).to_be_focused()
    number.fill("20")
    expect(slider).to_have_value("20")
    beside = page.locator('[data-wrong="temperature.hot.leave"]')
    expect(beside).to_contain_text("not below where it is entered", timeout=SLOWEST)
    assert company.engine.live.number == 1, "nothing was saved"


def test_arrows_go_from_cell_to_cell_and_a_cell_is_filled_in_two_presses(company: Stand, page: Page):
    page.goto(company.engine.base_url + "/personas")
    grid = page.get_by_role("table", name="Content by persona and temperature")
    cells = grid.locator("[data-cell]")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_contain_text("Procurement lead, warm")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(":focus")).to_contain_text("Procurement lead, cold")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    row = grid.get_by_role("row", name="Procurement lead")
    expect(row.get_by_role("button", name="Make the track").first).to_be_visible()
