"""Going anywhere by typing: pages, acts, what the programme holds, and leads. Ctrl+K opens it over any page; /go is the same as a page.

What was typed is sent as a form, for it may be somebody's name or address, which belongs into no URL and no log.
"""

import re
from collections.abc import Iterator

import msgspec
from flask import Blueprint, g, render_template, request, url_for

from nurture.content.model import Programme
from nurture.engine.engine import Engine
from nurture.insight.leads import LeadFilter, Order, lead_page
from nurture.insight.timeline import name_of
from webapp.acting import i_may_go
from webapp.navigation import menu
from webapp.rights import Permission, area, needs
from webapp.said import said

TYPED_MAX = 100
FOUND_MAX = 12
LEADS_MAX = 6


LEADS = "leads.leads"
TO_A_LEAD = re.compile(r"(go\s+to\s+)?(a\s+)?lead:?\s+", re.IGNORECASE)
"""What people write before the name of a lead."""


class Goal(msgspec.Struct, frozen=True):
    """Where one can go.

    words  what it is called, to the reader where the name is ours.
    kind   what it is, said behind its name.
    mark   the icon before it (parts.html).
    """

    words: str
    kind: str
    mark: str
    path: str


ACTS = (
    ("New campaign", "recipes.new", "campaigns"),
    ("New broadcast", "broadcasts.new", "broadcast"),
    ("Import leads", "imports.imports", "leads"),
    ("New track", "track_new.new", "branch"),
    ("Pause sending", "pace.shown", "clock"),
    ("Invite somebody", "users.users", "users"),
    ("Check the domain and the relay", "health.health", "health"),
    ("Your account, password and second step", "account.account", "person"),
    ("Go to a lead: type its name", LEADS, "leads"),
)
"""What people want to do, by the page that does it; each is offered to those who may see that page."""


def pages(engine: Engine) -> Blueprint:
    pages = area("palette", see=Permission.SEE)

    @pages.get("/go")
    def go() -> str:
        return render_template("go.html", typed="", goals=found(engine, ""))

    @pages.post("/go")
    @needs(Permission.SEE)
    def search() -> str:  # it shows, and changes nothing
        typed = request.form.get("q", "").strip()[:TYPED_MAX]
        template = "go_found.html" if "part" in request.args else "go.html"
        return render_template(template, typed=typed, goals=found(engine, typed))

    return pages


def found(engine: Engine, typed: str) -> list[Goal]:
    """The goals that *typed* names, the likeliest first; with nothing typed, the acts and pages."""
    wanted = typed.casefold().split()
    ranked = [(rank(goal.words, wanted), goal) for goal in goals(g.live.programme if g.live else None)]
    named = sorted(
        ((how_well, goal) for how_well, goal in ranked if how_well is not None), key=lambda each: each[0]
    )
    leads = list(leads_named(engine, typed)) or list(leads_named(engine, TO_A_LEAD.sub("", typed, count=1)))
    return [goal for _, goal in named[:FOUND_MAX]] + leads


def rank(words: str, wanted: list[str]) -> int | None:
    """0 where *words* begin as wanted, 1 where each wanted word begins one of them, 2 where each is in one, else None."""
    spoken = words.casefold()
    if spoken.startswith(" ".join(wanted)):
        return 0
    parts = spoken.replace("/", " ").split()
    if all(any(part.startswith(each) for part in parts) for each in wanted):
        return 1
    return 2 if all(each in spoken for each in wanted) else None


def goals(programme: Programme | None) -> Iterator[Goal]:
    """Every goal but leads: what is done most comes first."""
    for words, endpoint, mark in ACTS:
        if i_may_go(endpoint):
            yield Goal(
                said(words),
                "Action",
                mark,
                url_for(endpoint, _anchor="search" if endpoint == LEADS else None),
            )
    for group in menu():
        for place in group.places:
            yield Goal(said(place.words), "Page", place.mark, url_for(place.endpoint))
    if programme is None:
        return
    for campaign in programme.campaigns.values():
        if campaign.broadcast:
            continue
        yield Goal(campaign.name, "Campaign", "campaigns", url_for("campaigns.campaign", key=campaign.key))
        for track in campaign.tracks:
            path = url_for("tracks.track", key=campaign.key, track=track.key)
            yield Goal(f"{campaign.name}: {track.key}", "Track", "branch", path)
    for mail, family in g.live.catalog.mails.items():
        path = url_for("texts.text", path=family.pick(None, None).path)
        yield Goal(f"{family.pick(None, None).front.subject} ({mail})", "Mail", "mail", path)
    for key in programme.segments:
        yield Goal(key, "Segment", "segment", url_for("segments.segment", key=key))
    for key in programme.forms:
        yield Goal(key, "Form", "form", url_for("forms.form", key=key))


def leads_named(engine: Engine, typed: str) -> Iterator[Goal]:
    """Leads whose address, name or company begins so."""
    if len(typed) < 2:
        return
    with engine.database.reading() as connection:
        page = lead_page(connection, LeadFilter(search=typed), Order.HOTTEST, None, size=LEADS_MAX, now=g.now)
    for line in page.lines:
        lead = line.state.lead
        words = ", ".join(part for part in (name_of(line.state), lead.company) if part)
        yield Goal(
            words,
            f"Lead, {line.state.temperature}",
            line.state.temperature,
            url_for("lead.lead", lead_id=lead.id),
        )
