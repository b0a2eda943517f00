"""Campaigns that begin with a recipe: ``nurture new campaign SLUG --recipe welcome``, ``nurture new --list``."""

from pathlib import Path

import click

from nurture import app
from nurture.config import Settings, read_settings
from nurture.content.recipes import Recipe, blanks, instantiate, read_recipes
from nurture.errors import ProgrammeError


@click.group(invoke_without_command=True)
@click.option("--list", "listed", is_flag=True, help="Show the recipes.")
@click.pass_context
def new(context: click.Context, *, listed: bool) -> None:
    """Start from a recipe instead of an empty page."""
    if listed:
        click.echo(_listed(read_settings()))
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())


@new.command()
@click.argument("slug")
@click.option("--recipe", "wanted", required=True, help="One of nurture new --list.")
@click.option("--name", help="As pages show it.  [default: the recipe's]")
@click.option("--topic", help="A topic of the programme.  [default: the recipe's, if the programme has it]")
def campaign(slug: str, wanted: str, name: str | None, topic: str | None) -> None:
    """Copy a recipe into the campaigns folder as the campaign SLUG; nothing is overwritten."""
    settings = read_settings()
    recipe = _recipe(settings, wanted)
    topic = _topic(settings, recipe, topic)
    texts = instantiate(recipe, key=slug, name=name or recipe.card.name, topic=topic, draft=True)
    folder = settings.campaigns / slug
    if folder.exists():
        raise ProgrammeError(f"{folder} is there already; choose another name, or remove it first")
    for path, text in texts.items():
        file = settings.campaigns / Path(path).relative_to("campaigns")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    click.echo(_told(recipe, folder, texts, topic))


def _recipe(settings: Settings, wanted: str) -> Recipe:
    recipes = read_recipes(settings.recipes)
    if wanted not in recipes:
        known = ", ".join(recipes) or f"none in {settings.recipes}"
        raise ProgrammeError(f"there is no recipe {wanted!r}; the recipes are {known}")
    return recipes[wanted]


def _topic(settings: Settings, recipe: Recipe, asked: str | None) -> str | None:
    """The topic asked for, or the recipe's where the programme has it."""
    programme = app.read_catalog(settings).programme
    known = programme.topics if programme is not None else {}
    if asked is not None and asked not in known:
        raise ProgrammeError(f"the programme has no topic {asked!r}; its topics are {', '.join(known)}")
    return asked or (recipe.card.topic if recipe.card.topic in known else None)


def _told(recipe: Recipe, folder: Path, texts: dict[str, str], topic: str | None) -> str:
    """What was made, what it still needs, and what to type next."""
    missing = sum(len(blanks(text)) for path, text in texts.items() if path.endswith(".mjml"))
    lines = [f"Wrote {folder} from the recipe {recipe.slug}: {len(recipe.subjects)} mails."]
    lines += [f"It waits for the form {form!r}: {meaning}." for form, meaning in recipe.card.forms.items()]
    if topic is None:
        lines.append(
            "It has no topic, so only a full unsubscription stops it; write 'topic:' to give it one."
        )
    lines += [
        f"Replace what stands in [brackets], {missing} places, and the links to www.example.com:",
        *(f"  - {what}" for what in recipe.card.replace),
        "It is a draft, which nobody enters. When it is ready, remove the line 'draft: true', then:",
        "  nurture check",
        "  nurture apply",
    ]
    return "\n".join(lines)


def _listed(settings: Settings) -> str:
    recipes = read_recipes(settings.recipes)
    if not recipes:
        return f"There are no recipes in {settings.recipes}; see NURTURE_RECIPES."
    width = max(map(len, recipes))
    return "\n".join(
        f"{slug:<{width}}  {recipe.card.purpose} {len(recipe.subjects)} mails."
        for slug, recipe in recipes.items()
    )
