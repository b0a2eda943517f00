"""The shipped mails in a real browser: readable by day and by night, on a telephone and on a desk."""

import re

import pytest

from tests.browser.wcag import WCAG, violations

TEXTS = """() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const light = text => {
    const [r, g, b] = channels(text).slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || !node.getClientRects().length) continue;
    const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
    found.push([text.data.trim(), (a + 0.05) / (b + 0.05)]);
  }
  return found;
}"""
"""The visible texts with the contrast to what lies behind them (WCAG 2.2, 1.4.3)."""

CONTRAST_MIN = 4.5
NUMBERS = "campaigns/long-cycle/mails/ninety-invoices.mjml"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable(page, sent, scheme):
    page.emulate_media(color_scheme=scheme)
    for path, mail in sent.items():
        page.set_content(mail.html)
        texts = page.evaluate(TEXTS)
        assert len(texts) > 8, path
        assert [text for text, contrast in texts if contrast < CONTRAST_MIN] == [], path


def test_every_mail_can_be_read_aloud(page, sent):
    """By day: what is dark is only coloured otherwise."""
    for path, mail in sent.items():
        page.set_content(mail.html)
        assert violations(page, WCAG) == [], path


HIDDEN_LINK = """() => {
  const links = [...document.querySelectorAll("a[href$='/0']")];
  return links.map(each => {
    const box = each.getBoundingClientRect();
    return [box.width * box.height, each.tabIndex, each.innerText];
  });
}"""


def test_nobody_sees_points_at_or_hears_the_hidden_link(page, sent):
    for path, mail in sent.items():
        page.set_content(mail.html)
        assert page.evaluate(HIDDEN_LINK) == [[0, -1, ""]], path
        assert "/0" not in page.locator("body").aria_snapshot(), path


@pytest.mark.parametrize("width", [320, 375, 800])
def test_nothing_sticks_out(page, sent, width):
    page.set_viewport_size({"width": width, "height": 700})
    for path, mail in sent.items():
        page.set_content(mail.html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_what_is_to_be_tapped_is_large_enough_for_a_thumb(page, sent):
    page.set_viewport_size({"width": 375, "height": 700})
    for path, mail in sent.items():
        page.set_content(mail.html)
        for target in page.locator(".button a, .choices a").all():
            assert target.bounding_box()["height"] >= 44, path


def test_a_client_without_style_sheets_still_shows_the_figures_and_the_quotation(page, sent):
    page.set_content(re.sub(r"<style.*?</style>", "", sent[NUMBERS].html, flags=re.DOTALL))
    assert page.locator(".stats b").first.evaluate("figure => getComputedStyle(figure).fontSize") == "32px"
    assert page.locator(".quote div").evaluate("quote => getComputedStyle(quote).borderLeftWidth") == "3px"


def test_text_part_says_the_same(sent):
    for path, mail in sent.items():
        assert "/token" in mail.text, path
        assert "20457 Hamburg" in mail.text, path
        assert "<" not in mail.text, path
        assert not any(line.startswith("|") for line in mail.text.splitlines()), path
        assert max(map(len, mail.text.splitlines())) < 998, path  # RFC 5322 §2.1.1
