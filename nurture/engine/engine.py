"""The engine: one store, one programme that is live, one way out for mail. Others call its verbs; a heartbeat calls ``tick``."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import Event as Flag

import msgspec
from sqlalchemy import Connection, func, select

from nurture.content.catalog import Catalog
from nurture.content.proof import prove
from nurture.content.system_texts import mail_texts
from nurture.engine.absorbing import Absorbing
from nurture.engine.apart import Portions
from nurture.engine.arming import COPY, Arming
from nurture.engine.build import Builder
from nurture.engine.claim import Claim, claim, first_claim
from nurture.engine.deliver import deliver
from nurture.engine.feedback_forward import passed_on
from nurture.engine.housekeeping import keep_house
from nurture.engine.in_flight import InFlight
from nurture.engine.intake import Entered, NewLead, add_events, enter_leads
from nurture.engine.live import Live, live_number, load_live, publish
from nurture.engine.outbox import Outbox
from nurture.engine.recover import Journals
from nurture.engine.rest import Rested
from nurture.engine.stages import Stage, Stages
from nurture.engine.sweeps import first_of_walk, sweep_batch, sweep_waits
from nurture.engine.system_build import SystemBuilder
from nurture.engine.ticked import Ticked
from nurture.engine.track import HITS_AT_ONCE, SpooledTracks
from nurture.engine.watch import work_waits
from nurture.engine.webhooks_out import WebhooksOut
from nurture.errors import SetupError
from nurture.identity import Keyring
from nurture.languages.catalogues import WRITTEN_IN
from nurture.log import get_log
from nurture.ports import Caller, Clock, Transport
from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.event import Event

log = get_log(__name__)

ABSORBS_ON = timedelta(seconds=1)
"""How long a turn goes on absorbing what comes in small batches, before mail may leave again."""
BESIDE = 100
"""Hits and events taken in at once beside a send, which waits so long for the store: about a tenth of a second."""
BREATH_SECONDS = 0.03
"""Between two of those, as SQLite hands its one pen to nobody: who waits for it looks again every 25 ms or so."""


class Engine:
    """Everything the engine needs from the world is given to it; it makes nothing real itself.

    base_url  where links, pixel and preference pages are served.
    public_url  where people of ours open the pages; None for the same.
    language  in which people of ours are mailed who have chosen none.
    reply_domain  where answers and unsubscriptions by mail come in; None where they go to the sender, and nothing reads them.
    sign      puts a DKIM signature on a message; None where the relay does.
    batch     events absorbed and touches claimed at once.
    lease     how long a claim holds before another worker may take it over.
    caller    posts webhooks; None where nothing may leave the machine.
    tracks    where hits of pixels, links and the script wait; None where nothing tracks.
    journals  where it is noted what is on the wire; None where no crash has to be survived.
    arming    keeps a copy of a store from sending; None where nothing leaves the machine.
    warms_up  whether mail counts for the sender's ramp; None for where it leaves the machine. A virtual world says yes.
    """

    def __init__(
        self,
        *,
        database: Database,
        transport: Transport,
        keyring: Keyring,
        clock: Clock,
        base_url: str,
        public_url: str | None = None,
        language: str = WRITTEN_IN,
        return_path_domain: str | None = None,
        reply_domain: str | None = None,
        sign: Callable[[bytes], bytes] | None = None,
        batch: int = 1_000,
        lease: timedelta = timedelta(minutes=15),
        caller: Caller | None = None,
        tracks: SpooledTracks | None = None,
        journals: Journals | None = None,
        arming: Arming | None = None,
        warms_up: bool | None = None,
    ) -> None:
        self.database = database
        self.transport = transport
        self.caller = caller
        self.keyring = keyring
        self.clock = clock
        self.base_url = base_url
        self.public_url = public_url or base_url
        self.language = language
        self._return_path_domain = return_path_domain
        self._reply_domain = reply_domain
        self._sign = sign
        self._batch = batch
        self._lease = lease
        self._tracks = tracks
        self._journals = journals
        self._arming = arming
        self._sends = True
        self.warms_up = transport.leaves_machine if warms_up is None else warms_up
        self._webhooks = WebhooksOut(database, keyring, clock, caller)
        self._way_out = Rested(transport, clock, database)
        self._outbox = Outbox(database, self._way_out, clock, self.system_builder)
        self._stages = Stages(database, clock)
        self._claims = Portions(database, clock)
        self._walks = Portions(database, clock)
        self._absorbing = Absorbing(database, clock, keyring)
        self._beside = Absorbing(database, clock, keyring)  # in a thread of its own
        self._system_builder: SystemBuilder | None = None
        self._live: Live | None = None
        self._on_the_wire = Flag()
        self._stopping = Flag()

    # ------------------------------------------------------------ the programme

    def publish(self, catalog: Catalog, *, actor: str, reason: str, in_flight: InFlight | None = None) -> int:
        """Make *catalog* live; see ``live.publish``."""
        prove(mail_texts(catalog))  # it is remembered: what takes seconds is done before the store is locked
        with self.database.writing() as connection:
            return publish(
                connection,
                catalog,
                now=self.clock.now(),
                actor=actor,
                reason=reason,
                in_flight=in_flight,
            )

    @property
    def live(self) -> Live:
        """The newest revision. Raises SetupError in a store that has none."""
        with self.database.reading() as connection:
            number = live_number(connection)
            if self._live is None or self._live.number != number:
                self._live = load_live(connection, base_url=self.base_url)
        if self._live is None:
            raise SetupError("no programme is live; run `nurture apply campaigns/`")
        return self._live

    @property
    def has_programme(self) -> bool:
        """Whether a revision is live."""
        with self.database.reading() as connection:
            return live_number(connection) is not None

    @property
    def lead_count(self) -> int:
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table.lead)).scalar_one()

    def builder(self, live: Live) -> Builder:
        """What makes messages of a revision, in the name of this installation."""
        return Builder(
            live,
            self.keyring,
            self.clock,
            base_url=self.base_url,
            return_path_domain=self._return_path_domain,
            reply_domain=self._reply_domain,
            sign=self._sign,
        )

    def system_builder(self, live: Live) -> SystemBuilder:
        """What makes system mails of a revision; kept while it is live, with what it has compiled."""
        builder = self._system_builder
        if builder is None or builder.live is not live:
            self._system_builder = builder = SystemBuilder(
                live,
                self.keyring,
                base_url=self.base_url,
                public_url=self.public_url,
                language=self.language,
                return_path_domain=self._return_path_domain,
                sign=self._sign,
                passed_on=partial(passed_on, self.database),
            )
        return builder

    # ------------------------------------------------------------ facts in

    def enter_leads(self, people: Sequence[NewLead], *, source: str, sample: bool = False) -> Entered:
        """Make leads of people, or change those that are leads already."""
        with self.database.writing() as connection:
            return enter_leads(connection, people, source=source, now=self.clock.now(), sample=sample)

    def record(self, events: Iterable[Event]) -> None:
        """Append events; durable when it returns."""
        with self.database.writing() as connection:
            add_events(connection, events)

    @contextmanager
    def deciding(self) -> Iterator[tuple[Connection, datetime]]:
        """A transaction and the moment, for the verbs of ``consent``, ``sales`` and ``intake``."""
        with self.database.writing() as connection:
            yield connection, self.clock.now()

    # ------------------------------------------------------------ the turn

    def tick(self) -> Ticked:
        """Absorb what happened, fire what is due, send what may leave, and absorb what came of it."""
        ticked = Ticked()
        stages = self._stages = Stages(self.database, self.clock)
        if self._live is None:
            self._live = self.live  # the first tick says if there is no programme
        stages.do(Stage.JOURNALS, self._read_journals, None)
        if not self._work_waits():
            stages.end()
            return ticked
        live = self.live
        # What is on a journal that cannot be read may have left: until it can, nothing does.
        self._sends = not stages.has_failed(Stage.JOURNALS) and self._may_send()
        self._take_all_in(live, ticked)
        while not self._stopping.is_set():
            stages.do(Stage.SYSTEM_MAILS, lambda: self._send_posted(live, ticked), None)
            swept = stages.do(Stage.WALKS, lambda: self._sweep_batch(live, ticked), otherwise=False)
            if swept:
                stages.do(Stage.EVENTS, lambda: self._absorb_all(live, ticked), None)
            if not stages.do(Stage.MAIL, lambda: self._deliver_batch(live, ticked), 0) and not swept:
                break
            self._take_all_in(live, ticked)  # a send may keep us here for hours
        stages.do(Stage.WEBHOOKS, lambda: self._call_webhooks(live, ticked), None)
        if not ticked.is_idle:
            log.info("tick", **msgspec.structs.asdict(ticked))
        stages.end()
        return ticked

    def take_in(self) -> int:
        """Take in what readers do while a tick has mail on the wire, for it cannot: called from a thread beside the ticks.

        Returns how many hits and events that were; 0 where nothing is on the wire.
        """
        taken = 0
        while self._on_the_wire.is_set() and (now_taken := self._take_in_some()):
            taken += now_taken
            if self._stopping.wait(BREATH_SECONDS):
                break
        return taken

    @property
    def is_armed(self) -> bool:
        """Whether mail may leave from here: not from a copied or restored store, until somebody says so."""
        return self._arming is None or self._arming.is_armed

    def arm(self) -> None:
        """Let this store send from this home."""
        if self._arming is not None:
            self._arming.arm()

    def keep_up(self) -> None:
        """Learn what has left from other homes, which a tick without work does not: a backup from before it is a copy here, too."""
        if self._arming is not None and self.is_armed:
            self._arming.join()

    def keep_house(self) -> None:
        """What is done now and then; see ``housekeeping``."""
        live = self.live if self.has_programme else None
        keep_house(self.database, self.clock, live, self._tracks, stopping=self._stopping.is_set)

    def stop(self) -> None:
        """Finish what is on the wire, give back what is not begun, then let ``tick`` return."""
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop: who works beside the turns ends with its batch."""
        return self._stopping.is_set()

    def close(self) -> None:
        self.transport.close()
        if self._journals is not None:
            self._journals.close()
        self._webhooks.close()
        self.database.close()

    def _read_journals(self) -> None:
        if self._journals is not None and self._live is not None:
            resend = self._live.programme.sending.unknown == "resend"
            self._journals.recover(self.database, self.clock.now(), resend=resend)

    def _may_send(self) -> bool:
        if not self.is_armed:
            log.error("not armed", why=COPY)
            return False
        if self._arming is not None:
            self._arming.join()
        return True

    @property
    def _may_mail(self) -> bool:
        """Whether mail may leave now: what is due waits while the way out wants a rest."""
        return self._sends and not self._way_out.is_resting

    def _work_waits(self) -> bool:
        """Whether there is anything to do: the store is asked one query, and only if nothing nearer says so."""
        return (
            self._webhooks.is_posting
            or (self._tracks is not None and self._tracks.waits())
            or work_waits(self.database, self.clock.now())
        )

    def _send_posted(self, live: Live, ticked: Ticked) -> None:
        """System mails: before each batch of touches, so that nobody's new password waits behind a newsletter."""
        while self._may_mail and not self._stopping.is_set() and (become := self._outbox.turn(live)):
            ticked.posted(become)

    def _sweep_batch(self, live: Live, ticked: Ticked) -> bool:
        """One batch of a walk over the leads, between two batches of mail."""
        with self.database.reading() as connection:
            if not sweep_waits(connection, self.clock.now()):
                return False

        def walk(connection: Connection, now: datetime, most: int) -> bool:
            return sweep_batch(connection, live, now, most=most)

        swept = self._walks.take(self._batch, walk, first_of_walk, None)
        ticked.swept += bool(swept)
        ticked.set_aside += swept is None
        return swept is not False

    def _call_webhooks(self, live: Live, ticked: Ticked) -> None:
        """What is due to endpoints outside: after the mail, which they never hold up."""
        if self._sends and not self._stopping.is_set():
            called = self._webhooks.turn(live)
            ticked.called += called.taken
            ticked.uncalled += called.refused

    def _take_tracks(self, live: Live) -> None:
        """The hits that wait; what arrives while the last of them are taken is for the next time, or a storm would never end."""
        if self._tracks is not None:
            taken = HITS_AT_ONCE
            while (taken >= HITS_AT_ONCE or self._tracks.is_looking) and not self._stopping.is_set():
                taken = self._tracks.take(self.database, live.programme, self.clock.now())

    def _take_all_in(self, live: Live, ticked: Ticked) -> None:
        """Who clicks waits for an answer, and what it led to is decided."""
        self._stages.do(Stage.HITS, lambda: self._take_tracks(live), None)
        self._stages.do(Stage.EVENTS, lambda: self._absorb_all(live, ticked), None)

    def _absorb_all(self, live: Live, ticked: Ticked) -> None:
        """Events and due timers, until there are none; where more keep coming, not for long after a batch was not full."""
        until = self.clock.now() + ABSORBS_ON
        while not self._stopping.is_set():
            taken = self._absorbing.take(live, self._batch)
            ticked.timers += taken.fired
            ticked.absorbed += taken.absorbed
            ticked.set_aside += taken.aside
            if self._absorbing.is_looking:
                continue
            if not taken:
                return
            if taken.absorbed == self._batch:  # an import may keep us here for minutes
                self._stages.do(Stage.SYSTEM_MAILS, lambda: self._send_posted(live, ticked), None)
            elif self.clock.now() > until and taken.fired < self._batch:
                return

    def _deliver_batch(self, live: Live, ticked: Ticked) -> int:
        """One batch of due touches; returns how many were looked at."""
        if not self._may_mail:
            return 0
        journal = None if self._journals is None else self._journals.own()

        def claim_some(connection: Connection, now: datetime, most: int) -> tuple[list[Claim], int]:
            claims, judged = claim(
                connection, live, now, most=most, lease_for=self._lease, leaves=self.warms_up
            )
            if claims and journal is not None:
                # Where the answer to the commit is lost, the next turn gives back what else would wait for its lease.
                journal.hold([(each.touch.id, each.attempt) for each in claims], claimed=False)
            return claims, judged

        claims, judged = self._claims.take(self._batch, claim_some, first_claim, None) or ([], 1)
        ticked.judged += judged
        if claims:
            if self._arming is not None:
                self._arming.leaves()
            self._on_the_wire.set()
            try:
                delivered = deliver(
                    self.database,
                    self._way_out,
                    self.builder(live),
                    self.clock,
                    claims,
                    journal=journal,
                    stopping=self._stopping.is_set,
                )
            finally:
                self._on_the_wire.clear()
            ticked.delivered(delivered)
        return max(judged, self._claims.is_small)

    def _take_in_some(self) -> int:
        live, hits = self.live, 0
        if self._tracks is not None and self._tracks.waits():
            hits = self._tracks.take(self.database, live.programme, self.clock.now(), most=BESIDE)
        taken = self._beside.take_events(live, BESIDE)
        return hits + taken.absorbed + taken.aside
