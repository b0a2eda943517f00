"""One person's rights: all that is kept of it, and forgetting it."""

from pathlib import Path

import click
from sqlalchemy import Connection

from nurture import app
from nurture.capture.addresses import normalise
from nurture.cli.users import operator
from nurture.engine.audit import audit
from nurture.engine.erase import Places, erase, finish
from nurture.engine.erased import is_remembered
from nurture.engine.people import LeadError, find_lead
from nurture.insight.person_file import person_file
from webapp.privacy import html_of


@click.group()
def person() -> None:
    """What one person may ask of us: everything that is kept of it, or that nothing is."""


@person.command()
@click.argument("who")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(who: str, file: Path) -> None:
    """Write all that is kept of WHO, an address or a lead's number, into FILE, a zip."""
    engine = app.make_engine(app.installed())
    try:
        with engine.deciding() as (connection, now):
            lead_id = find_lead(connection, who).lead.id
            target = f"lead {lead_id}"
            audit(connection, actor=operator(), what="exported a lead", target=target, now=now)
        with engine.database.reading() as connection:
            data = person_file(
                connection,
                engine.live.programme,
                lead_id,
                now,
                read_mail=lambda touch_id: html_of(engine, now, touch_id),
            )
    finally:
        engine.close()
    assert data is not None, "the lead was there"
    file.write_bytes(data)
    click.echo(f"All that is kept of lead {lead_id} is in {file}.")


@person.command("erase")
@click.argument("who")
@click.option("--why", required=True, help="Kept in the audit log, without a name.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_(who: str, *, why: str, yes: bool) -> None:
    """Erase WHO, an address or a lead's number, from every table and file, and search them to prove it."""
    settings = app.installed()
    engine = app.make_engine(settings)
    places = Places.of(engine.database, settings.home, app.mailbox(settings))
    address = normalise(who) or who
    try:
        with engine.database.reading() as connection:
            again = is_remembered(connection, engine.keyring, address)
            lead_id = None if again and not is_lead(connection, who) else find_lead(connection, who).lead.id
        if lead_id is None:
            named, left = finish(engine.database, address, places)
            click.echo(f"It was erased before; the address was taken out of {named:,} more rows.")
        else:
            if not yes:
                click.confirm(f"Erase lead {lead_id} for good?", abort=True)
            done = erase(
                engine.database,
                lead_id,
                keyring=engine.keyring,
                clock=engine.clock,
                places=places,
                by=operator(),
                why=why,
            )
            left = done.left
            click.echo(
                f"Erased lead {lead_id}: {done.rows:,} rows and {done.mails:,} mails; its address was taken out of"
                f" {done.named:,} rows about others."
            )
    finally:
        engine.close()
    for trace in left:
        click.echo(f"  still named in {trace.place}: {trace.key}")
    if left:
        raise click.ClickException("what is named above is yours to change")
    click.echo("Every table and file was searched for the address: it is nowhere.")


def is_lead(connection: Connection, who: str) -> bool:
    try:
        find_lead(connection, who)
    except LeadError:
        return False
    return True
