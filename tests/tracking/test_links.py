"""Targets of links: what utm parameters do to them, and that they stay inside their header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.tracking.links import location, with_utm

UTM = {"source": "nurture", "medium": "email", "campaign": "trial onboarding"}
ADDED = "utm_source=nurture&utm_medium=email&utm_campaign=trial%20onboarding"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", f"https://example.com?{ADDED}"),
        ("https://example.com/a?b=c", f"https://example.com/a?b=c&{ADDED}"),
        ("https://example.com/a?b=#part", f"https://example.com/a?b=&{ADDED}#part"),
        (
            "https://example.com/?utm_source=partner",
            "https://example.com/?utm_source=partner&utm_medium=email&utm_campaign=trial%20onboarding",
        ),
        (
            "https://example.com/?q=%C3%A9+x&utm_source=",
            f"https://example.com/?q=%C3%A9+x&utm_source=&{ADDED[19:]}",
        ),
    ],
)
def test_utm_parameters_join_what_the_author_wrote(url, expected):
    assert with_utm(url, UTM) == expected


def test_nothing_to_add_changes_nothing():
    assert with_utm("https://example.com/a?b", {"source": ""}) == "https://example.com/a?b"


@given(st.text())
def test_a_location_is_visible_ascii_and_encoding_it_again_changes_nothing(url):
    url = url.encode("utf-8", "replace").decode()
    encoded = location(url)
    assert all(0x21 <= ord(character) <= 0x7E for character in encoded)
    assert location(encoded) == encoded
