"""A campaign as its authors have it: its draft where one is begun, else what is live; with what its file promises."""

from functools import cached_property

from flask import abort

from nurture.check import check
from nurture.content.catalog import Catalog, load_texts
from nurture.content.model import Campaign, Track
from nurture.content.problems import Problem
from nurture.engine import drafts
from nurture.engine.drafts import Draft, draft_of
from nurture.engine.editing import broken
from nurture.engine.engine import Engine


class Seen:
    """A campaign as its draft says it, or as it is live where there is no draft."""

    def __init__(self, engine: Engine, key: str) -> None:
        self.path = f"campaigns/{key}/campaign.yaml"
        live = engine.live
        self._live = live.catalog
        self.live_text = live.catalog.texts.get(self.path)
        self.revision = live.number
        with engine.database.reading() as connection:
            self.draft: Draft | None = draft_of(connection, self.path)
            self.can_redo = drafts.can_redo(connection, self.path)
        self.text = self.draft.text if self.draft is not None else self.live_text or abort(404)
        self.catalog: Catalog = load_texts({**live.catalog.texts, self.path: self.text})
        programme = self.catalog.programme
        found = None if programme is None else programme.campaigns.get(key)
        self.campaign: Campaign = found or live.programme.campaigns.get(key) or abort(404)
        self.live_campaign = live.programme.campaigns.get(key)

    @property
    def number(self) -> int:
        return 0 if self.draft is None else self.draft.number

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(each for each in self._checked if each.file == self.path)

    @property
    def broken(self) -> tuple[Problem, ...]:
        """The promises of the whole programme that would be broken, were this live."""
        if not any(each.severity == "error" for each in self._checked):
            return ()
        return broken(check(self._live), self._checked)

    @cached_property
    def _checked(self) -> tuple[Problem, ...]:
        return check(self.catalog)

    def track(self, key: str) -> Track:
        """The track of this key; a broadcast's is not written, and has a page of its own."""
        found = None if self.campaign.broadcast else self.campaign.track(key)
        return found or abort(404)
