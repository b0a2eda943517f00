"""Where a form stands and who came to it: its page, the page before, and the campaign, as the address says it."""

from collections.abc import Collection, Mapping
from urllib.parse import urlencode, urlsplit

from flask import Request

from nurture.engine.links import FOR
from nurture.tracking.hits import without_query
from nurture.tracking.script import UTM

LENGTH_MAX = 300


def about(request: Request, base_url: str) -> dict[str, str | Mapping[str, str]]:
    """What is kept of it; of addresses never the query, which may hold personal data.

    A form inside a page of the company is told by the embedding script which page that is.
    """
    page = without_query(request.args.get("page", ""), origin=True)[:LENGTH_MAX]
    site, path = _apart(page or f"{base_url}{request.path}")
    utm = {name: request.args[f"utm_{name}"][:LENGTH_MAX] for name in UTM if request.args.get(f"utm_{name}")}
    said: dict[str, str | Mapping[str, str]] = {"site": site, "path": path}
    if referer := came_from(request):
        said["referer"] = referer
    if utm:
        said["utm"] = utm
    return said


def came_from(request: Request) -> str:
    """The page before the form's; "" where it is not told."""
    told = request.args.get("ref") or (request.referrer if request.method == "GET" else "") or ""
    return without_query(told, origin=True)[:LENGTH_MAX]


def same_address(request: Request) -> str:
    """The form's own address, for its answers: with all that says where it stands, which no cookie keeps."""
    kept = {name: request.args[name] for name in ("embed", "page", FOR) if name in request.args}
    kept |= {name: value for name, value in request.args.items() if name.removeprefix("utm_") in UTM}
    if referer := came_from(request):
        kept["ref"] = referer
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def from_elsewhere(request: Request, ours: Collection[str]) -> str:
    """The site that a submission was sent from (RFC 6454 §7), where it is none of *ours*; "" also where it is not told."""
    origin = request.headers.get("Origin", "")
    return "" if origin in (*ours, f"{request.scheme}://{request.host}", "null", "") else origin


def _apart(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", parts.path or "/"
