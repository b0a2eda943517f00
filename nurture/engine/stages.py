"""The stages of one turn, each on its own: one that fails through our own fault keeps none of the others from its work.

What the store, the disk or the memory raises ends the turn, for the others would meet it too; the next turn tries again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection, delete

from nurture.engine.apart import is_ours
from nurture.engine.aside import AsideKind, Suspect, put_aside
from nurture.log import get_log
from nurture.ports import Clock
from nurture.store import records as table
from nurture.store.database import Database

DoneT = TypeVar("DoneT")
log = get_log(__name__)

WELL_AGAIN = timedelta(hours=1)
"""A stage that has not failed for so long is well."""


class Stage(StrEnum):
    """What a turn does, as a person reads it."""

    JOURNALS = "reading what was on the wire"
    HITS = "taking in opens, clicks and visits"
    EVENTS = "taking in what happened"
    SYSTEM_MAILS = "sending system mails"
    WALKS = "walking over the leads"
    MAIL = "sending mail"
    WEBHOOKS = "calling webhooks"
    EXPERIMENTS = "weighing experiments"
    SEGMENTS = "counting segments"
    FORGETTING = "throwing away what is old"


class Stages:
    """Those of one turn."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._failed: dict[Stage, Exception] = {}

    def do(self, stage: Stage, act: Callable[[], DoneT], otherwise: DoneT) -> DoneT:
        """What *act* returns; *otherwise* where the stage has failed, now or earlier in this turn."""
        if stage in self._failed:
            return otherwise
        try:
            return act()
        except Exception as error:
            if not is_ours(error):
                raise
            self._failed[stage] = error
            with self._database.writing() as connection:
                suspect = Suspect(AsideKind.STAGE, 0, part=stage.name.lower(), what=stage.value)
                put_aside(connection, suspect, error, self._clock.now())
            return otherwise

    def has_failed(self, stage: Stage) -> bool:
        """Whether it has failed in this turn."""
        return stage in self._failed

    def end(self) -> None:
        """All have had their turn: raise what the first that failed has raised, for whoever called."""
        for error in self._failed.values():
            raise error


def forget_stages(connection: Connection, now: datetime) -> None:
    """Stages that have been well for an hour need nobody any more."""
    aside = table.set_aside.c
    old = aside.kind == AsideKind.STAGE.value, aside.at < now - WELL_AGAIN
    connection.execute(delete(table.set_aside).where(*old))
