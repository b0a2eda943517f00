"""A rule of the scoring on a page of its own: begun, changed and deleted as edits of the file, tried before it is live."""

import difflib
import re

import pytest

from nurture.engine.accounts import Role
from tests.webapp.conftest import token_of
from tests.webapp.test_web_tracks import form_of

PROGRAMME = "campaigns/programme.yaml"
PRICING = "/scoring/rules/interest/of/pricing"


def text(stand):
    return stand.engine.live.catalog.texts[PROGRAMME]


def changed_lines(before, after):
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def filled(client, page):
    """The fields of the rule's form as a browser would send them."""
    html = client.get(page).text
    form = re.search(r'<form[^>]*class="flow persona-form".*?</form>', html, re.DOTALL)[0]
    return form_of(form.replace('class="flow persona-form"', 'aria-label="Rule"'), "Rule")


def send(client, page, do="save", **said):
    bank = page.split("/")[3]
    fields = filled(client, page) | {
        "csrf_token": token_of(client),
        "reason": "seen at the fair",
        "do": do,
        **said,
    }
    return client.post(f"/scoring/rules/{bank}{'' if do in ('save', 'delete') else '/try'}", data=fields)


def test_every_rule_has_a_page_and_saved_as_it_is_nothing_changes(client, stand):
    scoring = stand.engine.live.programme.scoring
    pages = [f"/scoring/rules/fit/of/{each.key}" for each in scoring.fit]
    pages += [f"/scoring/rules/interest/of/{each.key}" for each in scoring.interest.rules]
    listed = client.get("/scoring").text
    for page in pages:
        assert f'href="{page}"' in listed
        assert send(client, page).status_code == 303
    assert stand.engine.live.number == 1
    assert client.get("/scoring/rules/fit/of/none").status_code == 404
    assert client.get("/scoring/rules/none/new").status_code == 404


def test_a_new_rule_on_what_leads_do_is_one_line(client, stand):
    before = text(stand)
    answer = send(
        client, "/scoring/rules/interest/new", key="saw-prices", event="page.visited", points="7", group="web",
        at_most="2 per week", **{"is": "/prices", "half_life-amount": "20", "half_life-unit": "days"},
    )  # fmt: skip
    assert answer.status_code == 303
    new = [each for each in changed_lines(before, text(stand)) if "saw-prices" in each]
    assert new == [
        "+       - {key: saw-prices, event: page.visited, when: \"event.path == '/prices'\", points: 7, group: web, at_most: 2 per week, half_life: 20 days}"
    ]


def test_a_new_rule_on_who_leads_are_is_asked_by_form(client, stand):
    said = {"when-question-0": "has the field equal to", "when-about-0": "country", "when-value-0": "DE"}
    assert send(client, "/scoring/rules/fit/new", key="german", points="5", **said).status_code == 303
    rule = stand.engine.live.programme.scoring.fit[-1]
    assert (rule.key, str(rule.when), rule.points) == ("german", "lead.country == 'DE'", 5)


def test_a_condition_is_changed_alone(client, stand):
    before = text(stand)
    send(client, PRICING, **{"when-expression": "event.link == 'pricing' and lead.country == 'DE'"})
    lines = changed_lines(before, text(stand))
    assert [each[0] for each in lines] == ["-", "+"]
    assert "lead.country == 'DE'" in lines[1]
    assert lines[1].replace(" and lead.country == 'DE'", "")[1:] == lines[0][1:]


def test_a_rule_is_tried_and_changes_nothing_then_deleted(client_as, client, stand):
    page = "/scoring/rules/interest/of/asked-for-demo"
    tried = send(client_as(Role.AUTHOR), page, "try", points="5").text
    assert "1 with points counted anew" in tried
    assert "Address of this proposal" not in tried
    assert 'id="back-test"' in send(client_as(Role.AUTHOR), page, "test", points="5").text
    assert send(client_as(Role.AUTHOR), page, "delete").status_code == 403
    assert stand.engine.live.number == 1
    assert send(client, page, "delete").status_code == 303
    assert "asked-for-demo" not in {each.key for each in stand.engine.live.programme.scoring.interest.rules}
    assert stand.engine.live.number == 2


@pytest.mark.parametrize(
    ("page", "said", "words"),
    [
        (
            "/scoring/rules/fit/new",
            {"key": "x y", "when-expression": "lead.country == 'DE'"},
            "small letters",
        ),
        ("/scoring/rules/fit/new", {"key": "x"}, "Say whom it holds for"),
        ("/scoring/rules/fit/new", {"key": "x", "when-expression": "lead.hat == 'red'"}, "no field"),
        ("/scoring/rules/interest/new", {"key": "pricing"}, "There is a rule pricing already"),
        (PRICING, {"points": "many"}, "a whole number"),
        (PRICING, {"group": "none"}, "Choose the group"),
        (PRICING, {"event": "none"}, "Choose what a lead does"),
        (PRICING, {"at_most": "often"}, "is no rate"),
        (PRICING, {"half_life-amount": ""}, "worth half"),
        (PRICING, {"points": "6", "reason": " "}, "Say why"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(client, stand, page, said, words):
    refused = send(client, page, **said)
    assert refused.status_code == 422
    assert words in refused.text
    assert stand.engine.live.number == 1


def test_what_went_live_meanwhile_is_said(client, stand):
    late = filled(client, PRICING)
    assert send(client, PRICING, points="6").status_code == 303
    refused = client.post(
        "/scoring/rules/interest",
        data=late | {"csrf_token": token_of(client), "points": "7", "reason": "mine", "do": "save"},
    )
    assert refused.status_code == 409
    assert "Your change" in refused.text
    again = dict(re.findall('name="(base|csrf_token)" value="([^"]*)"', refused.text))
    mine = late | again | {"points": "7", "reason": "mine", "do": "save"}
    assert client.post("/scoring/rules/interest", data=mine).status_code == 303
