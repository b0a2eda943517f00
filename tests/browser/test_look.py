"""Every page, light and dark, on a phone and on a desk: nothing hidden to the side, nothing that WCAG 2.2 AA forbids."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, StorageState

from nurture.engine.accounts import Role, end_sessions
from nurture.engine.accounts_links import Purpose, new_link
from nurture.engine.accounts_login import set_password
from tests.browser.conftest import SECRET, logged_in
from tests.browser.wcag import RULES, violations
from tests.webapp.stand import STAFF, Stand
from tools.an_import import an_import
from tools.page_walk import forgotten
from webapp import create_app

PASSWORD = "a sentence is fine"
DESK, PHONE = 1280, 375
WIDTHS = (DESK, 1440, 768, 320, PHONE)
"""In the order in which a page is made so wide: it is opened on a desk, and ends on a telephone at night."""
AS_SENT = "/v/"
"""A mail as it was sent: its links are the author's, and no script may run there, axe's neither; tests/programme asks both."""
Scheme = Literal["light", "dark"]
State = StorageState | None
SMALL_TARGETS = """[...document.querySelectorAll("a, button, summary, input, select, textarea")]
  .filter(each => each.checkVisibility() && !each.matches(".skip, p a, dd a, dt a, h2 a, h3 a, input[type=hidden]"))
  .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24)
  .map(([html]) => html)"""
"""Below 24 pixels (WCAG 2.2, 2.5.8); links in running text are exempt."""
FITS = f"[document.documentElement.scrollWidth, {SMALL_TARGETS}]"


def paths(company: Stand, state: State) -> list[str]:
    """Every page that somebody who is logged in sees, or nobody who is."""
    if state is None:
        with company.engine.deciding() as (connection, now):
            viewer = company.account(Role.VIEWER)
            invitation = new_link(connection, viewer, Purpose.INVITATION, now=now)
            reset = new_link(connection, viewer, Purpose.RESET, now=now)
        return [
            "/login", "/login?next=/leads", "/login/code", "/forgot", "/nope", "/login/nonsense", f"/login/{invitation}",
            f"/reset/{reset}",
        ]  # fmt: skip
    ada, token = company.lead_id("ada"), company.token("ada")
    assert company.mailbox
    if "hello" not in company.engine.live.programme.campaigns:
        company.with_a_draft()
    message = next(path.name for path in (company.mailbox / "new").iterdir())
    return [
        "/", "/inbox", f"/inbox?lead={ada}", "/inbox?show=late", "/leads", "/leads?q=zz", "/leads/import", f"/leads/import/{given(company)}", f"/leads/{ada}", f"/leads/{ada}/privacy", "/leads/duplicates", f"/leads/{ada}/merge", f"/leads/{ada}/merge/{company.lead_id('bob')}",
        f"/leads/mails/{company.first_touch('ada')}", "/campaigns", "/campaigns/long-cycle", "/campaigns/hello/go-live", "/mailbox",
        f"/mailbox/{message}", "/unknown", "/failed", "/tasks", "/welcome", "/settings/account", "/settings/set-aside", "/settings/account/second-step",
        "/settings/users", "/settings/audit", "/settings/webhooks", "/settings/audit?who=test", "/nope", f"/u/{token}", f"/p/{token}", "/u/nonsense",
        "/leads?tag=vip&segment=dach", "/companies", "/companies/engine%20ltd", "/segments", "/segments/dach", "/tags",
        "/broadcasts", "/broadcasts/new?name=Fair&audience=segment+dach&mail=long-cycle/terms&at=2026-03-03T09:00",
        "/forms", "/forms/demo", "/forms/demo?show=held", "/f/demo", "/f/workshop", "/f/newsletter?embed=1",
        f"/f/demo?for={token}", "/f/confirm/nonsense", "/broadcasts/product-note", "/deferred", "/replies", "/system-mail", "/suppressions",
        "/sample", "/go", "/personas", "/personas/new", "/personas/buyer", "/scoring", "/scoring?temperature.hot.enter=50", "/scoring/rules/fit/new", "/scoring/rules/interest/of/pricing", "/pace", "/reports?compare=1", "/reports/steps?compare=1", "/reports/sales?compare=1", "/settings/sender", "/settings/times", "/settings/sending", "/settings/health", "/files", "/campaigns/new",
        "/files/campaigns/programme.yaml", "/files/campaigns/long-cycle/mails/terms.mjml", f"/v/{token}", "/mails", "/mails/system/hand-off",
        "/files/campaigns/long-cycle/mails/terms.mjml/history", "/files/campaigns/long-cycle/mails/terms.mjml/review",
        "/files/campaigns/long-cycle/mails/terms.mjml/versions",
        "/campaigns/long-cycle/tracks/warm-champion?at=see-it", "/campaigns/long-cycle/tracks/warm-champion?add=1&kind=choose",
        "/campaigns/long-cycle/tracks/hot?at=call",
        "/campaigns/long-cycle/tracks/cold?panel=enters", "/tracks/new?persona=buyer&temperature=hot", "/campaigns/long-cycle/enters",
        "/campaigns/long-cycle/simulate?days=30", "/campaigns/long-cycle/compare", "/verdicts", "/verdicts?show=people", "/verdicts?show=overturned&pattern=burst",
    ]  # fmt: skip


def given(company: Stand) -> int:
    """A file of leads that was given to a page, and tried."""
    assert company.mailbox
    return an_import(company.engine, company.mailbox.parent, by=STAFF[Role.MARKETER])


def test_no_page_is_forgotten(company: Stand):
    app = create_app(
        company.engine, secret=SECRET, mailbox=company.mailbox, public_url=company.engine.base_url
    )
    assert forgotten(app, paths(company, logged_in()) + paths(company, None)) == []


@pytest.mark.parametrize("state", [logged_in(), None], ids=["logged in", "stranger"])
def test_every_page_fits_and_is_accessible(company: Stand, browser: Browser, state: State):
    """Each is opened once and looked at in every way: nothing of ours asks when it opens how wide or dark it is.

    It fits by day; no rule for the night says how large anything is.
    """
    context = browser.new_context(storage_state=state)
    page, wrong = context.new_page(), []
    for path in paths(company, state):
        wears(page, "light", DESK)
        page.goto(company.engine.base_url + path)
        wrong += faults(page, path)
    context.close()
    assert wrong == []


def test_what_a_form_is_answered_with_after_its_session_fits_and_is_accessible(
    company: Stand, browser: Browser
):
    """These two pages have no address: the login that keeps what was sent, and what was sent."""
    who = company.account(Role.MARKETER)
    with company.engine.deciding() as (connection, now):
        set_password(connection, who, PASSWORD, now=now)
    page = browser.new_page(base_url=company.engine.base_url)

    def log_in() -> None:
        page.get_by_label("E-mail").fill(who.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()

    page.goto("/login")
    log_in()
    page.goto(f"/leads/{company.lead_id('ada')}")
    page.get_by_text("Write a note").click()
    page.get_by_label("Note", exact=True).fill("Asked for terms twice.\nCalls back on Friday.")
    with company.engine.deciding() as (connection, now):
        end_sessions(connection, who, now=now)
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("It is kept on this page").wait_for()
    wrong = faults(page, "the login that keeps what was sent")
    wears(page, "light", DESK)
    log_in()
    page.get_by_role("heading", name="Send it again?").wait_for()
    wrong += faults(page, "what was sent")
    page.close()
    assert wrong == []


def faults(page: Page, path: str) -> list[str]:
    """What is wrong with how *page*, which is that of *path*, looks at each width, by day and by night."""
    wrong, is_ours = [], not path.startswith(AS_SENT)
    if is_ours:
        wrong += forbidden(page, path, "light", DESK)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide, small = page.evaluate(FITS)
        if wide > width:
            wrong.append(f"{path}: wider than {width}")
        if is_ours:
            wrong += [f"{path} at {width}: small target {each}" for each in small]
    if is_ours:
        wrong += forbidden(page, path, "dark", PHONE)
    return wrong


def forbidden(page: Page, path: str, scheme: Scheme, width: int) -> list[str]:
    """What axe finds on *page* where it wears this; the night asks anew only for what it can change."""
    wears(page, scheme, width)
    return [f"{path}, {scheme} at {width}: {each}" for each in violations(page, RULES[scheme])]


def wears(page: Page, scheme: Scheme, width: int) -> None:
    """From now on *page* is as wide, and as light or dark, as this; no colour passes slowly into another."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
