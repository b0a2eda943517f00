"""A way in for mail that comes back: opened and left again, nothing is read or marked."""

from nurture.doctor.facts import Inbox
from nurture.engine.feedback_inbox import Inbox as WayIn
from nurture.engine.feedback_inbox import InboxError
from nurture.languages.told import text_of


def inbox_of(way_in: WayIn) -> Inbox:
    try:
        with way_in.open() as session:
            session.waiting()
    except InboxError as error:
        return Inbox(name=way_in.name, problem=text_of(error))
    return Inbox(name=way_in.name)
