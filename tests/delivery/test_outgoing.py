"""SEC5: what a programme has us call reaches public hosts by https only, at the address that was checked, and ends soon."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from nurture.delivery import outgoing
from nurture.delivery.outgoing import BODY_BYTES, HttpCaller
from nurture.delivery.public import is_public

HOST = "hooks.small.example"


def always(*addresses):
    """A resolver that knows one answer."""

    async def resolve(host, port):
        return addresses

    return resolve


UNCONNECTED = HttpCaller(resolve=always("127.0.0.1"))
"""One for many examples: to read the system's certificates takes longer than a test."""


# ---------------------------------------------------------------- which addresses are public


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds tell their secrets
        "100.64.0.1",  # shared by carriers (RFC 6598)
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:53aa:64c::1",  # Teredo
    ],
)
def test_addresses_that_a_stranger_must_not_have_us_reach(address):
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_as_public_however_it_is_wrapped(address):
    wrapped = [f"::ffff:{address}", str(ip_address(int(ip_address("64:ff9b::")) + int(address)))]
    assert {is_public(each) for each in wrapped} == {is_public(str(address))}


# ---------------------------------------------------------------- what is refused before anything is connected


@pytest.fixture
def connected(monkeypatch):
    """Fails the test if anything is connected to."""
    opened = []
    monkeypatch.setattr(outgoing, "first_to_answer", lambda *asked: opened.append(asked))
    yield opened
    assert opened == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
    ],
)
def test_addresses_within_are_refused_however_they_are_spelt(connected, url):
    answer = HttpCaller().post(url, {}, b"{}")
    assert answer.status is None
    assert answer.text.endswith("is not a public address")


@pytest.mark.parametrize("allow_local", [True, False])
@pytest.mark.parametrize(
    "found", [["10.0.0.1"], ["8.8.8.8", "192.168.0.1"], ["169.254.169.254"], ["127.0.0.1", "10.0.0.1"]]
)
def test_a_name_that_leads_within_is_refused_even_beside_a_public_address(connected, found, allow_local):
    answer = HttpCaller(resolve=always(*found), allow_local=allow_local).post(f"https://{HOST}/", {}, b"{}")
    assert answer.status is None
    assert answer.text.startswith(f"{HOST} leads to ")


@pytest.mark.parametrize("allow_local", [True, False])
def test_plain_http_is_refused(connected, allow_local):
    answer = HttpCaller(resolve=always("8.8.8.8"), allow_local=allow_local).post(f"http://{HOST}/", {}, b"{}")
    assert (answer.status, answer.text) == (None, f"{HOST} is to be called by https")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.small.example",
        "https://",
        "https:///path",
        "file:///etc/passwd",
        "gopher://x/",
        "https://user:secret@hooks.small.example/",
        "https://hooks.small.example:99999/",
        "https://[::1/",
        "https://0177.0.0.1/",
        f"https://{'a' * 70}.example/",
        "https://\x00/",
    ],
)
def test_what_is_no_address_of_an_endpoint_is_refused_in_words(connected, url):
    answer = HttpCaller(resolve=outgoing.system_addresses if "aaa" in url else always("8.8.8.8")).post(
        url, {}, b"{}"
    )
    assert answer.status is None
    assert answer.text
    assert "secret" not in answer.text


@given(st.text(max_size=60))
def test_no_text_makes_it_raise(url):
    assert UNCONNECTED.post(url, {}, b"{}").status is None


def test_a_name_that_nobody_knows_is_no_answer():
    async def unknown(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    answer = HttpCaller(resolve=unknown).post(f"https://{HOST}/", {}, b"{}")
    assert answer.status is None
    assert "not known" in answer.text


# ---------------------------------------------------------------- the address that was checked is the one that is connected to


def test_the_name_is_resolved_once_and_its_checked_address_connected_to(endpoint):
    asked = []

    async def rebinding(host, port):
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    answer = HttpCaller(resolve=rebinding, allow_local=True).post(endpoint.url(HOST), {}, b"{}")
    assert answer.status == 204
    assert asked == [(HOST, endpoint.port)]
    assert endpoint.requests[0].headers["host"] == f"{HOST}:{endpoint.port}"


def test_tls_is_spoken_to_the_name_at_the_checked_address(secure_endpoint):
    caller = HttpCaller(resolve=always("127.0.0.1"), allow_local=True, tls=secure_endpoint.trusted)
    assert caller.post(secure_endpoint.url(HOST), {}, b"{}").status == 204
    assert secure_endpoint.names == [HOST]


def test_a_certificate_of_another_name_is_refused(secure_endpoint):
    caller = HttpCaller(resolve=always("127.0.0.1"), allow_local=True, tls=secure_endpoint.trusted)
    answer = caller.post(secure_endpoint.url("other.example"), {}, b"{}")
    assert answer.status is None
    assert "certificate" in answer.text
    assert secure_endpoint.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_endpoint):
    answer = HttpCaller(resolve=always("127.0.0.1"), allow_local=True).post(
        secure_endpoint.url(HOST), {}, b"{}"
    )
    assert answer.status is None
    assert secure_endpoint.requests == []


def test_the_next_address_is_tried_where_one_does_not_connect(endpoint):
    caller = HttpCaller(resolve=always("::1", "127.0.0.1"), allow_local=True)
    assert caller.post(endpoint.url(HOST), {}, b"{}").status == 204


def test_settings_of_the_environment_do_not_lead_it_elsewhere(endpoint, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert HttpCaller(allow_local=True).post(endpoint.url(), {}, b"{}").status == 204


# ---------------------------------------------------------------- what an endpoint may do to us


def test_a_redirect_is_not_followed(endpoint):
    endpoint.reply = (302, b"", {"Location": endpoint.url() + "elsewhere"})
    assert HttpCaller(allow_local=True).post(endpoint.url(), {}, b"{}").status == 302
    assert len(endpoint.requests) == 1


def test_of_a_long_refusal_only_the_beginning_is_read(endpoint):
    endpoint.reply = (500, b"no\r\n\x00\x1b[31m room\n" + b"x" * 50 * BODY_BYTES, {})
    answer = HttpCaller(allow_local=True).post(endpoint.url(), {}, b"{}")
    assert answer.status == 500
    assert answer.text.startswith("no")
    assert answer.text.isprintable()
    assert len(answer.text) <= outgoing.TEXT_MAX


def test_a_packed_answer_is_not_unpacked(endpoint):
    endpoint.reply = (500, b"\x1f\x8b not gzip at all", {"Content-Encoding": "gzip"})
    assert HttpCaller(allow_local=True).post(endpoint.url(), {}, b"{}").status == 500
    assert endpoint.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ([], None),
        ([b"HTTP/1.1 500 Sorry\r\nContent-Length: 9\r\n\r\n"], 500),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"], 200),
        ([b"H", *[b"T"] * 100], None),
        ([b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: 1\r\n"] * 100], None),
    ],
    ids=[
        "silence",
        "a refusal without end",
        "a body that never comes",
        "one byte at a time",
        "endless headers",
    ],
)
def test_an_endpoint_that_dawdles_is_left_in_time(dawdler, script, status):
    dawdler.script = script
    answer = HttpCaller(allow_local=True, seconds=0.5).post(dawdler.url, {}, b"{}")
    assert answer.status == status
    assert dawdler.left.wait(5)
    if status is None:
        assert answer.text == "no answer within 0.5 seconds"


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 banana\r\n\r\n", b"\x00" * 100_000]
)
def test_what_is_no_http_is_no_answer(dawdler, said):
    dawdler.script, dawdler.hangs_up = [said], True
    answer = HttpCaller(allow_local=True, seconds=5).post(dawdler.url, {}, b"{}")
    assert answer.status is None
    assert answer.text


# ---------------------------------------------------------------- real servers


class Endpoint(ThreadingHTTPServer):
    """A server on this machine that keeps what it is asked, and answers ``reply``: status, body, headers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[BaseHTTPRequestHandler] = []
        self.reply: tuple[int, bytes, dict[str, str]] = (204, b"", {})
        self.scheme = "http"

    @property
    def port(self) -> int:
        return self.server_address[1]

    def url(self, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}/"

    def handle_error(self, request, client_address):
        """A client that leaves early is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append(self)
        status, body, headers = self.server.reply
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def served(server: ThreadingHTTPServer) -> Iterator[ThreadingHTTPServer]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def endpoint():
    yield from served(Endpoint())


@pytest.fixture
def secure_endpoint(tmp_path):
    """An endpoint with a certificate for HOST; ``trusted`` is the context of a client that knows its issuer."""
    server = Endpoint()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate = certified(HOST)
    (tmp_path / "both.pem").write_bytes(certificate)
    context.load_cert_chain(tmp_path / "both.pem")
    server.names = []
    context.sni_callback = lambda connection, name, context: server.names.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.scheme = "https"
    server.trusted = ssl.create_default_context(cadata=certificate.decode().partition("-----BEGIN EC")[0])
    yield from served(server)


def certified(host: str) -> bytes:
    """A certificate for *host* that vouches for itself, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


class Dawdler:
    """Says ``script``, a piece every tenth of a second, and then keeps silent, or hangs up; ``left`` once its client has."""

    def __init__(self) -> None:
        self.script: list[bytes] = []
        self.hangs_up = False
        self.left = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(5)
            connection.recv(65_536)
            try:
                for piece in self.script:
                    connection.sendall(piece)
                    if self._has_left(connection):
                        return
                if not self.hangs_up:
                    while not self._has_left(connection):
                        pass
            except OSError:
                self.left.set()

    def _has_left(self, connection: socket.socket) -> bool:
        connection.settimeout(0.1)
        try:
            gone = not connection.recv(65_536)
        except TimeoutError:
            return False
        if gone:
            self.left.set()
        return gone

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def dawdler():
    dawdler = Dawdler()
    yield dawdler
    dawdler.close()
