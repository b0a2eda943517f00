"""The few lines of WSGI in front of Flask that answer pixels, links and the script: known, written down, answered.

A hit is on the disk before its answer leaves, and nothing is decided here. A token is checked without the database.

Who is behind a visit. Links carry nothing on to the page: people pass URLs on, and with a token in them one lead's
visits would become another's. Instead the visitor cookie ``nv`` (HttpOnly, SameSite=Lax) lives on the tracking host, a
sibling of the company's site; a click that brings it is noted with touch and visitor, so that the visits of the same
browser belong to the lead. It is set with the first message after ``nurture.consent()``, and on a click only if
*recognise_clicks* says that the recipients have agreed to that.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from nurture.errors import TokenError
from nurture.identity import Keyring, TouchToken, new_visitor_id
from nurture.log import get_log
from nurture.ports import Clock
from nurture.tracking import answers, messages, request
from nurture.tracking.answers import Answer
from nurture.tracking.hits import HONEYPOT, Hit, HitKind, to_record
from nurture.tracking.links import LinkDirectory, location
from nurture.tracking.spool import Spool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READING = ("GET", "HEAD")
LINK_DIGITS_MAX = 4

log = get_log(__name__)


class TrackingApp:
    """Answers the tracking paths and leaves all others to *fallback*.

    /o/<token>.gif      the pixel; a token that is not ours gets it too and is not written down.
    /c/<token>/<index>  to the link that the mail named, or 404: there is no way to any other place.
    /t/events           messages of the script, from pages of *origins* ("https://www.example.com").
    /t/nurture.js       the script.

    A hit that the disk refuses is answered with 503: whatever is answered otherwise is kept.
    """

    def __init__(
        self,
        fallback: "WSGIApplication",
        *,
        spool: Spool,
        keyring: Keyring,
        clock: Clock,
        links: LinkDirectory,
        random_bytes: Callable[[int], bytes],
        origins: Collection[str] = (),
        recognise_clicks: bool = False,
    ) -> None:
        self._fallback = fallback
        self._spool = spool
        self._keyring = keyring
        self._clock = clock
        self._links = links
        self._random_bytes = random_bytes
        self._origins = frozenset(origins)
        self._recognise_clicks = recognise_clicks

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        method: str = environ["REQUEST_METHOD"]
        if path.startswith("/o/") and method in READING:
            answer = self._opened(environ, path[3:])
        elif path.startswith("/c/") and method in READING:
            answer = self._clicked(environ, path[3:])
        elif path == "/t/events" and method in messages.METHODS:
            answer = self._told(environ)
        elif path == "/t/nurture.js" and method in READING:
            answer = messages.SCRIPT
        else:
            return self._fallback(environ, start_response)
        start_response(answer.status, list(answer.headers))
        return [answer.body] if method != "HEAD" else []

    def _opened(self, environ: "WSGIEnvironment", name: str) -> Answer:
        token = self._token(name.removesuffix(".gif"))
        if token is None:
            return answers.PIXEL
        hit = request.hit_of(
            environ,
            HitKind.OPEN,
            at=self._clock.now(),
            touch_id=token.touch_id,
            mail_revision=token.mail_revision,
        )
        return answers.PIXEL if self._keep(hit) else answers.PIXEL_NOT_KEPT

    def _clicked(self, environ: "WSGIEnvironment", name: str) -> Answer:
        text, _, digits = name.partition("/")
        token = self._token(text)
        if token is None or not (digits.isascii() and digits.isdigit() and len(digits) <= LINK_DIGITS_MAX):
            return answers.UNKNOWN_LINK
        index = int(digits)
        url = self._links.url(token.mail_revision, index, token)
        if url is None and index != HONEYPOT:
            return answers.UNKNOWN_LINK
        visitor = request.visitor(environ)
        cookies = []
        if self._recognise_clicks and not visitor:
            visitor = new_visitor_id(self._random_bytes)
            cookies.append(request.visitor_cookie(environ, visitor))
        hit = request.hit_of(
            environ,
            HitKind.CLICK,
            at=self._clock.now(),
            touch_id=token.touch_id,
            mail_revision=token.mail_revision,
            link=index,
            visitor=visitor,
        )
        if not self._keep(hit):
            return answers.click_not_kept(url)
        return answers.redirect(location(url), *cookies) if url else answers.UNKNOWN_LINK

    def _told(self, environ: "WSGIEnvironment") -> Answer:
        heard = messages.hear(environ, self._clock.now(), self._origins, self._random_bytes)
        if heard.hit is not None and not self._keep(heard.hit):
            return messages.not_kept(heard.answer)
        return heard.answer

    def _token(self, text: str) -> TouchToken | None:
        try:
            return self._keyring.read_touch_token(text)
        except TokenError:
            return None

    def _keep(self, hit: Hit) -> bool:
        try:
            self._spool.append(to_record(hit))
        except OSError as error:
            log.error("hit not kept", error=error, kind=hit.kind)  # noqa: TRY400 Log.error adds the traceback
            return False
        return True
