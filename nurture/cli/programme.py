"""Programmes as files: checked, formatted, made live."""

import getpass
import sys
from pathlib import Path
from typing import Literal

import click

from nurture import app
from nurture.check import check as promises
from nurture.check import report
from nurture.config import Settings, read_settings
from nurture.content.catalog import CAMPAIGNS, TEMPLATES, Catalog
from nurture.content.format import fmt as formatted
from nurture.engine.ask_review import ask_review, forget_what_is_live
from nurture.engine.drift import drift, note_pulled
from nurture.engine.drift import pull as pull_into
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError, SetupError

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
@click.option("--overwrite", is_flag=True, help="Undo what was edited on the pages since.")
@click.option(
    "--in-flight",
    type=click.Choice(["pin", "migrate"]),
    help="Leads inside campaigns whose tracks were edited stay on theirs, or move; else as each campaign says.",
)
def apply(
    campaigns: Path | None, reason: str, in_flight: Literal["pin", "migrate"] | None, *, overwrite: bool
) -> None:
    """Make the programme in CAMPAIGNS live: refused while a promise is broken."""
    settings = app.installed()
    catalog = app.read_catalog(settings, campaigns)
    errors = [problem for problem in promises(catalog) if problem.severity == "error"]
    if errors:
        click.echo(report(tuple(errors)), err=True)
        sys.exit(1)
    engine = app.make_engine(settings)
    try:
        lost = [] if overwrite else undone(engine, catalog)
        if not lost:
            number = engine.publish(catalog, actor=getpass.getuser(), reason=reason, in_flight=in_flight)
            with engine.deciding() as (connection, _):
                forget_what_is_live(connection, catalog)
    finally:
        engine.close()
    if lost:
        click.echo("These files lack what was edited on the pages since they last went live:", err=True)
        click.echo("\n".join(f"  {path}" for path in lost), err=True)
        click.echo(
            "Bring the edits in with `nurture pull`, or undo them with `nurture apply --overwrite`.", err=True
        )
        sys.exit(1)
    click.echo(f"Revision {number} is live.")


@click.command()
@click.argument("campaigns", type=FOLDER, required=False)
def review(campaigns: Path | None) -> None:
    """Ask for a review of each mail in CAMPAIGNS that would be sent and that nobody has approved."""
    settings = app.installed()
    catalog = app.read_catalog(settings, campaigns)
    engine = app.make_engine(settings)
    try:
        live = engine.live.catalog
        with engine.deciding() as (connection, now):
            asked, waiting = ask_review(connection, catalog, live, actor=getpass.getuser(), now=now)
    finally:
        engine.close()
    for path in asked:
        click.echo(f"{path}: in review; an approver sees it on the page Mails")
    for path in waiting:
        click.echo(f"{path}: still in review")
    if not (asked or waiting):
        click.echo("Every mail that would be sent is approved.")


def undone(engine: Engine, catalog: Catalog) -> tuple[str, ...]:
    """The paths at which *catalog* would undo what pages have done."""
    with engine.database.reading() as connection:
        parted = drift(connection)
    return () if parted is None else parted.missing_in(catalog.texts)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
def pull(*, dry_run: bool) -> None:
    """Write what was edited on the pages back to the files; 1 if somebody must merge a file that both sides edited."""
    settings = app.installed()
    engine = app.make_engine(settings)
    try:
        with engine.database.reading() as connection:
            parted = drift(connection)
        if parted is None:
            raise SetupError("no programme is live; run `nurture apply campaigns/`")
        pulled = pull_into(parted, app.read_catalog(settings).texts)
        if not dry_run:
            for path, text in pulled.written.items():
                place(settings, path).parent.mkdir(parents=True, exist_ok=True)
                place(settings, path).write_bytes(text.encode())
            for path in pulled.removed:
                place(settings, path).unlink(missing_ok=True)
            with engine.deciding() as (connection, now):
                note_pulled(connection, now)
    finally:
        engine.close()
    would = "would be " if dry_run else ""
    for path in pulled.written:
        click.echo(f"{path}: {would}written")
    for path in pulled.removed:
        click.echo(f"{path}: {would}removed")
    for path in pulled.conflicts:
        click.echo(
            f"{path}: edited here and on the pages; merge by hand what `nurture show {path}` prints", err=True
        )
    if not (pulled.written or pulled.removed or pulled.conflicts):
        click.echo("The files say what is live.")
    sys.exit(bool(pulled.conflicts))


@click.command()
@click.argument("path")
def show(path: str) -> None:
    """Print the live text of PATH, such as campaigns/programme.yaml."""
    engine = app.make_engine(app.installed())
    try:
        text = engine.live.catalog.texts.get(path)
    finally:
        engine.close()
    if text is None:
        raise ProgrammeError(f"{path} is not in the live revision; write campaigns/... or templates/...")
    click.echo(text, nl=False)


def place(settings: Settings, path: str) -> Path:
    """Where the text of a catalog path stands on disk."""
    for prefix, folder in ((CAMPAIGNS, settings.campaigns), (TEMPLATES, settings.templates)):
        if path.startswith(prefix):
            return folder / path.removeprefix(prefix)
    raise ProgrammeError(f"{path} belongs to no folder of ours; expected {CAMPAIGNS}... or {TEMPLATES}...")
