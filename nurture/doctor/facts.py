"""What is known when the checks begin. Nothing here asks anything: a fact that could not be learnt says so in ``problem``."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import TypeVar

import msgspec

from nurture.config import Settings


class Spf(msgspec.Struct, frozen=True, kw_only=True):
    """The SPF record of a domain (RFC 7208), followed through its includes.

    records   every record that calls itself SPF; exactly one is right.
    networks  what passes, as CIDR.
    includes  the domains it was followed to.
    lookups   DNS questions that a receiver needs; more than 10 void the record (§4.6.4).
    ending    the last word for everybody else, such as "-all"; "" for none.
    opaque    whether it has terms (exists, ptr, macros) that only a receiver can decide.
    """

    domain: str
    records: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    lookups: int = 0
    ending: str = ""
    opaque: bool = False
    problem: str = ""

    def allows(self, address: str) -> bool:
        """Whether *address* is in a network that passes. A record that first refuses a part of it is not told apart."""
        found = ip_address(address)
        return any(found in ip_network(each, strict=False) for each in self.networks)


class Dmarc(msgspec.Struct, frozen=True, kw_only=True):
    """The DMARC records of a domain, or of the nearest domain above it that has any; *at* says whose they are."""

    domain: str
    at: str = ""
    records: tuple[str, ...] = ()
    problem: str = ""


class Dkim(msgspec.Struct, frozen=True, kw_only=True):
    """The key that signs, and what is published for it.

    name    where the record is looked for.
    record  what has to stand there; "" where the key does not load, which *key_problem* tells.
    """

    name: str
    record: str = ""
    key_problem: str = ""
    published: tuple[str, ...] = ()
    problem: str = ""


class Mx(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes mail for a domain. *missing* are those hosts that have no address."""

    domain: str
    hosts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    problem: str = ""


class Reverse(msgspec.Struct, frozen=True, kw_only=True):
    """The names of an address, and whether one of them leads back to it (forward-confirmed)."""

    address: str
    names: tuple[str, ...] = ()
    confirmed: bool = False
    problem: str = ""


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """How far a talk with the relay came.

    step       where it ended: connect, tls, login, or done.
    name       what the relay calls itself.
    addresses  public ones of the relay: of its host, else of the name it calls itself.
    """

    step: str = "connect"
    problem: str = ""
    name: str = ""
    starttls: bool = False
    certificate_until: datetime | None = None
    smtputf8: bool = False
    size_max: int = 0
    addresses: tuple[Reverse, ...] = ()


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail provider's API says to a question that changes nothing.

    problem  why nothing came, or why the key is refused; "" where it is good.
    note     what is not well at the provider though the key is good.
    limited  whether the key may send and nothing else, so that nothing more can be asked.
    """

    problem: str = ""
    refused: bool = False
    note: str = ""
    limited: bool = False


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """What an address of ours answers. *status* is 0 and *problem* says why, where nothing came."""

    url: str
    status: int = 0
    certificate_until: datetime | None = None
    problem: str = ""


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """The database.

    version, newest  the migration that it stands at, and the one of this program.
    ahead_seconds    how far its clock is ahead of ours.
    newest_event_at  None where nothing has happened.
    """

    is_sqlite: bool = True
    problem: str = ""
    version: str | None = None
    newest: str | None = None
    journal_mode: str = ""
    wal_bytes: int = 0
    ahead_seconds: float = 0.0
    newest_event_at: datetime | None = None
    programme: "Declared | None" = None
    queue: "Queue | None" = None
    month: "Month | None" = None


class Integrity(msgspec.Struct, frozen=True):
    """What SQLite's quick check said, "ok" for nothing; None where it was not done in time."""

    said: str | None = None


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What the live programme says that the doctor looks at."""

    time_zone: str
    sender: str
    postal_address: str
    webhooks: Mapping[str, str] = {}

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2].lower()


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """What waits. *due* has the oldest moment of each kind that has come already; *worker_at* is the last sign of life.

    aside       how much was set aside, for our own code failed on it.
    aside_last  what failed last, and with what words.
    """

    due: Mapping[str, datetime] = {}
    unabsorbed_at: datetime | None = None
    worker_at: datetime | None = None
    piped_at: datetime | None = None
    aside: int = 0
    aside_last: str = ""


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """What thirty days brought, sample leads left out: mails that left, that came back, and whose readers pressed spam."""

    sent: int = 0
    bounced: int = 0
    complained: int = 0


class Inbox(msgspec.Struct, frozen=True, kw_only=True):
    """A way in for mail that comes back, and why it cannot be read; "" where it can."""

    name: str
    problem: str = ""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine itself says.

    key_mode      permission bits of the secret key's file; None where there is no file.
    zone_release  of the time-zone data, such as "2025.2".
    zone_problem  why the programme's zone does not load; "" where it does.
    """

    disk_free: int = 0
    disk_size: int = 0
    key_mode: int | None = None
    zone_release: str = ""
    zone_problem: str = ""


Fact = Store | Integrity | Relay | Api | Spf | Dmarc | Dkim | Mx | Site | Inbox
FactT = TypeVar("FactT", bound=Fact)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at once. *found* has what was asked for: nothing of DNS and relay where no mail leaves."""

    now: datetime
    settings: Settings
    store: Store
    machine: Machine
    found: tuple[Fact, ...] = ()

    def of(self, kind: type[FactT]) -> tuple[FactT, ...]:
        """All facts of one kind."""
        return tuple(each for each in self.found if isinstance(each, kind))

    @property
    def leaves(self) -> bool:
        """Whether mail leaves this machine."""
        return self.settings.mail_leaves

    @property
    def programme(self) -> "Declared | None":
        return self.store.programme
