"""A campaign simulated as its authors have it: what its mails would come to, before one of them leaves. Nothing is sent or written."""

from flask import Blueprint, abort, g, render_template, request
from msgspec.structs import replace

from nurture.engine.engine import Engine
from nurture.insight.sentences import sentence
from nurture.insight.simulated import Simulation, simulated
from webapp.campaign_draft import Seen
from webapp.entering import with_campaign
from webapp.rights import Permission, area

DAYS = (30, 60, 90)
SEEDS_MOST = 9_999
WORDS = {
    "opened": "opened a mail of it",
    "clicked": "followed a link in one",
    "hot": "became hot",
    "handed over": "were handed to sales",
    "goal": "reached the goal",
    "had everything": "had everything that was for them",
    "left otherwise": "left without the goal",
    "unsubscribed": "unsubscribed or complained",
}


def pages(engine: Engine) -> Blueprint:
    pages = area("simulate", see=Permission.SEE)

    @pages.get("/campaigns/<key>/simulate")
    def simulate(key: str) -> str:
        seen = Seen(engine, key)
        if seen.campaign.broadcast is not None:
            abort(404)
        days = request.args.get("days", DAYS[1], type=int)
        seed = min(SEEDS_MOST, max(1, request.args.get("seed", 1, type=int)))
        found = run(seen, days if days in DAYS else DAYS[1], seed)
        return render_template(
            "simulate.html",
            seen=seen,
            campaign=seen.campaign,
            found=found,
            choices=DAYS,
            words=WORDS,
            sentence=sentence,
        )

    def run(seen: Seen, days: int, seed: int) -> Simulation:
        live = engine.live
        programme = with_campaign(live.programme, replace(seen.campaign, draft=False))
        with engine.database.reading() as connection:
            return simulated(
                connection,
                programme,
                live.catalog,
                seen.campaign.key,
                g.now,
                days=days,
                seed=seed,
                sample=live.number,
            )

    return pages
