"""Logging: one line a fact, the event first, then its keys; an address is never written out.

``log = get_log(__name__)`` then ``log.info("mail sent", campaign="trial-onboarding", lead=42, touch=981)``.
A loop logs its sum, not its turns.
"""

import logging
import re
import sys
from typing import Final, TextIO

KEY_ORDER: Final = ("campaign", "mail", "step", "lead", "touch", "event")
"""What a fact is about comes first and in this order; other keys follow as they were given."""

ATOM = r"[^\s@<>\"(),:;\[\]\\…]"  # atext (RFC 5322 §3.2.3) and what lies beyond ASCII (RFC 6532)
ADDRESS = re.compile(rf"(?:\"[^\"\n]*\"|(?<!{ATOM}){ATOM}+)@([\w-]+(?:\.[\w-]+)*|\[[^\]\s]*\])")
PLAIN = re.compile(r"[^\s\"'=\\]+")


class Log:
    """A named log whose methods take the event and its keys."""

    def __init__(self, name: str) -> None:
        self.logger = logging.getLogger(name)

    def debug(self, event: str, /, **keys: object) -> None:
        """A decision and its reason."""
        self.write(logging.DEBUG, event, keys)

    def info(self, event: str, /, **keys: object) -> None:
        """Something left or changed."""
        self.write(logging.INFO, event, keys)

    def warning(self, event: str, /, **keys: object) -> None:
        """A person may look."""
        self.write(logging.WARNING, event, keys)

    def error(self, event: str, /, error: BaseException | None = None, **keys: object) -> None:
        """A person must look. *error* adds its text and its traceback."""
        if error is not None:
            keys["error"] = f"{type(error).__name__}: {error}"
        self.write(logging.ERROR, event, keys, error)

    def write(
        self, level: int, event: str, keys: dict[str, object], error: BaseException | None = None
    ) -> None:
        # Most debug lines are never shown, and the words cost more than the question.
        if self.logger.isEnabledFor(level):
            self.logger.log(level, "%s", line(event, keys), exc_info=error)


def get_log(name: str) -> Log:
    return Log(name)


def configure(level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Send every log, the libraries' too, to *stream*, redacted. Called once, by ``app``."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("{asctime} {levelname:<7} {name}: {message}", style="{"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for talker in ("alembic", "apscheduler", "transitions"):  # they tell of every start and every beat
        logging.getLogger(talker).setLevel(logging.ERROR)


class RedactingFormatter(logging.Formatter):
    """Redacts the whole record, so that a library's message or a traceback tells no address either."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def line(event: str, keys: dict[str, object]) -> str:
    """'mail sent campaign=trial-onboarding lead=42'."""
    first = [key for key in KEY_ORDER if key in keys]
    rest = [key for key in keys if key not in KEY_ORDER]
    return " ".join([redact(event), *(f"{key}={shown(keys[key])}" for key in [*first, *rest])])


def shown(value: object) -> str:
    """One word, or a quoted one: what a stranger wrote can neither start a line nor forge a key."""
    text = redact(str(value))
    return text if PLAIN.fullmatch(text) and text.isprintable() else repr(text)


def redact(text: str) -> str:
    """*text* with only the domain left of each address: '…@example.com'."""
    return ADDRESS.sub(r"…@\1", text)
