"""Other people's programs: found, started and ended."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

from nurture.errors import SetupError

STARTS_WITHIN_SECONDS = 30
ENDS_WITHIN_SECONDS = 10
LOOKS_EVERY_SECONDS = 0.02


def program(name: str, remedy: str) -> str:
    """Where the program is. Raises SetupError with the command that installs it."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # where Debian puts Postfix's, and users do not look
    found = shutil.which(name, path=path)
    if found is None:
        raise SetupError(f"{name} is not on this machine; install it with `{remedy}`")
    return found


def output(command: Sequence[str]) -> str:
    """What a program prints. Raises SetupError with its own words where it fails."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 our own words only
    if ran.returncode:
        raise SetupError(f"{' '.join(command)} ended with {ran.returncode}: {ran.stderr.strip()}")
    return ran.stdout


@contextmanager
def serving(command: Sequence[str], port: int, directory: Path) -> Iterator[None]:
    """Runs a server in *directory* until the block ends. Raises SetupError where nobody answers at the port."""
    said = directory / f"{port}.txt"
    with said.open("wb") as file:
        server = subprocess.Popen(command, cwd=directory, stdout=file, stderr=file)  # noqa: S603
    try:
        if not _answers(server, port):
            raise SetupError(f"{' '.join(command)} does not serve:\n{said.read_text()}")
        yield
    finally:
        server.terminate()
        try:
            server.wait(ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    """A port of this machine that nobody has right now."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    give_up_at = monotonic() + STARTS_WITHIN_SECONDS
    while monotonic() < give_up_at and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            Event().wait(LOOKS_EVERY_SECONDS)
        else:
            return True
    return False
