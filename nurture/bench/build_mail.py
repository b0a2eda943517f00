"""Row 5: building one mail out of its compiled program, against the standard library's EmailMessage."""

from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from time import perf_counter

import msgspec

from nurture.bench.figures import Figure, Scale, interleaved
from nurture.bench.rig import rig
from nurture.bench.samples import claims_of
from nurture.engine.build import Builder
from nurture.engine.claim import Claim

MAILS = {Scale.SMALL: 20, Scale.USUAL: 200, Scale.FULL: 1_000}
SET_BY_CONTENT = ("mime-version", "content-type", "content-transfer-encoding")


class Written(msgspec.Struct, frozen=True):
    """A mail as EmailMessage is given it: rendered already, which only makes its work less than ours."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


def measure(scale: Scale, runs: int) -> list[Figure]:
    """Builds the same mails in both ways."""
    count = MAILS[scale]
    with rig(count) as filled, filled.engine() as engine:
        builder, claims = claims_of(engine, count)
        data = builder.build(claims[0]).data
        written = read(data)
        ours, yardstick = interleaved(
            runs, lambda: build(builder, claims), lambda: build_with_library(written, count)
        )
    return [
        Figure(
            row=5,
            what=f"building a mail of {len(data) / 1000:.1f} kB",
            unit="mails/s",
            ours=ours,
            against="EmailMessage",
            yardstick=yardstick,
            floor=50,
            goal=200,
        )
    ]


def build(builder: Builder, claims: Sequence[Claim]) -> float:
    """Mails a second."""
    began = perf_counter()
    for claim in claims:
        builder.build(claim)
    return len(claims) / (perf_counter() - began)


def build_with_library(written: Written, count: int) -> float:
    """Mails a second."""
    began = perf_counter()
    for _ in range(count):
        message = EmailMessage(policy=policy.SMTP)
        for name, value in written.headers:
            message[name] = value
        message.set_content(written.text)
        message.add_alternative(written.html, subtype="html")
        message.as_bytes()
    return count / (perf_counter() - began)


def read(data: bytes) -> Written:
    """What a mail that we built says."""
    message = message_from_bytes(data, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    headers = tuple(
        (name, str(value)) for name, value in message.items() if name.lower() not in SET_BY_CONTENT
    )
    return Written(headers, text.get_content(), html.get_content())
