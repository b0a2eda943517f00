"""The words of the five steps from the sample to a programme of one's own, each with where it is taken."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import current_app, url_for

from nurture.insight.checklist import Setup
from webapp.acting import i_may_go

STEPS: Mapping[Setup, tuple[str, str, str | None, tuple[tuple[str, str, dict[str, Any]], ...]]] = {
    Setup.SENDER: (
        "Say who sends",
        "Your name, address and postal address stand in every mail. The shipped ones belong to nobody.",
        None,
        (("Set the sender", "sender.sender", {}),),
    ),
    Setup.PERSONAS: (
        "Describe your buyers",
        "Replace the shipped personas: what each wants, and the rules that tell one from another.",
        None,
        (
            ("Personas", "personas.personas", {}),
            ("Open the file", "texts.text", {"path": "campaigns/programme.yaml"}),
        ),
    ),
    Setup.TRACKS: (
        "Write a campaign",
        "Start from a recipe: it makes a draft of your own that mails nobody until you make it live.",
        None,
        (("New campaign", "recipes.new", {}),),
    ),
    Setup.IMPORT: (
        "Bring in your leads",
        "A dry run shows what would happen before anything is kept.",
        "nurture leads import FILE",
        (("Import leads", "imports.imports", {}),),
    ),
    Setup.LIVE: (
        "Go live",
        "Name your mail server, and the address under which recipients reach this installation.",
        None,
        (("Set up sending", "sending.sending", {}),),
    ),
}
"""Title, words, a command, and buttons: label, endpoint and its values."""


def first_steps() -> dict[Setup, tuple[str, str, str | None, list[tuple[str, str]]]]:
    """The steps with the addresses of the pages that this application has and its reader may see."""
    return {
        step: (title, words, command, list(_links(links)))
        for step, (title, words, command, links) in STEPS.items()
    }


def _links(links: tuple[tuple[str, str, dict[str, Any]], ...]) -> Iterator[tuple[str, str]]:
    for label, endpoint, values in links:
        if endpoint in current_app.view_functions and i_may_go(endpoint):
            yield label, url_for(endpoint, **values)
