"""Documents that are true: each ``console`` block of a page is typed into a shell, and what it shows must come out.

$ nurture check campaigns/          a command; it must end with 0
every promise is kept               lines that must come out, in this order, others between them
...                                 says to the reader that there is more; nothing is asked of it
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Command(msgspec.Struct, frozen=True):
    """One command of a page and what the page says comes out."""

    typed: str
    shown: tuple[str, ...]


def commands(page: str) -> Iterator[Command]:
    """The commands of every block, in order."""
    for block in BLOCK.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *lines = part.rstrip("\n").split("\n")
            more = [line[2:] for line in lines if line.startswith("> ") or line == ">"]
            shown = (line.strip() for line in lines if not line.startswith(">"))
            yield Command("\n".join([first, *more]), tuple(line for line in shown if line not in ("", "...")))


def run(command: Command, folder: Path, environment: Mapping[str, str]) -> str:
    """What comes out of *command*; fails where it ends badly or does not show what the page says."""
    ran = subprocess.run(
        ["bash", "-ec", command.typed],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    output = ran.stdout + ran.stderr
    assert ran.returncode == 0, f"$ {command.typed}\n{output}"
    lines = iter(line.strip() for line in output.splitlines())
    for wanted in command.shown:
        assert any(wanted == line for line in lines), (
            f"$ {command.typed}\nno {wanted!r} (in this order) in\n{output}"
        )
    return output
