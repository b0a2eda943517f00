"""``nurture bench``: measures, and prints a table."""

import logging
from collections.abc import Sequence
from shutil import get_terminal_size

import click
import msgspec
from rich.console import Console
from rich.table import Table

from nurture.bench.figures import Figure, Scale, middle
from nurture.bench.machine import machine
from nurture.bench.rows import ROWS

TABLE_COLUMNS = 140
"""Cut to a terminal of 80, its cells would be columns of single words."""


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice([str(row) for row in ROWS]))
@click.option(
    "--runs",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="How often each side has its turn; the median of at least 5 is a figure.",
)
@click.option(
    "--scale",
    type=click.Choice([each.value for each in Scale]),
    default=Scale.USUAL.value,
    show_default=True,
    help="small: does it run? usual: for comparing. full: as the targets are written.",
)
@click.option("--json", "as_json", is_flag=True, help="Every number of every run, for programs.")
def bench(rows: tuple[str, ...], runs: int, scale: str, *, as_json: bool) -> None:
    """Measure ROWS of the performance targets (all of them by default) against their public yardsticks.

    Both sides run in turn, so that what else the machine does slows both: trust the ratios, not the rates.
    """
    logging.getLogger().setLevel(logging.WARNING)
    figures = []
    for row in sorted({int(row) for row in rows} or ROWS):
        click.echo(f"measuring {ROWS[row].what}", err=True)
        figures += ROWS[row].measure(Scale(scale), runs)
    command = " ".join(["nurture bench", *rows, f"--runs {runs} --scale {scale}"])
    if as_json:
        click.echo(as_text(figures, command))
    else:
        show(figures, command)


def show(figures: Sequence[Figure], command: str) -> None:
    """The table."""
    table = Table(title=command, caption=", ".join(" ".join(each) for each in machine().items()))
    for heading in ("Row", "What", "Ours", "Yardstick", "Ratio (least to most)", "Floor", "Goal"):
        table.add_column(heading)
    for figure in figures:
        least, most = min(figure.ratios), max(figure.ratios)
        keeps = {None: "", True: "[green]", False: "[red]"}[figure.keeps_floor]
        table.add_row(
            str(figure.row),
            figure.what,
            f"{middle(figure.ours)} {figure.unit}",
            f"{middle(figure.yardstick)} {figure.against}",
            f"{keeps}{middle(figure.ratios)} ({middle([least])} to {middle([most])})",
            bound(figure, figure.floor),
            bound(figure, figure.goal),
        )
    Console(width=max(get_terminal_size().columns, TABLE_COLUMNS)).print(table)


def bound(figure: Figure, ratio: float | None) -> str:
    """'at least 0.5', or nothing."""
    return "" if ratio is None else f"{figure.wanted} {ratio:g}"


def as_text(figures: Sequence[Figure], command: str) -> str:
    """The same as JSON."""
    told = [
        {**msgspec.to_builtins(figure), "ratio": figure.ratio, "ratios": figure.ratios} for figure in figures
    ]
    return msgspec.json.format(
        msgspec.json.encode({"command": command, "machine": machine(), "figures": told})
    ).decode()
