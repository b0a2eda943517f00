"""What every way out for webhooks promises (``nurture.ports.Caller``)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from nurture.delivery.memory import MemoryCaller
from nurture.delivery.outgoing import HttpCaller
from nurture.ports import Caller

HEADERS = {"content-type": "application/json", "webhook-id": "call_1", "webhook-signature": "v1,a v1,b"}


class Subject(msgspec.Struct):
    """A caller under test, an address that it may call, and a look at what came: headers and body of each post."""

    caller: Caller
    url: str
    posted: Callable[[], list[tuple[dict[str, str], bytes]]]


def memory(server: "Server") -> Subject:
    caller = MemoryCaller()
    return Subject(caller, server.url, lambda: [(dict(post.headers), post.body) for post in caller.posts])


def http(server: "Server") -> Subject:
    return Subject(HttpCaller(allow_local=True), server.url, lambda: server.posted)


@pytest.fixture(params=[memory, http], ids=lambda adapter: adapter.__name__)
def subject(request, server):
    return request.param(server)


@pytest.mark.parametrize(
    "body", [b"{}", b"", '{"name": "Zoë 😀"}'.encode(), b"x" * 500_000, bytes(range(256))]
)
def test_a_post_is_taken_and_arrives_as_it_was(subject, body):
    answer = subject.caller.post(subject.url, HEADERS, body)
    assert answer.is_taken
    ((headers, arrived),) = subject.posted()
    assert arrived == body
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_posts_of_many_threads_each_have_their_answer(subject):
    bodies = [str(number).encode() for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: subject.caller.post(subject.url, HEADERS, body), bodies))
    assert all(answer.is_taken for answer in answers)
    assert sorted(body for _, body in subject.posted()) == sorted(bodies)


class Server(ThreadingHTTPServer):
    """Takes every post."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.posted: list[tuple[dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook?key=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.posted.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
