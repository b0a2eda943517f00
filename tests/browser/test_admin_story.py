"""An admin's day: somebody is invited, times and limits are set, a second step protects the login, all mail is paused and resumed,
and the audit log has it all. Once with the mouse and once by keyboard alone.
"""

from base64 import b32decode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, expect

from nurture.engine.accounts import Role
from tests.browser.day import PASSWORD, SLOWEST, follow, go, tab_to
from tests.webapp.stand import STAFF, Stand

ADMIN = STAFF[Role.ADMIN]


def code(house: Stand, page: Page) -> str:
    """What a telephone shows that has been shown the key."""
    key = page.locator("code.letters").inner_text().replace(" ", "")
    return TOTP(b32decode(key), 6, SHA1(), 30).generate(int(house.clock.now().timestamp())).decode()


def test_with_the_mouse(stranger: Page, house: Stand):
    page = stranger
    main = page.get_by_role("navigation", name="Main")
    page.goto("/")
    page.get_by_label("E-mail").fill(ADMIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    main.get_by_role("link", name="Users").click()
    page.get_by_role("main").get_by_label("E-mail").fill("nils@tarewell.example")
    page.get_by_role("region", name="Invite somebody").get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("heading", name="A link for nils@tarewell.example")).to_be_visible()

    main.get_by_role("link", name="Times and limits").click()
    page.get_by_label("Mails in seven days, at most").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("is live", timeout=SLOWEST)
    assert [each.mails for each in house.engine.live.programme.sending.at_most if each.per == "week"] == [2]

    page.locator("details.acting > summary").click()
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Turn it on").click()
    page.get_by_label("The code that it shows now").fill(code(house, page))
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Your spare codes")).to_be_visible(timeout=SLOWEST)
    page.get_by_role("link", name="I have them").click()
    page.get_by_role("link", name="Spare codes, or turn it off").click()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is enough again", timeout=SLOWEST)

    main.get_by_role("link", name="Pace").click()
    page.locator("summary", has_text="Pause everything").click()
    page.get_by_label("Why?").first.fill("the landing page is down")
    page.get_by_role("button", name="Pause everything").click()
    expect(page.get_by_role("heading", name="Nothing leaves")).to_be_visible()
    page.locator("summary", has_text="Resume").click()
    page.get_by_label("Why may it go on?").fill("it is up again")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("heading", name="Mail leaves as it comes due")).to_be_visible()

    main.get_by_role("link", name="Audit log").click()
    is_told(page, "nils@tarewell.example", "the landing page is down", "it is up again")


def test_by_keyboard_alone(stranger: Page, house: Stand):
    page, keys = stranger, stranger.keyboard
    page.goto("/login")
    expect(page.get_by_label("E-mail")).to_be_focused()
    keys.type(ADMIN)
    keys.press("Tab")
    keys.type(PASSWORD)
    follow(page)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible(timeout=SLOWEST)

    go(page, "users")
    page.wait_for_url("**/settings/users")
    tab_to(page, "E-mail")
    keys.type("olga@tarewell.example")
    keys.press("Tab")
    keys.type("approver")
    keys.press("Tab")
    follow(page)
    expect(page.get_by_role("heading", name="A link for olga@tarewell.example")).to_be_visible()

    go(page, "times and limits")
    page.wait_for_url("**/settings/times")
    tab_to(page, "Mails in seven days, at most")
    keys.press("Control+a")
    keys.type("4")
    follow(page)
    expect(page.get_by_role("status")).to_contain_text("is live", timeout=SLOWEST)
    assert [each.mails for each in house.engine.live.programme.sending.at_most if each.per == "week"] == [4]

    go(page, "your account")
    page.wait_for_url("**/settings/account")
    tab_to(page, "Turn it on")
    follow(page)
    tab_to(page, "The code that it shows now")
    keys.type(code(house, page))
    keys.press("Tab")
    keys.type(PASSWORD)
    follow(page)
    expect(page.get_by_role("heading", name="Your spare codes")).to_be_visible(timeout=SLOWEST)
    tab_to(page, "I have them")
    follow(page)
    tab_to(page, "Spare codes, or turn it off")
    follow(page)
    tab_to(page, "Current password")
    keys.type(PASSWORD)
    follow(page)
    expect(page.get_by_role("status")).to_contain_text("Your password is enough again", timeout=SLOWEST)

    go(page, "pause sending")
    page.wait_for_url("**/pace")
    tab_to(page, "Pause everything")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("a wrong price")
    follow(page)
    expect(page.get_by_role("heading", name="Nothing leaves")).to_be_visible()
    tab_to(page, "Resume")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("the price is right")
    follow(page)
    expect(page.get_by_role("heading", name="Mail leaves as it comes due")).to_be_visible()

    go(page, "audit log")
    page.wait_for_url("**/settings/audit")
    is_told(page, "olga@tarewell.example", "a wrong price", "the price is right")


def is_told(page: Page, *words: str) -> None:
    log = page.get_by_role("table")
    for each in words:
        expect(log).to_contain_text(each)
