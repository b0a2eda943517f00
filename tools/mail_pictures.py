"""Pictures of every shipped mail, to be looked at: day and night, telephone and desk, without images, without style sheet.

Written to var/mail-pictures/, one PNG each, with a page index.html that shows them side by side.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from html import escape
from typing import Literal

import msgspec
from playwright.sync_api import Browser, sync_playwright

from tools.browser import REMEDY, find_browser
from tools.sample_mails import ROOT, files_of, seen, shipped

FOLDER = ROOT / "var" / "mail-pictures"
WIDTHS = (375, 800)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


class Shot(msgspec.Struct, frozen=True):
    """How a picture is taken.

    without  what the mail program leaves out: images until they are asked for, the style sheet for good.
    """

    width: int
    scheme: Literal["light", "dark"] = "light"
    without: Literal["nothing", "images", "styles"] = "nothing"

    @property
    def name(self) -> str:
        return f"{self.width}-{self.scheme}" + ("" if self.without == "nothing" else f"-no-{self.without}")


SHOTS = (
    *(Shot(width) for width in WIDTHS),
    *(Shot(width, scheme="dark") for width in WIDTHS),
    *(Shot(width, without="images") for width in WIDTHS),
    *(Shot(width, without="styles") for width in WIDTHS),
)
STYLE_SHEETS = re.compile(r"<style.*?</style>", re.DOTALL)


def main() -> None:
    """Take the pictures of all mails, or of those whose names contain a word that was given."""
    browser = find_browser()
    if browser is None:
        sys.exit(REMEDY)
    wanted = sys.argv[1:]
    catalog = shipped()
    mails = {
        sample.name: seen(catalog, sample).html
        for sample in files_of(catalog)
        if not wanted or any(word in sample.name for word in wanted)
    }
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        for shot in SHOTS:
            take(chromium, shot, mails)
        chromium.close()
    index = FOLDER / "index.html"
    index.write_text(sheet(mails), "utf-8")
    print(f"{len(mails)} mails, {len(SHOTS)} pictures each: {index.relative_to(ROOT)}")


def take(browser: Browser, shot: Shot, mails: Mapping[str, str]) -> None:
    """Take one picture of each mail."""
    page = browser.new_page(
        viewport={"width": shot.width, "height": 600}, color_scheme=shot.scheme, java_script_enabled=False
    )
    if shot.without == "images":
        page.route("**/*", lambda route: route.abort())
    for name, html in mails.items():
        page.set_content(STYLE_SHEETS.sub("", html) if shot.without == "styles" else html)
        file = FOLDER / name / f"{shot.name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=file, full_page=True)
    page.close()


def sheet(mails: Iterable[str]) -> str:
    """A page with all pictures of a mail in a row."""
    rows = "".join(
        f"<h2>{escape(name)}</h2><div>{''.join(figure(name, shot) for shot in SHOTS)}</div>" for name in mails
    )
    return f"<!doctype html><meta charset=utf-8><title>Shipped mails</title><style>{STYLE}</style>{rows}"


def figure(name: str, shot: Shot) -> str:
    source = f"{escape(name)}/{shot.name}.png"
    return f'<figure class="w{shot.width}"><img src="{source}" alt=""><figcaption>{shot.name}</figcaption></figure>'


STYLE = (
    "body{margin:16px;font:14px sans-serif;background:#888}h2{font-size:14px;margin:16px 0 4px}"
    "div{display:flex;gap:8px;align-items:flex-start}figure{margin:0}img{display:block;max-width:320px}"
    ".w375 img{max-width:200px}figcaption{font-size:11px}"
)

if __name__ == "__main__":
    main()
