"""A campaign played ahead on the leads of this installation: `nurture simulate`. Nothing is sent or written."""

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from msgspec.structs import replace

from nurture import app
from nurture.content.catalog import Catalog
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.insight.sentences import sentence
from nurture.insight.simulated import Band, Simulation, simulated
from webapp.simulate import SEEDS_MOST, WORDS

DAYS_MOST = 365


@click.command()
@click.argument("campaign")
@click.option(
    "--files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The programme in this folder, in place of the live one.",
)
@click.option(
    "--days", type=click.IntRange(1, DAYS_MOST), default=60, show_default=True, help="How far ahead."
)
@click.option(
    "--seed",
    type=click.IntRange(1, SEEDS_MOST),
    default=1,
    show_default=True,
    help="The same gives the same runs.",
)
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
def simulate(campaign: str, files: Path | None, days: int, seed: int, *, as_json: bool) -> None:
    """Play CAMPAIGN ahead on the leads that are here: mails a week, what leads come to, and what is assumed. Sends nothing."""
    settings = app.installed()
    engine = app.make_engine(settings)
    try:
        catalog = engine.live.catalog if files is None else app.read_catalog(settings, files)
        found = played(engine, catalog, campaign, days=days, seed=seed)
    finally:
        engine.close()
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(as_table(found))).decode())
    else:
        click.echo("\n".join(lines(found)))


def played(engine: Engine, catalog: Catalog, key: str, *, days: int, seed: int) -> Simulation:
    """Raises ProgrammeError where the programme has no such campaign."""
    programme = catalog.sound_programme()
    campaign = programme.campaigns.get(key)
    if campaign is None or campaign.broadcast is not None:
        known = ", ".join(name for name, each in programme.campaigns.items() if each.broadcast is None)
        raise ProgrammeError(f"there is no campaign {key!r}; name one of {known}")
    live = replace(campaign, draft=False)
    with engine.database.reading() as connection:
        return simulated(
            connection,
            replace(programme, campaigns={**programme.campaigns, key: live}),
            catalog,
            key,
            engine.clock.now(),
            days=days,
            seed=seed,
            sample=engine.live.number,
        )


def lines(found: Simulation) -> Iterator[str]:
    """What is assumed, then what the runs came to, as a table."""
    habits = found.habits
    yield "Assumed"
    yield f"  {found.entering:,} leads who would enter now and {found.inside:,} who are inside; nobody new comes in"
    yield f"  {found.runs} runs, each with {found.played} of them drawn at random to stand for all"
    measured = (
        f"measured on {found.measured:,} mails of it"
        if found.measured
        else "usual elsewhere, not measured here"
    )
    yield f"  {habits.opens:.0%} of mails are opened by a person, {habits.clicks:.0%} of those clicked: {measured}"
    yield f"  of clicks {habits.visits:.0%} lead to the prices, and {habits.asks:.0%} of those ask for a demo: not measured"
    handed = (
        f"measured on {found.handed:,} hand-offs" if found.handed else "usual elsewhere, not measured here"
    )
    yield f"  sales answers {habits.answers:.0%} of its leads, takes {habits.accepts:.0%} of those, returns {1 - habits.agrees:.0%} of them;"
    yield f"  of the rest {habits.wins:.0%} become customers, {habits.loses:.0%} are lost: {handed}; how long it takes: not measured"
    yield "  servers take every mail"
    if not found.runs:
        yield "Nobody would enter now and nobody is inside, so there is nobody to play with."
        return
    yield ""
    yield f"{f'In {found.days} days':40}{'middle':>10}{'9 of 10 runs':>20}"
    yield row("mails of it", found.mails)
    for name, each in found.outcomes.items():
        yield row(WORDS[name], each)
    for gate, each in found.held:
        yield row(f"waits: {gate}", each)
    yield ""
    yield f"{'Mails in week':40}{'middle':>10}{'9 of 10 runs':>20}"
    for week, each in enumerate(found.weeks, 1):
        yield row(str(week), each)
    if found.story is not None:
        yield ""
        yield f"Lead {found.story.state.lead.id}, in the first run; nothing of this has happened"
        for event in found.story.events:
            yield f"  {event.occurred_at:%Y-%m-%d %H:%M} UTC  {sentence(event)}"


def row(words: str, each: Band) -> str:
    return f"{words:40}{each.middle:>10,}{f'{each.low:,} to {each.high:,}':>20}"


def as_table(found: Simulation) -> dict[str, object]:
    """The same as JSON can say it."""
    told = {
        name: getattr(found, name)
        for name in ("days", "seed", "entering", "inside", "runs", "played", "measured", "handed", "habits", "mails", "weeks", "outcomes")
    }  # fmt: skip
    story = () if found.story is None else found.story.events
    return {
        **told,
        "held": {gate.value: each for gate, each in found.held},
        "story": [{"at": each.occurred_at, "what": sentence(each)} for each in story],
    }
