"""When nothing goes wrong any more, everything comes to an end: nothing is lost, and both ends of the wire know the same."""

from sqlalchemy import select

from nurture.simulation.faults.far_end import FarEnd, named
from nurture.simulation.faults.ground import Ground
from nurture.simulation.faults.oracle import Oracle
from nurture.simulation.faults.touches import moment
from nurture.simulation.refold import scores_differ
from nurture.store import records as table
from nurture.store.due import DueKind
from nurture.store.mapping import unpacked
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import message_number, touch_id
from nurture.vocabulary.words import TouchStatus

TIMER = "SELECT 1 FROM due WHERE kind = ? AND id = ?"
MAY_HAVE_ARRIVED = {TouchStatus.SENT, TouchStatus.UNKNOWN, TouchStatus.BOUNCED}


def check_finished(ground: Ground, oracle: Oracle, far_end: FarEnd) -> None:
    """9. After whatever cut it short, it has ended as if nothing had."""
    with ground.database.reading() as connection:
        oracle.delays.check_finished()
        waiting = oracle.folds.waiting
        if waiting:
            ground.accuse(9, f"events {sorted(waiting)} were never absorbed")
        for row in oracle.touches.rows.values():
            _check(ground, far_end, row.id, TouchStatus(row.status))
            if not TouchStatus(row.status).is_final:
                due_at = moment(oracle.touches.queue.get(row.id, 0))
                ground.accuse(9, f"touch {row.id} is still {row.status}, due at {due_at}")
        for mail in connection.execute(select(table.outbox)).all():
            number, status = message_number(mail.id), TouchStatus(mail.status)
            _check(ground, far_end, number, status)
            if not status.is_final:
                ground.accuse(9, f"{named(number)} is still {status}")
        for packed in connection.execute(select(table.lead_state.c.state)).scalars():
            _goes_on(ground, oracle, unpacked(packed))
    for sentence in scores_differ(ground.database):
        ground.accuse(5, sentence)


def _check(ground: Ground, far_end: FarEnd, number: int, status: TouchStatus) -> None:
    """What the far end has, and what is believed of it here."""
    has = far_end.has(number)
    if status is TouchStatus.SENT and not has:
        ground.accuse(9, f"{named(number)} is sent, and never arrived")
    if has and status not in MAY_HAVE_ARRIVED and not far_end.may_double:
        ground.accuse(9, f"{named(number)} arrived, and is {status}")


def _goes_on(ground: Ground, oracle: Oracle, state: LeadState) -> None:
    """What an enrolment waits for is still to come."""
    for enrolment in state.live_enrolments:
        if enrolment.planned is None:
            continue
        if not enrolment.planned.touch:
            if not ground.driver.execute(TIMER, (DueKind.TIMER.value, state.lead.id)).fetchone():
                step = enrolment.planned.step
                ground.accuse(
                    9, f"lead {state.lead.id} waits in {enrolment.campaign} for {step}, and no timer"
                )
            continue
        ref = touch_id(state.lead.id, enrolment.planned.touch)
        row = oracle.touches.rows.get(ref)
        if row is None or TouchStatus(row.status).is_final:
            how = "not there" if row is None else row.status
            ground.accuse(
                9, f"lead {state.lead.id} waits in {enrolment.campaign} for touch {ref}, which is {how}"
            )
