"""R11: a copy of a store sends nothing until it is armed, and from then on sends what is left."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from nurture import app
from nurture.config import Settings
from nurture.engine.engine import Engine
from nurture.engine.ticked import Ticked
from tests.chaos.attacked import attacked
from tests.chaos.figures import Figures, Options, bounds
from tests.chaos.stores import fill, store

MESSAGES = 300
TURNS = 20


def run(options: Options) -> Iterator[Figures]:
    for where in ("on another machine", "over the store it was taken of"):
        with (
            TemporaryDirectory(prefix="nurture-chaos-store-") as directory,
            store("sqlite", Path(directory)) as url,
        ):
            yield restored(
                url,
                where,
                messages=options.messages or MESSAGES,
                seed=options.seed,
                directory=Path(directory),
            )


def restored(
    url: str, where: str, *, messages: int, seed: int, directory: Path, delay_milliseconds: int = 20
) -> Figures:
    """Send a part, take a copy, send another; then let the copy work, first as it is, then armed."""
    fill(url, messages)
    path = Path(url.removeprefix("sqlite:///"))
    with attacked(url, messages, seed=seed, delay_milliseconds=delay_milliseconds) as send:
        port, home = send._order["port"], directory / "home"
        with closing_engine(url, home, port, batch=messages // 3) as engine:
            one_batch(engine)
            backup = directory / "backup"
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(backup)) as target:
                source.backup(target)
            one_batch(engine)
        arrived = send.arrived.look()
        if where == "on another machine":
            path, home = backup, directory / "elsewhere"
        else:
            for part in ("-wal", "-shm"):
                path.with_name(path.name + part).unlink(missing_ok=True)
            shutil.copy(backup, path)
        with closing_engine(f"sqlite:///{path}", home, port, batch=messages) as copy:
            was_armed = copy.is_armed
            for _ in range(TURNS):
                copy.tick()
            before = send.arrived.look() - arrived
            copy.arm()
            copy.tick()
            after = send.arrived.look() - arrived - before
    return Figures(
        row="R11",
        what=f"a copy restored {where}",
        seed=seed,
        numbers={"sent before": arrived, "turns": TURNS, "sent unarmed": before, "sent armed": after},
        broken=bounds(
            some_were_sent=0 < arrived < messages,
            not_armed=not was_armed,
            none_sent=before == 0,
            sends_when_armed=after > 0,
        ),
    )


def one_batch(engine: Engine) -> None:
    """Send one batch of what is due."""
    assert engine._may_send()
    engine._deliver_batch(engine.live, Ticked())


def closing_engine(url: str, home: Path, port: int, *, batch: int):
    """The engine that an installation with these settings has."""
    settings = Settings(
        home=home,
        database_url=url,
        secret_key=SecretStr("k" * 32),
        transport="smtp",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_tls="none",
        smtp_helo="chaos.example",
        tracking_url="https://t.chaos.example",
        public_url="https://chaos.example",
        batch_touches=batch,
    )
    return closing(app.make_engine(settings))
