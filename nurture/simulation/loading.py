"""A sample that was asked for on a page: played by what is live, put in when it is whole, given up when nobody wants it.

Whoever plays it says every second how far it is, and hears then whether it goes on. Nothing is kept before the one transaction
that also says that it is loaded: a process that is killed leaves a store without leads, and the next one begins again.
"""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from nurture.content.catalog import Catalog
from nurture.delivery.maildir import MaildirTransport
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.engine.sample_beside import put_in_beside
from nurture.engine.sample_loads import (
    Phase,
    SampleLoad,
    broken_by,
    claim_load,
    leave_load,
    settle_load,
    tell_load,
)
from nurture.errors import NurtureError
from nurture.log import get_log
from nurture.ports import Transport
from nurture.simulation.clock import VirtualClock
from nurture.simulation.sample import HISTORY, LEADS, play_beside

log = get_log(__name__)

TOLD_EVERY = timedelta(seconds=1)


class BrokenOffError(Exception):
    """Nobody wants it any more, or its player is told to end."""


def load_asked(
    engine: Engine,
    *,
    by: str,
    files: Callable[[], Catalog],
    draft: Path | None,
    refused: str | None,
    goes_on: Callable[[float], bool] = lambda _: True,
    leads: int = LEADS,
    history: timedelta = HISTORY,
) -> bool:
    """Play the sample that waits, and put it in. Returns whether one waited.

    by       a word that nobody else has.
    files    the programme that goes live first where none is.
    draft    the Maildir beside which it is played; None where mail is kept nowhere.
    refused  why this installation takes no sample; None where it does.
    goes_on  told often which share is played; where it says no, the sample is left to whoever comes next.
    """
    with engine.deciding() as (connection, now):
        mine = claim_load(connection, by=by, now=now)
    if mine is None:
        return False
    telling = Telling(engine, mine, now, history, goes_on)
    try:
        if refused is None:
            _load(engine, mine, telling, files=files, behind=_behind(draft), leads=leads, history=history)
        else:
            _settle(engine, mine, refused)
    except BrokenOffError:
        _leave(engine, by, told=True)
    except NurtureError as error:
        _settle(engine, mine, str(error))
    except Exception as error:  # noqa: BLE001 somebody's programme that our own code fails on is theirs to go on with
        log.error("sample failed", error=error)  # noqa: TRY400 Log.error adds the traceback
        _settle(engine, mine, broken_by(error))
    except BaseException:  # Ctrl+C is not an Exception
        _leave(engine, by, told=True)
        raise
    return True


class Telling:
    """Says how far the sample is, and hears whether it goes on."""

    def __init__(
        self,
        engine: Engine,
        mine: SampleLoad,
        end: datetime,
        history: timedelta,
        goes_on: Callable[[float], bool],
    ) -> None:
        self.end = end
        self._engine = engine
        self._mine = mine
        self._history = history
        self._goes_on = goes_on
        self._told_at = end

    def __call__(self, moment: datetime) -> None:
        """The sample has come to *moment*. Raises BrokenOffError where it does not go on."""
        share = 1 - (self.end - moment) / self._history
        if not self._goes_on(share):
            raise BrokenOffError
        if self._engine.clock.now() - self._told_at >= TOLD_EVERY:
            self.now(share)

    def now(self, share: float) -> None:
        with self._engine.deciding() as (connection, now):
            goes_on = tell_load(connection, self._mine, share, now)
        self._told_at = now
        if not goes_on:
            raise BrokenOffError


def _load(
    engine: Engine,
    mine: SampleLoad,
    telling: Telling,
    *,
    files: Callable[[], Catalog],
    behind: Callable[[VirtualClock], Transport],
    leads: int,
    history: timedelta,
) -> None:
    if not engine.has_programme:
        engine.publish(files(), actor=mine.asked_by, reason="the first revision")
    played, beside = play_beside(
        engine.database,
        keyring=engine.keyring,
        base_url=engine.base_url,
        end=telling.end,
        behind=behind,
        leads=leads,
        history=history,
        progress=telling,
    )
    try:
        telling.now(1.0)
        with engine.deciding() as (connection, _):
            put_in_beside(connection, played, beside)
            if not settle_load(connection, mine, Phase.LOADED):
                raise BrokenOffError  # nothing of it is committed
    finally:
        played.close()


def _behind(draft: Path | None) -> Callable[[VirtualClock], Transport]:
    if draft is None:
        return MemoryTransport
    shutil.rmtree(draft, ignore_errors=True)  # of one that was broken off
    return lambda clock: MaildirTransport(draft, clock)


def _settle(engine: Engine, mine: SampleLoad, problem: str) -> None:
    with engine.deciding() as (connection, _):
        settle_load(connection, mine, Phase.FAILED, problem)


def _leave(engine: Engine, by: str, *, told: bool) -> None:
    with engine.deciding() as (connection, _):
        leave_load(connection, by, told=told)
