"""Our style sheet, script and mark: named by their content, so that a browser asks for each only once."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

KEPT = timedelta(days=365)


def add_to(app: Flask) -> None:
    folder = Path(app.static_folder or "")
    names = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10] for path in folder.iterdir()}
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = KEPT

    @app.url_defaults
    def by_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["v"] = names.get(values["filename"])
