"""Pictures of every page of the product, to be looked at: telephone, tablet and desk, day and night, full and empty.

Plays the sample into a home of its own, logs in, walks the pages and writes var/screenshots/en/, with an index.html that
shows them side by side. Fails where a page has no picture, is wider than its window, weighs too much or ends in an error.
"""

import gzip
import logging
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Literal

import msgspec
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright
from pydantic import SecretStr
from sqlalchemy import select
from werkzeug.serving import make_server

from nurture import app
from nurture.config import Settings
from nurture.content.recipes import instantiate, read_recipes
from nurture.engine.accounts import Role, add, first_admin
from nurture.engine.accounts_links import Purpose, new_link
from nurture.engine.editing import write
from nurture.engine.engine import Engine
from nurture.languages.catalogues import WRITTEN_IN
from nurture.secret_key import secret
from nurture.store import records
from tools.an_import import an_import
from tools.browser import REMEDY, find_browser
from tools.mail_pictures import FLAGS
from tools.page_walk import Walk, forgotten, view_of
from webapp import create_app, simulations_kept

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "var" / "screenshots"
WIDTHS = (375, 768, 1440)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAGE_BYTES_MAX = 200 * 1024
"""All that one page loads, compressed."""
MAILS_OF_LEADS = ("lead.mail", "mailbox.message", "footer.view")
"""Pages that show a mail whose width is the author's."""
GONE = (404, 410)
MISSING = ("/nope", "/login/", "/f/confirm/", "/u/nonsense")
"""Where nothing being there is what we came to see."""


class Picture(msgspec.Struct, frozen=True):
    """One page as it was seen."""

    path: str
    group: str
    name: str
    kilobytes: float
    problems: list[str]


class Site(msgspec.Struct, frozen=True):
    """An application that answers, what it answers with, and the language that it is asked in."""

    flask: Flask
    engine: Engine
    url: str
    language: str


def main() -> None:
    """Take all pictures, or those of the pages whose paths contain a word that was given.

    --home=FOLDER keeps the sample; --language=de has the pages in German, in a folder beside.
    """
    simulations_kept.PATIENCE_SECONDS = 60.0  # what was played, and not that it is played
    browser = find_browser()
    if browser is None:
        sys.exit(REMEDY)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    asked = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[1:] if word.startswith("--"))
    kept = Path(asked["home"]) if "home" in asked else None
    language = asked.get("language", WRITTEN_IN)
    index = FOLDER / language / "index.html"
    seen: list[Picture] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        with served(kept or Path(folder) / "full", language, sample=True) as site:
            seen += visited(chromium, site, "stranger", strangers(site.engine), words)
            seen += visited(chromium, site, "full", STARTS, words, log_in=True)
            missed = forgotten(site.flask, [each.path for each in seen])
        with served(Path(folder) / "empty", language, sample=False) as site:
            seen += visited(chromium, site, "empty", STARTS, words, log_in=True, follow=False)
        chromium.close()
    index.write_text(sheet(seen), "utf-8")
    wrong = [f"{each.group} {each.path}: {problem}" for each in seen for problem in each.problems]
    if not words:
        wrong += [f"{view}: no picture" for view in missed]
    heaviest = max(seen, key=lambda each: each.kilobytes)
    print(f"{len(seen)} pages, {len(WIDTHS) * len(SCHEMES)} pictures each: {index.relative_to(ROOT)}")
    print(f"The heaviest loads {heaviest.kilobytes:.0f} KB compressed: {heaviest.path}")
    if wrong:
        sys.exit("\n".join(wrong))


@contextmanager
def served(home: Path, language: str = WRITTEN_IN, *, sample: bool) -> Iterator[Site]:
    """The product at a free port over *home*, which is filled if it is new."""
    server = make_server("127.0.0.1", 0, Flask("nothing"), threaded=True)
    url = f"http://127.0.0.1:{server.port}"
    settings = Settings(
        home=home, public_url=url, tracking_url=url, secret_key=SecretStr("for pictures only " * 2)
    )
    is_new = not (home / "nurture.sqlite").exists()
    home.mkdir(parents=True, exist_ok=True)
    if is_new and sample:
        print("Playing the sample, about a minute", flush=True)
        app.play_sample(settings, lambda _: None)
    engine = app.make_engine(settings)
    if is_new and not sample:
        engine.publish(app.read_catalog(settings), actor="pictures", reason="the first revision")
    if "welcome" not in engine.live.programme.campaigns:
        recipe = read_recipes(settings.recipes)["welcome"]
        texts = instantiate(recipe, key="welcome", name="Welcome", topic="product", draft=True)
        write(engine, texts, expecting=engine.live.number, actor="pictures", reason="a draft to go live with")
    server.app = pages = create_app(
        engine, secret=secret(settings), mailbox=app.mailbox(settings), home=home, public_url=url
    )
    an_import(engine, home, by="pictures")
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield Site(pages, engine, url, language)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        engine.close()


STARTS = (
    "/", "/welcome", "/inbox", "/inbox?show=late", "/leads", "/leads?q=zzzz", "/leads/import", "/leads/duplicates", "/companies", "/tasks", "/campaigns",
    "/campaigns/new", "/campaigns/welcome/go-live", "/campaigns/long-cycle/tracks/warm-champion?at=see-it", "/campaigns/long-cycle/tracks/cold?panel=enters", "/tracks/new", "/campaigns/long-cycle/enters", "/campaigns/long-cycle/simulate",
    "/campaigns/long-cycle/compare", "/verdicts", "/verdicts?show=people", "/verdicts?show=overturned", "/broadcasts", "/broadcasts/new", "/segments", "/tags", "/forms", "/files", "/mails",
    "/files/campaigns/programme.yaml", "/mailbox", "/unknown", "/failed", "/deferred", "/suppressions", "/sample", "/go", "/personas", "/personas/new", "/scoring", "/scoring?temperature.hot.enter=80", "/scoring/rules/fit/new", "/scoring/rules/interest/new", "/pace", "/reports", "/reports/steps?days=90", "/reports/sales?compare=1", "/reports?days=90&compare=1&stage=sal", "/settings/set-aside", "/settings/sender", "/settings/times",
    "/settings/sending", "/settings/users", "/settings/audit", "/settings/webhooks", "/settings/account", "/settings/account/second-step", "/nope",
)  # fmt: skip


def strangers(engine: Engine) -> list[str]:
    """What those see who have no account: our own door, and what leads get."""
    with engine.deciding() as (connection, now):
        who = first_admin(connection, now=now)
        assert who, "a new installation lets its first admin in by a link"
        guest = add(connection, f"guest{now.timestamp()}@guests.example", Role.VIEWER, by="pictures", now=now)
        invitation = new_link(connection, guest, Purpose.INVITATION, now=now)
        reset = new_link(connection, guest, Purpose.RESET, now=now)
        touches = connection.execute(
            select(records.touch.c.id).order_by(records.touch.c.id.desc()).limit(1)
        ).scalars()
        tokens = [engine.keyring.touch_token(touch_id, 1) for touch_id in touches]
    footer = [f"/{page}/{token}" for page in "upv" for token in tokens]
    forms = [f"/f/{key}" for key in engine.live.programme.forms]
    return [
        "/login", "/login/code", "/forgot", "/login/nonsense", f"/login/{invitation}", f"/reset/{reset}", "/u/nonsense",
        "/f/confirm/nonsense", *footer, *forms,
    ]  # fmt: skip


def visited(
    browser: Browser, site: Site, group: str, starts: list[str] | tuple[str, ...], words: list[str],
    *, log_in: bool = False, follow: bool = True,
) -> list[Picture]:  # fmt: skip
    """A picture of each width and scheme of every page that *starts* lead to."""
    context = browser.new_context(reduced_motion="reduce", locale=site.language)
    if log_in:
        enter(context, site)
    seen, walk = [], Walk(site.flask, starts)
    for path in walk:
        if words and not any(word in path for word in words):
            continue
        page = context.new_page()
        seen.append(look(page, site, group, path))
        if follow:
            walk.links(
                page.eval_on_selector_all("a[href^='/']", "all => all.map(each => each.getAttribute('href'))")
            )
        page.close()
    context.close()
    return seen


def enter(context: BrowserContext, site: Site) -> None:
    """Log in as the first admin."""
    page = context.new_page()
    with site.engine.deciding() as (connection, now):
        who = first_admin(connection, now=now)
        assert who
        token = new_link(connection, who, Purpose.LOGIN, now=now)
    page.goto(f"{site.url}/login/{token}")
    page.get_by_role("button").click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.close()


def look(page: Page, site: Site, group: str, path: str) -> Picture:
    """Load *path* once, and take its pictures."""
    answers: list[Response] = []
    problems: list[str] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 a builtin cannot be a listener
    page.on("console", lambda said: None if is_expected(said) else problems.append(said.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    view = view_of(site.flask, path)
    main_answer = page.goto(site.url + path)
    assert main_answer
    if not main_answer.ok and not (main_answer.status in GONE and path.startswith(MISSING)):
        problems.append(f"answered {main_answer.status}")
    name = f"{group}-" + "".join(each if each.isalnum() else "-" for each in path).strip("-")[:60]
    folder = FOLDER / site.language / name
    folder.mkdir(parents=True, exist_ok=True)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=folder / f"{width}-{scheme}.png", full_page=True)
            across = page.evaluate("document.documentElement.scrollWidth")
            if across > width and view not in MAILS_OF_LEADS:
                problems.append(f"is {across} wide in a window of {width}")
    weight = sum(
        len(gzip.compress(each.body())) for each in answers if each.url.startswith(site.url) and each.ok
    )
    if weight > PAGE_BYTES_MAX:
        problems.append(f"loads {weight // 1024} KB")
    return Picture(path, group, name, weight / 1024, list(dict.fromkeys(problems)))


def is_expected(said: ConsoleMessage) -> bool:
    """Whether the console tells nothing new: a status that we look at ourselves, or a frame that may run no script."""
    return said.type != "error" or "404" in said.text or "410" in said.text or "sandboxed" in said.text


def sheet(seen: list[Picture]) -> str:
    """A page with all pictures of a page in a row."""
    rows = "".join(
        f"<h2>{escape(each.group)} {escape(each.path)} <small>{each.kilobytes:.0f} KB {escape('; '.join(each.problems))}"
        f"</small></h2><div>{''.join(figure(each, width, scheme) for scheme in SCHEMES for width in WIDTHS)}</div>"
        for each in seen
    )
    return f"<!doctype html><meta charset=utf-8><title>Every page</title><style>{STYLE}</style>{rows}"


def figure(picture: Picture, width: int, scheme: Scheme) -> str:
    source = f"{escape(picture.name)}/{width}-{scheme}.png"
    return (
        f'<a class="w{width}" href="{source}"><img src="{source}" alt="{width} {scheme}" loading="lazy"></a>'
    )


STYLE = (
    "body{margin:16px;font:14px sans-serif;background:#888}h2{font-size:14px;margin:16px 0 4px}"
    "div{display:flex;gap:8px;align-items:flex-start}img{display:block;max-width:320px}.w375 img{max-width:140px}"
)

if __name__ == "__main__":
    main()
