"""Stands between Nurture and PostgreSQL: keeps the answer to a COMMIT for itself now and then, or lets nobody through."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

from tests.chaos.attacked import chance

SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT\x00"


class Between:
    """What happens on the way, and how many answers were lost.

    every  the answer to one COMMIT in so many is lost, by chance: a turn that always broke at the same one would never come
           to its end. None for none.
    """

    def __init__(self, every: int | None, seed: int) -> None:
        self.count = 0
        self.open: set[socket.socket] = set()
        self.is_away = False
        self._every = every
        self._random = chance(seed, "lost answers")
        self._lock = threading.Lock()

    def is_lost(self) -> bool:
        with self._lock:
            lost = self._every is not None and self._random.random() < 1 / self._every
            self.count += lost
            return lost

    @contextmanager
    def away(self) -> Iterator[None]:
        """Every connection ends, and none begins."""
        self.is_away = True
        for each in list(self.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        try:
            yield
        finally:
            self.is_away = False


@contextmanager
def proxy(url: str, *, every: int | None = None, seed: int = 1) -> Iterator[tuple[str, Between]]:
    """Yields another URL of that database, which leads past us."""
    between = Between(every, seed)
    (directory,) = parse_qs(urlsplit(url).query)["host"]
    with TemporaryDirectory(prefix="nurture-chaos-pg-") as own:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(Path(own) / SOCKET))
        listener.listen(64)
        server = f"{directory}/{SOCKET}"
        threading.Thread(target=_serve, args=(listener, server, between), daemon=True).start()
        try:
            yield url.replace(directory, own), between
        finally:
            listener.close()


def _serve(listener: socket.socket, server: str, between: Between) -> None:
    with suppress(OSError):  # closed at the end
        while True:
            client, _ = listener.accept()
            if between.is_away:
                client.close()
            else:
                between.open.add(client)
                threading.Thread(target=_carry, args=(client, server, between), daemon=True).start()


def _carry(client: socket.socket, server: str, between: Between) -> None:
    behind = socket.socket(socket.AF_UNIX)
    behind.connect(server)
    keeps = threading.Event()
    threading.Thread(target=_back, args=(behind, client, keeps), daemon=True).start()
    with suppress(OSError):
        while data := client.recv(65_536):
            if COMMIT in data and between.is_lost():
                keeps.set()
            behind.sendall(data)
    between.open.discard(client)
    with suppress(OSError):
        behind.shutdown(socket.SHUT_RDWR)


def _back(behind: socket.socket, client: socket.socket, keeps: threading.Event) -> None:
    with suppress(OSError):
        while data := behind.recv(65_536):
            if keeps.is_set():
                break  # it is committed, and nobody will hear of it
            client.sendall(data)
    for each in (client, behind):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
