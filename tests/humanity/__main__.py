"""``make humanity``: how often we are right about who opened and clicked; ``--write`` puts it into docs/humanity.md."""

import sys
import tempfile
from pathlib import Path

from click import echo

from tests.humanity.figures import page
from tests.humanity.play import play
from tests.humanity.told import stories

PAGE = Path(__file__).parents[2] / "docs" / "humanity.md"
BEGIN, END = "<!-- written by make humanity -->\n", "<!-- until here -->\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        figures = page(play(stories(), Path(folder)))
    echo(figures)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(with_figures(PAGE.read_text("utf-8"), figures), "utf-8")


def with_figures(text: str, figures: str) -> str:
    """*text* with *figures* between its marks."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n" + figures + "\n" + END + rest.split(END)[1]


if __name__ == "__main__":
    main()
