"""What reports count, written anew from what happened."""

import click

from nurture import app
from nurture.engine.touched import rewrite_touches
from nurture.engine.ways import rewrite


@click.group()
def reports() -> None:
    """What reports count."""


@reports.command()
def rebuild() -> None:
    """Count anew how far each lead has come, and how soon sales turned to it, from what happened. Nothing else changes; a worker waits meanwhile."""
    engine = app.make_engine(app.installed())
    try:
        with engine.deciding() as (connection, _):
            leads, hand_offs = rewrite(connection), rewrite_touches(connection)
        click.echo(
            f"Counted anew: how far {leads:,} leads have come, and how soon sales answered {hand_offs:,} times."
        )
    finally:
        engine.close()
