"""Where the mail stands, and letting a copied store send."""

import click

from nurture import app
from nurture.cli.pauses import pace_lines, ramp_line
from nurture.engine.arming import COPY
from nurture.insight.standing import Standing, standing


@click.command()
@click.option("--campaign", help="Only the mails of this campaign or broadcast.")
def status(campaign: str | None) -> None:
    """Say what is due, on its way, unknown and unfinished, in counts of rows."""
    engine = app.make_engine(app.installed())
    try:
        with engine.database.reading() as connection:
            found = standing(connection, engine.clock.now(), campaign=campaign)
        for name, value in lines(found):
            click.echo(f"{name:<18}{value:>12}")
        click.echo(verdict(found))
        for line in pace_lines(engine, campaign):
            click.secho(line, fg="red")
        if (ramp := ramp_line(engine)) is not None:
            click.echo(ramp)
        if not engine.is_armed:
            click.secho(f"Not armed: {COPY}.", fg="red")
    finally:
        engine.close()


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def arm(*, yes: bool) -> None:
    """Let this store send from this home: after a backup was restored, a store was copied, or another machine joined."""
    if (gone := app.moved_to()) is not None:
        click.echo(
            f"This store was moved to {gone.to} on {gone.at:%Y-%m-%d %H:%M} UTC. What happened since is only there."
        )
        if not yes:
            click.confirm("Go back to how things stood then?", abort=True)
        app.take_up_again()
    engine = app.make_engine(app.installed())
    try:
        with engine.database.reading() as connection:
            found = standing(connection, engine.clock.now())
        click.echo(
            f"{found.unfinished:,} mails wait here, {found.due:,} of them due. Of a restored backup, what was sent after the "
            "backup was made would be sent again; of a copy, what the original sends, too."
        )
        if not yes:
            click.confirm("Let mail leave?", abort=True)
        engine.arm()
        click.echo("Armed: mail leaves from here.")
    finally:
        engine.close()


def lines(found: Standing) -> list[tuple[str, str]]:
    """The counts by name, as they are shown."""
    oldest = "-" if found.oldest_due is None else f"{found.oldest_due:%Y-%m-%d %H:%M}"
    counts = {
        "due": found.due,
        "claimed": found.claimed,
        "sending": found.sending,
        "deferred": found.deferred,
        "planned": found.planned,
        "unknown": found.unknown,
        "outbox": found.outbox,
        "events": found.events,
    }
    named = [(NAMES[name], f"{count:,}") for name, count in counts.items()]
    return [named[0], ("oldest due (UTC)", oldest), *named[1:]]


NAMES = {
    "due": "due",
    "claimed": "claimed",
    "sending": "sending",
    "deferred": "put off",
    "planned": "planned",
    "unknown": "unknown",
    "outbox": "system mails",
    "events": "events waiting",
}


def verdict(found: Standing) -> str:
    """Whether anything is left to do."""
    if found.unfinished:
        return f"{found.unfinished:,} mails are not finished."
    return "Finished: no mail waits." + (
        f" {found.unknown:,} may or may not have left." if found.unknown else ""
    )
