"""A campaign simulated as its authors have it: what its mails would come to, before one of them leaves. Nothing is sent or written."""

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from msgspec.structs import replace
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from nurture.engine.engine import Engine
from nurture.insight.sentences import sentence
from nurture.insight.shown import shown
from nurture.insight.simulated import Simulation, simulated
from nurture.store import records as table
from webapp.campaign_draft import Seen
from webapp.entering import with_campaign
from webapp.names import persona_names
from webapp.rights import Permission, area, needs
from webapp.simulations_kept import Breath, Dated, Kept, Wanted
from webapp.zones import reader_zone

DAYS = (30, 60, 90)
SEEDS_MOST = 9_999
WORDS = {
    "opened": "opened a mail of it",
    "clicked": "followed a link in one",
    "hot": "became hot",
    "handed over": "were handed to sales",
    "accepted": "were taken by sales",
    "given back": "were given back by sales",
    "customer": "became customers",
    "goal": "reached the goal",
    "had everything": "had everything that was for them",
    "left otherwise": "left without the goal",
    "unsubscribed": "unsubscribed or complained",
}


def pages(engine: Engine) -> Blueprint:
    pages = area("simulate", see=Permission.SEE)
    kept = Kept()

    @pages.get("/campaigns/<key>/simulate")
    def simulate(key: str) -> str:
        seen = Seen(engine, key)
        if seen.campaign.broadcast is not None:
            abort(404)
        days, seed = asked(request.args)
        dated = run(seen, days, seed)
        return render_template(
            "simulate.html",
            seen=seen,
            campaign=seen.campaign,
            days=days,
            seed=seed,
            found=None if dated is None else dated.found,
            played_at=None if dated is None else dated.played_at,
            choices=DAYS,
            words=WORDS,
            sentence=partial(sentence, zone=reader_zone(), personas=persona_names()),
        )

    @pages.post("/campaigns/<key>/simulate/stop")
    @needs(Permission.SEE)
    def stop(key: str) -> Response:
        """Have no more of a simulation played: nobody waits for it."""
        seen = Seen(engine, key)
        with engine.database.reading() as connection:
            kept.stop(wanted_of(connection, seen, *asked(request.form)))
        flash("Stopped. Nothing of it was sent or written.")
        return redirect(url_for("campaigns.campaign", key=key), 303)

    def run(seen: Seen, days: int, seed: int) -> Dated | None:
        """The simulation; None while it is played."""
        live, now = engine.live, g.now
        programme = with_campaign(live.programme, replace(seen.campaign, draft=False))
        with engine.database.reading() as connection:
            wanted = wanted_of(connection, seen, days, seed)

            def play(breathe: Breath) -> Simulation:
                with engine.database.reading() as own:
                    return simulated(
                        own,
                        programme,
                        live.catalog,
                        wanted.key,
                        now,
                        days=days,
                        seed=seed,
                        sample=live.number,
                        breathe=breathe,
                    )

            return kept.of(wanted, now, is_there=lambda lead: is_there(connection, lead), play=play)

    def wanted_of(connection: Connection, seen: Seen, days: int, seed: int) -> Wanted:
        return Wanted(seen.campaign.key, seen.text, engine.live.number, shown(connection), days, seed)

    return pages


def asked(said: Mapping[str, str]) -> tuple[int, int]:
    """The days and the seed that a form or an address names."""
    days, seed = (
        int(text) if text.isdecimal() else 0 for text in (said.get("days", ""), said.get("seed", ""))
    )
    return days if days in DAYS else DAYS[1], min(SEEDS_MOST, max(1, seed))


def is_there(connection: Connection, lead: int) -> bool:
    """Whether a lead is one of ours still: neither erased nor merged into another."""
    of = table.lead_state.c.lead_id
    return connection.execute(select(of).where(of == lead)).first() is not None
