"""What may be written where in the code of a mail, for the list that its code pane offers. Fetched with the pane, not with the page."""

from typing import Any

from nurture.content.catalog import Catalog
from nurture.content.filters import FILTERS
from nurture.content.merge_fields import OWNER_FIELDS
from nurture.content.mjml.choices import CHOICES
from nurture.content.mjml.schema import CHILDREN
from nurture.content.outline import outline
from nurture.content.segments import ADDRESSES
from nurture.content.system_mails import SystemMail
from nurture.content.system_texts import system_mail_at
from webapp.said import said

SURE = {
    "programme.name": "our company",
    "programme.postal_address": "its postal address",
    "programme.sender.name": "whom mail is from",
    "programme.sender.address": "the address that it is from",
    "campaign.name": "this campaign",
    "campaign.contact": "who answers questions",
    "signature": "of whom the mail is from",
    **dict.fromkeys(sorted(ADDRESSES), "an address of ours"),
}
"""What a mail may say besides its lead, always known, and what it is."""
CALLED = {
    "default": "default('', true)",
    "date": "date('%-d %B %Y')",
    "join": "join(', ')",
    "truncate": "truncate(80)",
}
"""Filters that say little without an argument, as one would write them."""
SHORT = frozenset({"d"})
"""Another name of a filter that has a better one."""


def words_of(catalog: Catalog, path: str) -> dict[str, Any]:
    """What may stand in each element, and in attributes of few values; which classes the layouts name, and which values and filters there are.

    The attributes of each element and what the mail can say of its reader are in what the page begins with: its inspector
    needs them too.
    """
    return {
        "children": {tag: sorted(names) for tag, names in CHILDREN.items()},
        "choices": CHOICES,
        "classes": classes(catalog),
        "values": of_leads() if (kind := system_mail_at(catalog, path)) is None else of_system(kind),
        "filters": [{"name": name, "put": CALLED.get(name, name)} for name in FILTERS if name not in SHORT],
    }


def of_leads() -> list[dict[str, Any]]:
    """What a mail may say besides its lead."""
    return [
        *({"name": name, "words": said(words), "sure": True} for name, words in SURE.items()),
        *(
            {"name": f"owner.{name}", "words": said("the lead's rep"), "sure": False}
            for name in sorted(OWNER_FIELDS)
        ),
    ]


def of_system(kind: SystemMail) -> list[dict[str, Any]]:
    """What a system mail may say besides single values: its rows and lines, and the company."""
    several = {name: kind.names[name] for name in sorted(kind.tables | kind.lines)}
    ours = {name: SURE[name] for name in ("programme.name", "programme.postal_address")}
    return [{"name": name, "words": said(words), "sure": True} for name, words in (several | ours).items()]


def classes(catalog: Catalog) -> list[str]:
    """The names that ``mj-class`` can have, from the layouts and partials."""
    return sorted(
        {
            text[name.value_start : name.value_end]
            for text in catalog.templates.values()
            for _, node in outline(text).walk()
            if node.name == "mj-class" and (name := node.attribute("name")) is not None
        }
    )
