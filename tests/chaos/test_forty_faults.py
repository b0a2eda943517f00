"""R4 in small: the forty faults of a relay, as ``make chaos`` meets them, but with less patience and faster slow bytes.

How late the others are is the command's to measure: a test that looks at a clock fails on a machine that is busy.
"""

from tests.chaos.forty_faults import Speed
from tests.chaos.smtp_faults import met


def test_each_of_the_forty_faults_leaves_the_right_state_and_nothing_lost_or_doubled():
    rows = list(met(Speed(patience=0.6, byte=0.005)))
    wrong = {row.name: row for row in rows if not row.is_right}
    assert wrong == {}
    assert len({row.name for row in rows}) == 40
    assert [row.name for row in rows if row.doubled] == ["drop after the dot, sent again"]
