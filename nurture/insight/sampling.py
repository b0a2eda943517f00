"""Leads drawn at random, with their ledgers: enough to say what a change would do, in a time that does not grow with the store."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, exists, func, select

from nurture.insight.shown import Shown, of_shown
from nurture.scoring.refold import Occurrence
from nurture.statemachine.past import occurred
from nurture.statistics.intervals import wilson
from nurture.store import records as table
from nurture.store.mapping import entry_of, unpacked
from nurture.vocabulary.state import LeadState

ENTRIES_MOST = 15_000
"""Entries of ledgers that are read; leads beyond them are left out."""
LOOKED_AT = 2_000
"""Leads that are looked at before something goes live; of more, so many at random stand for all."""
GLANCED_AT = 1_000
"""Leads that are looked at for a page that is open all day: a share of all is then right to 3 %."""
AT_A_TIME = 1_000
"""Leads asked for in one statement."""
TRIES = 20
"""Numbers are drawn so often, until there are leads enough: most numbers may be of leads who were erased."""


class Estimate(msgspec.Struct, frozen=True):
    """How many of all leads; low and high are the bounds of its 95 % interval, and equal where all were looked at."""

    count: int
    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


def estimated(count: int, *, looked_at: int, of: int) -> Estimate:
    """*count* of the leads that were looked at, as so many of all."""
    if looked_at == of or not looked_at:
        return Estimate(count, count, count)
    low, high = wilson(count, looked_at)
    return Estimate(
        round(count * of / looked_at),
        max(count, int(low * of)),
        min(of - (looked_at - count), round(high * of)),
    )


def drawn(
    connection: Connection, *, whom: Shown, most: int, seed: int, campaign: str | None = None
) -> tuple[list[LeadState], int]:
    """The states of at most *most* leads in a random order, each as likely as any other, and how many leads there are.

    campaign  of those only who are inside it.

    Numbers are drawn and looked up, so that it costs the same in a store of any size but for the count.
    """
    of, inside = table.lead_state.c, table.lead_campaign.c
    shown, among, counted = of_shown(of.lead_id, whom), of.lead_id, of_shown(of.lead_id, whom)
    if campaign is not None:
        # Counted along the index of who is inside, and asked of each lead that is drawn: neither reads all states.
        among, counted = inside.lead_id, of_shown(inside.lead_id, whom) & (inside.campaign == campaign)
        shown &= exists().where(inside.lead_id == of.lead_id, inside.campaign == campaign)
    count, first, last = connection.execute(
        select(func.count(), func.min(among), func.max(among)).where(counted)
    ).one()
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    if count <= most:
        everybody = select(of.state).where(shown).order_by(of.lead_id)
        states = [unpacked(each) for each in connection.execute(everybody).scalars()]
        chance.shuffle(states)
        return states, count
    asked = select(of.lead_id, of.state).where(shown, of.lead_id.in_(bindparam("ids", expanding=True)))
    tried: set[int] = set()
    states = []
    for _ in range(TRIES):
        wanted = 2 * (most - len(states)) * (last - first + 1) // count
        fresh = list(dict.fromkeys(chance.randint(first, last) for _ in range(min(wanted, 20 * most))))
        fresh = [each for each in fresh if each not in tried]
        tried.update(fresh)
        found: dict[int, bytes] = {}
        for at in range(0, len(fresh), AT_A_TIME):
            if len(states) + len(found) >= most:
                break  # the rest was drawn in case many numbers are of nobody
            rows = connection.execute(asked, {"ids": fresh[at : at + AT_A_TIME]})
            found.update((row.lead_id, row.state) for row in rows)
        there = [found[each] for each in fresh if each in found]
        states += [unpacked(each) for each in there[: most - len(states)]]
        if len(states) == most:
            break
    return states, count


def with_ledgers(
    connection: Connection, states: Sequence[LeadState], *, most: int = ENTRIES_MOST
) -> tuple[list[LeadState], Mapping[int, Sequence[Occurrence]]]:
    """As many of *states*, from the first, as have no more than *most* entries together, and each one's whole ledger."""
    entry = table.score_entry.c
    kept: list[LeadState] = []
    ledgers: dict[int, list[Occurrence]] = defaultdict(list)
    counted = (
        select(entry.lead_id, func.count().label("entries"))
        .where(entry.lead_id.in_(bindparam("ids", expanding=True)))
        .group_by(entry.lead_id)
    )
    read = (
        select(table.score_entry, table.event.c.occurred_at, table.event.c.absorbed_at)
        .join(table.event, table.event.c.id == entry.event_id)
        .where(entry.lead_id.in_(bindparam("ids", expanding=True)))
        .order_by(entry.id)
    )
    for at in range(0, len(states), AT_A_TIME):
        batch = states[at : at + AT_A_TIME]
        ids = [state.lead.id for state in batch]
        entries = {row.lead_id: row.entries for row in connection.execute(counted, {"ids": ids})}
        for place, state in enumerate(batch):
            most -= entries.get(state.lead.id, 0)
            if most < 0:
                batch, ids = batch[:place], ids[:place]
                break
        kept += batch
        for row in connection.execute(read, {"ids": ids}):
            one = entry_of(row)
            moment = occurred(one, min(row.occurred_at, row.absorbed_at))
            ledgers[row.lead_id].append(Occurrence(moment, one))
        if most < 0:
            break
    return kept, ledgers
