"""What is set on the pages holds at once: whoever serves or works looks for it now and then, and is made anew."""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

from nurture.engine.engine import Engine
from nurture.engine.installation import installation_version
from nurture.errors import SetupError
from nurture.log import get_log
from nurture.store.database import STORE_AWAY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_log(__name__)

LOOK_SECONDS = 1


class Watch:
    """Whether something was set since *engine* was made; asked often, looked up at most once a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen = self._version()
        self._looked_at = engine.clock.now()

    @property
    def is_stale(self) -> bool:
        """Nothing was set as far as anybody can tell while the store is away: whoever asks lives on, and asks again."""
        now = self._engine.clock.now()
        if 0 <= (now - self._looked_at).total_seconds() < LOOK_SECONDS:
            return False
        self._looked_at = now
        try:
            return self._version() != self._seen
        except STORE_AWAY as error:
            log.warning("settings not looked up", why=str(error))
            return False

    def _version(self) -> object:
        with self._engine.database.reading() as connection:
            return installation_version(connection)


class FreshApp:
    """Serves what *make* makes, and makes it anew when something was set; requests that are under way end on the old one."""

    def __init__(self, make: Callable[[], tuple["WSGIApplication", Engine]]) -> None:
        self._make = make
        self._lock = Lock()
        self._application, self._engine = make()
        self._watch = Watch(self._engine)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self._lock:
            if self._watch.is_stale:
                old = self._engine
                try:
                    self._application, self._engine = self._make()
                except SetupError as error:
                    log.warning(
                        "not made anew", why=str(error)
                    )  # which names machines: no visitor's business
                    return _refused(start_response)
                self._watch = Watch(self._engine)
                old.close()  # a connection that is in use is closed when it comes back
            application = self._application
        return application(environ, start_response)


def _refused(start_response: "StartResponse") -> Iterable[bytes]:
    """What is set now cannot be served: nobody works on what was set before."""
    start_response(
        "503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "60")]
    )
    return [
        b"Nurture cannot serve this as it is set up now; its log says why. Nothing is lost. Try again in a minute.\n"
    ]
