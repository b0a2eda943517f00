"""Writes the pages of docs/ that the code already says; ``--check`` fails if one of them is out of date."""

import sys
from collections.abc import Callable
from pathlib import Path

from nurture.config import Settings, spelt
from nurture.content.schema import GENERATED
from nurture.statemachine import diagram

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Write every generated page, or with ``--check`` name those that differ."""
    stale = [path for path, page in PAGES.items() if text_of(ROOT / path) != page()]
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit(f"Out of date: {', '.join(stale)}. Run make docs and commit what it writes.")
        print(f"Generated pages are up to date: {', '.join(PAGES)}")
        return
    for path in stale:
        (ROOT / path).write_text(PAGES[path](), "utf-8")
        print(f"Wrote {path}")


def text_of(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def settings_page() -> str:
    """Every setting with its default and what it is for."""
    safe = Settings.model_construct()
    rows = [
        f"| `{spelt([name])}` | {shown(getattr(safe, name))} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join([SETTINGS_HEAD, *rows, ""])


def shown(value: object) -> str:
    """A default as a person would write it; nothing for an unset one."""
    match value:
        case None:
            return ""
        case bool():
            return f"`{int(value)}`"
        case _:
            return f"`{value}`"


SETTINGS_HEAD = """# Settings

Generated from `nurture/config.py` by `make docs`.

An installation is set up by these environment variables, read once at the start. Every default is safe: no mail leaves the
machine. A variable that does not fit, or whose name we do not know, stops the start and is named.

| Variable | Default | What it sets |
| --- | --- | --- |"""

PAGES: dict[str, Callable[[], str]] = {
    "docs/settings.md": settings_page,
    "docs/lifecycle.md": diagram.page,
    **GENERATED,
}
"""Each generated page, by its path, and what writes it."""

if __name__ == "__main__":
    main()
