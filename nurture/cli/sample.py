"""What was put in for show: `nurture sample remove`."""

import click
from rich.progress import Progress

from nurture import app
from nurture.engine.sample import remove_sample, sample_count


@click.group()
def sample() -> None:
    """The sample leads that `nurture up --sample` begins with."""


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
