"""A campaign that is a draft goes live: whom it would mail, and a number to type before it does.

The number is counted again when the button is pressed: whoever has read another one is told, and asked again.
"""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.edit import Remove
from nurture.content.model import Campaign, Programme
from nurture.engine.editing import OvertakenError, edit
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.insight.audience import Audience, audience
from nurture.insight.forecast import forecast
from nurture.statemachine.entering import COMES_IN, gone_live
from webapp.acting import actor
from webapp.forecast_chart import columns
from webapp.health import LIGHTS
from webapp.launch_checks import checks
from webapp.rights import Permission, area


def pages(engine: Engine) -> Blueprint:
    pages = area("go_live", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/campaigns/<key>/go-live")
    def go_live(key: str) -> str | Response:
        campaign = draft(key)
        return page(campaign) if campaign.draft else redirect(url_for("campaigns.campaign", key=key))

    @pages.post("/campaigns/<key>/go-live")
    def activate(key: str) -> Response | tuple[str, int]:
        campaign = draft(key)
        if not campaign.draft:
            flash(f"{campaign.name} is live already.")
            return redirect(url_for("campaigns.campaign", key=key), 303)
        read = request.form.get("read", -1, type=int)
        typed = "".join(request.form.get("typed", "").split()).replace(",", "").replace(".", "")
        who = whom(campaign)
        if not who.is_about(read):
            count = f"{who.enter.count:,}"
            return page(
                campaign, who, f"It is {count} leads by now; you had read {read:,}. Nothing was done."
            ), 409
        if typed != str(read):
            return page(
                campaign,
                who,
                f"Type {who.enter.count:,}, the number of leads that it mails. Nothing was done.",
            ), 422
        number = request.form.get("revision", 0, type=int)
        reason = f"{key} goes live; {'' if who.enter.is_exact else 'about '}{who.enter.count:,} leads enter"
        path = f"campaigns/{key}/campaign.yaml"
        try:
            live = edit(engine, path, [Remove(("draft",))], expecting=number, actor=actor(), reason=reason)
        except OvertakenError as error:
            return page(campaign, who, str(error)), 409
        except ProgrammeError as error:
            return page(campaign, who, str(error)), 422
        flash(
            f"Live since revision {live}: leads that meet its entry come in with the next turns of the engine."
        )
        return redirect(url_for("campaigns.campaign", key=key), 303)

    def draft(key: str) -> Campaign:
        found: Campaign = engine.live.programme.campaigns.get(key) or abort(404)
        return found

    def programme_with(campaign: Campaign) -> Programme:
        return gone_live(engine.live.programme, campaign.key)

    def whom(campaign: Campaign) -> Audience:
        with engine.database.reading() as connection:
            return audience(
                connection, programme_with(campaign), campaign.key, g.now, seed=engine.live.number
            )

    def page(campaign: Campaign, who: Audience | None = None, problem: str = "") -> str:
        programme, who = programme_with(campaign), who or whom(campaign)
        with engine.database.reading() as connection:
            ahead = forecast(connection, programme, campaign.key, who, g.now)
            checked = checks(connection, engine, campaign.key, who)
        return render_template(
            "go_live.html",
            campaign=campaign,
            who=who,
            ahead=ahead,
            checked=checked,
            lights=LIGHTS,
            columns=columns(ahead.days),
            counts=engine.warms_up,
            comes_in=COMES_IN,
            personas={each.key: each.name for each in programme.personas},
            number=engine.live.number,
            problem=problem,
        )

    return pages
