"""The sliders of the scoring page: arrows turn a number, and what it would do is shown without a reload."""

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
