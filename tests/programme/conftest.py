"""The shipped programme, read once, and its mails as a reader would get them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import DictLoader
from playwright.sync_api import Browser, Page
from shipped import ADDRESS, NORA, ROOT

from nurture.content.catalog import Catalog, load
from nurture.content.compile import compile_mail
from nurture.content.mails import MailFile
from nurture.content.mjml.compiler import compile_mjml
from nurture.content.render import PreviewParts, render_preview
from nurture.content.sandbox import Sandbox


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load(ROOT / "campaigns", ROOT / "templates")


@pytest.fixture(scope="session")
def mails(catalog: Catalog) -> dict[str, MailFile]:
    """Every mail file of the programme by its path."""
    return {v.mail.path: v.mail for family in catalog.mails.values() for v in family.variants}


@pytest.fixture(scope="session")
def html_of(catalog: Catalog):
    """Renders a mail for a lead by Jinja and MJML alone: what the templates promise without the engine."""
    environment = Sandbox(loader=DictLoader(dict(catalog.templates)), autoescape=True)
    programme = catalog.sound_programme()

    def render(mail: MailFile, lead: dict[str, str]) -> str:
        campaign = programme.campaigns[Path(mail.path).parts[1]]
        body = environment.from_string(mail.body).render(
            lead=lead,
            link=mail.front.links.__getitem__,
            programme=programme,
            campaign=campaign,
            unsubscribe_url=f"{ADDRESS}/unsubscribe/1",
            preferences_url=f"{ADDRESS}/preferences/1",
            signature=programme.sender.signature,
            view_url=f"{ADDRESS}/view/1",
        )
        return compile_mjml(body)

    return render


@pytest.fixture(scope="session")
def sent(catalog: Catalog, mails: dict[str, MailFile]) -> dict[str, PreviewParts]:
    """Every mail by its path, as the engine sends it to a lead we know."""
    programme = catalog.sound_programme()

    def to_nora(mail: MailFile) -> PreviewParts:
        campaign = programme.campaigns[Path(mail.path).parts[1]]
        extra = {
            "programme": {"name": programme.name, "postal_address": programme.postal_address},
            "campaign": {"name": campaign.name, "contact": campaign.contact},
            "signature": programme.sender.signature,
        }
        program = compile_mail(mail, templates=catalog.templates, base_url=ADDRESS)
        assert program.problems == (), mail.path
        return render_preview(program, lead=NORA, token="token", extra=extra)

    return {path: to_nora(mail) for path, mail in mails.items()}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page for mails: what they show from the network would be waited for, and never come."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()
