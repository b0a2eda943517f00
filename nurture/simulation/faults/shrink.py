"""A failing run made smaller: fewer perils, fewer leads, and it still fails."""

from nurture.simulation.faults.perils import ALWAYS, NAMES
from nurture.simulation.faults.run import Outcome, run


def shrunk(failed: Outcome) -> Outcome:
    """The smallest run of the same seed that was found to fail, too. Takes as long as some twenty runs."""
    smallest = failed
    for name in NAMES:
        if name not in ALWAYS and getattr(smallest.perils, name):
            tried = run(failed.seed, perils=smallest.perils.without(name), leads=smallest.leads)
            smallest = tried if tried.violations else smallest
    for leads in range(1, smallest.leads):
        tried = run(failed.seed, perils=smallest.perils, leads=leads)
        if tried.violations:
            return tried
    return smallest


def told(outcome: Outcome) -> str:
    """What a run needs to be understood: what went wrong in it, the story, and what must not have happened."""
    perils = ", ".join(name for name in NAMES if getattr(outcome.perils, name))
    return "\n".join(
        (
            *outcome.story,
            "",
            f"seed {outcome.seed}, {outcome.leads} leads, perils: {perils}",
            *(f"violated: {sentence}" for sentence in outcome.violations or ("nothing",)),
        )
    )
