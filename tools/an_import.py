"""A small file of leads as somebody gives it to the page Import leads, so that its pages can be looked at."""

from pathlib import Path

from nurture.engine.engine import Engine
from nurture.engine.import_files import Asked
from nurture.engine.upload_files import UploadFolder, uploads_in
from nurture.engine.upload_work import read_upload, work_on
from nurture.engine.uploads import keep, newest_uploads

ROWS = "email,Team size,Asked on\nkai@werft.example,120,03/04/2026\nno address,3,\n"


def an_import(engine: Engine, home: Path, *, by: str) -> int:
    """The number of the newest import; of this file, tried by *by*, where there was none."""
    with engine.database.reading() as connection:
        before = newest_uploads(connection, most=1)
    if before:
        return before[0].id
    folder = UploadFolder.new(uploads_in(home))
    folder.given("leads.csv").write_text(ROWS)
    read_upload(folder, "leads.csv", engine.live.programme, Asked())
    with engine.deciding() as (connection, now):
        number = keep(
            connection,
            folder=folder.path.name,
            file="leads.csv",
            size=len(ROWS),
            expected=2,
            asked=Asked(),
            actor=by,
            now=now,
        )
    work_on(engine, uploads_in(home), by=by)
    return number
