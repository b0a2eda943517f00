"""What sales has: the most urgent lead first, with the reason for it and what to say."""

import msgspec
from flask import Blueprint, g, render_template, request

from nurture.engine.accounts import Role
from nurture.engine.engine import Engine
from nurture.insight.inbox import (
    MOST,
    SETTLING,
    HandOffLine,
    Shelf,
    Whose,
    next_back,
    open_hand_offs,
    visits_of,
    waiting,
)
from nurture.insight.recent import recent_hand_offs
from nurture.insight.shown import shown as seen
from nurture.insight.talk import dialled, notes_for, talk_track
from nurture.insight.timeline import open_moves
from nurture.scheduling.business_time import next_morning
from nurture.vocabulary.words import ContactHow, ContactOutcome
from webapp.acting import actor, everyone, may_answer, me, own_teams
from webapp.inbox_answers import HOUR, KEPT, add_answers, own_hours
from webapp.moments import day_began
from webapp.names import agreed_times
from webapp.rights import Permission, area
from webapp.zones import reader_zone

SHOWN = {
    "todo": ("To do", "todo"),
    "mine": ("Mine", "mine"),
    "unclaimed": ("Unclaimed", "unclaimed"),
    "late": ("Breached", "late"),
    "snoozed": ("Snoozed", "snoozed"),
    "work": ("In work", "work"),
}
"""The filters: how a page calls each, and the count that it shows."""


def pages(engine: Engine) -> Blueprint:
    pages = area("inbox", see=Permission.SEE, change=Permission.WORK)

    @pages.get("/inbox")
    def inbox() -> str:
        show = request.args.get("show", "todo")
        show = show if show in SHOWN else "todo"
        team, rep = team_asked(), request.args.get("rep") or None
        whose = Whose(team=team, rep=actor() if show == "mine" else rep)
        chosen = request.args.get("lead", type=int)
        since = day_began(reader_zone())
        with engine.database.reading() as connection:
            found = waiting(connection, Whose(team=team, rep=rep), now=g.now)
            counts = {
                "mine": waiting(connection, Whose(team=team, rep=actor()), now=g.now).todo,
                "work": found.work,
                **msgspec.structs.asdict(found),
            }
            shelf = {"snoozed": Shelf.SNOOZED, "work": Shelf.WORK, "late": None}.get(show, Shelf.TODO)
            everything = open_hand_offs(
                connection, now=g.now, since=since, whose=whose, shelf=shelf, is_late=show == "late"
            )
            lines = [line for line in everything if show != "unclaimed" or not line.is_accepted]
            selected = next((line for line in lines if line.state.lead.id == chosen), None)
            if selected is None and chosen is not None:  # named by a mail, wherever it lies
                named = open_hand_offs(connection, now=g.now, since=since, whose=Whose(lead=chosen))
                selected = next(iter(named), None)
            selected = selected or next(iter(lines), None)
            lead_id = 0 if selected is None else selected.state.lead.id
            visits = visits_of(connection, lead_id)
            notes = notes_for(connection, lead_id)
            back_at = next_back(connection, whose, now=g.now)
            last = recent_hand_offs(connection, most=1, whom=seen(connection))
        programme = engine.live.programme
        state = None if selected is None else selected.state
        return render_template(
            "inbox.html",
            lines=lines,
            counts=counts,
            most=MOST,
            shown=SHOWN,
            show=show,
            kept={name: request.args[name] for name in KEPT if request.args.get(name)},
            team=team,
            teams=tuple(programme.teams),
            rep=rep,
            reps=everyone(),
            agreed=list(agreed_times(programme)),
            selected=selected,
            is_chosen=chosen is not None,
            is_mine=selected is None or may_answer(team=selected.team, rep=selected.rep),
            is_settled=selected is not None and selected.answer in SETTLING,
            neighbours=neighbours(lines, selected),
            back_at=back_at,
            last_at=last[0].made_at if last else None,
            visits=visits,
            talk=None
            if state is None
            else talk_track(state, programme.persona(state.persona or ""), visits, notes),
            phone=None if state is None else dialled(state),
            reasons=tuple(programme.recycle_reasons),
            hows=tuple(ContactHow),
            outcomes=tuple(ContactOutcome),
            snoozes={"hour": g.now + HOUR, "morning": next_morning(g.now, own_hours(programme))},
            moves=() if state is None else open_moves(programme, state.stage),
        )

    add_answers(pages, engine)
    return pages


def team_asked() -> str | None:
    """The team in the address; a rep who has asked for none sees the first of their own."""
    asked = request.args.get("team")
    if asked is None and me().role is Role.SALES and not request.args.get("lead"):
        return next(iter(own_teams()), None)
    return None if asked in (None, "", "all") else asked


def neighbours(
    lines: list[HandOffLine], selected: HandOffLine | None
) -> tuple[HandOffLine | None, HandOffLine | None]:
    """The lines before and after the selected one; none where it lies elsewhere."""
    if selected is None or selected not in lines:
        return None, next(iter(lines), None)
    place = lines.index(selected)
    return lines[place - 1] if place else None, lines[place + 1] if place + 1 < len(lines) else None
