"""What happened in a run, as dated lines, and what of it must not happen."""

from datetime import datetime

KEPT_LINES = 4_000


class Story:
    """The lines of one run, by true time."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.violations: list[str] = []

    def tell(self, at: datetime, what: str) -> None:
        if len(self.lines) < KEPT_LINES:
            self.lines.append(f"{at:%Y-%m-%d %H:%M:%S.%f} {what}")

    def accuse(self, at: datetime, number: int, what: str) -> None:
        """Invariant *number* (docs/reliability.md; 0 for what is no invariant of a store) does not hold; each sentence once."""
        sentence = f"{number}. {what}" if number else what
        if sentence not in self.violations:
            self.violations.append(sentence)
            self.tell(at, f"VIOLATION {sentence}")
