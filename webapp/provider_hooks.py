"""Where mail providers post what they know of our mails: proven first, answered after the commit, and nothing shown.

POST /hooks/<provider>   200 taken in (again, too); 401 not proven; 404 not set up;
413 too large; 429 too many without proof; 503 the store is away, to be sent again
"""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit

from flask import Response, request

from nurture.engine.engine import Engine
from nurture.engine.provider_events import RAW_MAX, take_in
from nurture.log import get_log
from nurture.providers.known import KNOWN
from nurture.providers.model import Request, UnprovenError
from nurture.providers.sns import Fetch, confirmation
from nurture.store.database import STORE_AWAY
from webapp.rights import Area, Permission, area

log = get_log(__name__)

PREFIX = "/hooks/"
REFUSED_MOST = 30
"""So many webhooks without proof from one network address within REFUSED_FOR; then nothing of it is read any more."""
REFUSED_FOR = timedelta(minutes=1)
ADDRESSES_MOST = 10_000


def pages(engine: Engine, secrets: Mapping[str, str], public_url: str, fetch: Fetch) -> Area:
    """Take webhooks of the providers that *secrets* names.

    public_url  how providers reach us: one of them signs the address too.
    fetch       gets what lies at an address of Amazon SNS.
    """
    pages = area("provider_hooks", see=Permission.PUBLIC)
    refusals = Refusals()

    @pages.post(f"{PREFIX}<provider>")
    def receive(provider: str) -> Response:
        request.max_content_length = RAW_MAX
        secret = secrets.get(provider)
        if secret is None or provider not in KNOWN:
            return _answer(404)
        now, client = engine.clock.now(), request.remote_addr or ""
        if refusals.are_too_many(client, now):
            return _answer(429)
        given = _given(f"{_base(engine.base_url, public_url)}{request.path}")
        if not given.body:
            return _answer(200)  # whether we are there, some ask before they post
        try:
            KNOWN[provider].prove(given, secret, now, fetch)
        except UnprovenError as error:
            count = refusals.add(provider, client, now)
            log.warning("webhook refused", provider=provider, why=error, refused=count)
            return _answer(401)
        url = confirmation(given) if provider == "amazon_ses" else ""
        if url and not _confirmed(url, fetch):
            return _again()
        take_in(engine, provider, given)
        return _answer(200)

    @pages.route(f"{PREFIX}<provider>", methods=["HEAD"], provide_automatic_options=False)
    def ask(provider: str) -> Response:
        return _answer(200 if provider in secrets else 404)

    def store_is_away(error: Exception) -> Response:
        log.error("webhook not taken", path=request.path, error=error)
        return _again()

    for each in STORE_AWAY:
        pages.register_error_handler(each, store_is_away)
    return pages


class Refusals:
    """How often webhooks were refused: by provider for the log, by network address to end it."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._recent: dict[str, deque[datetime]] = defaultdict(deque)
        self._lock = Lock()

    def add(self, provider: str, client: str, now: datetime) -> int:
        """Count one. Returns how many there were of the provider since the start."""
        with self._lock:
            if len(self._recent) >= ADDRESSES_MOST:
                self._recent.clear()
            self._recent[client].append(now)
            self._counts[provider] += 1
            return self._counts[provider]

    def are_too_many(self, client: str, now: datetime) -> bool:
        with self._lock:
            recent = self._recent.get(client)
            while recent and now - recent[0] > REFUSED_FOR:
                recent.popleft()
            return recent is not None and len(recent) >= REFUSED_MOST


def _given(url: str) -> Request:
    return Request(
        body=request.get_data(cache=False, parse_form_data=False),
        headers={name.lower(): value for name, value in request.headers.items()},
        content_type=request.content_type or "",
        url=url,
    )


def _confirmed(url: str, fetch: Fetch) -> bool:
    """Whether Amazon knows now that we want what a topic says."""
    try:
        fetch(url)
    except UnprovenError as error:
        log.warning("webhook not confirmed", why=error)
        return False
    log.info("webhook confirmed")
    return True


def _base(*ours: str) -> str:
    """Of our public addresses the one by which the provider came; a proxy in front may have changed the scheme."""
    return next((base for base in ours if urlsplit(base).netloc == request.host), ours[-1])


def _again() -> Response:
    return _answer(503, **{"Retry-After": "60"})


def _answer(status: int, **headers: str) -> Response:
    return Response(status=status, headers=headers, mimetype="text/plain")
