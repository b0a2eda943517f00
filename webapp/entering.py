"""Who enters a campaign, what its goal is, and who leaves: by form or as an expression, with how many it would be now.

What is saved goes to the campaign's draft, like every edit of its tracks. A campaign that nobody enters yet may be changed at
once by whoever may publish, so that its audience is chosen on the way to going live.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from nurture.check import check
from nurture.content.catalog import load_texts
from nurture.content.edit import Edit, apply
from nurture.content.model import Campaign, Programme
from nurture.engine.drafts import DraftOvertakenError, edit_draft, text_of
from nurture.engine.editing import OvertakenError, edit
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.insight.audience import Audience, audience
from nurture.insight.sampling import LOOKED_AT
from nurture.insight.text_history import text_at
from nurture.statemachine.entering import COMES_IN
from nurture.vocabulary.words import Temperature
from webapp.acting import actor, i_may
from webapp.campaign_draft import Seen
from webapp.differences import differences
from webapp.entering_form import edits_of, shown
from webapp.parted import Parted, form_over
from webapp.rights import Permission, area
from webapp.said import said_finding
from webapp.track_edits import questions_of

NOTHING: MultiDict[str, str] = MultiDict()


class Tried(msgspec.Struct, frozen=True):
    """What a form would make of the campaign.

    campaign  as it would be; as it is where the form lacks something.
    who       whom that would let in, if it went live now; None where it cannot be told.
    wrong     what is wrong.
    """

    campaign: Campaign
    who: Audience | None = None
    wrong: tuple[str, ...] = ()


def pages(engine: Engine) -> Blueprint:
    pages = area("entering", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/campaigns/<key>/enters")
    def enters(key: str) -> str:
        seen = of(key)
        return page(seen, NOTHING, Tried(seen.campaign, who_in(engine, seen.campaign)))

    @pages.post("/campaigns/<key>/enters/count")
    def count(key: str) -> str:
        """The same page with what the form would come to; nothing is saved."""
        seen = of(key)
        return page(seen, request.form, tried(seen, request.form))

    @pages.post("/campaigns/<key>/enters")
    def save(key: str) -> Response | tuple[str, int]:
        seen, said = of(key), request.form
        found = tried(seen, said)
        if found.wrong:
            return page(seen, said, found, problem="\n".join(found.wrong)), 422
        edits = meant(seen, said)
        try:
            if said.get("do") == "live" and at_once(seen):
                number = edit(
                    engine, seen.path, edits, expecting=form_over(engine, seen.path, "base"), actor=actor(),
                    reason=f"{key}: who enters, on its page",
                )  # fmt: skip
                flash(f"Saved as revision {number}. Nobody enters before it goes live.")
                return redirect(url_for("go_live.go_live", key=key), 303)
            seeing = said.get("over_draft", said.get("seeing", 0, type=int), type=int)
            edit_draft(engine, seen.path, edits, seeing=seeing, actor=actor())
        except (DraftOvertakenError, OvertakenError) as error:
            now = of(key)
            both = Parted(
                differences(began(seen, said), now.text), differences(now.text, apply(now.text, edits))
            )
            return page(now, said, found, problem=str(error), both=both), 409
        except ProgrammeError as error:
            return page(seen, said, found, problem=str(error)), 422
        flash("Saved in the draft; nothing is live yet.")
        track = said.get("track", "")
        if seen.campaign.track(track) is not None:
            return redirect(url_for("tracks.track", key=key, track=track), 303)
        return redirect(url_for("entering.enters", key=key), 303)

    def of(key: str) -> Seen:
        seen = Seen(engine, key)
        if seen.campaign.broadcast is not None:
            abort(404)
        return seen

    def began(seen: Seen, said: Any) -> str:
        """The file as the form showed it: the state of the draft, else the revision, that it was filled in from."""
        number, base = (said.get(name, 0, type=int) for name in ("seeing", "base"))
        if number == seen.number and (number or base == seen.revision):
            return seen.text
        with engine.database.reading() as connection:
            state = text_of(connection, seen.path, number) if number else text_at(connection, seen.path, base)
        return state or seen.text

    def meant(seen: Seen, said: Any) -> list[Edit]:
        """What the form says otherwise than it showed, so that nothing of others is undone. Raises ProgrammeError."""
        text = began(seen, said)
        campaign = seen.campaign
        if text != seen.text:
            before = load_texts({**engine.live.catalog.texts, seen.path: text}).programme
            campaign = campaign if before is None else before.campaigns.get(campaign.key, campaign)
        return edits_of(text, campaign, said, engine.live.programme)

    def tried(seen: Seen, said: Any) -> Tried:
        try:
            edits = meant(seen, said)
        except ProgrammeError as error:
            return Tried(seen.campaign, wrong=(str(error),))
        return tried_out(engine, seen, edits)

    def page(seen: Seen, said: Any, found: Tried, problem: str = "", both: Parted | None = None) -> str:
        over = {"over": seen.revision, "over_draft": seen.number} if both else kept_over(said)
        return render_template(
            "enters.html",
            seen=seen,
            found=found,
            problem=problem,
            is_count=request.endpoint == "entering.count",
            base=said.get("base") or seen.revision,
            seeing=said.get("seeing") or seen.number,
            over=over,
            parted=both,
            track=said.get("track") or request.args.get("track", ""),
            **form_parts(engine, seen, said),
        )

    return pages


def kept_over(said: Any) -> dict[str, str]:
    """Up to where the author of the form has seen others' changes, to be sent along once more."""
    return {name: said[name] for name in ("over", "over_draft") if name in said}


def form_parts(engine: Engine, seen: Seen, said: Any = NOTHING) -> dict[str, Any]:
    """What enters_form.html needs, on whichever page it stands."""
    return {
        "campaign": seen.campaign,
        "programme": engine.live.programme,
        "enters": shown(seen.campaign, said),
        "questions": questions_of,
        "temperatures": tuple(Temperature),
        "comes_in": COMES_IN,
        "may_at_once": at_once(seen),
        "mails": sorted(
            seen.catalog.mails, key=lambda each: (not each.startswith(f"{seen.campaign.key}/"), each)
        ),
    }


def at_once(seen: Seen) -> bool:
    """Whether an edit goes live without a draft: nobody enters the campaign yet, and nobody has begun something beside it."""
    return seen.campaign.draft and seen.draft is None and i_may("publish")


def tried_out(engine: Engine, seen: Seen, edits: Sequence[Edit]) -> Tried:
    """The campaign after *edits*, and whom it would let in."""
    try:
        text = apply(seen.text, edits)
    except ProgrammeError as error:
        return Tried(seen.campaign, wrong=(str(error),))
    catalog = load_texts({**engine.live.catalog.texts, seen.path: text})
    known = {(each.file, each.message) for each in seen.problems}
    wrong = tuple(
        said_finding(each)
        for each in check(catalog)
        if each.severity == "error" and each.file == seen.path and (each.file, each.message) not in known
    )
    programme = catalog.programme
    after = None if programme is None else programme.campaigns.get(seen.campaign.key)
    if after is None or wrong:
        return Tried(seen.campaign, wrong=wrong or ("the file could not be read with this",))
    return Tried(after, who_in(engine, after))


def who_in(engine: Engine, campaign: Campaign, *, most: int = LOOKED_AT) -> Audience:
    """Whom *campaign* would let in if it took the place of the live one now, and nobody waited for anything.

    most  how many leads are asked.
    """
    live = engine.live
    programme = with_campaign(live.programme, replace(campaign, draft=False))
    with engine.database.reading() as connection:
        return audience(connection, programme, campaign.key, g.now, seed=live.number, most=most)


def with_campaign(programme: Programme, campaign: Campaign) -> Programme:
    """The programme with *campaign* in place of the one of its key."""
    campaigns: Mapping[str, Campaign] = {**programme.campaigns, campaign.key: campaign}
    return replace(programme, campaigns=campaigns)
