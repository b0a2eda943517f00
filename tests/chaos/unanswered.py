"""R6, seen from outside: what an installation answers while its store is away or held, and that it goes on afterwards."""

from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event as Flag
from time import monotonic
from typing import Any

from sqlalchemy import func, select

from nurture.store import records as table
from tests.chaos.attacked import Attacked, rest, sink
from tests.chaos.figures import Figures, bounds
from tests.chaos.installed import NOBODY, Installed, tokens
from tests.chaos.stores import address, fill

LEADS = 200
AWAY_SECONDS = 6
AT_ONCE = 24
"""Webhooks that wait together: more than there are connections to the store."""
RECOVERS_SECONDS = 60
FINE = (200, 302)
AGAIN = 503


class Asked:
    """Asks an installation for everything by turns, and keeps an account of the answers."""

    def __init__(self, installed: Installed, token: dict[int, str]) -> None:
        self.installed = installed
        self.answers: dict[str, Counter[int]] = defaultdict(Counter)
        self._token = token
        self._number = 0
        unfollowed, followed = token[2], token[3]
        self._asks: dict[str, Callable[[], int]] = {
            "webhook": self._webhook,
            "unsubscribe page": lambda: installed.ask("GET", f"/u/{token[4]}"),
            "preferences": lambda: installed.ask("GET", f"/p/{token[4]}"),
            "login": lambda: installed.ask("GET", "/login"),
            "dashboard": lambda: installed.ask("GET", "/"),
            "pixel": lambda: installed.ask("GET", f"/o/{followed}.gif"),
            "link": lambda: installed.ask("GET", f"/c/{unfollowed}/1"),
        }

    def turn(self) -> None:
        for what, ask in self._asks.items():
            self.answers[what][ask()] += 1

    def of(self, *statuses: int) -> int:
        return sum(answers[status] for answers in self.answers.values() for status in statuses)

    @property
    def failures(self) -> dict[str, list[int]]:
        """What was answered by an error that is not 503, or by nobody."""
        return {
            what: wrong
            for what, answers in self.answers.items()
            if (wrong := [each for each in answers if (each >= 500 and each != AGAIN) or each == NOBODY])
        }

    def _webhook(self) -> int:
        self._number += 1
        return self.installed.webhook(self._number)


def asked_while_away(
    url: str,
    reached: str,
    gone: Callable[[], AbstractContextManager[None]],
    *,
    seed: int,
    leads: int = LEADS,
    seconds: float = AWAY_SECONDS,
    delay_milliseconds: int = 100,
) -> Figures:
    """PostgreSQL is *gone* in the middle of a send, for so long. *reached*: by which URL the installation reaches it."""
    fill(url, leads)
    with TemporaryDirectory(prefix="nurture-chaos-installed-") as name:
        directory = Path(name)
        with sink(directory, seed, delay_milliseconds) as (relay, log):
            send = Attacked(directory, url, leads, port=relay, log=log)
            installed = Installed(directory / "home", reached, relay, batch_touches=max(1, leads // 4))
            with installed.up() as process:
                while send.arrived.look() < leads // 4:
                    rest(0.01)
                asked = Asked(installed, tokens(url))
                with gone():
                    began = monotonic()
                    asked.turn()
                    while monotonic() - began < seconds:
                        asked.turn()
                return judged(send, asked, process, "PostgreSQL away, asked from outside", seed)


def asked_while_held(home: Path, *, seed: int, seconds: float, leads: int = LEADS) -> Figures:
    """Somebody else holds SQLite's write lock for longer than we wait for it, and many webhooks come at once."""
    from tests.chaos.databases import hold  # the other way round it imports us

    home.mkdir()
    url = f"sqlite:///{home / 'store'}"
    fill(url, leads)
    with sink(home, seed, 100) as (relay, log):
        send = Attacked(home, url, leads, port=relay, log=log)
        installed = Installed(home, url, relay, batch_touches=leads // 4)
        with installed.up() as process:
            while send.arrived.look() < leads // 4:
                rest(0.01)
            asked, is_over = Asked(installed, tokens(url)), Flag()
            with ThreadPoolExecutor(AT_ONCE + 1) as threads:
                held = threads.submit(hold, send, seconds + 2)
                rest(0.5)
                hooks = [threads.submit(installed.webhook, 1_000 + each) for each in range(AT_ONCE)]
                while not held.done() and not is_over.wait(0.2):
                    for what in ("pixel", "link", "unsubscribe page", "login"):
                        asked.answers[what][asked._asks[what]()] += 1
                asked.answers["webhook"].update(each.result() for each in hooks)
            return judged(send, asked, process, f"SQLite held for {seconds + 2} s, asked from outside", seed)


def judged(send: Attacked, asked: Asked, process: Any, what: str, seed: int) -> Figures:
    """Everything answers again by itself, what was answered is there, and every mail has left once."""
    began, refused = monotonic(), asked.of(AGAIN)
    again = Asked(asked.installed, asked._token)
    again._number = 100_000
    while monotonic() - began < RECOVERS_SECONDS:
        again.answers.clear()
        again.turn()
        if not again.failures and not again.of(AGAIN):
            break
        rest(0.1)
    recovered = monotonic() - began
    unsubscribed = asked.installed.unsubscribe(asked._token[1])
    finished = send.until_finished(RECOVERS_SECONDS)
    tally = send.tally()
    opens = asked.answers["pixel"][200] + again.answers["pixel"][200]
    told = asked.answers["webhook"][200] + again.answers["webhook"][200]
    while (counted := count_of(send, opened())) < opens and monotonic() - began < 2 * RECOVERS_SECONDS:
        rest(0.1)
    kept = count_of(send, select(func.count()).select_from(table.provider_delivery))
    listed = count_of(
        send,
        select(func.count())
        .select_from(table.suppression)
        .where(table.suppression.c.address.in_([address(1)])),
    )
    return Figures(
        row="R6",
        what=what,
        seed=seed,
        numbers={
            "answers": asked.of(*FINE) + refused,
            "of them 503": refused,
            "other errors": str(asked.failures or 0),
            "answers again after seconds": round(recovered, 1),
            "opens answered and counted": f"{opens}/{counted}",
            "webhooks taken and kept": f"{told}/{kept}",
            "lost": tally.lost,
            "doubled": tally.doubled,
            "unknown": tally.unknown,
        },
        broken=bounds(
            never_500=not asked.failures,
            some_503=refused > 0,
            recovers_alone=recovered < RECOVERS_SECONDS,
            all_processes_live=process.poll() is None,
            unsubscribes_again=unsubscribed == 200 and listed == 1,
            opens_counted_once=opens == counted,
            webhooks_kept=told <= kept,
            finished=finished,
            none_lost=tally.lost == 0,
            none_doubled=tally.doubled == 0,
            none_unknown=tally.unknown == 0,
        ),
    )


def opened() -> Any:
    return select(func.count()).where(table.event.c.kind == "mail.opened")


def count_of(send: Attacked, statement: Any) -> int:
    with send.database() as database, database.reading() as connection:
        return connection.execute(statement).scalar_one()
