"""A campaign simulated as its authors have it: what its mails would come to, before one of them leaves. Nothing is sent or written."""

from functools import partial

from flask import Blueprint, abort, g, render_template, request
from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.engine.engine import Engine
from nurture.insight.sentences import sentence
from nurture.insight.shown import shown
from nurture.insight.simulated import Simulation, simulated
from nurture.store import records as table
from webapp.campaign_draft import Seen
from webapp.entering import with_campaign
from webapp.names import persona_names
from webapp.rights import Permission, area
from webapp.simulations_kept import Dated, Kept, Wanted
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
        days = request.args.get("days", DAYS[1], type=int)
        seed = min(SEEDS_MOST, max(1, request.args.get("seed", 1, type=int)))
        days = days if days in DAYS else DAYS[1]
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

    def run(seen: Seen, days: int, seed: int) -> Dated | None:
        """The simulation; None while it is played."""
        live, now = engine.live, g.now
        programme = with_campaign(live.programme, replace(seen.campaign, draft=False))
        with engine.database.reading() as connection:
            wanted = Wanted(seen.campaign.key, seen.text, live.number, shown(connection), days, seed)

            def play() -> Simulation:
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
                    )

            return kept.of(wanted, now, is_there=lambda lead: is_there(connection, lead), play=play)

    return pages


def is_there(connection: Connection, lead: int) -> bool:
    """Whether a lead is one of ours still: neither erased nor merged into another."""
    of = table.lead_state.c.lead_id
    return connection.execute(select(of).where(of == lead)).first() is not None
