"""Where one can go: the pages of the menu, in groups, each with the words and the mark it is shown with."""

import msgspec
from flask import Flask, request

from nurture.content.catalog import MAIL
from webapp.acting import i_may_go


class Place(msgspec.Struct, frozen=True):
    """One entry of the menu.

    endpoint  the view it leads to.
    words     what it is called.
    mark      the icon beside it (parts.html).
    areas     the blueprints whose pages belong to it, beside the endpoint's own.
    """

    endpoint: str
    words: str
    mark: str
    areas: tuple[str, ...] = ()

    def has(self, endpoint: str | None) -> bool:
        """Whether the page of *endpoint* belongs here; one that has an entry of its own belongs there alone."""
        if endpoint is None or endpoint in ENTRIES:
            return endpoint == self.endpoint
        return endpoint.partition(".")[0] in (self.endpoint.partition(".")[0], *self.areas)


class Group(msgspec.Struct, frozen=True):
    """Entries that belong together."""

    words: str
    places: tuple[Place, ...]


MENU = (
    Group(
        "Work",
        (
            Place("dashboard.dashboard", "Dashboard", "home"),
            Place("inbox.inbox", "Inbox", "inbox"),
            Place("leads.leads", "Leads", "leads", ("lead", "imports", "merges")),
            Place("companies.companies", "Companies", "company"),
            Place("tasks.tasks", "Tasks", "task"),
            Place("reports.funnel", "Analytics", "chart"),
        ),
    ),
    Group(
        "Programme",
        (
            Place(
                "campaigns.campaigns",
                "Campaigns",
                "campaigns",
                ("tracks", "track_new", "entering", "simulate"),
            ),
            Place(
                "mail_library.mails",
                "Mails",
                "mail",
                ("system_mails",),
            ),
            Place("broadcasts.broadcasts", "Broadcasts", "broadcast"),
            Place("segments.segments", "Segments", "segment"),
            Place("tags.tags", "Tags", "tag"),
            Place("personas.personas", "Personas", "persona"),
            Place("scoring.scoring", "Scoring", "gauge", ("scoring_rule",)),
            Place("forms.forms", "Forms", "form"),
            Place("texts.texts", "Files", "file", ("library",)),
        ),
    ),
    Group(
        "Mail",
        (
            Place("mailbox.messages", "Mailbox", "mail"),
            Place("pace.shown", "Pace", "clock"),
            Place("mails.unknown", "Unknown mail", "unknown"),
            Place("post.inbound", "Replies, bounces", "reply"),
            Place("verdicts.listed", "Human or machine", "search"),
            Place("suppressions.listed", "Suppressions", "stop"),
            Place("post.outbox", "System mail", "outbox"),
        ),
    ),
    Group(
        "Settings",
        (
            Place("sender.sender", "Sender", "person"),
            Place("times.times", "Times and limits", "clock"),
            Place("sending.sending", "Sending", "sliders"),
            Place("health.health", "Health", "health", ("set_aside",)),
            Place("webhooks.webhooks", "Webhooks, keys", "hook"),
            Place("users.users", "Users", "users"),
            Place("audit.audit", "Audit log", "log"),
        ),
    ),
)

ENTRIES = frozenset(place.endpoint for group in MENU for place in group.places)


def add_to(app: Flask) -> None:
    app.context_processor(lambda: {"menu": menu(), "menu_at": here()})


def here() -> str | None:
    """Where the page is that is asked for, as ``Place.has`` takes it: every page about the file of a mail belongs to the mails."""
    path = (request.view_args or {}).get("path")
    if isinstance(path, str) and MAIL.fullmatch(path):
        return "mail_library"
    return request.endpoint


def menu() -> tuple[Group, ...]:
    """The groups as whoever asks may see them."""
    shown = (
        Group(
            group.words,
            tuple(place for place in group.places if i_may_go(place.endpoint)),
        )
        for group in MENU
    )
    return tuple(group for group in shown if group.places)
