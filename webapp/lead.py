"""One lead: who it is, what comes next and why, and everything that happened."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from nurture.content.model import Campaign, Programme, Step
from nurture.delivery.mailbox import Mailbox
from nurture.engine.engine import Engine
from nurture.engine.list_keys import company_key
from nurture.errors import NurtureError
from nurture.insight.bulk import act_line
from nurture.insight.coming import coming
from nurture.insight.mails import mail_of
from nurture.insight.merging import merged_into
from nurture.insight.points import explained
from nurture.insight.sentences import is_machine, sentence, stage_name
from nurture.insight.tasks import open_tasks
from nurture.insight.timeline import SHOWN, Person, open_moves, person, timeline
from nurture.scoring.ledger import value_at
from nurture.statemachine.steps import step_named
from nurture.vocabulary.state import Enrolment
from webapp.acting import everyone
from webapp.as_read import as_read
from webapp.moving import move_held
from webapp.names import persona_names
from webapp.rights import Permission, area
from webapp.safety import as_mail
from webapp.said import said
from webapp.zones import programme_zone, reader_zone

PAGE_SIZE = 100
TASKS_SHOWN = 50


def pages(engine: Engine, mailbox_path: Path | None) -> Blueprint:
    pages = area("lead", see=Permission.SEE, change=Permission.LEADS)

    @pages.get("/leads/<int:lead_id>")
    def lead(lead_id: int) -> AnyResponse | str:
        with engine.database.reading() as connection:
            who = person(connection, lead_id, g.now) or abort(404)
            if who.state.lead.id != lead_id:  # an old link to a lead that was merged since
                return redirect(url_for("lead.lead", lead_id=who.state.lead.id))
            show = request.args.get("show", "")
            before = request.args.get("before", type=int)
            story = timeline(connection, lead_id, before=before, size=PAGE_SIZE, show=show)
            tasks = open_tasks(connection, most=TASKS_SHOWN, lead_id=lead_id)
            programme = engine.live.programme
            merged = merged_into(connection, lead_id)
            act = act_line(connection, request.args.get("act", 0, type=int), programme_zone())
            next_mails = coming(connection, programme, who.state, story.mails, g.now)
        return render_template(
            "lead.html",
            who=who,
            state=who.state,
            story=story,
            tasks=tasks,
            reps=everyone(),
            programme=programme,
            persona=programme.persona(who.state.persona or ""),
            merged=merged,
            act=act,
            others=others_than(programme, who.state.enrolments),
            move_held=lambda campaign: move_held(programme, who.state, campaign, g.now),
            coming=next_mails,
            show=show if show in SHOWN else "",
            shown=SHOWN,
            explained=lambda entries: explained(programme, entries, g.now),
            moves=open_moves(programme, who.state.stage),
            company=company_key(company=who.state.lead.company, email=who.state.lead.email),
            waits_for=lambda enrolment: waits_for(programme, enrolment),
            sentence=partial(sentence, zone=reader_zone(), personas=persona_names()),
            is_machine=is_machine,
            value_at=value_at,
        )

    @pages.get("/leads/<int:lead_id>/score.json")
    def score(lead_id: int) -> Response:
        with engine.database.reading() as connection:
            who = person(connection, lead_id, g.now) or abort(404)
        return jsonify(spoken(who))

    @pages.get("/leads/mails/<int:touch_id>")
    def mail(touch_id: int) -> AnyResponse | str:
        """The mail as it was sent, where the local mailbox has it; else as it reads today, and says so."""
        stored = None if mailbox_path is None else newest(Mailbox(mailbox_path), touch_id)
        if stored is not None:
            return redirect(url_for("mailbox.message", name=stored))
        with engine.database.reading() as connection:
            found = mail_of(connection, touch_id) or abort(404)
            who = person(connection, found.touch.lead_id, g.now) or abort(404)
        return render_template("as_today.html", mail=found, who=who)

    @pages.get("/leads/mails/<int:touch_id>/html")
    def mail_html(touch_id: int) -> Response:
        try:
            parts = as_read(engine, touch_id, g.now)
        except NurtureError as error:
            return Response(str(error), mimetype="text/plain")
        return as_mail((parts or abort(404)).html, framed=True)

    return pages


def spoken(who: Person) -> dict[str, str | int]:
    """The scores as the page shows them."""
    state = who.state
    return {
        "interest": round(who.interest),
        "temperature": state.temperature.value,
        "warmth": said(state.temperature.value),
        "grade": state.grade.value,
        "stage": said(stage_name(state.stage)),
    }


def waits_for(programme: Programme, enrolment: Enrolment) -> tuple[Campaign | None, Step | None]:
    """The campaign of an enrolment, and the step that it waits for."""
    campaign = programme.followed(enrolment.campaign, enrolment.entered_at)
    track = campaign.track(enrolment.track or "") if campaign else None
    planned = enrolment.planned
    return campaign, step_named(track, planned.step) if track and planned else None


def others_than(programme: Programme, enrolments: Iterable[Enrolment]) -> list[Campaign]:
    """The campaigns that a lead may be put into: live ones in which it is not."""
    taken = {each.campaign for each in enrolments if each.is_live}
    found = programme.campaigns.values()
    return [each for each in found if each.key not in taken and not each.draft and each.broadcast is None]


def newest(mailbox: Mailbox, touch_id: int) -> str | None:
    """The name of the stored message of a touch."""
    return next((stored.name for stored in mailbox.newest_first() if stored.touch_id == touch_id), None)
