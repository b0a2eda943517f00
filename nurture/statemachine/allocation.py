"""Chance that can be repeated: who is held out, who gets which variant. A salted hash, never a random number."""

from collections.abc import Mapping

from nurture.content.model import Experiment, Programme
from nurture.identity import share


def is_held_out(programme: Programme, lead_id: int) -> bool:
    """Whether the lead belongs to the programme-wide holdout, which is not mailed so that mail's effect can be measured."""
    return share(f"holdout:{programme.name}", lead_id) < programme.sending.holdout.share


def variant_of(
    experiment: Experiment,
    *,
    campaign: str,
    step: str,
    lead_id: int,
    learned: Mapping[str, float] | None = None,
) -> str:
    """The variant for this lead: by its odds, and the same whenever it is asked with the same ones."""
    point = share(f"variant:{campaign}:{step}", lead_id)
    for variant, chance in odds(experiment, learned).items():
        point -= chance
        if point < 0:
            return variant
    return variant


def odds(experiment: Experiment, learned: Mapping[str, float] | None) -> Mapping[str, float]:
    """How probable each variant is, in written order; they add up to 1.

    learned  the newest weights of the experiment; None for none yet. What was learned about other variants than those
             of today is of no use: then, and with a fixed method, the written weights hold.
    """
    if (
        experiment.method == "thompson"
        and learned is not None
        and learned.keys() == experiment.variants.keys()
    ):
        return {variant: learned[variant] for variant in experiment.variants}
    total = sum(experiment.variants.values())
    return {variant: weight / total for variant, weight in experiment.variants.items()}
