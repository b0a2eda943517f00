"""How much a request may send. A form is small; a view that takes a file says how large that may be.

    @pages.post("/leads/import")
    @takes(IMPORT_BYTES_MAX)
    def take() -> Response: ...

The guard of forms reads a form before its view is asked, so the room is given before that, and only to who may use the view.
What is large goes to a disk of the installation as it comes, never into memory, and is gone when the request ends.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeVar
from weakref import WeakKeyDictionary

from flask import Flask, Request, abort, current_app, request

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
SPOOL = "LARGE_FORMS"
_room: WeakKeyDictionary[Callable[..., Any], int] = WeakKeyDictionary()


def takes(bytes_max: int) -> Callable[[ViewT], ViewT]:
    """Declare that one view takes files, and how much a request to it may send in all. Stands below the route."""

    def declare(view: ViewT) -> ViewT:
        _room[view] = bytes_max
        return view

    return declare


class LargeFormRequest(Request):
    """A request whose files are put below the installation's home, where that takes large ones."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        folder = current_app.config.get(SPOOL)
        if folder is None or self.method != "POST" or room_of(self) is None:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        Path(folder).mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=folder)


def add_to(app: Flask, folder: Path | None) -> None:
    """Give room where it is declared. After the guards that say who may, before the one that reads forms.

    folder  where files lie while they come in; None for the machine's own place.
    """
    app.request_class = LargeFormRequest
    app.config[SPOOL] = folder

    @app.before_request
    def give_room() -> None:
        room = room_of(request)
        if room is None or request.method != "POST":
            return
        request.max_content_length = room
        if (request.content_length or 0) > room:
            abort(413, f"This takes at most {room // 1_048_576} MB. Cut the file in two, and send both.")


def room_of(asked: Request) -> int | None:
    """How much the view of a request takes; None for what every form may send."""
    return None if asked.endpoint is None else _room.get(current_app.view_functions[asked.endpoint])
