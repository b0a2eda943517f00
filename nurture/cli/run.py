"""Starting the engine."""

import os
import sys

import click
import msgspec
from rich.progress import Progress

from nurture import app, log
from nurture.cli.sample import BAR, STOPPED
from nurture.cli.users import first_link
from nurture.config import Settings
from nurture.daemon.ending import leave
from nurture.daemon.signals import StoppedError, asking_to_go_on
from nurture.daemon.supervisor import supervise
from nurture.daemon.worker import work
from nurture.engine.ticked import Ticked
from nurture.errors import SetupError
from nurture.simulation.sample import HISTORY
from nurture.store.database import STORE_AWAY

ROLES = ("all", "web", "tracking", "worker")


@click.command()
@click.option(
    "--role", type=click.Choice(ROLES), default="all", show_default=True, help="What this machine runs."
)
@click.option(
    "--sample", is_flag=True, help="Begin an empty store with the shipped programme and its sample leads."
)
def up(role: str, *, sample: bool) -> None:
    """Run web, tracking and worker; ends cleanly on SIGTERM or Ctrl+C and goes on where it was."""
    settings = app.installed()
    match role:
        case "web":
            from nurture.daemon.web import serve  # noqa: PLC0415 other commands need no web server

            serve(settings)
        case "tracking":
            from nurture.daemon.web import serve_tracking  # noqa: PLC0415

            serve_tracking(settings)
        case "worker":
            work(app.make_worker)
            leave()
        case _:
            prepare(settings, sample=sample)
            os.environ.setdefault("NURTURE_HOME", str(settings.home))
            sys.exit(
                supervise(
                    [["up", "--role", "web"], ["up", "--role", "worker"]],
                    at=(settings.host, settings.port),
                    ready=lambda: greet(settings),
                )
            )


@click.command()
def tick() -> None:
    """Run one turn of the engine and say what it did."""
    engine = app.make_engine(app.installed())
    try:
        click.echo(in_words(engine.tick()))
    finally:
        engine.close()


SAID = {
    "sent": "mails sent", "deferred": "put off by servers", "refused": "refused", "unknown": "of unknown fate",
    "judged": "mails judged by the gates", "absorbed": "events absorbed", "timers": "timers fired",
    "told": "system mails sent", "called": "webhooks taken", "uncalled": "webhooks not taken", "swept": "walks over leads",
}  # fmt: skip
"""What each figure of a turn counts, what matters most first."""


def in_words(ticked: Ticked) -> str:
    """'2 mails sent, 3 events absorbed.'"""
    counts = msgspec.structs.asdict(ticked)
    done = [f"{counts[name]:,} {words}" for name, words in SAID.items() if counts[name]]
    return ", ".join(done) + "." if done else "There was nothing to do."


def prepare(settings: Settings, *, sample: bool) -> None:
    """A store with a live programme: an empty one gets that of the files."""
    engine = app.make_engine(settings)
    try:
        app.settle_sample(settings)
        if engine.has_programme:
            return
        click.echo(f"The store is empty: applying the programme in {settings.campaigns}/.")
        if sample and not engine.lead_count:
            play_sample(settings)
        else:
            engine.publish(app.read_catalog(settings), actor="nurture up", reason="the first revision")
    finally:
        engine.close()


def play_sample(settings: Settings) -> None:
    """The sample, with a bar that tells its days."""
    log.configure("WARNING")  # three months of ticks are told by the bar
    days = HISTORY.days
    try:
        with asking_to_go_on() as ask, Progress(*BAR) as bar:
            task = bar.add_task(f"Playing {days} days of sample leads", total=days)

            def tell(share: float) -> None:
                ask()
                bar.update(task, completed=share * days)

            app.play_sample(settings, tell)
    except StoppedError:
        click.echo("Stopped. Nothing of the sample was kept; the next start plays it from its first day.")
        sys.exit(STOPPED)
    finally:
        log.configure()


def greet(settings: Settings) -> None:
    """Say where the pages are: by a link that lets in once, as long as no admin has a password."""
    try:
        link = first_link(settings)
    except (SetupError, *STORE_AWAY):  # it has gone away since: the pages say so, and we do not end for it
        link = None
    click.secho(f"\n  Nurture is at {link or settings.public_url}\n", bold=True)
    if link is not None:
        click.echo(
            "  The link lets the first admin in, once, within a day. `nurture users link` prints another."
        )
    if not settings.mail_leaves:
        click.echo("  No mail leaves this machine: it lands in the local mailbox, which the pages show.")
    click.echo("  Ctrl+C ends it; nothing is lost.\n")
