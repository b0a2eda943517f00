"""One lead's mail: why it came, and what it would look like."""

import click

from nurture import app
from nurture.engine.send_test import send_test as sent
from nurture.insight.why import why_lead


@click.command()
@click.argument("lead")
@click.argument("mail", required=False)
def why(lead: str, mail: str | None) -> None:
    """Say why LEAD (address or id) got its mails, or not: every gate asked, as it was written then."""
    engine = app.make_engine(app.installed())
    try:
        for line in why_lead(engine, lead, mail):
            click.echo(line)
    finally:
        engine.close()


@click.command("send-test")
@click.argument("mail")
@click.option("--to", "address", required=True, help="Who gets it.")
@click.option("--as", "lead", required=True, help="The lead (address or id) for whom it is written.")
def send_test(mail: str, address: str, lead: str) -> None:
    """Send one real MAIL ('campaign/name') as LEAD would get it; nothing is recorded."""
    engine = app.make_engine(app.installed())
    try:
        click.echo(sent(engine, mail, to=address, lead=lead))
    finally:
        engine.close()
