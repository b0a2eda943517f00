"""Which pages the product has, from its map of URLs: so that none is forgotten where all of them are looked at."""

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urldefrag, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

NO_PAGES = {
    "static": "files",
    "bulk.progress": "numbers for a script",
    "imports.progress": "numbers for a script",
    "imports.rejects": "a CSV file",
    "sample.progress": "numbers for a script",
    "login_with.come_back": "a way on",
    "login_with.leave": "a way to another site",
    "lead.score": "numbers for a script",
    "lead.mail_html": "the mail in a frame",
    "mail_versions.one": "the mail in a frame",
    "system_mails.one": "the mail in a frame",
    "mail_editor.words": "words for a script",
    "mailbox.html": "the mail in a frame",
    "mailbox.source": "the mail's bytes",
    "forms_public.script": "a script for other sites",
    "reports.steps_csv": "a CSV file",
    "reports.sales_csv": "a CSV file",
    "reports.experiments_csv": "a CSV file",
    "reports.funnel_csv": "a CSV file",
    "suppressions.export": "a CSV file",
}
"""What is answered to GET without being a page of ours, and what it is."""


def views(app: Flask) -> set[str]:
    """The endpoints of all pages that *app* has."""
    return {
        rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
    } - NO_PAGES.keys()


def view_of(app: Flask, path: str) -> str | None:
    """The endpoint of the page at *path*; None where there is none."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return None if endpoint in NO_PAGES else str(endpoint)


def forgotten(app: Flask, paths: Iterable[str]) -> list[str]:
    """The pages that none of *paths* shows."""
    return sorted(views(app) - {view_of(app, path) for path in paths})


class Walk:
    """Paths worth a look: those given, then those that pages link to, a few of each view."""

    def __init__(self, app: Flask, paths: Iterable[str], *, most: int = 2) -> None:
        self._app = app
        self._most = most
        self._taken: Counter[str] = Counter()
        self._waiting: list[str] = []
        self._known: set[str] = set()
        self.paths: list[str] = []
        for path in paths:
            self._add(path, view_of(app, path) or "nowhere")

    def __iter__(self) -> "Walk":
        return self

    def __next__(self) -> str:
        if not self._waiting:
            raise StopIteration
        self.paths.append(self._waiting.pop(0))
        return self.paths[-1]

    def links(self, found: Iterable[str]) -> None:
        """The page at hand links to *found*: paths within the product."""
        for path in (urldefrag(each).url for each in found):
            view = view_of(self._app, path)
            if view is not None and self._taken[view] < self._most:
                self._add(path, view)

    def _add(self, path: str, view: str) -> None:
        if path not in self._known:
            self._known.add(path)
            self._taken[view] += 1
            self._waiting.append(path)
