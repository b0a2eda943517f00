"""Requests signed as Amazon's own test suite wants them (aws-sig-v4-test-suite: get-vanilla, post-vanilla)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from nurture.delivery.http.sigv4 import Signatory, signed

AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SIGNATORY = Signatory("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ],
)
@pytest.mark.parametrize("at", [AT, AT.astimezone(timezone(timedelta(hours=9)))])
def test_a_request_is_signed_as_amazon_signs_it(method, signature, at):
    headers = signed(SIGNATORY, method, "https://example.amazonaws.com/", {}, body=b"", at=at)
    assert headers["X-Amz-Date"] == "20150830T123600Z"
    assert headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )


def test_body_headers_and_path_are_covered():
    def signature(path="/", body=b"", **headers):
        url = f"https://example.amazonaws.com{path}"
        return signed(SIGNATORY, "POST", url, headers, body=body, at=AT)["Authorization"]

    assert (
        len(
            {
                signature(),
                signature("/v2"),
                signature(body=b"x"),
                signature(Accept="a"),
                signature(Accept="b"),
            }
        )
        == 5
    )


def test_the_secret_is_in_no_text_of_it():
    assert "wJalr" not in repr(SIGNATORY)
