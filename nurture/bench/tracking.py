"""Row 8: pixels and clicks that are on the disk before they are answered, against the same server without a record, and
against Flask on gunicorn.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from nurture.bench.figures import Figure, Scale, interleaved
from nurture.bench.programs import free_port, output, program, serving
from nurture.bench.rig import KEYRING
from nurture.errors import SetupError
from nurture.vocabulary.touch import touch_id

SECONDS = {Scale.SMALL: 1, Scale.USUAL: 3, Scale.FULL: 10}
LONGER = (1, 4, 16)
CONNECTIONS = 64
THREADS = 32
"""As many as ``nurture up`` gives to its web server."""
WRK = "apt-get install wrk"
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
REFUSED = re.compile(r"Non-2xx or 3xx responses: \d+|Socket errors: .*")

GRANIAN = ["-m", "granian", "--factory", "--no-access-log", "--host", "127.0.0.1"]
WSGI = [*GRANIAN, "--interface", "wsgi", "--blocking-threads", str(THREADS)]
RSGI = [*GRANIAN, "--interface", "rsgi"]
TRACKED = "nurture.bench.tracked:"
ON_DISK, ON_DISK_LOOP = "on the disk", "on the disk, event loop"
SILENT, SILENT_LOOP = "no record", "no record, event loop"
FLASK = "Flask on gunicorn"
SERVERS: Mapping[str, list[str]] = {
    ON_DISK: [*WSGI, f"{TRACKED}durable", "--port"],
    SILENT: [*WSGI, f"{TRACKED}without_record", "--port"],
    ON_DISK_LOOP: [*RSGI, f"{TRACKED}event_loop", "--port"],
    SILENT_LOOP: [*RSGI, f"{TRACKED}event_loop_without_record", "--port"],
    FLASK: ["-m", "gunicorn", "--threads", "8", f"{TRACKED}flask_pixel()", "-b"],
}
"""One process each; Flask with 8 threads, which answered more than 1, 4 and 32 did."""
RECORDING = (0.7, 0.9)
PAGES = (5, 8)
"""Floor and goal against each kind of yardstick."""
COMPARED = (
    (ON_DISK, SILENT, RECORDING),
    (ON_DISK, FLASK, PAGES),
    (ON_DISK_LOOP, SILENT_LOOP, RECORDING),
    (ON_DISK_LOOP, FLASK, PAGES),
)


def measure(scale: Scale, runs: int) -> list[Figure]:
    """Asks each server in turn for pixels, then for clicks, always as fast as it answers."""
    program("wrk", WRK)
    if find_spec("gunicorn") is None:
        raise SetupError("gunicorn is not on this machine; install it with `pip install gunicorn`")
    token = KEYRING.touch_token(touch_id(1, 1), 1)
    figures = []
    with ExitStack() as stack:
        ports = {name: stack.enter_context(server(name)) for name in SERVERS}
        for what, path in {"pixel": f"/o/{token}.gif", "click": f"/c/{token}/1"}.items():
            sides = (
                lambda port=port: rate(f"http://127.0.0.1:{port}{path}", SECONDS[scale])  # noqa: B023 at once
                for port in ports.values()
            )
            measured = dict(zip(ports, interleaved(runs, *sides), strict=True))
            figures += [
                Figure(
                    row=8,
                    what=f"{what}, {ours}",
                    unit="answers/s",
                    ours=measured[ours],
                    against=against,
                    yardstick=measured[against],
                    floor=floor,
                    goal=goal,
                )
                for ours, against, (floor, goal) in COMPARED
            ]
    return figures


@contextmanager
def server(name: str) -> Iterator[int]:
    """Runs one of the servers in a directory of its own. Yields its port."""
    port = free_port()
    *command, port_option = SERVERS[name]
    where = f"127.0.0.1:{port}" if port_option == "-b" else str(port)
    with TemporaryDirectory(prefix="nurture-bench-") as directory:
        ours = [sys.executable, *command, port_option, where]
        with serving(ours, port, Path(directory)):
            yield port


def rate(url: str, seconds: int) -> float:
    """Answers a second; asked for longer where none came, as on a busy machine. Raises SetupError where some are errors."""
    for longer in LONGER:
        said = output([program("wrk", WRK), "-t1", f"-c{CONNECTIONS}", f"-d{seconds * longer}s", url])
        if refused := REFUSED.search(said):
            raise SetupError(f"{url}: {refused[0]}")
        found = RATE.search(said)
        assert found, said
        if answers := float(found[1]):
            return answers
    raise SetupError(f"{url}: no answer within {seconds * LONGER[-1]} s")
