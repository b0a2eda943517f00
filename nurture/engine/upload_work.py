"""The work on uploads: read, tried, imported. What a command does with a file, done in batches by whoever has time for it.

    a page: read_upload --> work_on, small ones at once --> a person --> phase importing
    a worker: work_on what waits, where the last one stopped

The import itself is ``importing.import_leads`` on the files of ``import_files.files_of``, as the command calls them; so the
two bring the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from nurture.capture.columns import LeadMapping
from nurture.capture.records import sample_rows
from nurture.capture.rejects import RejectsFile
from nurture.content.model import Programme
from nurture.engine.engine import Engine
from nurture.engine.import_files import Asked, ListFile, files_of
from nurture.engine.import_words import stages_met, what_lists_mean
from nurture.engine.importing import Imported, begun, import_leads
from nurture.engine.moving_tally import Tally
from nurture.engine.rehearsing import Rehearsed, rehearse
from nurture.engine.upload_files import Read, Tried, UploadFolder, samples_of
from nurture.engine.uploads import (
    Brought,
    Phase,
    Upload,
    claim_upload,
    let_go,
    settle,
    tell,
    told,
    waiting_uploads,
)
from nurture.errors import ImportFileError
from nurture.log import get_log
from nurture.store import records as table

log = get_log(__name__)

JOB = 16
"""Characters of an import's fingerprint by which its events are told; see ``importing``."""
UNPACKED_MAX = 1 << 30
"""Bytes that an archive given to a page may have unpacked: a small one that grows beyond is no list of people."""


class LetGoError(Exception):
    """The work ends here: somebody stopped it, another has taken it over, or the engine stops."""


def read_upload(
    kept: UploadFolder,
    file: str,
    programme: Programme,
    asked: Asked,
    *,
    mappings: Mapping[int, LeadMapping] = {},
) -> tuple[Read, ...]:
    """Understand the files of an upload, and keep how.

    mappings  by the file's number, what a person has decided.
    Raises ImportFileError where a file cannot be read.
    """
    before = {each.number: each.guess for each in kept.read}
    with unpacked(kept, file, programme, asked, mappings) as files:
        for each in files:
            each.source.mapping.positions(each.source.shape)  # a mapping that does not fit is told now
        read = tuple(
            _read(each, programme, before.get(each.number), decided=each.number in mappings) for each in files
        )
    kept.keep_read(read)
    return read


@contextmanager
def unpacked(
    kept: UploadFolder, file: str, programme: Programme, asked: Asked, mappings: Mapping[int, LeadMapping]
) -> Iterator[tuple[ListFile, ...]]:
    """The files of an upload, as long as somebody reads them."""
    with TemporaryDirectory(dir=kept.path) as folder:
        given = kept.given(file)
        yield files_of(given, Path(folder), programme, asked, mappings=mappings, unpacked_max=UNPACKED_MAX)


def work_on(engine: Engine, home: Path, *, by: str, only: int | None = None) -> bool:
    """Try or import one upload that waits, to its end unless it is stopped. Returns whether there was one.

    home  the folder of all uploads; one whose folder is on another machine is left to the worker there.
    by    tells this work from that of others: a word that nobody else has.
    """
    with engine.database.reading() as connection:
        waiting = waiting_uploads(connection, engine.clock.now())
    ours = [each for each in waiting if only in (None, each.id) and (home / each.folder).is_dir()]
    if not ours:
        return False
    with engine.deciding() as (connection, now):
        mine = claim_upload(connection, ours[0].id, by=by, now=now)
    if mine is not None:
        _carry_on(engine, mine, UploadFolder(home / mine.folder))
    return mine is not None


def _carry_on(engine: Engine, mine: Upload, kept: UploadFolder) -> None:
    decided = {each.number: each.mapping for each in kept.read}
    try:
        with unpacked(kept, mine.file, engine.live.programme, mine.asked, decided) as files:
            (_try if mine.phase is Phase.TRYING else _import)(engine, mine, kept, files)
    except LetGoError:
        with engine.deciding() as (connection, _):
            let_go(connection, mine)
    except ImportFileError as error:
        why = kept.in_words(error)
        with engine.deciding() as (connection, now):
            settle(connection, mine, Phase.FAILED, now=now, problem=why)
        log.warning("upload cannot be read", upload=mine.id, why=why)


def _try(engine: Engine, mine: Upload, kept: UploadFolder, files: tuple[ListFile, ...]) -> None:
    met: set[str] = set()
    tried: list[Tried] = []
    for file in files:
        earlier = sum(each.rows for each in tried)

        def progress(would: Rehearsed, earlier: int = earlier) -> None:
            _tell(engine, mine, seen=earlier + would.rows + would.rejected)

        would = rehearse(engine.database, file.source, met=met, progress=progress)
        tried.append(Tried(file.number, would, before=_is_over(engine, file)))
    rows = sum(each.rows for each in tried)
    with engine.deciding() as (connection, now):
        if settle(connection, mine, Phase.TRIED, now=now, seen=rows, expected=rows):
            kept.keep_tried(tried)


def _import(engine: Engine, mine: Upload, kept: UploadFolder, files: tuple[ListFile, ...]) -> None:
    brought = {each.number: each for each in mine.brought}
    for file in files:
        ours = brought.setdefault(file.number, _nothing_yet(file))
        if not ours.is_over:
            _bring(engine, file, kept, ours, lambda: _tell(engine, mine, brought=[*brought.values()]))
    rows = sum(each.rows for each in brought.values())
    with engine.deciding() as (connection, now):
        settle(connection, mine, Phase.FINISHED, now=now, seen=rows, brought=told([*brought.values()]))
    log.info("upload imported", upload=mine.id, rows=rows)


def _bring(
    engine: Engine, file: ListFile, kept: UploadFolder, ours: Brought, say: Callable[[], None]
) -> None:
    """Import one file into *ours*, and *say* so after each batch."""
    start = begun(engine.database, file.source.fingerprint())
    ours.before = not ours.rows and _is_over(engine, file)
    warnings, tally = ours.warnings, ours.tally  # of earlier runs: an import tells those of its own

    def progress(done: Imported) -> None:
        ours.created, ours.merged, ours.rejected = done.created, done.merged, done.rejected
        ours.unmailable, ours.warnings = done.unmailable, warnings + done.warnings
        together = Tally.of(tally)
        together += done.tally
        ours.tally = together.kept()
        say()

    with RejectsFile(kept.rejects(file.number), file.source.shape, after_line=start.line) as rejects:
        progress(import_leads(engine.database, engine.clock, file.source, rejects, progress=progress))
        ours.rejects_kept = rejects.count
    if not ours.rejects_kept:
        kept.rejects(file.number).unlink()
    ours.is_over = True


def _tell(engine: Engine, mine: Upload, *, seen: int | None = None, brought: Sequence[Brought] = ()) -> None:
    """Say how far it is. Raises LetGoError where it does not go on."""
    rows = sum(each.rows for each in brought) if seen is None else seen
    with engine.deciding() as (connection, now):
        goes_on = tell(connection, mine, now=now, seen=rows, brought=brought)
    if not goes_on or engine.is_stopping:
        raise LetGoError


def _nothing_yet(file: ListFile) -> Brought:
    job = file.source.fingerprint()[:JOB]
    return Brought(number=file.number, name=file.name, source=file.source.name, job=job)


def _is_over(engine: Engine, file: ListFile) -> bool:
    """Whether this very import was carried out before, to its end."""
    job = table.import_job.c
    over = select(job.line).where(job.sha256 == file.source.fingerprint(), job.finished_at.is_not(None))
    with engine.database.reading() as connection:
        return connection.execute(over).first() is not None


def _read(file: ListFile, programme: Programme, guess: LeadMapping | None, *, decided: bool) -> Read:
    source = file.source
    rows = sample_rows(source.path, source.shape)
    return Read(
        number=file.number,
        name=file.name,
        product=None if file.product is None else file.product.name,
        standing=None if source.export is None else source.export.standing,
        shape=source.shape,
        guess=guess if decided and guess is not None else source.mapping,
        mapping=source.mapping,
        samples=samples_of(source.shape, rows),
        meant=tuple(what_lists_mean(source, programme)),
        stages=tuple(stages_met(source, programme)),
    )
