"""Programmes as files: checked, formatted, made live."""

import getpass
import sys
from pathlib import Path

import click

from nurture import app
from nurture.check import check as promises
from nurture.check import report
from nurture.config import read_settings
from nurture.content.format import fmt as formatted

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("campaigns", type=FOLDER, required=False)
def check(campaigns: Path | None) -> None:
    """Check every promise that the programme in CAMPAIGNS makes; 1 if one is broken."""
    problems = promises(app.read_catalog(read_settings(), campaigns))
    click.echo(report(problems))
    sys.exit(any(problem.severity == "error" for problem in problems))


@click.command()
@click.argument(
    "files", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True
)
@click.option(
    "--check", "only_check", is_flag=True, help="Change nothing; 1 if a file is not in canonical form."
)
def fmt(files: tuple[Path, ...], *, only_check: bool) -> None:
    """Write programme and campaign FILES in canonical form."""
    crooked = []
    for file in files:
        text = file.read_bytes().decode()
        straight = formatted(text)
        if straight != text:
            crooked.append(file)
            if not only_check:
                file.write_bytes(straight.encode())
    for file in crooked:
        click.echo(f"{file}: {'would be ' if only_check else ''}formatted")
    sys.exit(bool(crooked) and only_check)


@click.command()
@click.argument("campaigns", type=FOLDER, required=False)
@click.option("--reason", default="applied from files", show_default=True, help="Kept with the revision.")
def apply(campaigns: Path | None, reason: str) -> None:
    """Make the programme in CAMPAIGNS live: refused while a promise is broken."""
    settings = read_settings()
    catalog = app.read_catalog(settings, campaigns)
    errors = [problem for problem in promises(catalog) if problem.severity == "error"]
    if errors:
        click.echo(report(tuple(errors)), err=True)
        sys.exit(1)
    engine = app.make_engine(settings)
    try:
        number = engine.publish(catalog, actor=getpass.getuser(), reason=reason)
    finally:
        engine.close()
    click.echo(f"Revision {number} is live.")
