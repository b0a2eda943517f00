"""What the receiver of a webhook needs."""

import click

from nurture import app
from nurture.errors import SetupError
from nurture.identity import Keyring
from nurture.secret_key import secret


@click.command("webhook-secret")
@click.argument("webhook")
def webhook_secret(webhook: str) -> None:
    """Print what the receiver of WEBHOOK verifies our posts with."""
    settings = app.installed()
    programme = app.read_catalog(settings).programme
    declared = programme.webhooks if programme else {}
    if webhook not in declared:
        known = ", ".join(sorted(declared)) or "none"
        raise SetupError(f"the programme declares no webhook {webhook!r}; declared: {known}")
    click.echo(Keyring(secret(settings)).webhook_secret(webhook))
