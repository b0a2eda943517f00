"""A mail provider on this machine: checks the key, takes mails as its documentation says, and misbehaves on cue."""

import json
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import msgspec

from nurture.delivery.http import Account


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that the provider took.

    number   what it would give back in a webhook.
    whole    the message as it came, of those that take whole ones.
    key      under which a second such request changes nothing; "" for none.
    """

    recipient: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    number: str = ""
    whole: bytes | None = None
    key: str = ""
    request: Any = None


class Heard(msgspec.Struct, frozen=True):
    """One request. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: Any = None
    headers: Mapping[str, str] = {}


class Refused(Exception):  # noqa: N818 it is an answer
    """What the provider answers instead of taking a mail."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """How one provider behaves.

    account  what it knows us by, but for the address.
    takes    the mail of a request; raises Refused.
    good     what it answers to the n-th mail that it took.
    account_of  what it answers to the doctor.
    whole    whether it takes whole messages.
    """

    account: Callable[[str], Account]
    takes: Callable[[Heard], Taken]
    good: Callable[[int], Answer]
    probed: Callable[[Heard], Answer]
    whole: bool = False


Act = Callable[["Talk"], Answer | None]
"""What to do instead of the right thing; None hangs up."""


class FakeProvider:
    """Serves *api* on ``url``. ``faults`` maps n to what happens at the n-th mail request, ``always`` is for all others."""

    def __init__(
        self, api: Api, faults: Mapping[int, Act] | None = None, *, always: Act | None = None
    ) -> None:
        self.api = api
        self.faults = faults or {}
        self.always = always
        self.taken: list[Taken] = []
        self.asked = 0
        self.at_once = 0
        self.most_at_once = 0
        self.connections = 0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._server = Server(("127.0.0.1", 0), type("Handler", (Handler,), {"provider": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def account(self) -> Account:
        return self.api.account(self.url)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Talk(msgspec.Struct):
    """One request being answered."""

    provider: FakeProvider
    heard: Heard

    def obey(self) -> Answer:
        """The right thing."""
        try:
            taken = self.provider.api.takes(self.heard)
        except Refused as refused:
            return refused.answer
        with self.provider.lock:
            earlier = [
                n for n, each in enumerate(self.provider.taken, 1) if taken.key and each.key == taken.key
            ]
            if earlier:
                return self.provider.api.good(earlier[0])
            self.provider.taken.append(taken)
            return self.provider.api.good(len(self.provider.taken))


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has left is no fault; what else happens is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    provider: FakeProvider

    def setup(self) -> None:
        super().setup()
        with self.provider.lock:
            self.provider.connections += 1

    def do_GET(self) -> None:
        self.say(self.provider.api.probed(Heard("GET", self.path, self.names(), b"")))

    def do_POST(self) -> None:
        with self.provider.lock:
            self.provider.asked += 1
            act = self.provider.faults.get(self.provider.asked, self.provider.always)
            self.provider.at_once += 1
            self.provider.most_at_once = max(self.provider.most_at_once, self.provider.at_once)
        try:
            self.answer_with(act)
        finally:
            with self.provider.lock:
                self.provider.at_once -= 1

    def answer_with(self, act: Act | None) -> None:
        if act is hangs_up_at_once:
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) < int(self.headers["Content-Length"]):
            self.close_connection = True
            return
        talk = Talk(self.provider, Heard("POST", self.path, self.names(), body))
        answer = talk.obey() if act is None else act(talk)
        if answer is None:
            self.close_connection = True
        else:
            self.say(answer)

    def names(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def say(self, answer: Answer) -> None:
        match answer.body:
            case None:
                body = b""
            case bytes() as body:
                pass
            case table:
                body = json.dumps(table).encode()
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


# ---------------------------------------------------------------- what may happen


def says(status: int, body: Any = None, **headers: str) -> Act:
    """Another answer; underscores of header names are hyphens."""
    answer = Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})
    return lambda talk: answer


def hangs_up_at_once(talk: Talk) -> None:
    """Before the request is read."""


def hangs_up(talk: Talk) -> None:
    """After the request was read; nothing is taken."""


def takes_and_hangs_up(talk: Talk) -> None:
    talk.obey()


def takes_and_stays_silent(talk: Talk) -> None:
    talk.obey()
    talk.provider.closing.wait()
