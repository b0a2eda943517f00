"""A persona gets another key, and all that names it follows: one revision, and one transaction for what the store keeps of it.

No lead changes what it is: programme.yaml says which key the persona had before, and whoever has that one is read as having the
new one, from the revision's moment on; each lead is written down so with its next turn (``statemachine.former_keys.known_by``).
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import msgspec
from sqlalchemy import Connection, func, select, update

from nurture.content.catalog import MAIL, PROGRAMME
from nurture.content.model import Programme
from nurture.content.persona_keys import Place, left_over, renamed, renamed_path, renamed_programme
from nurture.content.recipes import KEY
from nurture.engine.drafts import drafts
from nurture.engine.editing import write
from nurture.engine.engine import Engine
from nurture.engine.named_versions import carry_along
from nurture.engine.reviews import carry_over
from nurture.errors import ProgrammeError
from nurture.store import records as table


class NewKey(msgspec.Struct, frozen=True):
    """What another key of a persona would change.

    texts   the files that change, by the paths that they would have.
    moved   the new path of each file that gets another name.
    views   saved views of leads that name the persona, with what their query would be.
    leads   how many leads have the persona.
    blocks  what keeps it from being done, as sentences; empty where it can be.
    """

    old: str
    new: str
    texts: Mapping[str, str]
    moved: Mapping[str, str]
    views: Mapping[int, str]
    leads: int
    blocks: tuple[str, ...]

    @property
    def files(self) -> list[str]:
        """Files in which something is written anew, under the names that they have now."""
        was = {to: path for path, to in self.moved.items()}
        return sorted(path for path in self.texts if path not in was)


def new_key(engine: Engine, old: str, new: str) -> NewKey:
    """What it would change to call the live persona *old* by the key *new*."""
    live = engine.live
    after = {
        renamed_path(path, old, new): renamed_programme(text, old, new)
        if path == PROGRAMME
        else renamed(path, text, old, new)
        for path, text in live.catalog.texts.items()
    }
    moved = {path: to for path in live.catalog.texts if (to := renamed_path(path, old, new)) != path}
    changed = {path: text for path, text in after.items() if live.catalog.texts.get(path) != text}
    with engine.database.reading() as connection:
        begun = {path: state.text for path, state in drafts(connection).items()}
        named = select(table.lead_state.c.lead_id).where(table.lead_state.c.persona == old).subquery()
        leads = connection.execute(select(func.count()).select_from(named)).scalar_one()
        views = {
            row.id: query
            for row in connection.execute(select(table.saved_view))
            if (query := _renamed_query(row.query, old, new)) != row.query
        }
    blocks = (
        *_wrong_key(live.programme, old, new),
        *(f"{path} is there already." for path in moved.values() if path in live.catalog.texts),
        *(_by_hand(each) for each in left_over(after, old)),
        *(
            f"{path} has a draft that names the persona; make it live or discard it first."
            for path, text in sorted(begun.items())
            if path in moved or (old in text and (path in changed or renamed(path, text, old, new) != text))
        ),
    )
    return NewKey(old, new, changed, moved, views, leads, blocks)


def give_key(engine: Engine, change: NewKey, *, expecting: int, actor: str, reason: str) -> int:
    """Make *change* live; returns the number of the revision. Raises ProgrammeError where something blocks it, and as ``write``."""
    if change.blocks:
        raise ProgrammeError("\n".join(change.blocks))

    def follow(connection: Connection, now: datetime) -> None:
        was = {to: path for path, to in change.moved.items()}
        for path, text in change.texts.items():
            if MAIL.fullmatch(path):
                carry_over(connection, was.get(path, path), path, text, actor=actor, now=now)
                carry_along(connection, was.get(path, path), path)
        of_lead, of_view = table.lead_state.c, table.saved_view.c
        # Lists and counts go by this column; the lead's own state follows with its next turn.
        had = of_lead.persona == change.old
        connection.execute(update(table.lead_state).where(had).values(persona=change.new))
        of_way = table.lead_way.c.persona == change.old
        connection.execute(update(table.lead_way).where(of_way).values(persona=change.new))
        for view, query in change.views.items():
            connection.execute(update(table.saved_view).where(of_view.id == view).values(query=query))

    return write(
        engine,
        change.texts,
        expecting=expecting,
        actor=actor,
        reason=reason,
        removed=tuple(change.moved),
        before_it=follow,
    )


def _wrong_key(programme: Programme, old: str, new: str) -> tuple[str, ...]:
    if not KEY.fullmatch(new) or new == old:
        return ("Write another key of small letters, digits and dashes, such as plant-manager.",)
    other = programme.persona(new)
    if other is not None and other.key != old:
        return (f"{new} is a key of the persona {other.name}, or was one.",)
    return ()


def _by_hand(place: Place) -> str:
    return f"{place.path}:{place.line} names it in a way of its own; change that first: {place.text}"


def _renamed_query(query: str, old: str, new: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    if ("persona", old) not in pairs:
        return query
    return urlencode([(name, new if (name, value) == ("persona", old) else value) for name, value in pairs])
