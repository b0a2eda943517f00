"""Names of visitors, and the lots that fall on ids."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from nurture.identity import new_visitor_id, share


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
