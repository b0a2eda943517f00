"""Row 12: importing a file of leads with every check, against csv.reader, which only cuts it into cells."""

import csv
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

from nurture.bench.figures import Figure, Scale, interleaved
from nurture.bench.rig import Rig, rig
from nurture.capture.columns import FieldSpec, LeadMapping
from nurture.capture.duplicates import Duplicates
from nurture.capture.mapping import guess_mapping
from nurture.capture.records import sample_rows
from nurture.capture.rejects import RejectsFile
from nurture.capture.rows import read_rows
from nurture.capture.sniff import FileShape, sniff
from nurture.content.model import Programme
from nurture.engine.importing import Source, import_leads

ROWS = {Scale.SMALL: 500, Scale.USUAL: 50_000, Scale.FULL: 200_000}
TWICE_EVERY = 97
BROKEN_EVERY = 101
HEADER = (
    "Email",
    "First Name",
    "Last Name",
    "Company",
    "Country",
    "Job Title",
    "Employees",
    "Industry",
    "Created",
)
PEOPLE = (
    ("Åsa", "Öberg", "Example & Sons", "Sweden", "CFO", "300", "Wholesale", "2026-01-31"),
    ("Jean-Luc", "O'Neill", 'Acme "Freight" Ltd', "Ireland", "Transport manager", "1,200", "Retail", "2025-11-02"),
    ("Zoë", "van der Berg", "Van der Berg, B.V.", "Netherlands", "Buyer", "", "manufacturing", "2026-02-14"),
    ("", "Kowalska", "Kowalska", "PL", "n/a", "45", "", "2024-06-09"),
)  # fmt: skip


def measure(scale: Scale, runs: int) -> list[Figure]:
    """Imports one file into an empty store, checks its rows without storing them, and only cuts it, in turn."""
    count = ROWS[scale]
    with rig(0) as empty:
        file = empty.directory / "leads.csv"
        write(file, count)
        imported, checked, cut = interleaved(
            runs,
            lambda: bring_in(empty, file),
            lambda: check(empty, file),
            lambda: read(file),
        )
    what = f"{count:,} rows of {len(HEADER)} columns"
    return [
        Figure(
            row=12,
            what=told,
            unit="rows/s",
            ours=ours,
            against="csv.reader",
            yardstick=cut,
            floor=0.05,
            goal=0.15,
        )
        for told, ours in ((f"{what}, imported", imported), (f"{what}, only checked", checked))
    ]


def write(file: Path, count: int) -> None:
    """A file as other systems export it, with some people in it twice and some addresses that are none."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number, person in enumerate(islice(cycle(PEOPLE), count), 1):
            who = number - 1 if number % TWICE_EVERY == 0 else number
            at = "" if number % BROKEN_EVERY == 0 else "@"
            writer.writerow((f"Lead.{who}{at}company-{who % 1000}.example", *person))


def bring_in(empty: Rig, file: Path) -> float:
    """Rows a second, from sniffing the file to the last commit."""
    with empty.engine() as engine:
        began = perf_counter()
        shape, mapping = _looked_at(file, engine.live.programme)
        with RejectsFile(file.with_suffix(".rejects.csv"), shape) as rejects:
            done = import_leads(engine.database, engine.clock, Source(file, shape, mapping), rejects)
        took = perf_counter() - began
    assert done.created > done.merged > 0, f"not the leads of the file: {done}"
    assert done.rejected, f"no bad address was noticed: {done}"
    return (done.created + done.merged + done.rejected) / took


def check(empty: Rig, file: Path) -> float:
    """Rows a second, sniffed, mapped, cleaned, and compared with each other, as a dry run does."""
    with empty.engine() as engine:
        programme = engine.live.programme
    began = perf_counter()
    shape, mapping = _looked_at(file, programme)
    count = sum(1 for _ in read_rows(file, shape, mapping, duplicates=Duplicates()))
    return count / (perf_counter() - began)


def read(file: Path) -> float:
    """Rows a second."""
    began = perf_counter()
    with file.open(encoding="utf-8", newline="") as lines:
        count = sum(1 for _ in csv.reader(lines))
    return count / (perf_counter() - began)


def _looked_at(file: Path, programme: Programme) -> tuple[FileShape, LeadMapping]:
    """How the file is written, and what its columns become."""
    specs = [FieldSpec(key, field.type.value, field.of) for key, field in programme.fields.items()]
    shape = sniff(file)
    return shape, guess_mapping(shape, sample_rows(file, shape), specs)
