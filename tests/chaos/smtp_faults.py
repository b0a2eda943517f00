"""R4: forty faults of a relay, each met by the whole engine: the state is right, nothing lost, nothing doubled, nobody else late.

Each fault (``forty_faults``) meets some leads whose mail is due; then the relay is well again, time passes, and what was
deferred has to arrive.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from pathlib import Path
from time import monotonic

import msgspec

from nurture.engine.pause_rows import live_pauses
from nurture.engine.pauses import resume
from nurture.engine.recover import Journals
from nurture.ports import Clock
from tests.chaos.figures import Figures, Options, bounds
from tests.chaos.forty_faults import BOUNCED, LEADS, SENT, UNKNOWN, Fault, Speed, faults
from tests.chaos.sick_relay import Detour, Noted, plain_route, route_to, sick
from tests.delivery.authority import Authority
from tests.delivery.scripted_relay import ScriptedRelay, Taken
from tests.engine.company import ANY_TIME, Company, campaign, catalog

DELAY_MAX = 1.0
"""Seconds that the other mails may be later than without the fault."""
ONE_MAIL = campaign(steps="[{mail: first}]", mails=("first",))


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one fault.

    late     seconds by which the other mails came later than without a fault; None where all met it.
    doubled  mails that a relay took twice.
    lost     mails that count as sent and that no relay took, or that never came to an end.
    """

    name: str
    expected: Mapping[str, int]
    found: Mapping[str, int]
    late: float | None
    lost: int
    doubled: int
    mixed: int
    resends: bool = False

    @property
    def is_right(self) -> bool:
        return (
            self.found == self.expected
            and self.lost == 0
            and self.mixed == 0
            and self.doubled <= (1 if self.resends else 0)
        )


def met(speed: Speed | None = None) -> Iterator[Row]:
    """Meet each fault once, with the whole engine on SQLite, and say what came of it."""
    speed = speed or Speed()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        authority = Authority(folder)
        ways: dict[bool, Detour] = {}
        companies = {
            resends: stack.enter_context(a_company(folder, ways, resends=resends))
            for resends in (False, True)
        }
        usual = 0.0
        for time in (
            "first",
            "second",
        ):  # the first time the mail is compiled, which no fault is to be blamed for
            well = Fault(name=f"none, {time} time", becomes=SENT, victims=0)
            usual = max(meet(companies[resends], way, well, 0.0).late or 0.0 for resends, way in ways.items())
        for fault in faults(speed, authority):
            yield meet(companies[fault.resends], ways[fault.resends], fault, usual)


@contextmanager
def a_company(folder: Path, ways: dict[bool, Detour], *, resends: bool) -> Iterator[Company]:
    def way_out(clock: Clock) -> Detour:
        ways[resends] = Detour(clock)
        return ways[resends]

    name = "resend" if resends else "hold"
    journals = Journals(folder / name)
    company = Company(f"sqlite:///{folder / name}.sqlite", way_out=way_out, journals=journals)
    company.publish(catalog(ONE_MAIL, sending=f"{ANY_TIME}, unknown: {name}"))
    try:
        yield company
    finally:
        company.engine.close()


def meet(company: Company, way: Detour, fault: Fault, usual: float) -> Row:
    """What becomes of LEADS mails that meet *fault*; *usual* is how long they take without one."""
    slug = "-".join(fault.name.lower().translate(str.maketrans("", "", ":,")).split())
    leads = company.enter(*(f"{slug}-{number}" for number in range(LEADS)))
    with sick(fault) as relay:
        way.lead_to(route_to(relay, fault))
        began = monotonic()
        company.engine.tick()
        found = Counter(company.statuses(lead)[0][1] for lead in leads)
        way.close()
    mended(company)
    with ScriptedRelay() as healthy:
        way.lead_to(plain_route(healthy))
        company.later(minutes=7)
        way.close()
    taken = [*relay.taken, *healthy.taken]
    times = Counter(each.rcpt_to for each in taken)
    return Row(
        name=fault.name,
        expected=expected(fault),
        found={str(status): count for status, count in found.items()},
        late=late(relay, fault, began, usual),
        lost=sum(is_lost(company, lead, times) for lead in leads),
        doubled=sum(count > 1 for count in times.values()),
        mixed=sum(not is_whole(each) for each in taken),
        resends=fault.resends,
    )


def mended(company: Company) -> None:
    """A person has put right what was our own fault, and lets mail leave again."""
    with company.engine.deciding() as (connection, now):
        for each in live_pauses(connection):
            resume(connection, each.campaign, why="mended", actor="a person", now=now)


def late(relay: ScriptedRelay, fault: Fault, began: float, usual: float) -> float | None:
    """How much later than usual the last of the others came."""
    taken = relay.taken
    assert isinstance(taken, Noted)
    others = LEADS - fault.victims
    if others == 0:
        return None
    arrived = sorted(taken.at)[:-1] if fault.is_slow else sorted(taken.at)
    return max(0.0, arrived[-1] - began - usual)


def is_lost(company: Company, lead: int, times: Mapping[str, int]) -> bool:
    """Whether a mail counts as sent and never arrived, or did not come to an end."""
    status = company.statuses(lead)[0][1]
    arrived = times.get(company.state(lead).lead.email or "", 0) > 0
    return status not in (SENT, BOUNCED, UNKNOWN) or (status == SENT and not arrived)


def expected(fault: Fault) -> dict[str, int]:
    counts = Counter({str(fault.becomes): fault.victims, str(SENT): LEADS - fault.victims})
    return (
        {status: count for status, count in counts.items() if count} if fault.victims else {str(SENT): LEADS}
    )


def is_whole(taken: Taken) -> bool:
    """Whether a mail has its body, and stands in its own envelope."""
    message = message_from_bytes(taken.data)
    bodies = [part for part in message.walk() if part.get_content_type() == "text/html"]
    return taken.rcpt_to in message["To"] and bool(bodies) and "Hello" in str(bodies[0].get_payload())


# ---------------------------------------------------------------- the row of the table


def run(options: Options) -> Iterator[Figures]:
    """R4 of ``make chaos``: a line for each fault, and the sum."""
    rows = []
    for row in met():
        rows.append(row)
        broken = bounds(
            state_right=row.found == row.expected,
            nothing_lost=row.lost == 0,
            nothing_doubled=row.doubled <= (1 if row.resends else 0),
            no_envelope_mixed_up=row.mixed == 0,
            others_not_late=row.late is None or row.late <= DELAY_MAX,
        )
        numbers = {"found": dict(row.found), "lost": row.lost, "doubled": row.doubled}
        if row.late is not None:
            numbers["others late"] = f"{row.late:.2f} s"
        yield Figures(row="R4", what=row.name, seed=options.seed, numbers=numbers, broken=broken)
    right = sum(row.is_right and (row.late is None or row.late <= DELAY_MAX) for row in rows)
    yield Figures(
        row="R4",
        what="all faults",
        seed=options.seed,
        numbers={"right": f"{right} of {len(rows)}"},
        broken=bounds(all_right=right == len(rows) == 40),
    )
