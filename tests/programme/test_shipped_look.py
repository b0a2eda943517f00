"""The shipped mails in a real browser: readable by day and by night, on a telephone and on a desk."""

import pytest
from shipped import NORA

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable(page, mails, html_of, scheme):
    page.emulate_media(color_scheme=scheme)
    for path, mail in mails.items():
        page.set_content(html_of(mail, NORA))
        texts = page.evaluate(TEXTS)
        assert len(texts) > 8, path
        assert [text for text, contrast in texts if contrast < CONTRAST_MIN] == [], path


@pytest.mark.parametrize("width", [320, 375, 800])
def test_nothing_sticks_out(page, mails, html_of, width):
    page.set_viewport_size({"width": width, "height": 700})
    for path, mail in mails.items():
        page.set_content(html_of(mail, NORA))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_button_is_large_enough_for_a_thumb(page, mails, html_of):
    page.set_viewport_size({"width": 375, "height": 700})
    for path, mail in mails.items():
        page.set_content(html_of(mail, NORA))
        assert page.locator(".button a").bounding_box()["height"] >= 44, path
