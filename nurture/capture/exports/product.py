"""A product whose exports we read, and how the rows of one of its files are to be understood."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from nurture.capture.columns import FieldSpec, Target
from nurture.capture.names import words
from nurture.capture.sayings import Saying
from nurture.vocabulary.words import Stage, SuppressionCause


class Standing(StrEnum):
    """Where a person stands on the list that an export is of."""

    SUBSCRIBED = "subscribed"
    NOT_ASKED = "not asked"
    """Known to the product, but never agreed to marketing mail, or never confirmed it."""
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    BLOCKED = "blocked"


class Meaning(msgspec.Struct, frozen=True):
    """What a documented column becomes; *why* says it of one that is left out."""

    target: Target
    key: str = ""
    why: str = ""


def is_(key: str) -> Meaning:
    """A built-in field."""
    return Meaning(Target.IDENTITY, key)


def says(saying: Saying) -> Meaning:
    return Meaning(Target.SAID, saying.value)


def left_out(why: str) -> Meaning:
    return Meaning(Target.IGNORE, why=why)


ID, CREATED_AT = Meaning(Target.ID), Meaning(Target.CREATED_AT)


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """What one product writes into its exports.

    name       as its makers write it.
    columns    its documented columns, by the words of their names (``names.words``).
    telltales  sets of columns; a file that has all of one set is this product's.
    refusals   what a column's name begins with that says which kind of mail a person refuses.
    standings  its words for where a person stands.
    stages     its words for stages, by the words of the name.
    standing_of_file  by words in a file's name, the first that fits; files of one zip are read in this order.
    all_else_refuses  whether every other column names a kind of mail, TRUE where the person refuses it.
    """

    key: str
    name: str
    columns: Mapping[str, Meaning]
    telltales: tuple[frozenset[str], ...]
    refusals: tuple[str, ...] = ()
    standings: Mapping[str, Standing] = {}
    stages: Mapping[str, Stage] = {}
    standing_of_file: tuple[tuple[str, Standing], ...] = ()
    all_else_refuses: frozenset[str] = frozenset()


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of one file are understood.

    standing  of everybody in the file, where its name or a person says so.
    lists     what the file is a list of, as a person named it.
    topics    the programme's topics, by the words of their keys and names.
    stages    which of ours each stage of theirs is.
    owners    addresses that may own leads.
    fields    those that the programme declares, for attributes that come in one cell.
    """

    product: Product
    standing: Standing | None = None
    lists: tuple[str, ...] = ()
    topics: Mapping[str, str] = {}
    stages: Mapping[str, Stage] = {}
    owners: frozenset[str] = frozenset()
    fields: tuple[FieldSpec, ...] = ()

    def agreed_topics(self) -> tuple[str, ...]:
        """The topics that the file's lists are."""
        return tuple(self.topics[words(name)] for name in self.lists if words(name) in self.topics)

    def stage_of(self, said: str) -> Stage | None:
        return self.stages.get(words(said))


SUPPRESSES: Mapping[Standing, SuppressionCause] = {
    Standing.UNSUBSCRIBED: SuppressionCause.UNSUBSCRIBED,
    Standing.BOUNCED: SuppressionCause.HARD_BOUNCE,
    Standing.BLOCKED: SuppressionCause.IMPORTED,
}
"""What each standing ends."""

FUNNEL: Mapping[str, Stage] = {
    "inquiry": Stage.INQUIRY,
    "mql": Stage.MQL,
    "marketing qualified": Stage.MQL,
    "marketing qualified lead": Stage.MQL,
    "sal": Stage.SAL,
    "sales accepted lead": Stage.SAL,
    "sql": Stage.SQL,
    "sales qualified": Stage.SQL,
    "sales qualified lead": Stage.SQL,
    "opportunity": Stage.OPPORTUNITY,
    "customer": Stage.CUSTOMER,
    "advocate": Stage.ADVOCATE,
    "disqualified": Stage.DISQUALIFIED,
    "lost": Stage.LOST,
}
"""The field's words for stages, as any product may have them."""

ANY_LIST = Product(key="list", name="the list", columns={}, telltales=(), stages=FUNNEL)
"""A list of no product that we know, about which a person says more than its columns do."""
