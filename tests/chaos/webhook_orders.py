"""R8: a provider tells of the same mails twice, in any order, sixteen webhooks at once, and we fail in the middle of some.

Every lead had the same mail at the same moment, and the same is told of each, in an order of its own. However it was told, the
ends of all leads must be alike, and like the end of the first, of which it was told once and in order.
"""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from tests.chaos.figures import Figures, Options, bounds
from tests.chaos.stores import store
from tests.engine.company import Company
from tests.engine.told import Told, everything, state

LEADS = 200
AT_ONCE = 16
FAILING = 0.2
"""The share of webhooks in whose middle we fail."""
TRIES_MAX = 60


class FailedError(Exception):
    """We have failed: the web server would answer 5xx, and the provider comes again."""


def run(options: Options) -> Iterator[Figures]:
    for backend in options.backends():
        with (
            TemporaryDirectory(prefix="nurture-orders-") as directory,
            store(backend, Path(directory)) as url,
        ):
            yield orders(url, what=backend, leads=options.messages or LEADS, seed=options.seed)


def orders(url: str, *, what: str, leads: int, seed: int) -> Figures:
    """Tell of *leads*, and compare how they end."""
    chance, company = random.Random(seed), Company(url)
    try:
        company.publish()
        names = [f"jane{number:04}" for number in range(leads)]
        ids = company.enter(*names)
        company.later(minutes=1)
        company.clock.turn_to(company.clock.now() + timedelta(minutes=20))
        first, *others = [Told(company, each, name) for each, name in zip(ids, names, strict=True)]
        for webhook in everything(first):
            first.comes(*webhook)
        told = [(each, webhook) for each in others for webhook in order_of(each, chance)]
        chance.shuffle(told)  # of one lead's webhooks any may come first, and several at once
        with failing(company, random.Random(seed)) as failures, ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(lambda one: until_taken(*one), told))
        first.judged()
        company.later(minutes=1)
        wanted = state(company, first)
        unlike = [each.name for each in others if state(company, each) != wanted]
    finally:
        company.engine.close()
    return Figures(
        row="R8",
        what=what,
        seed=seed,
        numbers={
            "leads": leads,
            "webhooks": len(told),
            "at once": AT_ONCE,
            "failures of ours": failures.count,
            "ends unlike": len(unlike),
        },
        broken=bounds(failed_in_the_middle=failures.count > 0, ends_alike=not unlike),
    )


def order_of(told: Told, chance: random.Random) -> list[list[dict[str, Any]]]:
    """What is told of a lead, in an order of its own: each webhook once, twice or three times."""
    webhooks = everything(told)
    return [each for each in webhooks for _ in range(chance.randint(1, 3))]


def until_taken(told: Told, webhook: list[dict[str, Any]]) -> None:
    """As a provider does: again, until it is taken."""
    for _ in range(TRIES_MAX):
        try:
            told.comes(*webhook)
        except FailedError:
            continue
        return
    raise AssertionError(f"not taken in {TRIES_MAX} tries")


class Failures:
    """How often we have failed; by chance, of several threads."""

    def __init__(self, chance: random.Random) -> None:
        self.count = 0
        self._chance = chance
        self._lock = threading.Lock()

    def now(self) -> bool:
        with self._lock:
            fails = self._chance.random() < FAILING
            self.count += fails
        return fails


@contextmanager
def failing(company: Company, chance: random.Random) -> Iterator[Failures]:
    """Meanwhile some transactions fail at their very end, when everything is written and nothing is committed."""
    failures, deciding = Failures(chance), company.engine.deciding

    @contextmanager
    def may_fail() -> Iterator[tuple[Connection, datetime]]:
        with deciding() as decided:
            yield decided
            if failures.now():
                raise FailedError

    company.engine.deciding = may_fail
    try:
        yield failures
    finally:
        company.engine.deciding = deciding
