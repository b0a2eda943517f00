"""A company whose leads have been mailed, and words for what comes back to its tracking host."""

from datetime import timedelta

from company import MONDAY, PROGRAMME, Company, campaign, catalog
from hypothesis import Phase
from hypothesis import strategies as st
from sqlalchemy import select

from nurture.content.catalog import load_texts
from nurture.engine.track import SpooledTracks
from nurture.scoring.ledger import interest_score
from nurture.simulation.checks import violations
from nurture.store import records as table
from nurture.tracking.hits import Hit, HitKind, to_record
from nurture.tracking.spool import Spool
from nurture.vocabulary.words import EventKind

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15"
APPLE = "Mozilla/5.0"
PROGRAMME_OF_OPENS = PROGRAMME.replace(
    "      - {key: visited,",
    "      - {key: opened, event: mail.opened, points: 4, group: email, at_most: 1 per day, half_life: 10 days}\n"
    "      - {key: keen, event: mail.clicked, points: 8, group: email, at_most: 2 per day, half_life: 20 days}\n"
    "      - {key: visited,",
)
assert PROGRAMME_OF_OPENS != PROGRAMME


class Mailed:
    """A company whose leads have had their first mail, and words for what comes to its tracking host."""

    def __init__(self, url, spool, names=("ann",)):
        self.company = Company(url, tracks=SpooledTracks(spool))
        texts = {**catalog().texts, "campaigns/programme.yaml": PROGRAMME_OF_OPENS.replace("SENDING", ANY)}
        self.company.publish(load_texts({**texts, **campaign()}))
        self.spool = Spool(spool, self.company.clock)
        self.leads: list[int] = []
        self.touches: list[int] = []
        self.mail(*names)

    def mail(self, *names):
        """Leads of these names come, and get their first mail."""
        came = self.company.enter(*names)
        self.company.engine.tick()
        self.leads += came
        self.touches += (self.company.touches(lead)[0].id for lead in came)

    def hit(self, kind, after, *, link=None, agent=CHROME, address="203.0.113.7", lead=0):
        return Hit(
            kind=kind,
            at=MONDAY + after,
            touch_id=self.touches[lead],
            mail_revision=1,
            link=link,
            user_agent=agent,
            address=address,
        )

    def opened(self, after, **more):
        return self.hit(HitKind.OPEN, after, **more)

    def clicked(self, after, link=1, **more):
        return self.hit(HitKind.CLICK, after, link=link, **more)

    def comes(self, *hits):
        """These reach the spool, and a tick follows the last."""
        self.spool.append(*(to_record(hit) for hit in hits))
        self.company.clock.turn_to(max(self.company.clock.now(), max(hit.at for hit in hits) + SECOND))
        self.company.engine.tick()

    # ---------------------------------------------------- what is known

    def state(self, lead=0):
        return self.company.state(self.leads[lead])

    def interest(self, lead=0):
        return interest_score(self.state(lead).accumulators, self.company.clock.now())

    def touch(self, lead=0):
        return self.company.touches(self.leads[lead])[0]

    def overturned(self):
        return [
            (row.properties["act"], row.properties["before"], row.properties.get("machine_pattern"))
            for row in self.company.events(EventKind.VERDICT_OVERTURNED)
        ]

    def entries(self):
        with self.company.database.reading() as connection:
            rows = connection.execute(select(table.score_entry).order_by(table.score_entry.c.id))
            return [(row.kind, row.rule, row.event_id) for row in rows]

    def is_sound(self):
        return violations(self.company.database, self.company.engine.live.programme) == []

    def close(self):
        self.spool.close()
        self.company.engine.close()


ANY = 'days: [mon, tue, wed, thu, fri, sat, sun], between: ["00:00", "23:59"]'


some_hits = st.lists(
    st.tuples(
        st.sampled_from([HitKind.OPEN, HitKind.CLICK]),
        st.integers(0, 40),
        st.integers(0, 3),
        st.sampled_from([CHROME, SAFARI, APPLE]),
    ),
    min_size=2,
    max_size=7,
    unique_by=lambda each: each[1],
)
"""What may happen to one mail: kind, second, link, browser."""

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing example is told as it was found: to make it smaller would take minutes of leads."""


def known_of(mailed, lead):
    """What is said of a lead's acts, and what follows from it."""
    lead_id, state, touch = mailed.leads[lead], mailed.state(lead), mailed.touch(lead)
    rows = mailed.company.rows(table.event, table.event.c.lead_id == lead_id)
    machines = mailed.company.rows(
        table.verdict, table.verdict.c.lead_id == lead_id, table.verdict.c.pattern.is_not(None)
    )
    return {
        "machines": [row.occurred_at for row in rows if row.id in {each.event_id for each in machines}],
        "acts": state.acts,
        "answers": (touch.opened_at, touch.clicked_at),
    }
