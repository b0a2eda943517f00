"""What a figure was measured with: it says little without that."""

import os
import platform
import sqlite3
from collections.abc import Mapping
from importlib.metadata import version

PACKAGES = (
    "nurture",
    "sqlalchemy",
    "msgspec",
    "jinja2",
    "flask",
    "granian",
)


def machine() -> Mapping[str, str]:
    """Versions and cores; no name of the machine."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in PACKAGES},
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "cores": str(len(os.sched_getaffinity(0))),
    }
