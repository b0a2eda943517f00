"""What our own people do meanwhile: they import, edit and publish, hold the broadcast, answer hand-offs, settle what is
unknown, merge leads and part them, move leads to a track.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from nurture.engine import broadcasts, bulk, merging, sales, unknown
from nurture.engine.bulk_acts import Act, Asked
from nurture.engine.intake import NewLead, enter_leads
from nurture.engine.lead_filter import LeadFilter
from nurture.engine.merging import MergeError
from nurture.engine.pause_rows import EVERYTHING, Cause, live_pauses
from nurture.engine.pauses import pause, resume
from nurture.engine.sweep_rows import SweepKind
from nurture.simulation.faults.agenda import Agenda
from nurture.simulation.faults.far_end import FarEnd
from nurture.simulation.faults.ground import Ground
from nurture.simulation.faults.oracle import Oracle
from nurture.simulation.faults.programme import BROADCAST, EDITS, START, edited
from nurture.simulation.faults.web import Web
from nurture.store import records as table
from nurture.vocabulary.lead import FieldValue
from nurture.vocabulary.words import Stage, TouchStatus

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LENGTH = 6 * DAY
"""For how long things happen."""
ROUND = 7 * HOUR
"""How often reps and those who look after the mail look at what waits for them."""
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Pacific/Chatham", "Asia/Kolkata")
PLANS = ("none", "none", "club", "trial")
DOMAINS = ("one.example", "two.example", "busy.example")
FAIR_AT = datetime.fromisoformat("2026-03-26T10:00+00:00")
REP = "ana@troubled.example"
REASONS = ("not-now", "too-early")
PLACES = ("news/warm", "news/main", "news/main/third", "news/main/readers", "club/main", "trial/main")
PAUSED = (EVERYTHING, "news", "trial", BROADCAST)


class Office:
    """Those behind the pages.

    resend  whether the programme has mails of unknown fate sent again.
    """

    def __init__(
        self, ground: Ground, agenda: Agenda, far_end: FarEnd, oracle: Oracle, web: Web, *, resend: bool
    ) -> None:
        self._ground = ground
        self._agenda = agenda
        self._far_end = far_end
        self._oracle = oracle
        self._web = web
        self._resend = resend

    def plan(self, leads: int) -> None:
        """Everything that is known at the beginning."""
        ground, perils = self._ground, self._ground.perils
        for number in range(1, leads + 1):
            self._let_come(number)
        if perils.edits:
            for number in range(1 + int(3 * ground.lot("edits"))):
                edit = ground.pick(tuple(EDITS), "edit")
                self._agenda.at(
                    self._some_time(), f"somebody publishes: {edit}", self._publishes(edit, number)
                )
        if perils.pauses:
            held_at = FAIR_AT + timedelta(seconds=ground.between(-HOUR, 8 * HOUR, "held").total_seconds())
            self._agenda.at(held_at, "the broadcast is held", self._holds)
            self._agenda.at(
                held_at + ground.between(MINUTE, DAY, "held for"), "the broadcast goes on", self.resume
            )
            if ground.happens(0.2, "called off"):
                at = held_at + ground.between(-DAY, DAY, "called off at")
                self._agenda.at(at, "the broadcast is called off", self._calls_off)
            self._plan_pauses()
        for number in range(1, int(LENGTH / ROUND)):
            self._agenda.at(START + number * ROUND, "what is paused goes on", self.lets_go_on)
            if ground.happens(perils.sales, "reps look"):
                self._agenda.at(START + number * ROUND, "reps answer", self._answers)
            if ground.happens(perils.settled, "looks after mail"):
                self._agenda.at(
                    START + number * ROUND + HOUR, "somebody settles what is unknown", self.settles
                )

        if perils.merges:
            for _ in range(1 + int(4 * ground.lot("merges"))):
                self._agenda.at(self._some_time(), "two leads are merged", self._merges)
            for _ in range(int(3 * ground.lot("partings"))):
                self._agenda.at(self._some_time(), "a merge is undone", self._parts)

        if perils.sales:
            for _ in range(int(4 * ground.lot("moves"))):
                self._agenda.at(self._some_time(), "leads are moved to a track by hand", self._moves)
            for _ in range(int(3 * ground.lot("moves back"))):
                self._agenda.at(self._some_time(), "a move by hand is taken back", self._moves_back)

    def resume(self) -> None:
        """Let the broadcast go on, where it is held."""
        self._oracle.touches.held.clear()
        with self._web.engine.deciding() as (connection, now):
            broadcasts.resume(connection, BROADCAST, now=now)

    def lets_go_on(self) -> None:
        """Somebody resumes what a person has paused, or a server's words: what they say is mended."""
        with self._web.engine.deciding() as (connection, now):
            for each in live_pauses(connection):
                resume(connection, each.campaign, why="mended", actor=REP, now=now)

    def settles(self) -> None:
        """Somebody asks the relay's people, who know."""
        with self._web.engine.deciding() as (connection, now):
            status = table.touch.c.status == TouchStatus.UNKNOWN.value
            refs = list(connection.execute(select(table.touch.c.id).where(status)).scalars())
            arrived = [ref for ref in refs if self._far_end.has(ref)]
            unknown.arrived(connection, arrived, by=REP, now=now)
            unknown.send_again(connection, [ref for ref in refs if ref not in arrived], by=REP, now=now)

    # ------------------------------------------------------------ leads

    def _let_come(self, number: int) -> None:
        ground, chance = self._ground, self._ground.chance
        person = NewLead(
            reference=f"person-{number}",
            fields={
                "email": f"p{number}@{chance.pick(DOMAINS, 'domain', number)}",
                "first_name": f"P{number}",
                "time_zone": chance.pick(ZONES, "zone", number),
                "plan": chance.pick(PLANS, "plan", number),
                "size": 500 if chance.happens(0.6, "large", number) else 20,
            },
        )
        at = START + chance.between(timedelta(0), 2 * DAY, "comes", number)
        self._agenda.at(at, f"{person.reference} comes", self._enters(person))
        if chance.happens(0.4, "told twice", number):
            again = at + chance.between(MINUTE, 3 * DAY, "again", number)
            self._agenda.at(again, f"{person.reference} is imported again", self._enters(person))
        if ground.perils.imports and chance.happens(0.5, "changes", number):
            fields: dict[str, FieldValue] = {
                "email": person.fields["email"],
                "plan": chance.pick(PLANS, "new plan", number),
                "size": chance.pick((20, 500), "new size", number),
            }
            changed = NewLead(reference=person.reference, fields=fields, fact=f"change-{number}")
            self._agenda.at(self._some_time(), f"{person.reference} changes", self._enters(changed))

    def _enters(self, person: NewLead) -> Callable[[], None]:
        def fact() -> None:
            with self._web.engine.deciding() as (connection, now):
                enter_leads(connection, [person], source="import", now=now)

        return fact

    # ------------------------------------------------------------ programme and broadcast

    def _publishes(self, edit: str, number: int) -> Callable[[], None]:
        def fact() -> None:
            catalog = edited(edit, resend=self._resend)
            self._web.engine.publish(catalog, actor="a person", reason=f"edit {number}")

        return fact

    def _plan_pauses(self) -> None:
        """All mail or one campaign's is paused, and goes on when somebody next looks."""
        for number in range(int(3 * self._ground.lot("pauses"))):
            campaign = self._ground.pick(PAUSED, "what is paused")
            told = f"{campaign or 'all mail'} is paused"
            self._agenda.at(self._some_time(), told, self._pauses(campaign, number))

    def _pauses(self, campaign: str, number: int) -> Callable[[], None]:
        def fact() -> None:
            with self._web.engine.deciding() as (connection, now):
                why = f"pause {number}"
                pause(connection, campaign, cause=Cause.PERSON, why=why, actor=REP, now=now)

        return fact

    def _holds(self) -> None:
        with self._web.engine.deciding() as (connection, now):
            is_held = broadcasts.pause(connection, BROADCAST, now=now)
        if is_held:
            self._oracle.touches.held.add(BROADCAST)

    def _calls_off(self) -> None:
        with self._web.engine.deciding() as (connection, now):
            is_over = broadcasts.cancel(connection, BROADCAST, by=REP, now=now)
        if is_over:
            self._oracle.touches.called_off.add(BROADCAST)

    # ------------------------------------------------------------ sales

    def _answers(self) -> None:
        """Each open hand-off gets some answer, or none."""
        with self._web.engine.deciding() as (connection, now):
            of = table.hand_off.c
            waiting = select(of.lead_id, of.accepted_at).where(of.closed_at.is_(None)).order_by(of.lead_id)
            for row in connection.execute(waiting).all():
                self._answer(connection, row.lead_id, now, taken=row.accepted_at is not None)

    def _answer(self, connection: Connection, lead_id: int, now: datetime, *, taken: bool) -> None:
        lot = self._ground.lot("rep answers")
        if lot < 0.3 and not taken:
            sales.accept(connection, lead_id, by=REP, now=now)
        elif lot < 0.4:
            sales.contact(connection, lead_id, note="", by=REP, now=now)
        elif lot < 0.6:
            reason = self._ground.pick(REASONS, "why back")
            sales.reject(connection, lead_id, reason=reason, note="", by=REP, now=now)
        elif lot < 0.8:
            stage = self._ground.pick((Stage.SQL, Stage.CUSTOMER, Stage.DISQUALIFIED, Stage.INQUIRY), "stage")
            sales.set_stage(connection, lead_id, stage, reason="", role="sales", by=REP, now=now)

    # ------------------------------------------------------------ leads that are one person

    def _merges(self) -> None:
        with self._web.engine.deciding() as (connection, now):
            leads = list(connection.execute(select(table.lead.c.id).order_by(table.lead.c.id)).scalars())
            if len(leads) > 1:
                survivor = self._ground.pick(leads, "survivor")
                other = self._ground.pick([each for each in leads if each != survivor], "other")
                with suppress(MergeError):
                    merging.merge(connection, survivor, other, by=REP, now=now)

    def _parts(self) -> None:
        with self._web.engine.deciding() as (connection, now):
            into = select(table.lead_merge.c.lead_id).where(table.lead_merge.c.undone_at.is_(None)).distinct()
            survivors = sorted(connection.execute(into).scalars())
            if survivors:
                with suppress(MergeError):
                    merging.unmerge(connection, self._ground.pick(survivors, "parted"), by=REP, now=now)

    # ------------------------------------------------------------ leads that are moved by hand

    def _moves(self) -> None:
        with self._web.engine.deciding() as (connection, now):
            asked = Asked(Act.TRACK, self._ground.pick(PLACES, "where to"))
            bulk.begin(connection, asked, wanted=LeadFilter(), by=REP, now=now)

    def _moves_back(self) -> None:
        with self._web.engine.deciding() as (connection, now):
            of = table.sweep.c
            walks = select(of.id).where(of.kind == SweepKind.BULK.value).order_by(of.id.desc()).limit(1)
            number = connection.execute(walks).scalar()
            if number is not None:
                bulk.take_back(connection, int(number), by=REP, now=now)

    def _some_time(self) -> datetime:
        return START + self._ground.lot("some time") * LENGTH
