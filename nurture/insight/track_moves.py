"""Which leads inside a campaign an edit would move to another track, before anybody makes it live."""

from collections import Counter
from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection

from nurture.content.model import Campaign, Programme
from nurture.insight.sampling import LOOKED_AT, Estimate, drawn, estimated
from nurture.insight.shown import shown
from nurture.statemachine.by_hand import track_of
from nurture.statemachine.consent import rests
from nurture.statemachine.enrol import live_in


class TrackMove(msgspec.Struct, frozen=True):
    """Leads that go from one track to another.

    before  the key of the track that they are in; None where none of today's is for them.
    after   of the one that they would be in; None where none would be for them.
    """

    before: str | None
    after: str | None
    leads: Estimate


class TrackMoves(msgspec.Struct, frozen=True):
    """inside  leads in the campaign, by the key of the track that they are in; *moves* those that change it, most first."""

    looked_at: int
    of: int
    inside: dict[str, Estimate]
    moves: tuple[TrackMove, ...]

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.of

    def on(self, track: str) -> Estimate:
        """How many are in *track* now."""
        return self.inside.get(track, Estimate(0, 0, 0))


def track_moves(
    connection: Connection,
    programme: Programme,
    after: Campaign,
    now: datetime,
    *,
    seed: int,
    most: int = LOOKED_AT,
) -> TrackMoves:
    """Where the leads inside go if *after* takes the place of the live campaign of its key and takes them along.

    most  how many are looked at.

    Whoever rests, such as one whom sales has, is in no track and moves nowhere.
    """
    states, of = drawn(connection, whom=shown(connection), most=most, seed=seed, campaign=after.key)
    changed = replace(programme, campaigns={**programme.campaigns, after.key: after})
    stands: Counter[str] = Counter()
    goes: Counter[tuple[str | None, str | None]] = Counter()
    for state in states:
        place = live_in(state, after.key)
        if place is None:
            continue
        if place.track is not None:
            stands[place.track] += 1
        if not rests(changed, state, after, now):
            track = track_of(changed, state, place, after)
            goes[place.track, None if track is None else track.key] += 1

    def about(count: int) -> Estimate:
        return estimated(count, looked_at=len(states), of=of)

    return TrackMoves(
        looked_at=len(states),
        of=of,
        inside={key: about(count) for key, count in stands.items()},
        moves=tuple(
            TrackMove(before, then, about(count))
            for (before, then), count in goes.most_common()
            if before != then
        ),
    )
