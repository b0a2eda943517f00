"""What the pages of an import show: the files that were given, how one is read, what would become of it, and what did."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import g, render_template

from nurture.capture.columns import DateOrder
from nurture.capture.duplicates import DuplicatePolicy
from nurture.capture.exports.product import ANY_LIST, Standing
from nurture.capture.exports.recognise import PRODUCTS
from nurture.engine.at_work import worker_at
from nurture.engine.engine import Engine
from nurture.engine.import_files import Asked
from nurture.engine.import_words import came_along
from nurture.engine.moving_tally import Tally
from nurture.engine.upload_files import Tried, UploadFolder
from nurture.engine.uploads import AT_WORK, Phase, Upload, newest_uploads
from webapp.import_form import goal_of, goals
from webapp.said import said

FILE_BYTES_MAX = 100 * 1_048_576
SHOWN = 20
WORKER_GONE = timedelta(minutes=2)
"""Whoever works says so twice a minute."""
WORDS = {
    Phase.TRYING: "being tried",
    Phase.TRIED: "tried, not imported",
    Phase.IMPORTING: "being imported",
    Phase.STOPPED: "stopped",
    Phase.FAILED: "cannot be read",
    Phase.FINISHED: "imported",
}
ON_THE_PAGE = {
    "--standing": "“Everybody in it is”:",
    "--stage": "“Their stages”:",
    "--encoding": "“Encoding”:",
}
"""What the command calls its options, and these pages their fields."""


def first_page(engine: Engine, *, is_kept: bool = True, problem: str = "", asked: Asked | None = None) -> str:
    """Where a file is given, and what became of those before.

    is_kept  whether this server can take one.
    """
    with engine.database.reading() as connection:
        uploads = newest_uploads(connection, most=SHOWN)
    return render_template(
        "imports.html",
        uploads=uploads,
        words=WORDS,
        problem=in_words(problem),
        asked=asked or Asked(),
        megabytes=FILE_BYTES_MAX // 1_048_576,
        is_kept=is_kept,
        **choices(),
    )


def one_page(
    engine: Engine,
    upload: Upload,
    kept: UploadFolder,
    *,
    problem: str = "",
    asked: Asked | None = None,
    typed: Mapping[str, str] = {},
) -> str:
    """One file, wherever its import is.

    typed  what a form said that was refused, so that nobody has to say it twice.
    """
    with engine.database.reading() as connection:
        worker = worker_at(connection)
    tried = {each.number: each for each in kept.tried} if upload.phase is Phase.TRIED else {}
    return render_template(
        "import.html",
        upload=upload,
        is_at_work=upload.phase in AT_WORK,
        is_changeable=upload.phase in (Phase.TRIED, Phase.FAILED) and upload.forgotten_at is None,
        words=progress_of(upload)["words"],
        files=kept.read,
        tried=tried,
        sums=sums(tried.values()),
        problem=in_words(problem or upload.problem or ""),
        asked=asked or upload.asked,
        typed=typed,
        goals=goals(engine.live.programme),
        goal_of=goal_of,
        came_along=came_along,
        tally_of=Tally.of,
        nobody_works=worker is None or g.now - worker > WORKER_GONE,
        orders=tuple(DateOrder),
        **choices(),
    )


def progress_of(upload: Upload) -> dict[str, str | int | bool]:
    """How far it is, as the page says it and its script asks."""
    share = f"{upload.seen:,} of about {max(upload.expected, upload.seen):,} rows"
    words = {
        Phase.TRYING: f"Trying it, nothing is changed: {share}",
        Phase.IMPORTING: f"Importing: {share}",
        Phase.STOPPED: f"Stopped after {upload.seen:,} rows. They are imported; the others wait.",
    }
    return {
        "words": words.get(upload.phase, WORDS[upload.phase]),
        "done": upload.seen,
        "of": max(upload.expected, upload.seen, 1),
        "over": upload.phase not in AT_WORK,
    }


def sums(tried: Iterable[Tried]) -> dict[str, int]:
    """What an import of all files would do, together."""
    would = [each.would for each in tried]
    return {
        "rows": sum(each.rows for each in would),
        "fresh": sum(each.fresh for each in would),
        "changed": sum(each.rows - each.fresh for each in would),
        "unmailable": sum(each.unmailable for each in would),
        "warnings": sum(each.warnings for each in would),
        "rejected": sum(each.rejected for each in would),
    }


def choices() -> dict[str, Any]:
    """What the fields about the whole file offer."""
    return {
        "products": [
            *((key, each.name) for key, each in PRODUCTS.items()),
            (ANY_LIST.key, "none of these: a list"),
        ],
        "standings": tuple(Standing),
        "policies": {
            DuplicatePolicy.MERGE: "change that lead",
            DuplicatePolicy.REJECT: "reject the row",
        },
    }


def in_words(problem: str) -> str:
    """A problem in the words of the page, which has fields and no options, as its reader says it."""
    told = said(problem)
    for option, words in ON_THE_PAGE.items():
        told = told.replace(option, said(words))
    return told
