"""The table of promises, and the one walk through it."""

from collections.abc import Callable, Iterable, Iterator

from nurture.check import asks, forms, mails, reaches, refers, sense, times, tracks
from nurture.check.written import Written, written
from nurture.content.catalog import Catalog
from nurture.content.problems import Problem

Promise = Callable[[Written], Iterator[Problem]]

PROMISES: tuple[Promise, ...] = (
    asks.readable,
    asks.declared_names,
    asks.declared_fields,
    asks.possible_values,
    asks.known_acts,
    asks.known_links,
    asks.timed_interest,
    asks.readable_notes,
    refers.mails_of_steps,
    refers.mail_of_sunset,
    refers.campaigns_of_reasons,
    refers.groups_of_rules,
    refers.clocks_of_stages,
    refers.teams_of_routes,
    refers.topics_of_campaigns,
    refers.segments_of_broadcasts,
    refers.personas_of_tracks,
    refers.former_keys,
    refers.webhooks_of_steps,
    refers.variants_of_experiments,
    refers.tasks_for_someone,
    refers.unused_mails,
    reaches.temperatures_within_reach,
    reaches.grades_within_reach,
    reaches.personas_within_reach,
    tracks.tracks_within_reach,
    tracks.tracks_without_ties,
    tracks.content_for_everyone,
    tracks.steps_within_reach,
    tracks.unique_steps,
    tracks.plain_keys,
    sense.bands,
    times.zones,
    times.hours,
    times.holiday_countries,
    sense.fields,
    times.plain_durations,
    times.half_lives,
    times.clocks,
    sense.hand_offs,
    sense.amounts,
    sense.ramp,
    sense.addresses,
    forms.questions_of_forms,
    forms.hidden_values,
    forms.agreements_of_forms,
    forms.ways_of_forms,
    mails.files_for_everybody,
    mails.personas_of_files,
    mails.sendable,
    mails.written_out,
)
"""Each promise's docstring says what is promised; its function finds where that is not kept."""


_checked: dict[str, tuple[Problem, ...]] = {}
"""What was found in the sets of texts that were asked about last: a page asks again about the same one."""
CHECKED_MOST = 8


def check(catalog: Catalog) -> tuple[Problem, ...]:
    """Everything that is wrong with *catalog*, by file and line; what could not be read comes with it."""
    known = _checked.get(catalog.revision)
    if known is None:
        if len(_checked) >= CHECKED_MOST:
            _checked.clear()
        known = _checked[catalog.revision] = _found(catalog)
    return known


def _found(catalog: Catalog) -> tuple[Problem, ...]:
    found = set(catalog.problems)
    sound = written(catalog)
    if sound is not None:
        for promise in PROMISES:
            found.update(promise(sound))
    return tuple(sorted(found))


def report(problems: Iterable[Problem]) -> str:
    """The problems as lines for a terminal, warnings marked, with a sum at the end."""
    told = list(problems)
    lines = [f"{'warning: ' if problem.severity == 'warning' else ''}{problem}" for problem in told]
    errors = sum(problem.severity == "error" for problem in told)
    warnings = len(told) - errors
    if not told:
        return "every promise is kept"
    return "\n".join([*lines, f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"])


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
