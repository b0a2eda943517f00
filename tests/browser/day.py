"""What the stories of a whole day share: a world with many leads inside, and the ways of somebody at a keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from nurture.engine.accounts import Role
from nurture.engine.accounts_login import set_password
from nurture.engine.intake import NewLead
from tests.webapp.stand import Stand

PASSWORD = "a sentence is enough of it"
MANY = 60
SLOWEST = 30_000
"""Milliseconds for what reads the whole programme or stretches a password, on a machine with much to do."""
NAME_OF_FOCUS = """() => {
  const focused = document.activeElement, label = focused.labels?.[0]?.innerText ?? "";
  return (focused.getAttribute("aria-label") || label || focused.innerText || "").trim();
}"""


def tab_to(page: Page, name: str, *, key: str = "Tab", most: int = 150) -> None:
    """Press *key* until what has the focus is called *name*."""
    seen = []
    for _ in range(most):
        page.keyboard.press(key)
        seen.append(page.evaluate(NAME_OF_FOCUS))
        if seen[-1].casefold().startswith(name.casefold()):
            return
    pytest.fail(f"{name!r} is not reached with {key}: {seen}")


def go(page: Page, words: str) -> None:
    """To another page by a few letters."""
    page.wait_for_load_state()  # the keys of a page work once its script has run
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    chosen = page.locator("#palette [role=option][aria-selected=true]")
    expect(chosen).to_contain_text(re.compile(re.escape(words), re.IGNORECASE))
    follow(page)


def follow(page: Page) -> None:
    """Press Enter on what leads to another page, and be there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def settle(stand: Stand) -> None:
    """Many leads are in the track for the cold, and an admin and a marketer have passwords."""
    crowd = [
        NewLead(reference=f"n{n}", fields={"email": f"n{n}@crowd.example", "first_name": f"Nele {n}"})
        for n in range(MANY)
    ]
    stand.engine.enter_leads(crowd, source="import")
    stand.engine.tick()
    with stand.engine.deciding() as (connection, now):
        for role in (Role.ADMIN, Role.MARKETER):
            set_password(connection, stand.account(role), PASSWORD, now=now)
