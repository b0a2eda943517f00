"""Numbers of touches, names of visitors, and the lots that fall on ids."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.identity import lead_of, new_visitor_id, share, touch_id

leads = st.integers(min_value=1, max_value=2**43)
serials = st.integers(min_value=0, max_value=999_999)


@given(leads, serials)
def test_a_touch_knows_its_lead(lead_id, serial):
    assert lead_of(touch_id(lead_id, serial)) == lead_id
    assert touch_id(lead_id, serial) < 2**63  # a column of the store is signed


@given(leads, leads, serials, serials)
def test_two_touches_never_share_a_number(lead_a, lead_b, serial_a, serial_b):
    assert (touch_id(lead_a, serial_a) == touch_id(lead_b, serial_b)) == (
        (lead_a, serial_a) == (lead_b, serial_b)
    )


@pytest.mark.parametrize(("lead_id", "serial"), [(0, 1), (-1, 1), (1, -1), (1, 1_000_000)])
def test_a_number_out_of_range_is_our_mistake(lead_id, serial):
    with pytest.raises(AssertionError):
        touch_id(lead_id, serial)


def test_a_visitor_is_named_by_the_randomness_it_is_given():
    assert new_visitor_id(lambda count: bytes(range(count))) == "AAECAwQFBgcICQoL"


@given(st.text(max_size=20), st.lists(st.integers() | st.text(max_size=10), max_size=3))
def test_a_share_is_below_one_and_always_the_same(salt, ids):
    assert 0 <= share(salt, *ids) < 1
    assert share(salt, *ids) == share(salt, *ids)


def test_shares_do_not_confuse_neighbouring_ids():
    assert len({share("s", "ab", "c"), share("s", "a", "bc"), share("s", "abc"), share("sa", "bc")}) == 4
    assert share("s", 1) != share("s", "1")


def test_shares_are_uniform_over_leads():
    tenths = Counter(int(share("holdout", lead) * 10) for lead in range(1, 20_001))
    # 2,000 expected in each, standard deviation 42: five of them either side.
    assert all(abs(count - 2_000) < 212 for count in tenths.values())


def test_shares_of_two_salts_are_independent():
    both = sum(
        share("holdout", lead) < 0.5 and share("subject line", lead) < 0.5 for lead in range(1, 20_001)
    )
    assert abs(both - 5_000) < 306  # five standard deviations


def test_shares_stay_what_they_are_between_releases():
    # A changed hash would move leads between holdout and mailed, and between the variants of a running experiment.
    assert f"{share('holdout', 42):.12f}" == "0.459064323534"
