"""Chance that can be repeated: who is held out, who gets which variant. A salted hash, never a random number."""

from nurture.content.model import Experiment, Programme
from nurture.identity import share


def is_held_out(programme: Programme, lead_id: int) -> bool:
    """Whether the lead belongs to the programme-wide holdout, which is not mailed so that mail's effect can be measured."""
    return share(f"holdout:{programme.name}", lead_id) < programme.sending.holdout.share


def variant_of(experiment: Experiment, *, campaign: str, step: str, lead_id: int) -> str:
    """The variant for this lead: by weight, and the same whenever it is asked."""
    point = share(f"variant:{campaign}:{step}", lead_id) * sum(experiment.variants.values())
    for variant, weight in experiment.variants.items():
        point -= weight
        if point < 0:
            return variant
    return variant
