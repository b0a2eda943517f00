"""Leads in, from files; what else is done with leads is added to the group."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nurture import app
from nurture.capture.duplicates import DuplicatePolicy
from nurture.capture.exports.product import ANY_LIST, Standing
from nurture.capture.exports.recognise import PRODUCTS
from nurture.capture.mapping_text import read_mapping, write_mapping
from nurture.capture.rejects import RejectsFile
from nurture.cli.import_shown import show_file, show_import, show_rehearsal
from nurture.cli.merge import merge
from nurture.content.model import Programme
from nurture.engine.engine import Engine
from nurture.engine.import_files import Asked, ListFile, files_of, specs
from nurture.engine.importing import Imported, begun, import_leads
from nurture.engine.rehearsing import rehearse
from nurture.errors import ImportFileError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
console = Console()


@click.group()
def leads() -> None:
    """Leads in, and two that are one."""


leads.add_command(merge)


@leads.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--from",
    "product",
    type=click.Choice([*PRODUCTS, ANY_LIST.key]),
    help="The product that wrote the file, where its columns do not say so; 'list' for none of them.",
)
@click.option(
    "--list",
    "lists",
    multiple=True,
    metavar="NAME",
    help="What the file is a list of; a topic of that name or key is what its subscribers agreed to.",
)
@click.option(
    "--standing",
    type=click.Choice([each.value for each in Standing]),
    help="Where everybody in the file stands, if neither its rows nor its name say so.",
)
@click.option(
    "--stage",
    "stages",
    multiple=True,
    metavar="THEIRS=OURS",
    help="Which of our stages one of theirs is; 'THEIRS=' for none.",
)
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
    help="What the other system is called; its ids are kept apart from others' (the product, else import).",
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
    *,
    product: str | None,
    lists: tuple[str, ...],
    standing: str | None,
    stages: tuple[str, ...],
    mapping_file: Path | None,
    dry_run: bool,
    duplicates: str,
    source: str | None,
    rejects_file: Path | None,
    encoding: str | None,
) -> None:
    """Import the leads in FILE: a CSV of any separator and encoding, or the export of another product.

    The mapping is guessed and shown. To change it, write it with --mapping, edit that file, and import with it.
    An import that was stopped goes on where it was when the same command is given again.

    Exports of Mautic, HubSpot, Mailchimp and listmonk are known by their columns; a zip of several files is read as a
    whole. They bring suppressions, consent with its proof, history, stages and tags.
    """
    asked = Asked(
        product=product,
        lists=lists,
        standing=None if standing is None else Standing(standing),
        stages=stages,
        policy=DuplicatePolicy(duplicates),
        source=source,
        encoding=encoding,
    )
    engine = app.make_engine(app.installed())
    try:
        programme = engine.live.programme
        with TemporaryDirectory() as folder:
            files = read_files(file, Path(folder), programme, asked, mapping_file)
            for each in files:
                show_file(each, programme, alone=len(files) == 1)
            if dry_run:
                rehearse_all(engine, files)
            else:
                carry_out_all(engine, file, files, rejects_file)
    finally:
        engine.close()


def read_files(
    file: Path, folder: Path, programme: Programme, asked: Asked, mapping_file: Path | None
) -> tuple[ListFile, ...]:
    """The files of *file*, by the mapping that a person wrote; else the guess is written where a person can edit it."""
    if mapping_file is None:
        return files_of(file, folder, programme, asked)
    written = mapping_file.exists()
    decided = {0: read_mapping(mapping_file.read_text(), specs(programme))} if written else {}
    files = files_of(file, folder, programme, asked, mappings=decided)
    if len(files) > 1:
        raise ImportFileError(
            f"{file}: --mapping is for one file; unpack the archive and import each with its own"
        )
    if not written:
        mapping_file.write_text(write_mapping(files[0].source.mapping))
        console.print(f"The guess is written to {mapping_file}; edit it and import again to change it.")
    return files


def rehearse_all(engine: Engine, files: tuple[ListFile, ...]) -> None:
    """Read everything, write nothing."""
    met: set[str] = set()
    for file in files:
        would = rehearse(engine.database, file.source, met=met)
        show_rehearsal(file.name, file.source, would, alone=len(files) == 1)
    console.print("Nothing was changed.")


def carry_out_all(engine: Engine, file: Path, files: tuple[ListFile, ...], rejects_file: Path | None) -> None:
    """The imports themselves, the strictest file last; what is rejected is written beside the file."""
    for each in files:
        alone = len(files) == 1
        beside = rejects_file or file.with_name(f"{file.name}.rejects.csv")
        carry_out(engine, each, beside if alone else beside.with_suffix(f".{each.name}"), alone=alone)


def carry_out(engine: Engine, file: ListFile, rejects_path: Path, *, alone: bool) -> None:
    """One import, with a bar."""
    source = file.source
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
    show_import(file.name, source, done, f" ({rejects_path})" if count else "", alone=alone)
