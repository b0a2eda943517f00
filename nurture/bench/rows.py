"""Which rows of spec/7-performance.md can be measured, and by what."""

from collections.abc import Callable, Mapping

import msgspec

from nurture.bench import absorbing, build_mail, growth, idle, importing, tracking, whole_send
from nurture.bench.figures import Figure, Scale


class Row(msgspec.Struct, frozen=True):
    """measure  takes the scale and the number of runs. Raises SetupError where a program is absent."""

    what: str
    measure: Callable[[Scale, int], list[Figure]]


ROWS: Mapping[int, Row] = {
    1: Row("the whole send", whole_send.measure),
    5: Row("building a mail", build_mail.measure),
    8: Row("pixels and clicks", tracking.measure),
    9: Row("absorbing", absorbing.measure),
    12: Row("importing", importing.measure),
    14: Row("an idle engine", idle.measure),
    15: Row("growth", growth.measure),
}
