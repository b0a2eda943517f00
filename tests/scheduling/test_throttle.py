"""A domain never gets more than its rate, and a new sender grows as agreed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.durations import Rate, Unit
from nurture.scheduling.throttle import Bucket, full, next_token, refill, take, warm_up_allowance

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
GMAIL = Rate.parse("20 per second")


def drain(bucket: Bucket, rate: Rate, now: datetime) -> tuple[Bucket, int]:
    taken, given = 0, True
    while given:
        bucket, given = take(bucket, rate, now)
        taken += given
    return bucket, taken


def test_a_full_bucket_gives_one_period_at_once_then_the_pace_of_its_rate():
    bucket, taken = drain(full(GMAIL, NOON), GMAIL, NOON)
    assert taken == 20
    assert next_token(bucket, GMAIL, NOON) == NOON + timedelta(milliseconds=50)
    assert drain(bucket, GMAIL, NOON + timedelta(milliseconds=250))[1] == 5


def test_deferred_mails_of_one_batch_get_moments_of_their_own():
    empty = Bucket(tokens=0, at=NOON)
    moments = [next_token(empty, GMAIL, NOON, ahead=ahead) for ahead in range(3)]
    assert moments == [NOON + timedelta(milliseconds=50 * place) for place in (1, 2, 3)]


@pytest.mark.parametrize(
    ("jump", "tokens"),
    [(timedelta(hours=1), 20), (timedelta(days=366), 20), (timedelta(hours=-1), 3), (timedelta(0), 3)],
    ids=["an hour on", "a year on", "an hour back", "no time"],
)
def test_a_clock_that_jumps_makes_no_burst(jump, tokens):
    assert refill(Bucket(tokens=3, at=NOON), GMAIL, NOON + jump).tokens == tokens


def test_a_step_back_and_forth_earns_nothing_twice():
    bucket = Bucket(tokens=0, at=NOON)
    for jump in (-3600, 0, -3600, 0):
        bucket = refill(bucket, GMAIL, NOON + timedelta(seconds=jump))
    assert bucket == Bucket(tokens=0, at=NOON)


rates = st.builds(Rate, st.integers(1, 10_000), st.sampled_from(Unit))
gaps = st.lists(st.timedeltas(timedelta(0), timedelta(seconds=90)), min_size=1, max_size=30)


@given(rates, gaps)
def test_never_above_the_burst_nor_more_than_was_earned(rate, gaps):
    bucket, now, taken = full(rate, NOON), NOON, 0
    for gap in gaps:
        now += gap
        for _ in range(3):
            bucket, given = take(bucket, rate, now)
            taken += given
            assert 0 <= bucket.tokens <= rate.amount
    assert taken <= rate.amount * (1 + (now - NOON) / rate.period) + 1e-6


@given(rates, st.floats(0, 1), st.timedeltas(timedelta(0), timedelta(hours=2)))
def test_the_next_token_is_there_and_not_before(rate, share, gap):
    bucket, now = Bucket(tokens=share * rate.amount, at=NOON), NOON + gap
    moment = next_token(bucket, rate, now)
    assert moment >= now
    assert take(bucket, rate, moment)[1]
    if moment > now:
        assert not take(bucket, rate, moment - max(timedelta(microseconds=2), rate.period / 10**6))[1]


@pytest.mark.parametrize(
    ("day", "allowance"),
    [
        (0, 200),
        (1, 200),
        (2, 400),
        (3, 400),
        (4, 800),
        (14, 25_600),
        (16, 50_000),
        (36_500, 50_000),
        (-1, 200),
    ],
)
def test_a_new_sender_doubles_until_it_is_full(day, allowance):
    first = date(2026, 6, 1)
    on = first + timedelta(days=day)
    ramp = {"start": 200, "double_every": timedelta(days=2), "full": 50_000}
    assert warm_up_allowance(**ramp, first_day=first, day=on) == allowance
