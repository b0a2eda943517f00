"""Importing a file of leads on a page: given, read and tried at once, changed until it is right, imported by whoever works.

What the command `nurture leads import` does, in the same words and with the same end. Large files are worked on behind the
page, which says how far they are; a person stops them and lets them go on.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec
from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from nurture.capture.columns import LeadMapping
from nurture.engine.audit import audit
from nurture.engine.engine import Engine
from nurture.engine.import_files import Asked
from nurture.engine.upload_files import Read, UploadFolder, plain_name
from nurture.engine.upload_forget import throw_away
from nurture.engine.upload_work import read_upload, work_on
from nurture.engine.uploads import AT_WORK, Phase, Upload, keep, turn_to, upload_numbered
from nurture.errors import ImportFileError
from nurture.languages.catalogues import WRITTEN_IN
from webapp.acting import actor
from webapp.import_form import asked_in, mappings_in
from webapp.import_rejects import reasons_said
from webapp.import_shown import FILE_BYTES_MAX, first_page, one_page, progress_of
from webapp.languages import language
from webapp.large_forms import takes
from webapp.rights import Permission, area
from webapp.said import said

AT_ONCE_BYTES = 262_144
"""A file of so much, some two thousand rows, is worked on before the page answers; the worker takes larger ones."""
TRIED_AGAIN = (Phase.TRYING, Phase.TRIED, Phase.FAILED)
"""Phases in which a person may have the file read otherwise."""


def pages(engine: Engine, home: Path | None) -> Blueprint:
    """home: the folder of all uploads; None where this server keeps none."""
    pages = area("imports", see=Permission.LEADS)

    @pages.get("/leads/import")
    def imports() -> str:
        return first_page(engine, is_kept=home is not None)

    @pages.post("/leads/import")
    @takes(FILE_BYTES_MAX)
    def take() -> AnyResponse | tuple[str, int]:
        asked, kept = asked_in(request.form), UploadFolder.new(where())
        try:
            name = saved(request.files.get("file"), kept)
            read = read_upload(kept, name, engine.live.programme, asked)
        except ImportFileError as error:
            kept.remove()
            return first_page(engine, problem=kept.in_words(error), asked=asked), 422
        size = kept.given(name).stat().st_size
        with engine.deciding() as (connection, now):
            number = keep(
                connection,
                folder=kept.path.name,
                file=name,
                size=size,
                expected=rows_in(read),
                asked=asked,
                actor=actor(),
                now=now,
            )
        return at_once(number, size)

    @pages.get("/leads/import/<int:number>")
    def one(number: int) -> str:
        upload = found(number)
        return one_page(engine, upload, folder(upload))

    @pages.post("/leads/import/<int:number>/columns")
    def change(number: int) -> AnyResponse | tuple[str, int]:
        """Read the file as the form says, and try again."""
        upload = found(number)
        try:
            return try_again(upload, *wanted(upload))
        except ImportFileError as error:
            return refused(upload, error)

    @pages.post("/leads/import/<int:number>/begin")
    def begin(number: int) -> AnyResponse | tuple[str, int]:
        """Import it as it was tried; where the form says otherwise, try that first."""
        upload = found(number)
        try:
            asked, mappings = wanted(upload)
            if asked != upload.asked or mappings != {
                each.number: each.mapping for each in folder(upload).read
            }:
                flash("You changed how the file is read. This is what would happen now.", "wrong")
                return try_again(upload, asked, mappings)
        except ImportFileError as error:
            return refused(upload, error)
        with engine.deciding() as (connection, now):
            if not turn_to(
                connection, number, Phase.IMPORTING, out_of=[Phase.TRIED], now=now, seen=0, brought=[]
            ):
                abort(409, "It is not tried yet, or somebody has begun it already. Load its page again.")
            detail = {"upload": number, "rows": upload.expected}
            audit(
                connection, actor=actor(), what="imported leads", target=upload.file, detail=detail, now=now
            )
        return at_once(number, upload.bytes)

    @pages.post("/leads/import/<int:number>/stop")
    def stop(number: int) -> AnyResponse:
        untried = "It was stopped before it was tried to the end."
        with engine.deciding() as (connection, now):
            turn_to(connection, number, Phase.STOPPED, out_of=[Phase.IMPORTING], now=now)
            turn_to(connection, number, Phase.FAILED, out_of=[Phase.TRYING], now=now, problem=untried)
        return to_one(found(number).id)

    @pages.post("/leads/import/<int:number>/resume")
    def resume(number: int) -> AnyResponse:
        upload = found(number)
        with engine.deciding() as (connection, now):
            turn_to(connection, number, Phase.IMPORTING, out_of=[Phase.STOPPED], now=now)
        return at_once(number, upload.bytes)

    @pages.post("/leads/import/<int:number>/forget")
    def forget(number: int) -> AnyResponse:
        throw_away(engine, where(), found(number).id)
        flash("The file is thrown away. Leads that were imported stay.")
        return redirect(url_for("imports.imports"), 303)

    @pages.get("/leads/import/<int:number>/progress.json")
    def progress(number: int) -> Response:
        upload = found(number)
        told = progress_of(upload)
        return jsonify({**told, "words": said(told["words"])})

    @pages.get("/leads/import/<int:number>/rejects-<int:file>.csv")
    def rejects(number: int, file: int) -> AnyResponse:
        upload = found(number)
        path = folder(upload).rejects(file)
        if upload.phase in AT_WORK or not path.exists():
            abort(404)
        name = f"{Path(upload.file).stem}.rejects.csv"
        if language() == WRITTEN_IN:
            return send_file(path.resolve(), mimetype="text/csv", as_attachment=True, download_name=name)
        shape = next(each.shape for each in folder(upload).read if each.number == file)
        answer = Response(stream_with_context(reasons_said(path, shape)), mimetype="text/csv")
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer

    def where() -> Path:
        return home or abort(503, "This server keeps no files. Use the command `nurture leads import`.")

    def found(number: int) -> Upload:
        with engine.database.reading() as connection:
            return upload_numbered(connection, number) or abort(404)

    def folder(upload: Upload) -> UploadFolder:
        return UploadFolder(where() / upload.folder)

    def wanted(upload: Upload) -> tuple[Asked, dict[int, LeadMapping]]:
        """How the form has the file read. Where that changes what its columns are, they are guessed anew."""
        asked, before = asked_in(request.form), upload.asked
        if (asked.product, asked.encoding) != (before.product, before.encoding):
            return asked, {}
        return asked, mappings_in(request.form, folder(upload).read, engine.live.programme)

    def try_again(upload: Upload, asked: Asked, mappings: dict[int, LeadMapping]) -> AnyResponse:
        if upload.phase not in TRIED_AGAIN:
            abort(409, "It is imported as it was tried. Give the file again to have it read otherwise.")
        read = read_upload(folder(upload), upload.file, engine.live.programme, asked, mappings=mappings)
        columns = {"asked": msgspec.to_builtins(asked), "seen": 0, "expected": rows_in(read)}
        with engine.deciding() as (connection, now):
            turn_to(connection, upload.id, Phase.TRYING, out_of=TRIED_AGAIN, now=now, **columns)
        return at_once(upload.id, upload.bytes)

    def refused(upload: Upload, error: ImportFileError) -> tuple[str, int]:
        kept, why = folder(upload), folder(upload).in_words(error)
        asked = asked_in(request.form)
        return one_page(engine, upload, kept, problem=why, asked=asked, typed=request.form), 422

    def at_once(number: int, size: int) -> AnyResponse:
        """Small files are done with when the page answers."""
        if size <= AT_ONCE_BYTES:
            work_on(engine, where(), by=secrets.token_hex(8), only=number)
        return to_one(number)

    def to_one(number: int) -> AnyResponse:
        return redirect(url_for("imports.one", number=number), 303)

    return pages


def rows_in(files: Sequence[Read]) -> int:
    """About how many rows there are."""
    return sum(each.shape.rows_estimate for each in files)


def saved(given: FileStorage | None, kept: UploadFolder) -> str:
    """Put the file of the form into *kept*; returns its name. Raises ImportFileError where there is none."""
    name = plain_name((given and given.filename) or "")
    assert given is not None, "a name is a file's"
    given.save(kept.given(name))
    return name
