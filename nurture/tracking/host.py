"""What the tracking host says to a request: which answer, and which hit has to be kept before it is given.

Nothing is written here, so that a server with threads (``app``) and one with an event loop (``rsgi``) say the same. A
token is checked without the database.

Who is behind a visit. Links carry nothing on to the page: people pass URLs on, and with a token in them one lead's
visits would become another's. Instead the visitor cookie ``nv`` (HttpOnly, SameSite=Lax) lives on the tracking host, a
sibling of the company's site; a click that brings it is noted with touch and visitor, so that the visits of the same
browser belong to the lead. It is set with the first message after ``nurture.consent()``, and on a click only if
*recognise_clicks* says that the recipients have agreed to that.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from nurture.errors import AwayError, TokenError
from nurture.identity import Keyring, TouchToken, new_visitor_id
from nurture.log import get_log
from nurture.ports import Clock
from nurture.tracking import answers, messages, request
from nurture.tracking.answers import Reply
from nurture.tracking.hits import HitKind
from nurture.tracking.links import LinkDirectory, location
from nurture.vocabulary.touch import HONEYPOT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = get_log(__name__)

READING = ("GET", "HEAD")
LINK_DIGITS_MAX = 4


class TrackingHost:
    """Knows the tracking paths:

    /o/<token>.gif      the pixel; a token that is not ours gets it too and is not written down.
    /c/<token>/<index>  to the link that the mail named, or 404: there is no way to any other place;
                        503 where nobody can look it up just now.
    /t/events           messages of the script, from pages of *origins* ("https://www.example.com").
    /t/nurture.js       the script.
    """

    def __init__(
        self,
        *,
        keyring: Keyring,
        clock: Clock,
        links: LinkDirectory,
        random_bytes: Callable[[int], bytes],
        origins: Collection[str] = (),
        recognise_clicks: bool = False,
    ) -> None:
        self._keyring = keyring
        self._clock = clock
        self._links = links
        self._random_bytes = random_bytes
        self._origins = frozenset(origins)
        self._recognise_clicks = recognise_clicks

    def reply(self, environ: "WSGIEnvironment") -> Reply | None:
        """The answer to a request, or None for one that is not for this host."""
        path: str = environ["PATH_INFO"]
        method: str = environ["REQUEST_METHOD"]
        if path.startswith("/o/") and method in READING:
            return self._opened(environ, path[3:])
        if path.startswith("/c/") and method in READING:
            return self._clicked(environ, path[3:])
        if path == "/t/events" and method in messages.METHODS:
            return messages.hear(environ, self._clock.now(), self._origins, self._random_bytes)
        if path == "/t/nurture.js" and method in READING:
            return Reply(messages.SCRIPT)
        return None

    def _opened(self, environ: "WSGIEnvironment", name: str) -> Reply:
        token = self._token(name.removesuffix(".gif"))
        if token is None:
            return Reply(answers.PIXEL)
        hit = request.hit_of(
            environ,
            HitKind.OPEN,
            at=self._clock.now(),
            touch_id=token.touch_id,
            mail_revision=token.mail_revision,
        )
        return Reply(answers.PIXEL, hit)

    def _clicked(self, environ: "WSGIEnvironment", name: str) -> Reply:
        text, _, digits = name.partition("/")
        token = self._token(text)
        if token is None or not (digits.isascii() and digits.isdigit() and len(digits) <= LINK_DIGITS_MAX):
            return Reply(answers.UNKNOWN_LINK)
        index = int(digits)
        try:
            url = self._links.url(token.mail_revision, index, token)
        except AwayError as error:
            log.warning("link not looked up", why=str(error))
            return Reply(answers.LINKS_AWAY)  # not noted: who comes again has clicked once
        if url is None and index != HONEYPOT:
            return Reply(answers.UNKNOWN_LINK)
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
        answer = answers.redirect(location(url), *cookies) if url else answers.UNKNOWN_LINK
        return Reply(answer, hit)

    def _token(self, text: str) -> TouchToken | None:
        try:
            return self._keyring.read_touch_token(text)
        except TokenError:
            return None
