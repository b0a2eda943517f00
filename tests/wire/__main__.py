"""``make wire-check``: gate M1, whole. Ends with 1 where a mail is wrong, or a program that has to judge is missing."""

import sys
import tempfile
from collections import Counter
from itertools import chain
from pathlib import Path

import click

from tests.wire.mails import Keys, mails_to_odd_people, shipped_mails
from tests.wire.opendkim import MissingError, OpenDkim
from tests.wire.read_back import faults_of
from tests.wire.verify import by_dkimpy

BOTH = {"rsa": "pass", "ed25519": "pass"}


@click.command()
@click.option("--mails", default=1_000, show_default=True, help="How many mails to odd people.")
@click.option("--seed", default=1, show_default=True, help="Who they are.")
def wire_check(mails: int, seed: int) -> None:
    """Send every shipped mail and one to each of many odd people past two parsers and two DKIM verifiers."""
    keys = Keys()
    with tempfile.TemporaryDirectory() as folder:
        try:
            opendkim = OpenDkim(keys.records, Path(folder))
        except MissingError as missing:
            sys.exit(str(missing))
        counts: Counter[str] = Counter()
        for sent in chain(shipped_mails(), mails_to_odd_people(mails, seed=seed)):
            counts["mails"] += 1
            signed = keys.sign(sent.data)
            for fault in [*faults_of(sent), *unproven(keys, opendkim, signed)]:
                counts["faults"] += 1
                click.echo(f"{sent.what}: {fault}")
    click.echo(
        f"{counts['mails']} mails: two parsers, dkimpy (rsa-sha256) and OpenDKIM (rsa-sha256, ed25519-sha256); "
        f"{counts['faults']} faults"
    )
    sys.exit(1 if counts["faults"] or counts["mails"] < mails else 0)


def unproven(keys: Keys, opendkim: OpenDkim, signed: bytes) -> list[str]:
    """Which verifier does not believe a mail."""
    faults = [] if by_dkimpy(keys, signed) else ["dkimpy does not believe it"]
    verdicts = opendkim.verdicts(signed)
    return faults if verdicts == BOTH else [*faults, f"OpenDKIM: {verdicts}"]


if __name__ == "__main__":
    wire_check()
