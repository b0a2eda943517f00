"""Behind a proxy of ours a visitor has an address of its own; without one, nobody says who they are."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from nurture.daemon.web import behind

VISITOR, PROXY = "203.0.113.9", "192.0.2.1"


@Request.application
def who_asks(request: Request) -> Response:
    return Response(request.remote_addr)


@pytest.mark.parametrize(
    ("proxies", "said", "seen"),
    [
        pytest.param(0, VISITOR, PROXY, id="no proxy"),
        pytest.param(1, VISITOR, VISITOR, id="a proxy"),
        pytest.param(1, f"198.51.100.66, {VISITOR}", VISITOR, id="a visitor who lies to the proxy"),
        pytest.param(2, f"{VISITOR}, 192.0.2.2", VISITOR, id="two proxies"),
        pytest.param(2, VISITOR, PROXY, id="fewer than were said to be there"),
    ],
)
def test_a_visitor_is_known_by_what_our_own_proxies_say(proxies: int, said: str, seen: str):
    answer = Client(behind(proxies, who_asks)).get(
        "/", headers={"X-Forwarded-For": said}, environ_base={"REMOTE_ADDR": PROXY}
    )
    assert answer.text == seen
