"""How often the verdicts on the labelled stories are right, as ``make humanity`` prints it and docs/humanity.md says it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from nurture.statistics.intervals import wilson
from tests.humanity.play import Judged, Played

KINDS = {
    "gateways": "mail gateways and their sandboxes",
    "previews": "previews, prefetching, robots",
    "proxies": "proxies of pictures, mail privacy",
    "mail-programs": "mail programs",
    "offices": "shared addresses, forwarded mail",
    "readers": "readers by themselves",
}


def page(played: Played) -> str:
    """The figures as Markdown."""
    return "\n".join([*totals(played), "", *by_kind(played.judged), "", *misjudged(played.judged), ""])


def totals(played: Played) -> list[str]:
    judged = played.judged
    machines = [each for each in judged if not each.line.is_person]
    called = [each for each in judged if each.pattern is not None]
    clicks = [each for each in judged if each.line.is_person and each.line.act == "clicks"]
    bursts = list(scanner_bursts(judged))
    programs = [each for each in judged if each.story.kind == "mail-programs"]
    rows = [
        ("precision: of what is called a machine, machines", called, lambda each: each.is_right),
        ("recall: of machines, called one", machines, lambda each: each.is_right),
        ("people's clicks dropped", clicks, lambda each: not each.is_right),
        ("mail programs taken for a machine", programs, lambda each: not each.is_right),
    ]
    caught = sum(all(each.is_right for each in burst) for burst in bursts)
    return [
        "| Measure | Figure | Share (95 %) |",
        "| --- | --- | --- |",
        *(_row(what, sum(map(is_counted, of)), len(of)) for what, of, is_counted in rows),
        _row("bursts of scanners caught whole", caught, len(bursts)),
        f"| machines that unsubscribed anybody | {played.suppressed} | |",
    ]


def by_kind(judged: Sequence[Judged]) -> list[str]:
    of_kind: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        of_kind[each.story.kind].append(each)
    return [
        "| Stories of | Stories | Machines called one | People left alone |",
        "| --- | --- | --- | --- |",
        *(
            f"| {words} | {len({each.story.name for each in of_kind[kind]})} | "
            f"{_right(of_kind[kind], is_person=False)} | {_right(of_kind[kind], is_person=True)} |"
            for kind, words in KINDS.items()
        ),
    ]


def misjudged(judged: Iterable[Judged]) -> list[str]:
    return [
        "| Story | Judged wrongly |",
        "| --- | --- |",
        *(
            f"| {each.story.name} | {each.line.text}: {each.pattern or 'a person'} |"
            for each in judged
            if not each.is_right
        ),
    ]


def scanner_bursts(judged: Iterable[Judged]) -> Iterable[list[Judged]]:
    """The clicks of each story in which a machine follows two links or more."""
    of_story: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        if each.story.kind == "gateways" and not each.line.is_person and each.line.act == "clicks":
            of_story[each.story.name].append(each)
    return (each for each in of_story.values() if len(each) > 1)


def _row(what: str, count: int, of: int) -> str:
    low, high = wilson(count, of)
    return f"| {what} | {count} of {of} | {count / of * 100:.1f} % ({low * 100:.1f} to {high * 100:.1f}) |"


def _right(judged: Iterable[Judged], *, is_person: bool) -> str:
    those = [each for each in judged if each.line.is_person == is_person]
    return f"{sum(each.is_right for each in those)} of {len(those)}" if those else ""
