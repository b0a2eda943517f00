"""What people call what the programme knows by keys: a persona by its name, an agreed time by what it is for."""

from collections.abc import Iterator

from flask import Flask, g
from flask_babel import gettext  # type: ignore[import-untyped]

from nurture.content.model import Programme
from nurture.languages.said import plain
from nurture.vocabulary.words import Stage
from webapp.said import said


def add_to(app: Flask) -> None:
    """Give templates the words: ``{{ state.persona|persona_name }}``."""
    app.add_template_filter(persona_name)


def persona_name(key: str) -> str:
    """The name of the persona of this key, or of an earlier one; the key as words where the programme has none of it."""
    live = g.get("live")
    persona = None if live is None else live.programme.persona(key)
    return plain(key) if persona is None else persona.name


def persona_names() -> dict[str, str]:
    """Every key that a persona of the live programme has, or had, and its name."""
    live = g.get("live")
    personas = () if live is None else live.programme.personas
    return {key: each.name for each in personas for key in (each.key, *each.was)}


def agreed_times(programme: Programme) -> Iterator[str]:
    """What sales has agreed to, stage by stage: 'accepted within 4 business hours'."""
    for stage, policy in programme.stages.items():
        sla = programme.sla.get(policy.sla or "")
        if sla is None:
            continue
        within = said(sla.within)
        match stage:
            case Stage.MQL:
                yield gettext("accepted within %(within)s", within=within)
            case Stage.SAL:
                yield gettext("spoken to within %(within)s", within=within)
            case _:
                yield gettext("%(name)s within %(within)s", name=plain(policy.sla or ""), within=within)
