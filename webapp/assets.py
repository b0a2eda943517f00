"""Our style sheet, script and mark: named by their content, so that a browser asks for each only once.

What `make` builds of webapp/frontend lies beside them under names of its own. Where it is not built, pages work without it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask

KEPT = timedelta(days=365)
BUILT = "built"
"""The folder of what is built, below the static one."""


class Chunk(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of the builder's manifest: a file, and the style sheets and other chunks that it comes with."""

    file: str
    css: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


def add_to(app: Flask) -> None:
    folder = Path(app.static_folder or "")
    names = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        for path in folder.iterdir()
        if path.is_file()
    }
    chunks = read_manifest(folder / BUILT / "manifest.json")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = KEPT
    app.jinja_env.globals["built"] = lambda entry: files_of(chunks, entry)

    @app.url_defaults
    def by_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["v"] = names.get(values["filename"])


def read_manifest(path: Path) -> Mapping[str, Chunk]:
    """What was built, by its source; nothing where nothing was."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Chunk]) if path.is_file() else {}


def files_of(chunks: Mapping[str, Chunk], entry: str) -> Sequence[str]:
    """The files of *entry*, below the static folder: its own, then the style sheets of all that it loads at once."""
    if entry not in chunks:
        return ()
    found, waiting = dict.fromkeys([chunks[entry].file]), [entry]
    for name in waiting:
        found.update(dict.fromkeys(chunks[name].css))
        waiting.extend(each for each in chunks[name].imports if each not in waiting)
    return tuple(f"{BUILT}/{file}" for file in found)
