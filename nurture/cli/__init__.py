"""What a person types: ``nurture COMMAND``. Each command parses, calls one verb, and shows.

run         up, tick
programme   check, fmt, apply, review, pull, show, new
leads       leads import, merge
person      person export, erase
sample      sample load, sample remove
simulate    simulate
mail        why, send-test, receive
status      status, arm
move        move
pauses      pause, resume
reports     reports rebuild
users       users list, invite, link, set-role, disable
doctor      doctor
bench       bench, which lives with what it measures
"""

import sys

import click

from nurture import log
from nurture.bench.command import bench
from nurture.cli import (
    doctor,
    leads,
    mail,
    move,
    new,
    pauses,
    person,
    programme,
    receive,
    reports,
    run,
    sample,
    simulate,
    status,
    users,
    webhooks,
)
from nurture.errors import NurtureError


class Commands(click.Group):
    """Shows an error of ours as its text alone, and ends with 1."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except NurtureError as error:
            click.secho(str(error), fg="red", err=True)
            sys.exit(1)


@click.group(cls=Commands)
@click.version_option(package_name="nurture")
def main() -> None:
    """Nurture: lead nurture with mail that is sent once, and says why."""
    log.configure()


for command in (
    run.up,
    run.tick,
    programme.check,
    programme.fmt,
    programme.apply,
    programme.review,
    programme.pull,
    programme.show,
    new.new,
    leads.leads,
    person.person,
    sample.sample,
    simulate.simulate,
    mail.why,
    mail.send_test,
    receive.receive,
    users.users,
    reports.reports,
    status.status,
    status.arm,
    move.move,
    pauses.pause,
    pauses.resume,
    webhooks.webhook_secret,
    doctor.doctor,
    bench,
):
    main.add_command(command)
