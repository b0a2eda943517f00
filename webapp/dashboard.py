"""The dashboard: the worst problem first, then the hot leads that wait, the day's numbers, and the last three months."""

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from nurture.engine.engine import Engine
from nurture.engine.first_steps import first_steps_hidden, hide_first_steps
from nurture.engine.pause_rows import live_pauses
from nurture.engine.sample import sample_leads
from nurture.insight.checklist import checklist
from nurture.insight.coverage import coverage
from nurture.insight.funnel import funnel
from nurture.insight.inbox import next_back, open_hand_offs
from nurture.insight.pace import stops, warned
from nurture.insight.recent import recent_hand_offs
from nurture.insight.shown import Shown, shown
from nurture.insight.today import Trouble, today
from nurture.insight.trends import trends
from nurture.vocabulary.words import Temperature
from webapp import charts
from webapp.first_steps import first_steps
from webapp.moments import date_in, day_began
from webapp.rights import Permission, area, needs
from webapp.zones import programme_zone

WAITING_SHOWN = 5
HANDED_SHOWN = 6
DAYS_SHOWN = 90

TROUBLES = {
    Trouble.NOT_SENDING: (
        "should have left more than 5 minutes ago",
        "Is a worker running? Start “nurture up”",
        None,
    ),
    Trouble.SET_ASIDE: ("set aside, for our own code failed on it", "See what", "set_aside.listed"),
    Trouble.BREACHED: ("late with sales", "Open the inbox", "inbox.inbox"),
    Trouble.UNKNOWN: ("may or may not have left", "See which", "mails.unknown"),
    Trouble.FAILED: ("bounced or failed today", "See why", "mails.failed"),
    Trouble.UNOWNED: ("with no rep: nobody has room", "Open the inbox", "inbox.inbox"),
    Trouble.DEFERRED: ("put off by their servers; tried again by themselves", "See which", "mails.deferred"),
}
"""What is said of each trouble, what to do, and where."""

OF_LEADS = (Trouble.BREACHED, Trouble.UNOWNED)


def pages(engine: Engine) -> Blueprint:
    pages = area("dashboard", see=Permission.SEE)

    @pages.get("/")
    def dashboard() -> str:
        zone = programme_zone()  # mail is counted by its days
        date, since = date_in(zone), day_began(zone)
        with engine.database.reading() as connection:
            whom = shown(connection)
            samples = sample_leads(connection)
            left_out = samples if whom is Shown.REAL else set()
            hand_offs = tuple(
                line
                for line in open_hand_offs(connection, now=g.now, since=since)
                if line.state.lead.id not in left_out
            )
            counts = today(connection, now=g.now, day=date, whom=whom)
            months = trends(connection, today=date, days=DAYS_SHOWN, whom=whom, standing=counts.leads)
            stages = funnel(connection, since=months.days[0], whom=whom)
            served = coverage(connection, g.live.programme, whom=whom) if g.live else ()
            handed = recent_hand_offs(connection, most=HANDED_SHOWN, whom=whom)
            hidden = first_steps_hidden(connection)
            back_at = next_back(connection, now=g.now)
            stopped = stops(connection, g.live.programme, live_pauses(connection)) if g.live else ()
            paused = {each.pause.campaign for each in stopped}
            bad = {key: each for key, each in warned(connection, g.now).items() if key not in paused}
            has_real_leads = whom is not Shown.SAMPLE and sum(counts.leads.values()) > 0
        waiting = [
            line
            for line in hand_offs
            if line.accepted_at is None and line.answer is None and not line.is_away(g.now)
        ]
        return render_template(
            "dashboard.html",
            armed=engine.is_armed,
            date=date,
            whom=whom,
            sample_leads=len(samples),
            has_leads=sum(counts.leads.values()) > 0,
            today=counts,
            waiting=waiting[:WAITING_SHOWN],
            waiting_count=counts.unclaimed,
            back_at=back_at,
            snoozed_count=counts.snoozed,
            troubles=TROUBLES,
            stops=stopped,
            warned=bad,
            today_programme=g.live.programme if g.live else None,
            of_leads=OF_LEADS,
            trends=months,
            levels=[(each, months.temperatures[each].counts) for each in Temperature],
            funnel=stages,
            coverage=served,
            handed=handed,
            drafts=[each for each in g.live.programme.campaigns.values() if each.draft] if g.live else [],
            checklist=checklist(
                g.live.programme,
                has_real_leads=has_real_leads,
                leaves_machine=engine.transport.leaves_machine,
                tracking_url=engine.base_url,
            )
            if g.live and not hidden
            else None,
            first_steps=first_steps(),
            bars=charts.bars,
            stack=charts.stack,
            months=charts.months,
        )

    @pages.post("/first-steps/hide")
    @needs(Permission.ADMINISTER)
    def hide_steps() -> Response:
        with engine.deciding() as (connection, now):
            hide_first_steps(connection, actor=g.account.email, now=now)
        return redirect(url_for("dashboard.dashboard"), 303)

    return pages
