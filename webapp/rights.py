"""Who may do what. Every page declares what it takes, in one line; one that does not is for admins alone, and a test names it.

An area is a blueprint that says what seeing (GET) and changing (POST) take; one view may take something else:

    pages = area("forms", see=Permission.SEE, change=Permission.EDIT)

    @pages.post("/forms/<key>/publish")
    @needs(Permission.PUBLISH)
    def publish(key: str) -> Response: ...

In a template, ``{% if may("publish") %}`` shows what its reader may do.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask import Blueprint, Flask

from nurture.engine.accounts import Role

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class Permission(StrEnum):
    """What a page takes.

    PUBLIC      nothing: for those who were mailed or visit our sites; answered under the tracking host too.
    ENTER       nothing: for those of us who are not logged in yet; under our own names only.
    OWN         a login: one's own account.
    SEE         campaigns, leads, mails and figures.
    WORK        sales: answer a hand-off, log a contact, set a stage, do a task.
    LEADS       marketing: import, change, tag and segment leads; export and erase.
    EDIT        write campaigns, mails, forms and rules, as a draft or a file.
    PUBLISH     let what was written reach people: make a revision live, start or stop a broadcast.
    APPROVE     say that a mail may be sent as it is written, or send it back.
    ADMINISTER  users, settings, the audit log; and in the local mailbox the mails that hold people's links.
    """

    PUBLIC = "public"
    ENTER = "enter"
    OWN = "own"
    SEE = "see"
    WORK = "work"
    LEADS = "leads"
    EDIT = "edit"
    PUBLISH = "publish"
    APPROVE = "approve"
    ADMINISTER = "administer"


WITHOUT_LOGIN = frozenset({Permission.PUBLIC, Permission.ENTER})
EVERYBODY = WITHOUT_LOGIN | {Permission.OWN, Permission.SEE}

GRANTED: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.MARKETER: EVERYBODY | {Permission.WORK, Permission.LEADS, Permission.EDIT, Permission.PUBLISH},
    Role.AUTHOR: EVERYBODY | {Permission.EDIT},
    Role.APPROVER: EVERYBODY | {Permission.PUBLISH, Permission.APPROVE},
    Role.SALES: EVERYBODY | {Permission.WORK},
    Role.VIEWER: EVERYBODY,
}
"""What each role may do. Whoever only writes cannot publish, and whoever only approves cannot write."""

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_needed: WeakKeyDictionary[Callable[..., Any], Permission] = WeakKeyDictionary()


class Area(Blueprint):
    """Pages that belong together, with what seeing them and changing something on them take."""

    def __init__(self, name: str, *, see: Permission, change: Permission) -> None:
        super().__init__(name, "webapp")
        self.see = see
        self.change = change


def area(name: str, *, see: Permission, change: Permission | None = None) -> Area:
    """A blueprint that declares what its pages take; what changes something takes the same unless it is said."""
    return Area(name, see=see, change=change or see)


def needs(permission: Permission) -> Callable[[ViewT], ViewT]:
    """Declare that one view takes something else than its area does. Stands below the route."""

    def declare(view: ViewT) -> ViewT:
        _needed[view] = permission
        return view

    return declare


def permission_of(app: Flask, endpoint: str, method: str) -> Permission | None:
    """What a request takes; None where nobody has declared it, which is for admins alone."""
    if endpoint == "static":
        return Permission.PUBLIC
    own = _needed.get(app.view_functions[endpoint])
    if own is not None:
        return own
    pages = app.blueprints.get(endpoint.rpartition(".")[0])
    if not isinstance(pages, Area):
        return None
    return pages.change if method in CHANGING else pages.see


def may(role: Role, permission: Permission | None) -> bool:
    return (permission or Permission.ADMINISTER) in GRANTED[role]
