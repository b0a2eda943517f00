"""Log lines: the event first, keys in a fixed order, and never an address."""

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.log import configure, get_log, line, redact


@pytest.fixture
def written():
    """What a log that was configured has written; logging is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    stream = io.StringIO()
    configure("INFO", stream)
    yield stream
    root.handlers, root.level = handlers, level


def test_the_event_comes_first_and_keys_in_order(written):
    get_log("nurture.engine").info("mail sent", touch=981, code="250", lead=42, campaign="trial-onboarding")
    assert written.getvalue().endswith(
        "INFO    nurture.engine: mail sent campaign=trial-onboarding lead=42 touch=981 code=250\n"
    )


def test_a_line_below_the_level_is_not_written(written):
    get_log("nurture.engine").debug("gate passed", gate="window")
    assert written.getvalue() == ""


def test_an_error_brings_its_text_and_traceback_redacted(written):
    with pytest.raises(ConnectionError) as refused:
        raise ConnectionError("ann@example.com refused")
    get_log("nurture.delivery").error("relay lost", error=refused.value, host="relay.example.com")
    assert "error='ConnectionError: …@example.com refused'" in written.getvalue()
    assert "Traceback" in written.getvalue()
    assert "ann@" not in written.getvalue()


def test_a_librarys_line_is_redacted_too(written):
    logging.getLogger("some.library").warning("mail for %s bounced", "ann@example.com")
    assert "mail for …@example.com bounced" in written.getvalue()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("ann@example.com", "…@example.com"),
        ("<ann.b+tag@mail.example.com>", "<…@mail.example.com>"),
        ("RCPT TO:<ann@example.com> then bob@example.org", "RCPT TO:<…@example.com> then …@example.org"),
        ("mailto:jörg@exämple.de", "mailto:…@exämple.de"),
        ("o'brien=x@example.com", "…@example.com"),
        ('"ann b"@example.com', "…@example.com"),
        ("ann@[192.0.2.1]", "…@[192.0.2.1]"),
        ("…@example.com", "…@example.com"),
        ("root@localhost", "…@localhost"),
        ("at 10:00 @ noon", "at 10:00 @ noon"),
    ],
)
def test_only_the_domain_of_an_address_is_written(text, redacted):
    assert redact(text) == redacted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (42, "42"),
        ("cold/welcome", "cold/welcome"),
        ("two words", "'two words'"),
        ("x\nmail sent lead=1", r"'x\nmail sent lead=1'"),
        ("\u2028", r"'\u2028'"),
        ("a=b", "'a=b'"),
        ("", "''"),
        (None, "None"),
    ],
)
def test_a_value_is_one_word_or_quoted(value, shown):
    assert line("e", {"text": value}) == f"e text={shown}"


@given(st.text())
def test_no_value_starts_a_line_of_its_own(value):
    assert len(line("e", {"text": value}).splitlines()) == 1


@given(st.emails())
def test_no_part_of_any_local_part_survives(address):
    assert redact(address) == "…@" + address.rsplit("@", 1)[1]


@given(st.text())
def test_redacting_twice_changes_nothing(text):
    assert redact(redact(text)) == redact(text)
