"""SpamAssassin and rspamd as functions: messages in, the rules that fired out. Each runs as itself, without the network."""

import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

START_SECONDS = 120
PAUSE_SECONDS = 0.5


class Rule(msgspec.Struct, frozen=True):
    """A rule that fired, and what it costs; below zero where it speaks for the mail."""

    name: str
    points: float


class Filter(msgspec.Struct, frozen=True):
    """A spam filter.

    program  what is started.
    package  Debian's name for it.
    judge    the rules that fired for each message, in their order.
    """

    name: str
    program: str
    package: str
    judge: Callable[[Sequence[bytes]], list[tuple[Rule, ...]]]


# ---------------------------------------------------------------- SpamAssassin

STATUS = re.compile(rb"^X-Spam-Status: (.*(?:\n[ \t].*)*)", re.MULTILINE)
SPAM_ASSASSIN_CF = """\
skip_rbl_checks 1
use_bayes 0
bayes_auto_learn 0
report_safe 0
clear_headers
add_header all Status rules=_TESTSSCORES(,)_ end
"""


def spam_assassin(messages: Sequence[bytes]) -> list[tuple[Rule, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "user.cf")
        settings.write_text(SPAM_ASSASSIN_CF)
        command = ["spamassassin", "--local", "--mbox", f"--prefspath={settings}"]
        done = subprocess.run(command, input=mbox(messages), capture_output=True, check=True, timeout=600)
    return [of_status(found) for found in STATUS.findall(done.stdout)]


def mbox(messages: Sequence[bytes]) -> bytes:
    """The messages as one file in the manner of RFC 4155."""
    return b"".join(
        b"From sample@relay.example Tue Nov 24 08:30:00 2026\n"
        + re.sub(rb"^(>*From )", rb">\1", message.replace(b"\r\n", b"\n"), flags=re.MULTILINE)
        + b"\n\n"
        for message in messages
    )


def of_status(status: bytes) -> tuple[Rule, ...]:
    """The rules of an X-Spam-Status header in the manner of SPAM_ASSASSIN_CF."""
    written = re.sub(r"\s+", "", status.decode())
    found = re.findall(r"([A-Z][A-Z0-9_]+)=(-?[\d.]+)", written.partition("rules=")[2])
    return tuple(Rule(name, float(points)) for name, points in found)


# ---------------------------------------------------------------- rspamd

OVERRIDES = {
    "worker-normal.inc": 'bind_socket = "{folder}/worker.sock mode=0666";\ncount = 1;\n',
    "worker-controller.inc": "enabled = false;\n",
    "worker-proxy.inc": "enabled = false;\n",
    "worker-fuzzy.inc": "enabled = false;\n",
    "logging.inc": 'type = "console";\nlevel = "error";\n',
    "options.inc": 'disable_hyperscan = true;\ndns {{\n  nameserver = ["127.0.0.1:9"];\n  timeout = 0.05s;\n  retransmits = 1;\n}}\n',
    **{
        f"{module}.conf": "enabled = false;\n"
        for module in ("fuzzy_check", "phishing", "rbl", "surbl", "asn")
    },
}
"""One worker on a socket of its own, no other service, and nobody asked: the name server does not answer."""


def rspamd(messages: Sequence[bytes]) -> list[tuple[Rule, ...]]:
    with running_rspamd() as client:
        return [_of_answer(client.post("http://rspamd/checkv2", content=message)) for message in messages]


@contextmanager
def running_rspamd() -> Iterator[httpx.Client]:
    """An rspamd of our own, asked through the client that is given."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "override.d").mkdir()
        for file, text in OVERRIDES.items():
            (folder / "override.d" / file).write_text(text.format(folder=folder))
        places = [f"--var={place}={folder}" for place in ("LOCAL_CONFDIR", "DBDIR", "RUNDIR", "LOGDIR")]
        with (folder / "log").open("wb") as log:
            command = ["rspamd", "-f", "-i", *places]
            process = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                _wait_for(folder / "worker.sock", process, folder / "log")
                transport = httpx.HTTPTransport(uds=str(folder / "worker.sock"))
                with httpx.Client(transport=transport, timeout=60) as client:
                    yield client
            finally:
                process.terminate()
                process.wait(30)


def _wait_for(worker: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the worker listens: rspamd compiles its rules first, and tells nobody when it is ready."""
    end = time.monotonic() + START_SECONDS
    while not worker.exists():
        if time.monotonic() > end or process.poll() is not None:
            raise RuntimeError(f"rspamd did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(PAUSE_SECONDS)  # noqa: TID251 - another program's start, not a due row


def _of_answer(answer: httpx.Response) -> tuple[Rule, ...]:
    symbols = answer.raise_for_status().json()["symbols"].values()
    return tuple(Rule(symbol["name"], symbol["score"]) for symbol in symbols)


FILTERS = (
    Filter("SpamAssassin", "spamassassin", "spamassassin", spam_assassin),
    Filter("rspamd", "rspamd", "rspamd", rspamd),
)
