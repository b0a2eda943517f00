"""What the fields of our forms are called, where only their names are at hand: read once from the templates, where each stands with its label."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import current_app
from flask_babel import gettext  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from webapp.field_names import named
from webapp.said import said

TEMPLATES = Path(__file__).parent / "templates"
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
ACTION = re.compile(r"""action="\{\{ url_for\(['"]([\w.]+)['"]""")
WORDS = r"""\{\{ _\("([^"]+)"(?:,[^}]*)?\) \}\}"""
BEFORE = re.compile(
    rf"""<label[^>]*>\s*{WORDS}(?:(?!</label>).)*?<(?:input|select|textarea)\b[^>]*?\bname="([\w.-]+)\"""",
    re.DOTALL,
)
BEHIND = re.compile(rf"""<label[^>]*>\s*<input\b[^>]*?\bname="([\w.-]+)"[^>]*>\s*{WORDS}""")


def label_of(path: str, name: str) -> str:
    """The label of the field *name* of the form that is sent to *path*, in the reader's language; without one, its name as words."""
    by_form, anywhere = labels()
    found = by_form.get((endpoint_of(path), name)) or (
        anywhere[name][0] if len(anywhere.get(name, ())) == 1 else ""
    )
    return gettext(found) if found else said(named(name.replace("-", "_")))


def endpoint_of(path: str) -> str:
    """The view that answers what is sent to *path*; empty for none."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path.partition("?")[0], method="POST")
    except (HTTPException, RequestRedirect):
        return ""
    return str(endpoint)


@cache
def labels() -> tuple[Mapping[tuple[str, str], str], Mapping[str, tuple[str, ...]]]:
    """By view and field, and by field alone with every label that it has anywhere. Labels with values in them are left out."""
    by_form: dict[tuple[str, str], str] = {}
    anywhere: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(TEMPLATES.glob("*.html")):
        text = path.read_text("utf-8")
        for attributes, body in FORM.findall(text):
            action = ACTION.search(attributes)
            for name, label in labelled(body):
                by_form.setdefault((action[1] if action else "", name), label)
        for name, label in labelled(text):
            if label not in anywhere[name]:
                anywhere[name].append(label)
    return by_form, {name: tuple(found) for name, found in anywhere.items()}


def labelled(markup: str) -> list[tuple[str, str]]:
    found = [(name, label) for label, name in BEFORE.findall(markup)] + BEHIND.findall(markup)
    return [(name, label) for name, label in found if "%(" not in label]
