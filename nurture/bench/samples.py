"""Claims to build mails from."""

from datetime import timedelta

from nurture.bench.rig import wake
from nurture.engine.build import Builder
from nurture.engine.claim import Claim, claim
from nurture.engine.engine import Engine


def claims_of(engine: Engine, count: int) -> tuple[Builder, list[Claim]]:
    """The mails of the first *count* leads, claimed, and what builds them."""
    wake(engine, range(1, count + 1))
    with engine.database.writing() as connection:
        claims, _ = claim(
            connection, engine.live, engine.clock.now(), most=count, lease_for=timedelta(minutes=15)
        )
    assert len(claims) == count, f"{len(claims)} of {count} mails may leave"
    return Builder(engine.live, engine.keyring, engine.clock, base_url=engine.base_url), claims
