"""Every route for every role, and for nobody: made from the URL map, so that a page nobody thought of fails here."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from nurture.engine.accounts import Role
from tests.webapp.stand import Stand
from webapp.rights import CHANGING, GRANTED, Permission, may, permission_of

PUBLIC_AREAS = {"static", "footer", "forms_public", "provider_hooks", "inbox_hook"}
"""What anyone may reach. An area that is to join them is looked at first."""

ROLES = {
    Permission.PUBLIC: set(Role),
    Permission.ENTER: set(Role),
    Permission.OWN: set(Role),
    Permission.SEE: set(Role),
    Permission.WORK: {Role.ADMIN, Role.MARKETER, Role.SALES},
    Permission.LEADS: {Role.ADMIN, Role.MARKETER},
    Permission.EDIT: {Role.ADMIN, Role.MARKETER, Role.AUTHOR},
    Permission.PUBLISH: {Role.ADMIN, Role.MARKETER, Role.APPROVER},
    Permission.APPROVE: {Role.ADMIN, Role.APPROVER},
    Permission.ADMINISTER: {Role.ADMIN},
}
"""Who is meant to have what, written down a second time."""


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Each rule with each of its methods."""
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods or ()):
            if method != "OPTIONS":
                yield rule, method


def path_of(app: Flask, rule: Rule) -> str:
    """A path of *rule*, to something that does not exist."""
    values = {
        name: 999_999 if "Integer" in type(each).__name__ else "none"
        for name, each in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def answer_of(app: Flask, path: str, method: str, session: dict[str, object]) -> str:
    """What the guards say, before any view is asked: "pass", "login" or "refused"."""
    with app.test_request_context(path, method=method) as context:
        context.session.update(session)
        try:
            answer = app.preprocess_request()
        except HTTPException as refusal:
            return "refused" if refusal.code == 403 else f"{refusal.code}"
        return "pass" if answer is None else "login" if "/login" in str(answer.headers["Location"]) else "?"


@pytest.fixture
def sessions(stand: Stand) -> dict[Role | None, dict[str, object]]:
    """What the browser of each role keeps; None: of nobody."""
    seen = stand.clock.now().timestamp()
    of = {role: stand.account(role) for role in Role}
    kept: dict[Role | None, dict[str, object]] = {
        role: {"account": who.id, "epoch": who.epoch, "seen": seen} for role, who in of.items()
    }
    return {None: {}, **kept}


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = False  # forms of others are refused before anybody's role is asked
    return app


def test_every_page_declares_what_it_takes(app: Flask):
    undeclared = {
        rule.endpoint for rule, method in routes(app) if permission_of(app, rule.endpoint, method) is None
    }
    assert undeclared == set()


def test_every_route_answers_every_role_as_it_should(app: Flask, sessions):
    wrong = []
    for rule, method in routes(app):
        permission = permission_of(app, rule.endpoint, method)
        is_open = permission in (Permission.PUBLIC, Permission.ENTER)
        for role, session in sessions.items():
            if role is None:
                expected = "pass" if is_open else "login"
            else:
                expected = "pass" if role in ROLES[permission] else "refused"
            answer = answer_of(app, path_of(app, rule), method, session)
            if answer != expected:
                wrong.append(f"{method} {rule.rule} as {role}: {answer}, not {expected}")
    assert wrong == []


def test_nobody_learns_by_asking_for_the_methods_of_a_page(app: Flask):
    for rule in app.url_map.iter_rules():
        answer = answer_of(app, path_of(app, rule), "OPTIONS", {})
        is_open = permission_of(app, rule.endpoint, "OPTIONS") in (Permission.PUBLIC, Permission.ENTER)
        assert answer == ("pass" if is_open else "login"), rule.rule


def test_each_role_has_what_is_written_down_here():
    assert {each: {role for role in Role if may(role, each)} for each in Permission} == ROLES
    assert set(GRANTED) == set(Role)


def test_only_these_areas_are_open_to_anyone(app: Flask):
    public = {
        rule.endpoint.partition(".")[0]
        for rule, method in routes(app)
        if permission_of(app, rule.endpoint, method) is Permission.PUBLIC
    }
    assert public == PUBLIC_AREAS
    entering = {
        rule.rule
        for rule, method in routes(app)
        if permission_of(app, rule.endpoint, method) is Permission.ENTER
    }
    by_provider = {"/login/with", "/login/with/back"}
    assert entering - by_provider == {
        "/login", "/login/again", "/login/code", "/login/<token>", "/forgot", "/reset/<token>",
    }  # fmt: skip
    assert by_provider < entering


def test_what_changes_something_takes_more_than_a_look(app: Flask):
    changed_by_looking = {
        rule.rule
        for rule, method in routes(app)
        if method in CHANGING and permission_of(app, rule.endpoint, method) is Permission.SEE
    }
    filters_one_keeps = {"/leads/views", "/leads/views/<int:view>/forget"}
    texts_shown_as_they_come = {
        f"/files/<path:path>/{verb}" for verb in ("look", "judge", "elsewhere", "preview")
    }
    tried = {
        "/campaigns/<key>/simulate/stop",  # ends a reckoning; nothing that anybody has
        "/files/<path:path>/comment",
        "/scoring/effect",
        "/scoring/back-test",
        "/scoring/rules/<bank>/try",
        "/settings/times/look",
        "/go",
    }
    assert changed_by_looking <= filters_one_keeps | texts_shown_as_they_come | tried


def test_a_page_that_declares_nothing_is_for_admins_alone(app: Flask, sessions):
    app._got_first_request = False
    app.add_url_rule("/new", "new", lambda: "new")
    assert {role: answer_of(app, "/new", "GET", session) for role, session in sessions.items()} == {
        None: "login",
        **dict.fromkeys(Role, "refused"),
        Role.ADMIN: "pass",
    }


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.VIEWER, "/leads", 200),
        (Role.VIEWER, "/settings/users", 403),
        (Role.SALES, "/inbox", 200),
        (Role.SALES, "/settings/account", 200),
        (Role.MARKETER, "/settings/audit", 403),
        (Role.ADMIN, "/settings/audit", 200),
    ],
)
def test_a_refusal_says_whom_to_ask(client_as, role: Role, path: str, status: int):
    answer = client_as(role).get(path)
    assert answer.status_code == status
    assert ("Ask an admin" in answer.text) == (status == 403)


def test_the_menu_shows_what_one_may_see(client_as):
    assert "Audit log" in client_as(Role.ADMIN).get("/").text
    assert "Audit log" not in client_as(Role.VIEWER).get("/").text


def test_a_viewer_changes_nothing(stand: Stand, client_as, app: Flask):
    answer = client_as(Role.VIEWER).post(f"/inbox/{stand.lead_id('ada')}/accept")
    stand.later(minutes=1)
    assert answer.status_code == 403
    assert stand.state("ada").stage == "mql"


def test_a_script_is_told_that_nobody_is_logged_in(stand: Stand, stranger: FlaskClient):
    path = f"/leads/{stand.lead_id('ada')}/score.json"
    assert stranger.get(path, headers={"Accept": "application/json"}).status_code == 401
