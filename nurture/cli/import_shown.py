"""What a person reads of an import: how each file is understood, what it would do, and what it did."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from nurture.capture.columns import Column, Target
from nurture.capture.exports.product import Standing
from nurture.capture.names import words
from nurture.capture.records import sample_rows
from nurture.capture.sayings import Saying
from nurture.cli.import_files import ListFile
from nurture.content.model import Programme
from nurture.engine.importing import Imported, Source
from nurture.engine.moving_tally import Tally
from nurture.engine.rehearsing import Rehearsed
from nurture.vocabulary.words import Stage

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
        table.add_row(column.column, _goal(column), f"{column.confidence:.0%}", column.reason)
    console.print(table)
    if export is not None:
        _show_topics(file.source, programme)
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


def _goal(column: Column) -> str:
    match column.target:
        case Target.NEW:
            return f"{column.key} (not declared: kept in the history only)"
        case Target.SAID:
            return column.key.replace("_", " ")
        case Target.IGNORE:
            return "left out"
        case _:
            return column.key or column.target.value


def _show_tally(tally: Tally) -> None:
    """What came along: the first three always, the others where there are any."""
    suppressed = ", ".join(f"{count} {cause}" for cause, count in sorted(tally.suppressed.items()))
    stages = ", ".join(f"{count} {stage}" for stage, count in sorted(tally.stages.items()))
    held = f" ({tally.held} open no topic: suppressed or refused here)" if tally.held else ""
    for what, told in (
        ("suppressed", suppressed or "nobody"),
        ("consents", f"{tally.consents}{held}"),
        ("events of history", str(tally.history)),
        ("wait for their consent", str(tally.unasked or "")),
        ("topics refused by", str(tally.refusals or "")),
        ("stages", stages),
        ("rows with tags", str(tally.tagged or "")),
    ):
        if told:
            console.print(f"  {what}: {told}", soft_wrap=True)


def _show_topics(source: Source, programme: Programme) -> None:
    assert source.export is not None
    agreed = source.export.agreed_topics()
    unknown = [name for name in source.export.lists if words(name) not in source.export.topics]
    if agreed and source.export.standing in (None, Standing.SUBSCRIBED):
        console.print(f"Who is subscribed agrees to: {', '.join(agreed)}.")
    if unknown:
        console.print(
            f"No topic is called {', '.join(unknown)}: kept with the proof of consent only. "
            f"Topics: {', '.join(programme.topics) or 'none'}.",
            soft_wrap=True,
        )


def _show_stages(source: Source, programme: Programme) -> None:
    """Each stage of theirs that the sample has, and what it becomes."""
    assert source.export is not None
    said = _values(source, Saying.STAGE)
    if not said:
        return
    table = Table(title=f"Stages in {source.export.product.name}; change one with --stage 'THEIRS=OURS'")
    table.add_column("theirs")
    table.add_column("becomes")
    for theirs in said:
        table.add_row(theirs, _becomes(source.export.stage_of(theirs), programme))
    console.print(table)


def _becomes(stage: Stage | None, programme: Programme) -> str:
    policy = None if stage is None else programme.stages.get(stage)
    if stage is None:
        return "kept in the history only"
    if policy is None:
        return f"kept in the history only: the programme has no stage {stage}"
    return f"{stage}, and is handed to {policy.hand_off}" if policy.hand_off else stage.value


def _values(source: Source, saying: Saying) -> Sequence[str]:
    """The values of a saying's column in the sample, each once."""
    places = [
        place
        for place, name in enumerate(source.shape.columns)
        for column in source.mapping.of(Target.SAID)
        if column.column == name and column.key == saying
    ]
    rows = sample_rows(source.path, source.shape)
    found = (row[place].strip() for row in rows for place in places if place < len(row))
    return sorted({each for each in found if each})
