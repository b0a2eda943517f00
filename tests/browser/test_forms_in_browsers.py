"""Forms in a real browser: on a page of their own without scripts, and inside a page of another site without cookies."""

import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from sqlalchemy import Table, select

from nurture.store import records as table
from tests.browser.conftest import free_port, served
from tests.webapp.stand import Stand

PAGE = """<!doctype html><html lang="en"><title>A page of ours</title>
<script src="{base}/t/nurture.js" defer></script>
<h1>A page of ours</h1>
<script src="{base}/f/{form}.js" data-title="Our form" async></script>
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A site of the company at a port of its own, and the folder of its pages."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def stand(site: tuple[str, Path], tmp_path: Path) -> Iterator[Stand]:
    """A company whose forms *site* may show, and no other."""
    with served(tmp_path / "company", free_port(), sites=(site[0],)) as stand:
        yield stand


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The browser of somebody outside, who has never been here."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def embedded(site: tuple[str, Path], stand: Stand, page: Page) -> Callable[[str], FrameLocator]:
    """Open a page of the site with a form in it."""

    def embed(form: str) -> FrameLocator:
        text = PAGE.format(base=stand.engine.base_url, form=form)
        (site[1] / "index.html").write_text(text, "utf-8")
        page.goto(f"{site[0]}/index.html?utm_source=fair&secret=1")
        return page.frame_locator("iframe")

    return embed


def rows(stand: Stand, what: Table) -> list:
    with stand.engine.database.reading() as connection:
        return list(connection.execute(select(what)))


def stored(page: Page) -> list[object]:
    """Everything that the browser keeps for any site of these."""
    lengths = [frame.evaluate("localStorage.length + sessionStorage.length") for frame in page.frames]
    return [*page.context.cookies(), *(length for length in lengths if length)]


def test_a_form_inside_another_sites_page_stores_nothing_and_takes_what_is_sent(
    stand: Stand, embedded: Callable[[str], FrameLocator], page: Page, site: tuple[str, Path]
):
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    form = embedded("workshop")
    expect(form.get_by_role("heading")).to_have_text("Werkstatt Frachtrechnung")
    form.get_by_label("E-Mail-Adresse").fill("kim@north.example")
    form.get_by_label("Vorname").fill("Kim")
    form.get_by_label("Nachname").fill("Berg")
    stand.later(seconds=20)
    form.get_by_role("button", name="Anmelden").click()
    expect(form.get_by_role("heading")).to_have_text("Vielen Dank")
    assert stored(page) == []
    assert [text for text in refused if "favicon" not in text and "404" not in text] == []
    (kept,) = rows(stand, table.submission)
    assert (kept.status, kept.about["site"], kept.about["path"]) == ("taken", site[0], "/index.html")
    assert kept.about["utm"] == {"source": "fair"}
    assert "secret" not in str(kept.about)


def test_the_frame_is_as_high_as_its_form(embedded: Callable[[str], FrameLocator], page: Page):
    expect(embedded("demo").get_by_role("button")).to_be_visible()
    fits = """() => document.querySelector("iframe").style.height !== "32rem" """
    page.wait_for_function(fits)
    height = page.frames[1].evaluate("document.documentElement.scrollHeight")
    shown = page.evaluate("document.querySelector('iframe').getBoundingClientRect().height")
    assert height - 1 <= shown <= height + 20


def test_after_consent_the_browser_is_known_and_asked_the_next_questions(
    stand: Stand, embedded: Callable[[str], FrameLocator], page: Page
):
    embedded("audit-worksheet")
    with page.expect_response("**/t/events"):
        page.evaluate("nurture.consent(true)")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["nv"]
    form = embedded("audit-worksheet")
    form.get_by_label("E-mail address").fill("kim@north.example")
    form.get_by_label("Company").fill("North")
    form.get_by_label("What you do").fill("Clerk")
    stand.later(seconds=20)
    page.route("https://tarewell.example/**", lambda route: route.fulfill(body="The worksheet"))
    form.get_by_role("button").click()
    page.wait_for_url("https://tarewell.example/guides/audit-worksheet")
    stand.later(seconds=1)
    form = embedded("audit-worksheet")
    expect(form.get_by_label("Industry")).to_be_visible()
    expect(form.get_by_label("Company")).to_have_count(0)
    assert "North" not in page.frames[1].content()


def test_what_was_agreed_to_can_be_taken_back(embedded: Callable[[str], FrameLocator], page: Page):
    embedded("demo")
    told: list[str] = []
    page.on("request", lambda asked: told.append(asked.url) if asked.url.endswith("/t/events") else None)
    page.evaluate("nurture.consent(false)")
    page.evaluate("nurture.consent(false)")
    assert (told, page.context.cookies()) == ([], [])


def test_another_site_may_not_show_it(stand: Stand, page: Page, site: tuple[str, Path]):
    text = PAGE.format(base=stand.engine.base_url, form="demo")
    (site[1] / "index.html").write_text(text, "utf-8")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(site[0].replace("127.0.0.1", "localhost") + "/index.html")
    page.wait_for_timeout(500)
    assert any("frame-ancestors" in text for text in said)
    expect(page.frame_locator("iframe").get_by_role("button")).to_have_count(0)


def test_a_form_works_without_scripts_and_by_keyboard(stand: Stand, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stand.engine.base_url}/f/newsletter")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("kim@north.example")
    page.keyboard.press("Tab")
    page.keyboard.type("Kim")
    stand.later(seconds=20)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading")).to_have_text("Thank you")
    assert context.cookies() == []
    context.close()
    assert [row.status for row in rows(stand, table.submission)] == ["taken"]
