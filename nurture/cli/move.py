"""Moving to another database: `nurture move`."""

import click
from rich.progress import Progress
from sqlalchemy.exc import OperationalError, ProgrammingError

from nurture import app
from nurture.cli.users import operator
from nurture.config import embedded, read_place
from nurture.engine.moving_store import move_store
from nurture.errors import SetupError
from nurture.store.database import Database


@click.command()
@click.argument("old", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
def move(old: str | None, *, yes: bool) -> None:
    """Move all that is kept at OLD, the URL of a database or else the embedded one, into the empty one that NURTURE_DATABASE_URL names.

    Nothing may be at work meanwhile. Afterwards the old store stays as it was, says where it went, and sends nothing.
    """
    place, clock = read_place(), app.SystemClock()
    before = read_place(database_url=old or embedded(place.home))
    source, target = Database(before.database_url), Database(place.database_url)
    if source.url == target.url:
        raise SetupError("NURTURE_DATABASE_URL names the store itself; set it to the database to move to")
    if source.is_missing:
        raise SetupError(f"there is no store at {source.shown}; name the one to move")
    if not yes:
        click.confirm(f"Move {source.shown} into {target.shown}?", abort=True)
    try:
        if target.is_somebody_elses:
            raise SetupError(f"{target.shown} has tables that are not ours; move into an empty database")
        source.migrate()
        target.migrate()
        with Progress() as bar:
            task = bar.add_task("Moving rows", total=None)
            rows = move_store(
                source,
                target,
                clock=clock,
                by=operator(),
                arm=app.make_arming(place, target, clock).arm,
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            )
    except (OperationalError, ProgrammingError) as error:  # the second: who has no right to make tables
        raise SetupError(f"a database cannot be opened: {str(error.orig).splitlines()[0]}") from None
    finally:
        source.close()
        target.close()
    click.echo(
        f"Moved {sum(rows.values()):,} rows of {len(rows)} tables, {rows['lead']:,} leads among them; each table has as many here."
    )
    click.echo(
        "Mail leaves from here now: start `nurture up`. The old store stays where it is; remove it when you miss nothing."
    )
