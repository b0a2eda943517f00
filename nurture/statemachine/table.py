"""Every move there is: (trigger, source, target, guard). The machine, the diagram, the docs and the pages read these lists.

What a guard needs to know comes with the question. A programme may leave stages out and narrow detours by `from`; it
cannot add a move.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Generic, TypeVar

import msgspec

from nurture.content.model import StagePolicy
from nurture.vocabulary.words import Stage, Temperature

QuestionT = TypeVar("QuestionT")
PlaceT = TypeVar("PlaceT")


class Row(msgspec.Struct, Generic[PlaceT, QuestionT], frozen=True):
    """One move: *trigger* takes a lead from *source* to *target* if *guard* holds."""

    trigger: str
    source: PlaceT
    target: PlaceT
    guard: Callable[[QuestionT], bool]


# ---------------------------------------------------------------- temperature


class TemperatureQuestion(msgspec.Struct, frozen=True):
    """What decides a temperature.

    wanted     what the interest score means to this lead, with hysteresis.
    dwelt      how long the lead has had its temperature.
    min_dwell  how long it must, before it may fall.
    """

    wanted: Temperature
    dwelt: timedelta
    min_dwell: timedelta


def wants_hot(question: TemperatureQuestion) -> bool:
    """Interest has reached where hot begins; at once."""
    return question.wanted is Temperature.HOT


def wants_warm(question: TemperatureQuestion) -> bool:
    """Interest has reached where warm begins; at once."""
    return question.wanted is Temperature.WARM


def wants_warm_and_dwelt(question: TemperatureQuestion) -> bool:
    """Interest is below where hot is left, and the lead has been hot for the least time."""
    return wants_warm(question) and question.dwelt >= question.min_dwell


def wants_cold_and_dwelt(question: TemperatureQuestion) -> bool:
    """Interest is below where warm is left, and the lead has had its temperature for the least time."""
    return question.wanted is Temperature.COLD and question.dwelt >= question.min_dwell


def always(question: object) -> bool:  # noqa: ARG001 a guard takes its question
    """Always."""
    return True


COLD, WARM, HOT = Temperature

TEMPERATURE_TABLE: tuple[Row[Temperature, TemperatureQuestion], ...] = (
    Row("score", COLD, WARM, wants_warm),
    Row("score", COLD, HOT, wants_hot),
    Row("score", WARM, HOT, wants_hot),
    Row("score", HOT, WARM, wants_warm_and_dwelt),
    Row("score", HOT, COLD, wants_cold_and_dwelt),
    Row("score", WARM, COLD, wants_cold_and_dwelt),
    Row("hand_back_warm", HOT, WARM, always),
    Row("hand_back_cold", HOT, COLD, always),
    Row("hand_back_cold", WARM, COLD, always),
)

# ---------------------------------------------------------------- stage


class StageQuestion(msgspec.Struct, frozen=True):
    """What decides a stage.

    source       where the lead is.
    target       the target's policy; None where the programme leaves the stage out.
    became_true  whether the target's `enter_when` has just become true.
    reason       why a person moves the lead; empty if none was given.
    admin        whether that person may correct stages.
    """

    source: Stage
    target: StagePolicy | None
    became_true: bool = False
    reason: str = ""
    admin: bool = False


def declared(question: StageQuestion) -> bool:
    """The programme has the stage, and lets leads go there from here."""
    policy = question.target
    return policy is not None and (not policy.from_ or question.source in policy.from_)


def earned(question: StageQuestion) -> bool:
    """The stage's `enter_when` has just become true."""
    return declared(question) and question.became_true


def corrected(question: StageQuestion) -> bool:
    """An admin gives a reason."""
    return question.target is not None and question.admin and bool(question.reason)


def further(question: StageQuestion) -> bool:
    """A lead that is merged into this one stands there, which is further."""
    return question.target is not None


def undone(question: StageQuestion) -> bool:
    """The merge that had taken the lead from there is undone."""
    return question.target is not None


PATH = (Stage.INQUIRY, Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.CUSTOMER, Stage.ADVOCATE)
BEFORE_CUSTOMER = PATH[: PATH.index(Stage.CUSTOMER)]
WITH_SALES = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)
FURTHER = (Stage.INQUIRY, Stage.RECYCLED, Stage.LOST, *PATH[1:])
"""Of two stages the one that a merge keeps stands later: what is on the path counts for more than a detour. A final one is
left alone.
"""
OPEN: tuple[Stage, ...] = tuple(stage for stage in Stage if stage is not Stage.DISQUALIFIED)

STAGE_TABLE: tuple[Row[Stage, StageQuestion], ...] = (
    *(Row("qualify", source, Stage.MQL, earned) for source in (Stage.INQUIRY, Stage.RECYCLED, Stage.LOST)),
    *(
        Row("convert", source, Stage.CUSTOMER, earned)
        for source in (*BEFORE_CUSTOMER, Stage.RECYCLED, Stage.LOST)
    ),
    Row("promote", Stage.CUSTOMER, Stage.ADVOCATE, earned),
    Row("accept", Stage.MQL, Stage.SAL, declared),
    Row("agree", Stage.SAL, Stage.SQL, declared),
    *(Row("open", source, Stage.OPPORTUNITY, declared) for source in (Stage.SAL, Stage.SQL)),
    *(Row("win", source, Stage.CUSTOMER, declared) for source in (Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)),
    Row("lose", Stage.OPPORTUNITY, Stage.LOST, declared),
    *(Row("hand_back", source, Stage.RECYCLED, declared) for source in WITH_SALES),
    *(Row("disqualify", source, Stage.DISQUALIFIED, declared) for source in OPEN),
    *(
        Row(f"correct_to_{target}", source, target, corrected)
        for source in OPEN
        for target in OPEN
        if source is not target
    ),
    *(Row(f"merge_to_{target}", source, target, further) for source, target in combinations(FURTHER, 2)),
    *(Row(f"part_to_{source}", target, source, undone) for source, target in combinations(FURTHER, 2)),
)

EARNING = {Stage.MQL: "qualify", Stage.CUSTOMER: "convert", Stage.ADVOCATE: "promote"}
"""Triggers that `enter_when` of a stage pulls."""

SETTING = {
    Stage.SQL: "agree",
    Stage.OPPORTUNITY: "open",
    Stage.CUSTOMER: "win",
    Stage.LOST: "lose",
    Stage.DISQUALIFIED: "disqualify",
}
"""Triggers that a person pulls by setting a stage; any other target is a correction."""

PULLED = {
    "score": "the interest score, at every turn",
    "hand_back_warm": "sales gives the lead back for a reason that says warm",
    "hand_back_cold": "sales gives the lead back for a reason that says cold",
    "qualify": "the lead's own conduct",
    "convert": "the lead's own conduct",
    "promote": "the lead's own conduct",
    "accept": "sales accepts the hand-off",
    "agree": "a person sets the stage",
    "open": "a person sets the stage",
    "win": "a person sets the stage",
    "lose": "a person sets the stage",
    "hand_back": "sales rejects the hand-off or gives the lead back",
    "disqualify": "a person sets the stage",
    "correct": "a person sets a stage to which nothing else leads",
    "merge": "a person merges another lead into this one",
    "part": "a person undoes a merge",
}
"""Who or what pulls each trigger, for people who read the tables; `correct` stands for all corrections, `merge` and `part` for
whatever a merge moves, and its undoing."""
