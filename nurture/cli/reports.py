"""What reports count, written anew from what happened."""

import click

from nurture import app
from nurture.engine.ways import rewrite


@click.group()
def reports() -> None:
    """What reports count."""


@reports.command()
def rebuild() -> None:
    """Count anew how far each lead has come, from what happened. Nothing else changes; a worker waits meanwhile."""
    engine = app.make_engine(app.installed())
    try:
        with engine.deciding() as (connection, _):
            leads = rewrite(connection)
        click.echo(f"Counted anew: how far {leads:,} leads have come.")
    finally:
        engine.close()
