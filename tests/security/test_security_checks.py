"""The table of `make security` names tests that exist, and a check without a case, or with a failing one, is a finding."""

from pathlib import Path

import pytest

from tests.security.__main__ import run
from tests.security.checks import CHECKS, Check

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.what)
def test_every_row_names_tests_that_exist(check):
    assert check.tests
    for path in check.tests:
        assert "def test_" in (ROOT / path).read_text()


def test_a_row_without_a_case_is_a_finding():
    check = Check("SEC8", "nothing", ("tests/identity/test_identity_ids.py",), only="no_test_is_called_so")
    assert run(check, examples=1)[:2] == (0, 1)
