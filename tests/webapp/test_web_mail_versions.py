"""The versions of a mail side by side: each with what its inbox shows, and as one lead would read it."""

import re

from sqlalchemy import func, select

from nurture.engine.drafts import save_draft
from nurture.store import records as table
from tests.webapp.stand import Stand

PATH = "campaigns/long-cycle/mails/terms.mjml"
GERMAN = "campaigns/long-cycle/mails/terms.de.mjml"
VARIED = """---
subject: "Die Konditionen, {{ lead.first_name|default('Sie', true) }}"
preheader: "Kurz gesagt"
variants:
  plain: {subject: "Konditionen"}
---
{% extends "mail/layout.mjml" %}
{% block body %}<mj-text>Guten Tag</mj-text>{% endblock %}
"""


def begun(stand: Stand, path: str, text: str) -> None:
    with stand.engine.deciding() as (connection, now):
        save_draft(connection, path, text, seeing=0, actor="a test", now=now)


def all_events(stand: Stand) -> int:
    with stand.engine.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table.event)).scalar_one()


def names(page: str) -> list[str]:
    return re.findall(r'<h2 id="v\d+">([^<]+)</h2>', page)


def test_each_file_and_each_variant_is_shown_the_one_for_everybody_first(client, stand):
    begun(stand, GERMAN, VARIED)
    page = client.get(f"/files/{PATH}/versions").text
    assert names(page) == ["Everybody", "de", "de · plain"]
    assert "<b>Die Konditionen, ‹first name›</b>" in page
    assert "<b>Konditionen</b>" in page
    assert page.count("Kurz gesagt") >= 2, "a variant that says no preheader has the mail's"
    assert 'class="change new"' in page


def test_it_is_the_mail_as_the_chosen_lead_would_read_it_and_nothing_is_recorded(client, stand):
    begun(stand, GERMAN, VARIED)
    lead = stand.lead_id("ada")
    page = client.get(f"/files/{PATH}/versions?lead={lead}").text
    frames = re.findall(r'src="([^"]+/versions/one[^"]*)"', page)
    assert len(frames) == 3
    assert all(f"lead={lead}" in frame for frame in frames)
    events = all_events(stand)
    shown = client.get(frames[1].replace("&amp;", "&"))
    assert "Guten Tag" in shown.text
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert all_events(stand) == events


def test_one_that_cannot_be_read_says_why_and_the_others_are_shown(client, stand):
    begun(stand, GERMAN, "no front matter")
    page = client.get(f"/files/{PATH}/versions").text
    assert names(page) == ["Everybody", "de"]
    assert "the mail has no front matter" in page


def test_what_is_no_mail_has_no_versions(client):
    assert client.get("/files/campaigns/programme.yaml/versions").status_code == 404
    assert client.get("/files/campaigns/long-cycle/mails/nothing.mjml/versions").status_code == 404
    assert client.get("/files/campaigns/long-cycle/mails/nothing.mjml/versions/one").status_code == 404


def test_every_page_about_a_mail_belongs_to_the_mails_in_the_menu(client):
    for about in ("", "/versions", "/history", "/review"):
        (shown,) = re.findall(
            r'<a href="([^"]+)" aria-current="true">', client.get(f"/files/{PATH}{about}").text
        )
        assert shown == "/mails"
    (shown,) = re.findall(
        r'<a href="([^"]+)" aria-current="true">', client.get("/files/campaigns/programme.yaml").text
    )
    assert shown == "/files"
