"""Pausing and resuming what is sent, and how it stands."""

import click

from nurture import app
from nurture.engine import pauses
from nurture.engine.campaign_rates import bounces_told, complaints_told
from nurture.engine.engine import Engine
from nurture.engine.pause_rows import EVERYTHING, Cause, live_pauses
from nurture.engine.ramp import ramp_day
from nurture.insight.pace import warned


@click.command()
@click.argument("campaign", default=EVERYTHING)
@click.option("--why", required=True, help="In a few words: others will ask.")
def pause(campaign: str, why: str) -> None:
    """Let no mail leave any more, of CAMPAIGN or of all campaigns, until somebody resumes it. What is due waits."""
    engine = app.make_engine(app.installed())
    try:
        if campaign != EVERYTHING and campaign not in engine.live.programme.campaigns:
            raise click.ClickException(f"there is no campaign {campaign!r}; `nurture show` lists them")
        with engine.deciding() as (connection, now):
            done = pauses.pause(connection, campaign, cause=Cause.PERSON, why=why, actor=BY, now=now)
        click.echo(f"Paused {campaign or 'all mail'}." if done else "It was paused already.")
    finally:
        engine.close()


@click.command()
@click.argument("campaign", default=EVERYTHING)
@click.option("--why", required=True, help="What was mended, in a few words.")
def resume(campaign: str, why: str) -> None:
    """Let mail leave again, of CAMPAIGN or of all campaigns that are not paused for themselves."""
    engine = app.make_engine(app.installed())
    try:
        with engine.deciding() as (connection, now):
            done = pauses.resume(connection, campaign, why=why, actor=BY, now=now)
        click.echo(f"Resumed {campaign or 'all mail'}." if done else "It was not paused.")
    finally:
        engine.close()


BY = "nurture on this machine"
"""Whom the audit log names for what is typed here."""


def pace_lines(engine: Engine, campaign: str | None) -> list[str]:
    """What is paused, why, and what to do; what is about to be."""
    with engine.database.reading() as connection:
        live = live_pauses(connection)
        bad = warned(connection, engine.clock.now())
    lines: list[str] = []
    for each in live:
        if campaign is None or each.covers(campaign):
            resumed = f"`nurture resume{' ' + each.campaign if each.campaign else ''} --why …`"
            remedy = pauses.remedy_of(each.cause, each.problem)
            lines.append(
                f"{each.told} since {each.began_at:%Y-%m-%d %H:%M} UTC. {remedy or 'To go on'} {resumed}."
            )
    for key, tally in bad.items():
        if campaign in (None, key) and not any(each.covers(key) for each in live):
            lines.append(
                f"{key}: {complaints_told(tally)}; {bounces_told(tally)}. It stops by itself if that becomes worse."
            )
    return lines


def ramp_line(engine: Engine) -> str | None:
    """How far today's warm-up is used up; None where there is none."""
    if not engine.has_programme:
        return None
    with engine.database.reading() as connection:
        ramp = ramp_day(connection, engine.live.programme, engine.clock.now())
    if ramp is None:
        return None
    return f"Warm-up of {ramp.sender}: {ramp.used:,} of {ramp.allowed:,} mails used today."
