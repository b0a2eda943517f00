"""Every page for what was refused has a name to copy, which stands in the log; no link of a reader does."""

import logging
import re

import pytest

from nurture.engine.accounts import Role
from tests.webapp.conftest import token_of

NAME = re.compile(r'data-copy="(\d{6}-(\d{3})-[0-9a-f]{4})"')


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/nowhere", 404),
        ("get", "/leads/import/999", 404),
        ("get", "/settings/users", 403),
        ("post", "/leads/act", 400),
        ("put", "/leads", 405),
    ],
)
def test_what_is_refused_has_a_name_that_stands_in_the_log(client_as, caplog, method, path, status):
    with caplog.at_level(logging.INFO):
        answer = getattr(client_as(Role.MARKETER), method)(path)
    assert answer.status_code == status
    name, said = NAME.search(answer.text).groups()
    assert said == str(status)
    assert [record for record in caplog.records if name in record.getMessage()]


def test_a_form_that_is_too_large_has_one_too(client, caplog):
    token = token_of(client)
    answer = client.post("/leads/views", data={"csrf_token": token, "name": "x" * 1_100_000})
    assert answer.status_code == 413
    assert NAME.search(answer.text)


def test_the_log_tells_no_link_of_a_reader(stranger, caplog):
    with caplog.at_level(logging.INFO):
        answer = stranger.get("/p/SECRET-TOKEN")
    assert NAME.search(answer.text)
    assert "SECRET-TOKEN" not in caplog.text
