"""What a person reads of an import: how each file is understood, what it would do, and what it did."""

from rich.console import Console
from rich.table import Table

from nurture.capture.columns import Target
from nurture.content.model import Programme
from nurture.engine.import_files import ListFile
from nurture.engine.import_words import came_along, goal, stages_met, what_lists_mean
from nurture.engine.importing import Imported, Source
from nurture.engine.moving_tally import Tally
from nurture.engine.rehearsing import Rehearsed

console = Console()


def show_file(file: ListFile, programme: Programme, *, alone: bool) -> None:
    """How one file is read."""
    shape, export = file.source.shape, file.source.export
    if not alone:
        console.print(f"\n{file.name}", style="bold")
    if export is not None:
        kind = "a list" if file.product is None else f"an export of {file.product.name}"
        everybody = f"; everybody in it: {export.standing}" if export.standing is not None else ""
        console.print(f"Read as {kind}{everybody}.")
    table = Table(
        title=f"{shape.encoding}, separated by {shape.delimiter!r}, about {shape.rows_estimate} rows"
    )
    for heading in ("Column", "becomes", "sure", "because"):
        table.add_column(heading)
    for column in file.source.mapping.columns:
        table.add_row(column.column, goal(column), f"{column.confidence:.0%}", column.reason)
    console.print(table)
    if export is not None:
        for line in what_lists_mean(file.source, programme):
            console.print(line, soft_wrap=True)
        _show_stages(file.source, programme)


def show_rehearsal(name: str, source: Source, would: Rehearsed, *, alone: bool) -> None:
    for reason in would.reasons:
        console.print(f"  {reason}")
    told = (
        f"{so_many(would.rows, 'row')} would be imported ({would.unmailable} without an address, {would.merged} merged "
        f"into an earlier row, {would.known} about leads that are here already, {so_many(would.warnings, 'value')} left out), "
        f"{would.rejected} rejected."
    )
    console.print(f"Dry run: {told}" if alone else f"{name}: {told}", soft_wrap=True)
    if source.export is not None:
        _show_tally(would.tally)
        left_out = [column.column for column in source.mapping.of(Target.IGNORE)]
        console.print(f"  columns left out: {', '.join(left_out) or 'none'}", soft_wrap=True)


def show_import(name: str, source: Source, done: Imported, rejects: str, *, alone: bool) -> None:
    told = (
        f"{so_many(done.created, 'lead')} made, {so_many(done.merged, 'row')} merged into known leads, "
        f"{so_many(done.unmailable, 'row')} without an address, {so_many(done.warnings, 'value')} left out, "
        f"{so_many(done.rejected, 'row')} rejected{rejects}."
    )
    console.print(told if alone else f"{name}: {told}", soft_wrap=True)
    if source.export is not None:
        _show_tally(done.tally)


def so_many(count: int, what: str) -> str:
    """'1 lead', '2 leads'."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _show_tally(tally: Tally) -> None:
    for what, told in came_along(tally):
        console.print(f"  {what}: {told}", soft_wrap=True)


def _show_stages(source: Source, programme: Programme) -> None:
    met = stages_met(source, programme)
    if source.export is None or not met:
        return
    table = Table(title=f"Stages in {source.export.product.name}; change one with --stage 'THEIRS=OURS'")
    table.add_column("theirs")
    table.add_column("becomes")
    for theirs, ours in met:
        table.add_row(theirs, ours)
    console.print(table)
