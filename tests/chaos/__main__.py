"""``python -m tests.chaos [ROWS]``: breaks things on purpose, as spec/6-reliability asks, and prints a table."""

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

import click
from rich.console import Console
from rich.table import Table

from tests.chaos.figures import Figures, Options

ROWS: Mapping[str, str] = {
    "r1": "kills",
    "r2": "endings",
    "r3": "several",
    "r4": "smtp_faults",
    "r6": "databases",
    "r7": "clocks",
    "r8": "webhook_orders",
    "r9": "storm",
    "r11": "copies",
    "m2": "one_click_races",
}
"""Each row's module in this folder, which has a ``run``."""


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice(list(ROWS), case_sensitive=False))
@click.option("--seed", default=1, show_default=True, help="The same seed plans the same faults.")
@click.option("--messages", type=click.IntRange(1), help="How many mails are sent.")
@click.option("--kills", type=click.IntRange(1), help="How many workers are killed.")
@click.option("--workers", type=click.IntRange(1), help="How many work at once.")
@click.option("--rounds", type=click.IntRange(1), help="How often a row does again what it does.")
@click.option("--seconds", type=click.IntRange(1), help="How long a row under load lasts.")
@click.option("--minutes", type=click.FloatRange(0.1), help="How long the storm of R9 blows.")
@click.option("--rate", type=click.IntRange(1), help="How many hits a second it has.")
@click.option("--backend", type=click.Choice(["sqlite", "postgresql"]), help="Only this store.")
@click.option("--variant", help="Only this line of the row, such as sqlite-resend.")
def chaos(rows: tuple[str, ...], **given: object) -> None:
    """Break what ROWS break (all by default); ends with 1 where a bound is not kept."""
    options = Options(**{name: value for name, value in given.items() if value is not None})
    figures = []
    for row in rows or ROWS:
        click.echo(f"{row.upper()}, seed {options.seed}", err=True)
        run: Callable[[Options], Iterator[Figures]] = import_module(f"tests.chaos.{ROWS[row]}").run
        for each in run(options):
            click.echo(f"  {each.what}: {'passes' if each.passes else 'FAILS'}", err=True)
            figures.append(each)
    show(figures)
    sys.exit(0 if all(each.passes for each in figures) else 1)


def show(figures: list[Figures]) -> None:
    table = Table(title="make chaos")
    for heading in ("Row", "What", "Seed", "Figures", ""):
        table.add_column(heading)
    for each in figures:
        numbers = ", ".join(f"{name} {_said(value)}" for name, value in each.numbers.items())
        verdict = "[green]passes[/]" if each.passes else f"[red]fails: {', '.join(each.broken)}[/]"
        table.add_row(each.row, each.what, str(each.seed), numbers, verdict)
    Console(width=140).print(table)


def _said(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


if __name__ == "__main__":
    chaos()
