"""An author writes a mail in the editor, by mouse and by keyboard alone: looks at it as leads would, keeps it, makes it live."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from nurture.engine.accounts import Role
from nurture.engine.drafts import discard, draft_of, save_draft
from nurture.engine.editing import write
from tests.browser.conftest import logged_in
from tests.browser.test_look import SMALL_TARGETS
from tests.browser.wcag import violations
from tests.webapp.stand import Stand
from tools import front_end

PATH = "campaigns/long-cycle/mails/six-lines.mjml"
BUTTON = 'href="{{ link('
UNDER_THE_BAR = """() => {
  const bar = document.querySelector(".editor-bar"), found = [];
  for (const each of [...document.querySelectorAll(".editor :is(a, button, input, select, summary, [role=treeitem])")].reverse()) {
    if (bar.contains(each) || each.disabled || each.closest("dialog:not([open])") || !each.checkVisibility()) continue;
    each.focus();
    if (document.activeElement !== each) continue;
    const at = each.getBoundingClientRect();
    if (at.top < bar.getBoundingClientRect().bottom) found.push(each.outerHTML.slice(0, 80));
  }
  return found;
}"""
"""What has the focus and is not clear of what stays at the top, walking back from the end of the page (WCAG 2.4.11)."""


@pytest.fixture(autouse=True, scope="module")
def islands():
    front_end.build()


@pytest.fixture(autouse=True)
def no_draft(company: Stand):
    yield
    with company.engine.deciding() as (connection, _):
        discard(connection, PATH)


@pytest.fixture(autouse=True)
def quiet(page: Page):
    """Nothing is told to the console but that the frame of a mail runs no script of the mail's own."""
    said = []
    page.on("console", lambda each: said.append(each.text) if each.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield
    assert [each for each in said if "'sha256-" not in each and "409" not in each] == []


def open_editor(page: Page, company: Stand, path: str = PATH) -> None:
    page.goto(f"{company.engine.base_url}/files/{path}")
    expect(page.get_by_role("treeitem", selected=True)).to_be_visible()
    expect(mail(page).locator("body")).to_be_visible()


def mail(page: Page):
    return page.frame_locator("iframe.is-front")


def content(page: Page):
    return page.get_by_role("textbox", name="Content")


def retype(page: Page, words: str) -> None:
    """Write over what the content says, as a person does: all of it chosen, then typed."""
    content(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def is_saved(page: Page) -> None:
    expect(page.locator(".saved")).to_contain_text(re.compile(r"Draft \d+ · Saved \d\d:\d\d"), timeout=20_000)


def keep(page: Page) -> None:
    """Ctrl+S saves the draft at once, and asks for a name, which is not wanted here."""
    page.keyboard.press("Control+s")
    expect(page.get_by_label("Name of the version")).to_be_focused()
    page.keyboard.press("Escape")


def draft_text(company: Stand, path: str = PATH) -> str:
    with company.engine.database.reading() as connection:
        found = draft_of(connection, path)
    assert found
    return found.text


def test_a_mail_is_written_seen_by_three_leads_kept_and_made_live(page: Page, company: Stand):
    page.goto(f"{company.engine.base_url}/mails")
    page.get_by_text("New mail").click()
    page.get_by_role("main").get_by_label("Campaign").select_option("long-cycle")
    page.get_by_label("Name").fill("Fuel story")
    page.get_by_role("button", name="Write it").click()
    path = "campaigns/long-cycle/mails/fuel-story.mjml"
    page.wait_for_url(f"**/files/{path}")

    page.get_by_role("textbox", name="Subject").fill("How fuel is billed")
    page.get_by_role("treeitem", name="Write here what").click()
    retype(page, "Diesel went up & down.")
    expect(mail(page).locator("body")).to_contain_text("Diesel went up & down.", timeout=20_000)
    page.locator(".outline .menu summary").click()
    page.get_by_role("button", name="Button", exact=True).click()
    expect(page.get_by_role("heading", name="Button block")).to_be_visible()
    page.get_by_label("Leads to").select_option("A new link…")
    page.get_by_label("Name, for reports").fill("story")
    page.get_by_label("Address").fill("https://tarewell.example/fuel")
    page.get_by_role("button", name="Add link").click()
    expect(page.get_by_text("0 errors")).to_be_visible(timeout=20_000)

    for name in ("Ada", "Bob", "Eve <b>"):
        label = (
            page.locator(".editor")
            .get_by_label("View as")
            .locator("option", has_text=name)
            .first.get_attribute("value")
        )
        page.locator(".editor").get_by_label("View as").select_option(label)
        expect(mail(page).locator("body")).to_contain_text(f"Hello {name},", timeout=20_000)

    is_saved(page)
    page.reload()
    expect(page.get_by_role("textbox", name="Subject")).to_have_text("How fuel is billed")
    page.get_by_role("button", name="Publish").click()
    page.get_by_label("Why this change").fill("a story about fuel")
    page.get_by_role("button", name="Make live").click()
    expect(page.locator(".banner")).to_have_count(0)
    expect(page.locator(".saved")).to_contain_text("Live, revision", timeout=20_000)
    text = company.engine.live.catalog.texts[path]
    assert "Diesel went up &amp; down." in text
    assert 'story: "https://tarewell.example/fuel"' in text
    assert "<mj-button href=\"{{ link('story') }}\">" in text


def test_a_mail_is_edited_by_keyboard_alone(page: Page, company: Stand):
    before = company.engine.live.catalog.texts[PATH]
    open_editor(page, company)
    page.keyboard.press("F6")
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()
    page.keyboard.press("F6")
    row = page.get_by_role("treeitem", selected=True)
    expect(row).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row).to_contain_text("Hello")
    place = page.locator(".steps-of .num")
    expect(place).to_contain_text("1 of")
    page.keyboard.press("Control+Enter")
    expect(place).to_contain_text("2 of", timeout=20_000)
    page.keyboard.press("Control+Shift+m")
    expect(page.get_by_role("button", name="Mobile")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+Shift+d")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+/")
    expect(page.get_by_role("textbox", name="Code of the mail")).to_be_focused()
    page.keyboard.press("Control+/")
    expect(row).to_be_focused()
    expect(page.get_by_role("treeitem", name="Hello")).to_have_count(1)
    page.keyboard.press("Control+d")
    expect(page.get_by_role("treeitem", name="Hello")).to_have_count(2)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("treeitem").nth(6)).to_contain_text("Hello")
    page.keyboard.press("Delete")
    expect(page.get_by_role("treeitem", name="Hello")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(row).to_contain_text("Hello")
    page.keyboard.press("Enter")
    expect(content(page)).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" and {")
    expect(page.get_by_label("Which value")).to_be_focused()
    page.keyboard.type("compan")
    page.keyboard.press("Tab")
    page.keyboard.type("your firm")
    page.keyboard.press("Enter")
    expect(content(page)).to_be_focused()
    page.keyboard.type("!")
    keep(page)
    is_saved(page)
    added = " and {{ lead.company|default('your firm', true) }}!"
    assert draft_text(company) == before.replace(
        "', true) }},</mj-text>", f"', true) }}}},{added}</mj-text>", 1
    )

    page.keyboard.press("Control+z")
    page.keyboard.press("F6")
    for _ in range(12):
        page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    keep(page)
    is_saved(page)
    assert draft_text(company) == before


def test_a_version_is_kept_under_a_name_by_keys_and_comes_back(page: Page, company: Stand):
    live = company.engine.live.catalog.texts[PATH]
    open_editor(page, company)
    subject = page.get_by_role("textbox", name="Subject")
    subject.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" today")
    keep(page)
    expect(subject).to_be_focused()
    is_saved(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_label("Name of the version")).to_have_value("Version 1")
    page.keyboard.type("With today")  # in the place of what is suggested
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Kept as “With today”")).to_be_visible()
    expect(subject).to_be_focused()
    page.keyboard.press("Control+s")
    page.keyboard.press("Control+s")  # as suggested
    expect(page.get_by_role("status").filter(has_text="Kept as “Version 2”")).to_be_visible()
    with company.engine.deciding() as (connection, _):
        discard(connection, PATH)

    page.get_by_role("link", name="History").click()
    page.get_by_role("link", name="Compare with the text now With today").click()
    expect(page.get_by_role("region", name="What changed").first).to_contain_text("go wrong today")
    page.get_by_role("button", name="Restore as a draft With today").click()
    expect(subject).to_have_text("Six lines where freight invoices go wrong today")
    page.locator(".editor").get_by_role("button", name="Undo").click()
    expect(subject).to_have_text("Six lines where freight invoices go wrong")
    expect(page.locator(".saved")).to_contain_text("Draft 2", timeout=20_000)
    assert draft_text(company) == live


def test_a_block_is_chosen_by_pressing_it_in_the_preview_which_runs_nothing_else(page: Page, company: Stand):
    text = company.engine.live.catalog.texts[PATH]
    own = (
        '<mj-text><a href="javascript:document.body.dataset.ran = 1" onclick="document.body.dataset.ran = 1">Mine</a>'
        '<img src="data:," alt="" onerror="document.body.dataset.ran = 1">'
        "<script>document.body.dataset.ran = 1; parent.postMessage({pressed: '0', times: 1}, '*')</script></mj-text>"
    )
    with company.engine.deciding() as (connection, now):
        changed = text.replace("<mj-text>Hello", f"{own}<mj-text>Hello", 1)
        save_draft(connection, PATH, changed, seeing=0, actor="eve", now=now)
    open_editor(page, company)
    row, chosen = page.get_by_role("treeitem", selected=True), mail(page).locator("[data-chosen]")
    mail(page).get_by_text("Mine").click()
    expect(row).to_contain_text("Mine")
    expect(row).to_be_focused()
    expect(chosen).to_have_text("Mine")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("Hello")
    page.keyboard.press("Delete")
    expect(mail(page).locator("body")).not_to_contain_text("Hello", timeout=20_000)
    expect(chosen).to_have_count(1)
    mail(page).get_by_text("Mine").dblclick()
    expect(content(page)).to_be_focused()
    assert len(page.context.pages) == 1, "a link leads nowhere"
    assert mail(page).locator("body[data-ran]").count() == 0
    mail(page).get_by_text("Am Musterkai").click()  # the footer is of the layout
    said = page.locator("p.around")
    expect(said).to_contain_text("It comes from its layout")
    expect(said.get_by_role("link", name="mail/footer.mjml")).to_have_attribute(
        "href", "/files/templates/mail/footer.mjml"
    )
    mail(page).get_by_text("Mine").click()
    expect(said).to_be_hidden()


def test_it_is_shown_on_a_phone_in_the_dark_without_images_and_as_text(page: Page, company: Stand):
    open_editor(page, company)
    page.get_by_role("button", name="Mobile").click()
    box = page.locator("iframe.is-front").bounding_box()
    assert box
    assert box["width"] == 375
    light = mail(page).locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    expect(mail(page).locator("body")).not_to_have_css("background-color", light, timeout=20_000)
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_text("approximation")).to_be_visible()
    page.get_by_role("button", name="Text", exact=True).click()
    expect(mail(page).locator("pre")).to_contain_text("Hello", timeout=20_000)


def test_versions_are_tabs_and_new_ones_begin_from_a_menu(page: Page, company: Stand):
    before = company.engine.live.catalog.texts[PATH]
    open_editor(page, company)
    tabs = page.get_by_role("navigation", name="Files of this mail")
    expect(tabs.get_by_role("link", name="Everybody")).to_have_attribute("aria-current", "page")
    page.get_by_text("Version", exact=True).click()
    page.get_by_label("Name of the variant").fill("With a Question")
    page.keyboard.press("Enter")
    own = page.get_by_role("button", name="with-a-question")
    expect(own).to_have_attribute("aria-pressed", "true")
    page.get_by_role("textbox", name="Subject").fill("Which six lines?")
    expect(page.locator(".inbox-line")).to_have_text("Which six lines?", timeout=20_000)
    page.get_by_role("button", name="as written").click()
    expect(page.get_by_role("textbox", name="Subject")).to_have_text(
        "Six lines where freight invoices go wrong"
    )
    page.get_by_text("Version", exact=True).click()
    page.locator(".versions-new").get_by_label("Persona").select_option("champion")
    page.locator(".versions-new").get_by_label("Language").select_option(label="French")
    page.get_by_role("button", name="Begin it as a copy").click()
    new = PATH.replace(".mjml", ".champion.fr.mjml")
    page.wait_for_url(f"**/files/{new}")
    expect(tabs.get_by_role("link", name="champion · fr")).to_have_attribute("aria-current", "page")
    text = draft_text(company, new)
    assert "with-a-question" in text
    assert text.partition("---\n{%")[2] == before.partition("---\n{%")[2]
    with company.engine.deciding() as (connection, _):
        discard(connection, new)


def test_conditions_stand_as_brackets_and_come_and_go(page: Page, company: Stand):
    before = company.engine.live.catalog.texts[PATH]
    open_editor(page, company)
    page.get_by_role("treeitem", name="Button Print").click()
    page.get_by_label("Show when").select_option("the lead is hot")
    expect(page.get_by_role("treeitem", name="If lead.temperature == 'hot'")).to_be_visible()
    expect(mail(page).locator("body")).not_to_contain_text("Print the one-page", timeout=20_000)
    page.get_by_label("Show when").select_option("always")
    expect(page.get_by_role("treeitem", name="If lead")).to_have_count(0)
    dragged = page.get_by_role("treeitem", name="Button Print").bounding_box()
    over = page.get_by_role("treeitem", name="Hello").bounding_box()
    assert dragged
    assert over
    page.mouse.move(dragged["x"] + 60, dragged["y"] + 10)
    page.mouse.down()
    page.mouse.move(over["x"] + 60, over["y"] + 2, steps=4)
    page.mouse.up()
    expect(page.get_by_role("treeitem").nth(4)).to_contain_text("Button Print")
    expect(page.get_by_role("treeitem").nth(5)).to_contain_text("Hello")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("treeitem").nth(4)).to_contain_text("Hello")
    page.get_by_role("treeitem", name="Hello").click()
    page.get_by_role("button", name="Save as block").click()
    expect(page.get_by_label("Name of the block")).to_be_focused()
    page.keyboard.type("footer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("already; choose another name", timeout=20_000)
    page.get_by_label("Name of the block").fill("Greeting")
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem", name="Shared block greeting")).to_be_focused(timeout=20_000)
    expect(mail(page).locator("body")).to_contain_text("Hello Eve <b>", timeout=20_000)
    page.locator(".outline .menu summary").click()
    expect(page.get_by_role("button", name="Greeting", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("treeitem", name="Shared block greeting")).to_have_count(0)
    page.get_by_role("button", name="Code").click()
    expect(page.get_by_role("textbox", name="Code of the mail")).to_contain_text("subject")
    keep(page)
    expect(page.locator(".saved")).not_to_contain_text("Not saved")
    with company.engine.database.reading() as connection:
        found = draft_of(connection, PATH)
    assert found is None or found.text == before


def test_a_problem_is_told_with_its_place_and_mended_where_the_way_is_known(page: Page, company: Stand):
    open_editor(page, company)
    page.locator(".outline .menu summary").click()
    page.get_by_role("button", name="Image", exact=True).click()
    expect(page.get_by_role("heading", name="Image block")).to_be_visible()
    page.get_by_label("Words for the image").fill("A chart")
    page.get_by_role("button", name="Code").click()
    code = page.get_by_role("textbox", name="Code of the mail")
    code.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(
        '---\nsubject: x\n---\n<mjml><mj-body><mj-section><mj-column><mj-image src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" /></mj-column></mj-section></mj-body></mjml>'
    )
    fix = page.locator(".found").get_by_role("button", name="Fix")
    publish = page.get_by_role("button", name="Publish")
    expect(publish).to_have_attribute("aria-disabled", "true", timeout=20_000)
    expect(publish).to_have_accessible_description(re.compile("1 error keeps it back ?: line 4: .*alt"))
    publish.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".found .error").get_by_role("button").first).to_be_focused()
    expect(fix).to_be_visible(timeout=20_000)
    code.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n")  # still on its way when the problem of the text before it is to be mended
    fix.click()
    expect(code).to_contain_text('alt=""', timeout=20_000)
    lacks = re.compile("4 errors keep it back ?: .*unsubscribe")
    expect(publish).to_have_accessible_description(lacks, timeout=20_000)

    code.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("{{ first_n")
    offered = page.get_by_role("listbox", name="Completions")
    expect(offered.get_by_role("option", selected=True)).to_contain_text("lead.first_name", timeout=20_000)
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    expect(code).to_be_focused()
    page.keyboard.press("Control+Space")
    expect(offered.get_by_role("option", selected=True)).to_contain_text("lead.first_name")
    # Enter is a line end until the list has stood for 75 ms, so that it surprises nobody who types on.
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    page.keyboard.press("Enter")
    expect(code).to_contain_text("{{ lead.first_name|default('', true) }}")
    page.keyboard.type("you")
    expect(code).to_contain_text("{{ lead.first_name|default('you', true) }}")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(code).not_to_be_focused()
    publish.focus()
    for _ in range(30):
        page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(publish).to_have_attribute("aria-disabled", "false", timeout=20_000)
    publish.click()
    expect(page.get_by_role("dialog", name="Make it live")).to_be_visible()


def test_who_publishes_over_another_sees_both_changes(page: Page, company: Stand):
    open_editor(page, company)
    text = company.engine.live.catalog.texts[PATH]
    page.get_by_role("textbox", name="Preheader").fill("Mine.")
    keep(page)
    is_saved(page)
    write(
        company.engine,
        {PATH: text.replace("Hello", "Good day,", 1)},
        expecting=company.engine.live.number,
        actor="mara@tarewell.example",
        reason="politer",
    )
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Make live").click()
    parted = page.get_by_role("dialog", name="Somebody else made a change live")
    expect(parted.get_by_role("region", name="What went live")).to_contain_text("Good day,")
    expect(parted.get_by_role("region", name="What you changed")).to_contain_text("Mine.")
    assert company.engine.live.catalog.texts[PATH] != draft_text(company)
    parted.get_by_role("button", name="Take theirs").click()
    expect(page.get_by_role("treeitem", name="Good day,")).to_be_visible()
    write(
        company.engine,
        {PATH: text},
        expecting=company.engine.live.number,
        actor="mara@tarewell.example",
        reason="as before",
    )


def test_without_scripts_there_is_a_form(browser: Browser, company: Stand):
    context = browser.new_context(storage_state=logged_in(), java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{company.engine.base_url}/files/{PATH}")
    expect(page.get_by_label(f"Text of {PATH}")).to_be_visible()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Every promise that this file makes is kept")).to_be_visible()
    context.close()


def test_who_may_only_see_edits_nothing(browser: Browser, company: Stand):
    context = browser.new_context(storage_state=logged_in(Role.VIEWER))
    page = context.new_page()
    open_editor(page, company)
    for name in ("Publish", "Send test", "Remove", "Bold"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_role("textbox", name="Subject").click()
    page.keyboard.type("x")
    expect(page.get_by_role("textbox", name="Subject")).to_have_text(
        "Six lines where freight invoices go wrong"
    )
    context.close()


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1440), ("dark", 1280), ("light", 768), ("dark", 375)]
)
def test_the_editor_is_accessible_and_fits(browser: Browser, company: Stand, scheme, width):
    context = browser.new_context(
        storage_state=logged_in(), color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    open_editor(page, company)
    page.get_by_role("treeitem", name="Hello").click()
    expect(page.get_by_text("else").first).to_be_visible()
    page.get_by_role("button", name="Code").click()
    expect(page.get_by_role("textbox", name="Code of the mail")).to_be_visible()
    page.get_by_text("Version", exact=True).click()
    expect(page.get_by_role("button", name="Begin it as a copy")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL_TARGETS) == []
    assert violations(page) == []
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    box = page.locator(".editor-bar").bounding_box()
    assert box
    assert box["y"] == 0  # title and actions stay in sight
    assert page.evaluate(UNDER_THE_BAR) == []
    context.close()
