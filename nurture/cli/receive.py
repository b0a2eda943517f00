"""Mail that a server pipes in: one message at a time, for an alias or a transport of Postfix or OpenSMTPD."""

import sys

import click

from nurture import app
from nurture.engine.feedback import receive as taken_in
from nurture.errors import NurtureError
from nurture.log import get_log

log = get_log(__name__)

EX_TEMPFAIL = 75
"""sysexits.h: the mail server keeps the message and tries again."""


@click.command()
@click.option(
    "--to",
    "envelope_to",
    default="",
    envvar=["ORIGINAL_RECIPIENT", "RECIPIENT"],
    help="The address that it was sent to. Postfix and OpenSMTPD say it in the environment.",
)
def receive(envelope_to: str) -> None:
    """Take in one message from standard input: a bounce, a complaint, an answer, a request to unsubscribe.

    Ends with 75 while the message cannot be kept, so that the mail server tries again.
    """
    raw = sys.stdin.buffer.read()
    try:
        engine = app.make_engine(app.installed())
        try:
            received = taken_in(engine, raw, source="pipe", envelope_to=envelope_to)
        finally:
            engine.close()
    except NurtureError as error:
        click.echo(f"try again later: {error}", err=True)
        sys.exit(EX_TEMPFAIL)
    except Exception as error:  # noqa: BLE001 whatever it is, the message is not lost
        log.error("message not taken in", error=error)  # noqa: TRY400 it adds the traceback
        sys.exit(EX_TEMPFAIL)
    click.echo(f"{received.kind}: {received.did}")
