"""What was put in for show: `nurture sample load` and `nurture sample remove`."""

import os
import secrets
import sys
from threading import Event as Flag

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from nurture import app, log
from nurture.config import Settings
from nurture.daemon.signals import on_stop
from nurture.engine.sample import remove_sample, sample_count
from nurture.engine.sample_loads import Phase, ask_for_sample, last_load, stop_load
from nurture.simulation.sample import HISTORY

BAR = (
    TextColumn("{task.description}"),
    BarColumn(),
    TextColumn("day {task.completed:.0f} of {task.total:.0f}"),
    TimeRemainingColumn(),
)
NICE = 5
"""Beside a worker it takes what others leave of the processor."""
STOPPED = 130
"""What shells call a program that Ctrl+C ended."""


@click.group()
def sample() -> None:
    """Sample leads: those that `nurture up --sample` begins with, or the page Demo data loads."""


@sample.command()
@click.option("--claim", default=None, hidden=True, help="What a worker knows this process by.")
def load(*, claim: str | None) -> None:
    """Load sample leads into a store without leads: they live through the programme that is live; see the page Demo data."""
    settings, stopping = app.installed(), Flag()
    on_stop(stopping.set)
    if claim is not None:
        os.nice(NICE)
        log.configure("WARNING")  # its days are not the worker's
        app.load_sample(settings, by=claim, goes_on=lambda _: not stopping.is_set())
    else:
        _load_now(settings, stopping)


def _load_now(settings: Settings, stopping: Flag) -> None:
    log.configure("WARNING")  # three months of ticks are told by the bar
    engine = app.make_engine(settings)
    try:
        with engine.deciding() as (connection, now):
            ask_for_sample(connection, by="nurture sample load", now=now)
        with Progress(*BAR) as bar:
            task = bar.add_task(f"Playing {HISTORY.days} days of sample leads", total=HISTORY.days)

            def goes_on(share: float) -> bool:
                bar.update(task, completed=share * HISTORY.days)
                return not stopping.is_set()

            app.load_sample(settings, by=secrets.token_hex(8), goes_on=goes_on)
        with engine.deciding() as (connection, _):
            if stopping.is_set():
                stop_load(connection)  # else the next worker would go on with it
            last, count = last_load(connection), sample_count(connection)
    finally:
        engine.close()
    if last is None or last.phase is not Phase.LOADED:
        click.echo(f"Nothing of the sample was kept. {(last and last.problem) or ''}".strip())
        sys.exit(STOPPED if stopping.is_set() else 1)
    click.echo(f"{count:,} sample leads are here. `nurture sample remove` takes them out again.")


@sample.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(*, yes: bool) -> None:
    """Remove the sample leads with all that is kept of them, their mail included; leads of your own stay as they are."""
    settings = app.installed()
    engine = app.make_engine(settings)
    try:
        with engine.database.reading() as connection:
            count = sample_count(connection)
        if not count:
            click.echo("There are no sample leads.")
            return
        if not yes:
            click.confirm(f"Remove {count} sample leads and all that is kept of them?", abort=True)
        with Progress() as bar:
            task = bar.add_task("Removing sample leads", total=count)
            removed = remove_sample(
                engine.database, app.mailbox(settings), lambda gone: bar.update(task, completed=gone)
            )
    finally:
        engine.close()
    click.echo(
        f"Removed {removed.leads:,} leads, {removed.rows:,} rows and {removed.mails:,} mails; {removed.left} rows left."
    )
