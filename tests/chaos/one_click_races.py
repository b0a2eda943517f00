"""M2: people press the one-click unsubscription while their mail is on its way out; scanners follow every link meanwhile.

A worker of its own process sends to a relay; posters answer for a web server over the same store. Whoever posts is in no mail
that is begun more than a second after the answer; whoever's links are only looked at, or guessed, gets the mail.
"""

import random
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from flask import Flask
from flask.testing import FlaskClient

from nurture.app import SystemClock
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.touch import lead_of, touch_id
from nurture.vocabulary.words import TouchStatus
from tests.chaos.attacked import processes
from tests.chaos.figures import Figures, Options, Progress, bounds
from tests.chaos.stores import fill, store
from tests.chaos.worker import KEY, Order
from tests.chaos.worker import main as work
from tests.delivery.scripted_relay import ScriptedRelay, Session
from webapp import create_app

RACES = 10_000
POSTERS = 4
AHEAD = 250
"""About so many mails before or after a person's own mail the button is pressed."""
LOOKED_AT = 0.1
"""The share of leads whose links are only looked at, and guessed."""
SECOND = 1.0
QUIET_SECONDS = 3.0
"""So long after the last mail that was begun nobody waits for the next."""
STUCK_SECONDS = 120
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PREFETCH = {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch", "X-Moz": "prefetch"}


def run(options: Options) -> Iterator[Figures]:
    for backend in options.backends():
        with TemporaryDirectory(prefix="nurture-races-") as directory, store(backend, Path(directory)) as url:
            yield races(
                url, Path(directory), what=backend, count=options.messages or RACES, seed=options.seed
            )


def races(url: str, home: Path, *, what: str, count: int, seed: int, seconds_max: float = SECOND) -> Figures:
    """So many leads, each with a mail that is due now, and a button that is pressed about when it leaves.

    seconds_max  how long after the answer a mail may be begun or finished.
    """
    chance = random.Random(seed)
    fill(url, count)
    keyring = Keyring(KEY)
    everybody = [touch_id(number, 1) for number in range(1, count + 1)]
    looked_at = set(chance.sample(everybody, round(count * LOOKED_AT)))
    plan = sorted((place + chance.uniform(-AHEAD, AHEAD), each) for place, each in enumerate(everybody))
    with TimingRelay(keyring) as relay:
        web = Posters(url, keyring, relay, looked_at)
        worker = processes.Process(target=work, args=(Order(url=url, home=home, port=relay.port),))
        worker.start()
        try:
            web.press(plan, Progress(f"M2 {what}"))
            web.wait_for_the_rest(count)
        finally:
            worker.terminate()
            worker.join()
            web.engine.close()
    return _judged(url, web, relay, what=what, seed=seed, seconds_max=seconds_max)


class TimingRelay(ScriptedRelay):
    """Notes when each mail was begun and taken, by its touch; it lets senders no further ahead than the posters are.

    furthest  the place of the last mail that was begun, in the order in which they are due; moved_at is when.
    pressed   how many buttons have been pressed.
    """

    def __init__(self, keyring: Keyring) -> None:
        super().__init__()
        self.faults = self
        self.begun: dict[int, float] = {}
        self.kept: dict[int, list[float]] = {}
        self.pressed = self.furthest = 0
        self.moved_at = monotonic()
        self._keyring = keyring

    def get(self, verb_and_count: tuple[str, int]) -> object:
        return {"DATA": self._begin, "DOT": self._keep}.get(verb_and_count[0])

    def _begin(self, session: Session) -> bool:
        # By the envelope, and at DATA: it comes with MAIL in one group, or after it, which is the stricter moment.
        touch = self._touch(session)
        with self.lock:
            self.begun[touch] = self.moved_at = monotonic()
            self.furthest = max(self.furthest, lead_of(touch))
            ahead = self.furthest - self.pressed
        self.wait(0.04 if ahead > 0 else 0.002)
        return session.invite()

    def _keep(self, session: Session) -> bool:
        with self.lock:
            self.kept.setdefault(self._touch(session), []).append(monotonic())
        session.mail_from = session.rcpt_to = None
        return session.say("250 2.0.0 queued")

    def _touch(self, session: Session) -> int:
        return self._keyring.read_return_path(session.mail_from or "")


class Posters:
    """A web server's threads, each with what it did and when it was answered."""

    def __init__(self, url: str, keyring: Keyring, relay: TimingRelay, looked_at: set[int]) -> None:
        clock = SystemClock()
        self.engine = Engine(
            database=Database(url),
            transport=MemoryTransport(clock),
            keyring=keyring,
            clock=clock,
            base_url="http://127.0.0.1:8025",
        )
        self.app: Flask = create_app(self.engine, secret=b"s" * 32, mailbox=None)
        self.app.test_client().get("/u/nothing")  # reads the programme, which takes longer than many mails
        self.answered: dict[int, float] = {}
        self.strange: list[str] = []
        self.looked_at = looked_at
        self._relay = relay
        self._keyring = keyring

    def press(self, plan: Sequence[tuple[float, int]], progress: Progress) -> None:
        threads = [
            threading.Thread(target=self._press, args=(plan[start::POSTERS], progress))
            for start in range(POSTERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def wait_for_the_rest(self, count: int) -> None:
        """Until the worker has nothing more to do."""
        ends = monotonic() + STUCK_SECONDS
        wanted = [
            each.value for each in TouchStatus if not each.is_final and each is not TouchStatus.DEFERRED
        ]
        while monotonic() < ends:
            with self.engine.database.reading() as connection:
                touch = table.touch.c
                waits = connection.execute(touch.id.table.select().where(touch.status.in_(wanted)).limit(1))
                if waits.first() is None:
                    return
            self._relay.wait(0.1)

    def _press(self, plan: Sequence[tuple[float, int]], progress: Progress) -> None:
        client = self.app.test_client()
        for place, touch in plan:
            while self._relay.furthest < place and monotonic() < self._relay.moved_at + QUIET_SECONDS:
                self._relay.wait(0.002)
            token = self._keyring.touch_token(touch, 1)
            if touch in self.looked_at:
                self._look(client, token)
            else:
                answer = client.post(f"/u/{token}", data=ONE_CLICK)
                self.answered[touch] = monotonic()
                if answer.status_code != 200:
                    self.strange.append(f"a one-click POST was answered by {answer.status_code}")
            with self._relay.lock:
                self._relay.pressed += 1
            progress.say(f"{len(self.answered)} pressed, {len(self._relay.begun)} mails begun")

    def _look(self, client: FlaskClient, token: str) -> None:
        """What scanners, previews and guessers do."""
        wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
        answers = [
            client.get(f"/u/{token}").status_code == 200,
            client.head(f"/u/{token}").status_code == 200,
            client.get(f"/u/{token}", headers=PREFETCH).status_code == 200,
            client.get(f"/p/{token}").status_code == 200,
            client.post(f"/u/{wrong}", data=ONE_CLICK).status_code in (404, 405),
        ]
        if not all(answers):
            self.strange.append(f"looking was answered by {answers}")


def _judged(
    url: str, web: Posters, relay: TimingRelay, *, what: str, seed: int, seconds_max: float
) -> Figures:
    database = Database(url)
    try:
        with database.reading() as connection:
            causes = {row.address: row.cause for row in connection.execute(table.suppression.select())}
            emails = dict(
                connection.execute(
                    table.lead.select().with_only_columns(table.lead.c.id, table.lead.c.email)
                ).all()
            )
            statuses = {row.id: row.status for row in connection.execute(table.touch.select())}
    finally:
        database.close()
    pressed = web.answered
    late = [relay.begun[each] - at for each, at in pressed.items() if relay.begun.get(each, 0) > at]
    finished = [relay.kept[each][-1] - at for each, at in pressed.items() if each in relay.kept]
    silent = [each for each in pressed if causes.get(emails[lead_of(each)]) != "unsubscribed"]
    moved = [each for each in web.looked_at if emails[lead_of(each)] in causes]
    unmailed = [each for each in web.looked_at if len(relay.kept.get(each, ())) != 1]
    wrong = [each for each, status in statuses.items() if (status == "sent") != (each in relay.kept)]
    return Figures(
        row="M2",
        what=what,
        seed=seed,
        numbers={
            "races": len(pressed),
            "begun before": sum(relay.begun.get(each, at + 1) <= at for each, at in pressed.items()),
            "begun within a second": sum(each <= SECOND for each in late),
            "begun later": sum(each > SECOND for each in late),
            "latest seconds": round(max(late, default=0), 3),
            "finished later": sum(each > SECOND for each in finished),
            "never begun": sum(each not in relay.begun for each in pressed),
            "looked at": len(web.looked_at),
        },
        broken=(
            *bounds(
                none_begun_later=all(each <= seconds_max for each in late),
                none_finished_later=all(each <= seconds_max for each in finished),
                each_press_is_in_the_list=not silent,
                no_look_changes_anything=not moved,
                who_was_looked_at_is_mailed_once=not unmailed,
                the_store_says_what_the_relay_says=not wrong,
            ),
            *sorted(set(web.strange)),
        ),
    )
