"""The parts of a condition: what must hold together, apart."""

import pytest

from nurture.content.condition_parts import parts_of
from nurture.content.model import Expression


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("lead.stage == 'inquiry'", ["lead.stage == 'inquiry'"]),
        (
            "lead.stage in ['inquiry', 'recycled'] and lead.plan == 'none' and lead.company_size > 9",
            ["lead.stage in ['inquiry', 'recycled']", "lead.plan == 'none'", "lead.company_size > 9"],
        ),
        ("lead.industry == 'rock and roll' and lead.grade == 'A'", ["lead.industry == 'rock and roll'", "lead.grade == 'A'"]),
        ("(lead.plan == 'a' and lead.grade == 'A') and lead.stage == 'lost'", ["(lead.plan == 'a' and lead.grade == 'A')", "lead.stage == 'lost'"]),
        ("lead.plan == 'a' and lead.grade == 'A' or lead.stage == 'lost'", None),
        ("not lead.plan and lead.grade == 'A'", ["not lead.plan", "lead.grade == 'A'"]),
    ],
)  # fmt: skip
def test_it_is_parted_where_all_must_hold(source, parts):
    found = [each.source for each in parts_of(Expression(source))]
    assert found == (parts if parts is not None else [source])
