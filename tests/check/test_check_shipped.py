"""A slip in a shipped campaign is told in its own file and line."""

from pathlib import Path

import pytest

from nurture.check import check
from nurture.content.catalog import load, load_texts

ROOT = Path(__file__).parents[2]
SHIPPED = load(ROOT / "campaigns", ROOT / "templates")


@pytest.mark.parametrize("path", sorted(path for path in SHIPPED.texts if path.endswith("campaign.yaml")))
def test_a_mail_that_is_renamed_is_missed_in_its_line(path):
    text = SHIPPED.texts[path]
    line = next(number for number, written in enumerate(text.split("\n"), 1) if "{mail: " in written)
    slipped = text.replace("{mail: ", "{mail: not-", 1)
    found = check(load_texts({**SHIPPED.texts, path: slipped}))
    assert any(
        problem.file == path and problem.line == line and "there is no mail 'not-" in problem.message
        for problem in found
    )
