"""`nurture leads merge`: two leads that are one person."""

import click

from nurture import app
from nurture.cli.users import operator
from nurture.engine import merging
from nurture.engine.people import find_lead


@click.command("merge")
@click.argument("survivor")
@click.argument("other", required=False)
@click.option("--undo", is_flag=True, help="Undo the latest merge into SURVIVOR.")
def merge(survivor: str, other: str | None, *, undo: bool) -> None:
    """Merge the lead OTHER into SURVIVOR; either is an address or a lead's number. A worker carries it out with its next turn."""
    if undo is (other is not None):
        raise click.UsageError("name both leads to merge them, or only the survivor with --undo")
    engine = app.make_engine(app.installed())
    try:
        with engine.deciding() as (connection, now):
            stays = find_lead(connection, survivor).lead.id
            if other is None:
                goes = merging.unmerge(connection, stays, by=operator(), now=now)
                click.echo(f"Lead {goes} will be a lead of its own again, apart from lead {stays}.")
            else:
                goes = find_lead(connection, other).lead.id
                merging.merge(connection, stays, goes, by=operator(), now=now)
                click.echo(f"Lead {goes} will be merged into lead {stays}.")
    finally:
        engine.close()
