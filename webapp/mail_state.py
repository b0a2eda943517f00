"""What the editor of a mail knows from the start: the text, who may read it as whom, and what can be put in."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from nurture.content.catalog import MAIL, Catalog
from nurture.content.mails import LANGUAGES, variant_name
from nurture.content.merge_fields import ALWAYS_KNOWN
from nurture.content.mjml.schema import ATTRIBUTES
from nurture.content.outline import NodeKind, outline
from nurture.content.shared_block import PAGE_PARTS
from nurture.content.system_mails import SystemMail
from nurture.content.system_texts import system_mail_at
from nurture.engine.drafts import Draft, drafts
from nurture.engine.engine import Engine
from nurture.engine.named_versions import names_of as names_of_versions
from nurture.engine.reviews import open_comments, state_of
from nurture.insight.examples import example_leads
from nurture.languages.said import plain
from nurture.vocabulary.lead import BUILT_IN_FIELDS
from webapp.acting import i_may
from webapp.field_names import called
from webapp.mail_around import around
from webapp.moments import clock_time
from webapp.said import island_words, said

EXAMPLES = 12
"""How many leads a preview offers."""


def editor_state(
    engine: Engine, path: str, text: str, draft: Draft | None, nonce: str, *, before: str | None = None
) -> dict[str, Any]:
    """Everything that the editor of the mail at *path* begins with; *before* is the text that its Undo goes back to at once."""
    live = engine.live
    kind = system_mail_at(live.catalog, path)
    with engine.database.reading() as connection:
        readers = example_leads(connection, most=EXAMPLES) if kind is None else ()
        begun = drafts(connection)
        state = state_of(connection, path, text, live.catalog.texts.get(path))
        comments = open_comments(connection, path)
        named = names_of_versions(connection, path)
    return {
        "words": island_words(),
        "state": state.value,
        "comments": comments,
        "path": path,
        "title": plain(variant_name(path)[0].rpartition("/")[2]).capitalize(),
        "base": url_for("texts.text", path=path),
        "back": url_for("mail_library.mails"),
        "csrf": generate_csrf(),
        "nonce": nonce,
        "text": text,
        "before": before,
        "named": named,
        "live": live.number,
        "draft": 0 if draft is None else draft.number,
        "saved": "" if draft is None else clock_time(draft.saved_at),
        "savedBy": "" if draft is None else draft.actor,
        "isLive": path in live.catalog.texts,
        "mayEdit": i_may("edit"),
        "mayPublish": i_may("publish"),
        "readers": [{"lead": each.state.lead.id, "words": said(each.words)} for each in readers],
        "isSystem": kind is not None,
        "personas": [
            {"key": each.key, "words": each.name} for each in live.programme.personas if kind is None
        ],
        "languages": sorted(LANGUAGES),
        "files": family(live.catalog, path, begun),
        "fields": fields(live.catalog) if kind is None else names_of(kind),
        "shared": shared_blocks(live.catalog),
        "around": around(live.catalog, text),
        "known": {tag: sorted(names) for tag, names in ATTRIBUTES.items()},
    }


def family(catalog: Catalog, path: str, begun: dict[str, Draft]) -> list[dict[str, Any]]:
    """The files of the same mail, the one for everybody first."""
    return [
        {
            "words": " · ".join(part for part in variant_name(each)[1:] if part) or said("Everybody"),
            "href": url_for("texts.text", path=each),
            "current": each == path,
            "draft": each in begun,
        }
        for each in files_of((*catalog.texts, *begun, path), path)
    ]


def files_of(paths: Iterable[str], path: str) -> list[str]:
    """Those of *paths* that are files of the same mail as *path*, the one for everybody first."""
    folder, mail = path.rpartition("/")[0], variant_name(path)[0]
    mails = {each for each in paths if each.startswith(f"{folder}/") and MAIL.fullmatch(each)}
    found = [each for each in sorted(mails) if variant_name(each)[0] == mail]
    return sorted(found, key=lambda each: [part or "" for part in variant_name(each)[1:]])


def fields(catalog: Catalog) -> list[dict[str, Any]]:
    """What a mail can say of its lead, and whether every lead has it."""
    declared = {} if catalog.programme is None else catalog.programme.fields
    sure = ALWAYS_KNOWN | {name for name, field in declared.items() if field.default is not None}
    return [
        {"name": f"lead.{name}", "words": called(name), "sure": name in sure}
        for name in dict.fromkeys((*BUILT_IN_FIELDS, *declared))
    ]


def names_of(kind: SystemMail) -> list[dict[str, Any]]:
    """What a system mail can say as one value. What is not known is empty in it, so that none needs a fallback."""
    return [
        {"name": name, "words": called(name), "sure": True}
        for name in kind.names
        if name not in kind.tables | kind.lines
    ]


def shared_blocks(catalog: Catalog) -> list[dict[str, str]]:
    """The partials that can stand between the elements of a mail."""
    found = []
    for name, text in sorted(catalog.templates.items()):
        nodes = [node for _, node in outline(text).walk()]
        is_layout = any(
            node.name in PAGE_PARTS or node.name == "extends" or node.kind is NodeKind.BLOCK for node in nodes
        )
        if nodes and not is_layout:
            words = (
                name.removeprefix("mail/")
                .removesuffix(".mjml")
                .replace(".", " · ")
                .replace("-", " ")
                .capitalize()
            )
            found.append({"words": words, "text": f'{{% include "{name}" %}}'})
    return found
