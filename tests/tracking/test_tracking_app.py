"""The tracking host, asked as a WSGI server asks it: what it answers, what it keeps, and where it never leads."""

import json
from datetime import UTC, datetime
from io import BytesIO
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nurture.identity import Keyring
from nurture.tracking.app import TrackingApp
from nurture.tracking.hits import Hit, HitKind, from_record
from nurture.tracking.replay import Position, read
from nurture.tracking.spool import Spool
from nurture.vocabulary.touch import HONEYPOT

NOW = datetime(2026, 3, 2, 10, 4, tzinfo=UTC)
TOUCH, REVISION = 42_000_001, 7
KEYRING = Keyring(b"a secret of more than sixteen bytes")
TOKEN = KEYRING.touch_token(TOUCH, REVISION)
PIXEL = f"/o/{TOKEN}.gif"
SITE = "https://www.example.com"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
VISITOR = "AAECAwQFBgcICQoL"


class Clock:
    def now(self):
        return NOW


URLS = {(REVISION, 1): f"{SITE}/pricing?utm_source=nurture", (REVISION, 2): f"{SITE}/größe\r\nX-Bad: 1"}


class Links:
    def url(self, mail_revision, index, token):
        return URLS.get((mail_revision, index))


class FullDisk:
    def append(self, record):
        raise OSError(28, "No space left on device")


def flask(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Flask " + environ["PATH_INFO"].encode()]


class Answer(msgspec.Struct):
    status: int
    headers: dict
    body: bytes


class Host:
    """A tracking host with a spool of its own."""

    def __init__(self, directory, **settings):
        self.directory = directory
        self.spool = Spool(directory, Clock())
        self.app = self.serve(self.spool, **settings)

    def serve(self, spool, **settings):
        settings = {"origins": [SITE], **settings}
        return TrackingApp(
            flask,
            spool=spool,
            keyring=KEYRING,
            clock=Clock(),
            links=Links(),
            random_bytes=lambda count: bytes(range(count)),
            **settings,
        )

    def ask(self, path, method="GET", body=b"", app=None, **environ):
        asked = {
            "PATH_INFO": path,
            "REQUEST_METHOD": method,
            "REMOTE_ADDR": "203.0.113.7",
            "QUERY_STRING": "",
        }
        asked |= {"HTTP_USER_AGENT": CHROME, "wsgi.input": BytesIO(body), **environ}
        if body:
            asked.setdefault("CONTENT_LENGTH", str(len(body)))
        setup_testing_defaults(asked)
        started = []
        chunks = (app or self.app)(asked, lambda status, headers: started.append((status, headers)))
        ((status, headers),) = started
        return Answer(int(status.split()[0]), dict(headers), b"".join(chunks))

    def tell(self, message, **environ):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self.ask("/t/events", "POST", body, **{"HTTP_ORIGIN": SITE, **environ})

    def hits(self):
        return [from_record(record.content) for record in read(self.directory, Position(), 10_000).records]


@pytest.fixture
def host(tmp_path):
    opened = Host(tmp_path)
    yield opened
    opened.spool.close()


# The pixel


def test_the_pixel_is_a_picture_that_no_cache_keeps(host):
    answer = host.ask(PIXEL)
    assert answer.status == 200
    assert answer.headers == {
        "Content-Type": "image/gif",
        "Cache-Control": "no-store, private",
        "Content-Length": "43",
    }
    assert answer.body.startswith(b"GIF89a\x01\x00\x01\x00")
    assert len(answer.body) == 43


def test_an_open_is_kept_with_what_it_can_be_judged_by(host):
    host.ask(PIXEL, HTTP_SEC_PURPOSE="Prefetch;Anonymous-Client-IP")
    assert host.hits() == [
        Hit(
            kind=HitKind.OPEN,
            at=NOW,
            touch_id=TOUCH,
            mail_revision=REVISION,
            user_agent=CHROME,
            address="203.0.113.7",
            prefetch="prefetch;anonymous-client-ip",
        )
    ]


def test_a_head_request_is_kept_as_such_and_answered_without_a_body(host):
    answer = host.ask(PIXEL, "HEAD")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "43")
    assert [hit.method for hit in host.hits()] == ["HEAD"]


@pytest.mark.parametrize(
    "name", ["x.gif", f"{TOKEN[:-1]}!.gif", f"{TOKEN}%27.gif", "", f"{TOKEN}/1", "é.gif"]
)
def test_a_token_that_is_not_ours_shows_the_picture_and_counts_for_nobody(host, name):
    answer = host.ask(f"/o/{name}")
    assert (answer.status, len(answer.body)) == (200, 43)
    assert host.hits() == []


def test_replays_are_kept_each(host):
    for _ in range(3):
        host.ask(PIXEL)
    assert len(host.hits()) == 3


# Links


def test_a_link_leads_where_the_mail_said(host):
    answer = host.ask(f"/c/{TOKEN}/1", HTTP_REFERER="https://mail.example.net/inbox?user=ada@example.net#3")
    assert answer.status == 302
    assert answer.headers["Location"] == f"{SITE}/pricing?utm_source=nurture"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "Set-Cookie" not in answer.headers
    (hit,) = host.hits()
    assert (hit.kind, hit.touch_id, hit.link) == (HitKind.CLICK, TOUCH, 1)
    assert hit.referer == "https://mail.example.net/inbox"


def test_a_head_request_for_a_link_is_kept_as_such(host):
    assert host.ask(f"/c/{TOKEN}/1", "HEAD").status == 302
    assert [hit.method for hit in host.hits()] == ["HEAD"]


@pytest.mark.parametrize(
    "path",
    [
        f"/c/{TOKEN}/3",
        f"/c/{TOKEN}/",
        f"/c/{TOKEN}",
        f"/c/{TOKEN}/-1",
        f"/c/{TOKEN}/1/",
        f"/c/{TOKEN}/https://evil.example",
        f"/c/{TOKEN}/99999999999",
        f"/c/{TOKEN}/\N{SUPERSCRIPT TWO}",
        f"/c/{KEYRING.touch_token(TOUCH, 8)}/1",
        f"/c/{TOKEN[::-1]}/1",
        "/c/",
    ],
)
def test_there_is_no_way_to_any_other_place(host, path):
    answer = host.ask(path, QUERY_STRING="url=https://evil.example")
    assert answer.status == 404
    assert "Location" not in answer.headers
    assert host.hits() == []


def test_a_target_never_breaks_out_of_its_header(host):
    location = host.ask(f"/c/{TOKEN}/2").headers["Location"]
    assert location == f"{SITE}/gr%C3%B6%C3%9Fe%0D%0AX-Bad:%201"


def test_the_hidden_link_is_kept_and_leads_nowhere(host):
    assert host.ask(f"/c/{TOKEN}/{HONEYPOT}").status == 404
    assert [hit.link for hit in host.hits()] == [HONEYPOT]


def test_a_click_that_brings_a_visitor_ties_them_together(host):
    host.ask(f"/c/{TOKEN}/1", HTTP_COOKIE=f"a=b; nv={VISITOR}; c=d")
    assert [(hit.touch_id, hit.visitor) for hit in host.hits()] == [(TOUCH, VISITOR)]


@pytest.mark.parametrize(
    "cookie", ["nv=", "nv=short", "xnv=AAECAwQFBgcICQoL", f"nv={VISITOR}longer", "nv=<script>alert(1)"]
)
def test_a_cookie_that_is_not_ours_is_not_believed(host, cookie):
    host.ask(f"/c/{TOKEN}/1", HTTP_COOKIE=cookie)
    assert [hit.visitor for hit in host.hits()] == [""]


def test_where_recipients_agreed_a_click_names_its_browser(tmp_path):
    host = Host(tmp_path, recognise_clicks=True)
    cookie = host.ask(f"/c/{TOKEN}/1", **{"wsgi.url_scheme": "https"}).headers["Set-Cookie"]
    assert cookie == f"nv={VISITOR}; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax; Secure"
    host.ask(f"/c/{TOKEN}/1", HTTP_COOKIE=f"nv={'x' * 16}")
    assert [hit.visitor for hit in host.hits()] == [VISITOR, "x" * 16]
    host.spool.close()


# The script


def test_the_script_is_small_and_served(host):
    answer = host.ask("/t/nurture.js")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert len(answer.body) < 2048
    assert b"document.cookie" not in answer.body


VISIT = {"kind": "page.visited", "page": f"{SITE}/pricing?email=ada@example.net", "consent": True}


def test_a_visit_with_consent_is_kept_without_the_query_and_names_its_browser(host):
    answer = host.tell(
        {
            **VISIT,
            "referrer": "https://u:p@search.example:8443/find?q=us",
            "utm": {"source": "news", "evil": "x"},
        }
    )
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Set-Cookie"].startswith(f"nv={VISITOR}; ")
    (hit,) = host.hits()
    assert (hit.kind, hit.path, hit.visitor, hit.touch_id) == (HitKind.PAGE, "/pricing", VISITOR, 0)
    assert (hit.referer, hit.utm) == ("https://search.example:8443/find", {"source": "news"})


def test_a_known_visitor_keeps_its_name(host):
    answer = host.tell(VISIT, HTTP_COOKIE=f"nv={'x' * 16}")
    assert "Set-Cookie" not in answer.headers
    assert [hit.visitor for hit in host.hits()] == ["x" * 16]


def test_a_form_without_consent_is_kept_without_a_visitor(host):
    form = {
        "kind": "form.submitted",
        "page": f"{SITE}/demo",
        "form": "demo",
        "fields": {"email": "ada@example.net"},
    }
    answer = host.tell(form, HTTP_COOKIE=f"nv={VISITOR}")
    assert "Set-Cookie" not in answer.headers
    (hit,) = host.hits()
    assert (hit.kind, hit.visitor) == (HitKind.FORM, "")
    assert hit.properties == {"form": "demo", "fields": {"email": "ada@example.net"}}


def test_a_download_is_kept_with_its_path(host):
    host.tell(
        {"kind": "file.downloaded", "page": SITE, "file": f"{SITE}/paper.pdf?key=secret", "consent": True}
    )
    assert [(hit.kind, hit.properties) for hit in host.hits()] == [(HitKind.DOWNLOAD, {"file": "/paper.pdf"})]


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        {"kind": "mail.opened", "page": SITE},
        {"kind": "page.visited"},
        {**VISIT, "touch_id": 42_000_001},
        {**VISIT, "lead": 42},
        {**VISIT, "page": "x" * 2001},
        {**VISIT, "fields": {str(number): "x" for number in range(41)}},
        {**VISIT, "fields": {"n": 1}},
        {**VISIT, "consent": "yes"},
    ],
)
def test_a_message_that_is_none_of_the_scripts_is_refused(host, message):
    assert (
        host.tell(
            message, CONTENT_LENGTH=str(len(message if isinstance(message, bytes) else json.dumps(message)))
        ).status
        == 400
    )
    assert host.hits() == []


def test_a_long_message_is_refused_unread(host):
    assert host.tell({**VISIT, "form": "x" * 9000}).status == 413
    assert host.tell(VISIT, CONTENT_LENGTH="99999999999999999999").status == 413


@pytest.mark.parametrize("length", ["", "-1", "x", "²"])
def test_a_message_that_does_not_say_its_length_is_refused(host, length):
    assert host.tell(VISIT, CONTENT_LENGTH=length).status == 411


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "https://www.example.com.evil.example"]
)
def test_pages_of_others_may_not_post(host, origin):
    answer = host.tell(VISIT, HTTP_ORIGIN=origin)
    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert host.hits() == []


def test_a_browser_that_asks_first_is_told_what_it_may(host):
    answer = host.ask("/t/events", "OPTIONS", HTTP_ORIGIN=SITE)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert host.ask("/t/events", "OPTIONS", HTTP_ORIGIN="https://evil.example").status == 403


# Everything else, and a full disk


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("POST", "/u/x"),
        ("GET", "/t/events"),
        ("POST", PIXEL),
        ("GET", "/o"),
        ("POST", f"/c/{TOKEN}/1"),
    ],
)
def test_all_else_is_left_to_flask(host, method, path):
    assert host.ask(path, method).body == b"Flask " + path.encode()


def test_what_the_disk_refuses_is_not_answered_as_kept(host, caplog):
    app = host.serve(FullDisk())
    pixel = host.ask(PIXEL, app=app)
    assert (pixel.status, len(pixel.body)) == (503, 43)
    click = host.ask(f"/c/{TOKEN}/1", app=app)
    assert click.status == 503
    assert b'href="https://www.example.com/pricing?utm_source=nurture"' in click.body
    told = host.ask("/t/events", "POST", json.dumps(VISIT).encode(), app=app, HTTP_ORIGIN=SITE)
    assert (told.status, told.headers["Retry-After"]) == (503, "60")
    assert "hit not kept" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("path", [PIXEL, f"/c/{TOKEN}/1", f"/c/{TOKEN}/9", "/t/nurture.js"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_answers_keep_to_wsgi(host, path, method):
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": "", "SCRIPT_NAME": ""}
    setup_testing_defaults(environ)
    chunks = validator(host.app)(environ, lambda status, headers, exc_info=None: lambda body: None)
    list(chunks)
    chunks.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/o/", "/c/", "/t/events"]).flatmap(
        lambda start: st.text(max_size=50).map(start.__add__)
    )
    | st.just("/t/events"),
    header=st.text(st.characters(max_codepoint=255), max_size=80),
    body=st.binary(max_size=200),
)
def test_no_request_makes_an_error(host, path, header, body):
    path = path.encode("utf-8", "surrogatepass").decode("latin-1")
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        answer = host.ask(
            path,
            method,
            body,
            HTTP_ORIGIN=SITE,
            HTTP_USER_AGENT=header,
            HTTP_REFERER=header,
            HTTP_COOKIE=header,
            HTTP_SEC_PURPOSE=header,
        )
        assert answer.status < 500
    host.ask(f"/c/{TOKEN}/1", HTTP_USER_AGENT=header, HTTP_REFERER=header, HTTP_COOKIE=header)
    assert all(isinstance(hit, Hit) for hit in host.hits())
