"""What a person reads of an import: what each column becomes, what a file brings beside its rows."""

from collections.abc import Sequence

from nurture.capture.columns import Column, Target
from nurture.capture.exports.product import Standing
from nurture.capture.names import words
from nurture.capture.records import sample_rows
from nurture.capture.sayings import Saying
from nurture.content.model import Programme
from nurture.engine.importing import Source
from nurture.engine.moving_tally import Tally
from nurture.vocabulary.words import Stage


def goal(column: Column) -> str:
    """What a column becomes."""
    match column.target:
        case Target.NEW:
            return f"{column.key} (not declared: kept in the history only)"
        case Target.SAID:
            return column.key.replace("_", " ")
        case Target.IGNORE:
            return "left out"
        case _:
            return column.key or column.target.value


def came_along(tally: Tally) -> list[tuple[str, str]]:
    """What an export brings beside its rows, and how much: the first three always, the others where there are any."""
    suppressed = ", ".join(f"{count} {cause}" for cause, count in sorted(tally.suppressed.items()))
    stages = ", ".join(f"{count} {stage}" for stage, count in sorted(tally.stages.items()))
    held = f" ({tally.held} open no topic: suppressed or refused here)" if tally.held else ""
    told = (
        ("suppressed", suppressed or "nobody"),
        ("consents", f"{tally.consents}{held}"),
        ("events of history", str(tally.history)),
        ("wait for their consent", str(tally.unasked or "")),
        ("topics refused by", str(tally.refusals or "")),
        ("stages", stages),
        ("rows with tags", str(tally.tagged or "")),
    )
    return [(what, said) for what, said in told if said]


def what_lists_mean(source: Source, programme: Programme) -> list[str]:
    """What subscribers of the named lists agree to, and which names are no topic of ours."""
    if source.export is None:
        return []
    agreed = source.export.agreed_topics()
    unknown = [name for name in source.export.lists if words(name) not in source.export.topics]
    said = []
    if agreed and source.export.standing in (None, Standing.SUBSCRIBED):
        said.append(f"Who is subscribed agrees to: {', '.join(agreed)}.")
    if unknown:
        said.append(
            f"No topic is called {', '.join(unknown)}: kept with the proof of consent only. "
            f"Topics: {', '.join(programme.topics) or 'none'}."
        )
    return said


def stages_met(source: Source, programme: Programme) -> list[tuple[str, str]]:
    """Each stage of theirs that the sample has, and what it becomes."""
    if source.export is None:
        return []
    said = _values(source, Saying.STAGE)
    return [(theirs, _becomes(source.export.stage_of(theirs), programme)) for theirs in said]


def _becomes(stage: Stage | None, programme: Programme) -> str:
    policy = None if stage is None else programme.stages.get(stage)
    if stage is None:
        return "kept in the history only"
    if policy is None:
        return f"kept in the history only: the programme has no stage {stage}"
    return f"{stage}, and is handed to {policy.hand_off}" if policy.hand_off else stage.value


def _values(source: Source, saying: Saying) -> Sequence[str]:
    """The values of a saying's column in the sample, each once."""
    places = [
        place
        for place, name in enumerate(source.shape.columns)
        for column in source.mapping.of(Target.SAID)
        if column.column == name and column.key == saying
    ]
    if not places:
        return []
    rows = sample_rows(source.path, source.shape)
    found = (row[place].strip() for row in rows for place in places if place < len(row))
    return sorted({each for each in found if each})
