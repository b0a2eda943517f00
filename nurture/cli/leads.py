"""Leads in, from files."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from nurture import app
from nurture.capture.columns import FieldSpec, LeadMapping, Target
from nurture.capture.duplicates import DuplicatePolicy, Duplicates
from nurture.capture.mapping import guess_mapping
from nurture.capture.mapping_text import read_mapping, write_mapping
from nurture.capture.records import sample_rows
from nurture.capture.rejects import RejectsFile
from nurture.capture.rows import Reject, read_rows
from nurture.capture.sniff import FileShape, sniff
from nurture.config import read_settings
from nurture.content.model import Programme
from nurture.engine.engine import Engine
from nurture.engine.importing import Imported, Source, begun, import_leads

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
console = Console()


@click.group()
def leads() -> None:
    """Leads in and out."""


@leads.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What the columns become: written here if the file is not there yet, else read from it.",
)
@click.option("--dry-run", is_flag=True, help="Read every row and say what would happen; change nothing.")
@click.option(
    "--duplicates",
    type=click.Choice([each.value for each in DuplicatePolicy]),
    default=DuplicatePolicy.MERGE.value,
    show_default=True,
    help="What happens to rows about a lead that is known already.",
)
@click.option(
    "--source",
    default="import",
    show_default=True,
    help="What the other system is called; its ids are kept apart from others'.",
)
@click.option(
    "--rejects",
    "rejects_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rejected rows go, each with its reason (FILE.rejects.csv).",
)
@click.option("--encoding", help="The file's encoding, where it is not guessed right.")
def import_(
    file: Path,
    mapping_file: Path | None,
    *,
    dry_run: bool,
    duplicates: str,
    source: str,
    rejects_file: Path | None,
    encoding: str | None,
) -> None:
    """Import the leads in FILE: a CSV of any separator and encoding.

    The mapping is guessed and shown. To change it, write it with --mapping, edit that file, and import with it.
    An import that was stopped goes on where it was when the same command is given again.
    """
    engine = app.make_engine(read_settings())
    try:
        shape = sniff(file, encoding=encoding)
        mapping = mapping_of(file, shape, mapping_file, specs(engine.live.programme))
        show_mapping(shape, mapping)
        policy = DuplicatePolicy(duplicates)
        if dry_run:
            rehearse(file, shape, mapping, policy)
        else:
            what = Source(path=file, shape=shape, mapping=mapping, policy=policy, name=source)
            carry_out(engine, what, rejects_file or file.with_name(f"{file.name}.rejects.csv"))
    finally:
        engine.close()


def specs(programme: Programme) -> tuple[FieldSpec, ...]:
    """The declared fields, as the mapping knows them."""
    return tuple(FieldSpec(key, field.type.value, field.of) for key, field in programme.fields.items())


def mapping_of(
    file: Path, shape: FileShape, mapping_file: Path | None, fields: tuple[FieldSpec, ...]
) -> LeadMapping:
    """The mapping that a person wrote, or a guess, which is written where a person can edit it."""
    if mapping_file is not None and mapping_file.exists():
        return read_mapping(mapping_file.read_text(), fields)
    guess = guess_mapping(shape, sample_rows(file, shape), fields)
    if mapping_file is not None:
        mapping_file.write_text(write_mapping(guess))
        console.print(f"The guess is written to {mapping_file}; edit it and import again to change it.")
    return guess


def show_mapping(shape: FileShape, mapping: LeadMapping) -> None:
    table = Table(
        title=f"{shape.encoding}, separated by {shape.delimiter!r}, about {shape.rows_estimate} rows"
    )
    for heading in ("Column", "becomes", "sure", "because"):
        table.add_column(heading)
    for column in mapping.columns:
        goal = {Target.NEW: f"{column.key} (not declared: kept in the history only)"}.get(
            column.target, column.key or column.target.value
        )
        table.add_row(column.column, goal, f"{column.confidence:.0%}", column.reason)
    console.print(table)


def rehearse(file: Path, shape: FileShape, mapping: LeadMapping, policy: DuplicatePolicy) -> None:
    """Read everything, write nothing."""
    rows = rejected = unmailable = merged = warnings = 0
    for row in read_rows(file, shape, mapping, duplicates=Duplicates(policy)):
        if isinstance(row, Reject):
            rejected += 1
            if rejected <= 5:
                console.print(f"  line {row.line}: {row.reason}")
        else:
            rows += 1
            merged += bool(row.merges_into)
            unmailable += "email" not in row.identity
            warnings += len(row.warnings)
    console.print(
        f"Dry run: {rows} rows would be imported ({unmailable} without an address, {merged} merged into an earlier "
        f"row, {warnings} values left out), {rejected} rejected. Nothing was changed."
    )


def carry_out(engine: Engine, source: Source, rejects_path: Path) -> None:
    """The import itself, with a bar; what is rejected is written beside the file."""
    start = begun(engine.database, source.fingerprint())
    if start.line:
        console.print(f"Going on after line {start.line}.")
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RejectsFile(rejects_path, source.shape, after_line=start.line) as rejects, Progress(*columns) as bar:
        task = bar.add_task("rows", total=source.shape.rows_estimate)

        def progress(done: Imported) -> None:
            bar.update(task, completed=done.created + done.merged + done.rejected)

        done = import_leads(engine.database, engine.clock, source, rejects, progress=progress)
        count = rejects.count
    if not count:
        rejects_path.unlink()
    console.print(
        f"{done.created} leads made, {done.merged} rows merged into known leads, {done.unmailable} rows without an "
        f"address, {done.warnings} values left out, {done.rejected} rows rejected"
        + (f" ({rejects_path})." if count else ".")
    )
