"""Free and disposable mailboxes are told by their domain."""

import pytest

from nurture.mailboxes import is_disposable, is_free_mail
from nurture.mailboxes.families import FAMILIES, family_of


@pytest.mark.parametrize(
    "address", ["jane@gmail.com", "JANE@GMAIL.COM", "gmail.com", "jane@gmx.de", "jane@gmail.com."]
)
def test_a_free_providers_mailbox(address: str) -> None:
    assert is_free_mail(address)


@pytest.mark.parametrize(
    "address", ["jane@acme.example", "jane@mail.gmail.com.acme.example", "", "@", "jane@com"]
)
def test_a_companys_mailbox_is_neither(address: str) -> None:
    assert not is_free_mail(address)
    assert not is_disposable(address)


@pytest.mark.parametrize("address", ["x@mailinator.com", "x@any.mailinator.com", "x@Mailinator.COM"])
def test_a_throw_away_mailbox_and_its_subdomains(address: str) -> None:
    assert is_disposable(address)


@pytest.mark.parametrize(
    ("domain", "family"),
    [
        ("googlemail.com", "gmail.com"),
        ("gmail.com", "gmail.com"),
        ("hotmail.com", "outlook.com"),
        ("north.example", "north.example"),
    ],
)
def test_the_domains_of_one_provider_go_by_one_name(domain, family):
    assert family_of(domain) == family


def test_no_domain_is_in_two_families_and_none_that_stands_for_one_is_in_another():
    others = [domain for each in FAMILIES.values() for domain in each]
    assert len(others) == len(set(others))
    assert not FAMILIES.keys() & set(others)
