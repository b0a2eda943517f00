"""Asking everything at once: what has not answered when the time is over is a fact too, and nothing waits longer."""

import ssl
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import dns.resolver
import msgspec
from msgspec.structs import replace

from nurture.app import make_inboxes
from nurture.config import Settings, is_local
from nurture.doctor.ask.api import api_of
from nurture.doctor.ask.domain import dkim_of, dmarc_of, mx_of, reverses_of
from nurture.doctor.ask.inbox import inbox_of
from nurture.doctor.ask.machine import machine_of
from nurture.doctor.ask.names import Resolver
from nurture.doctor.ask.relay import relay_of
from nurture.doctor.ask.site import site_of
from nurture.doctor.ask.store import integrity_of, store_of
from nurture.doctor.ask.together import Question, together
from nurture.doctor.facts import Api, Dkim, Dmarc, Facts, Inbox, Integrity, Mx, Relay, Site, Spf, Store
from nurture.doctor.spf import spf_of
from nurture.languages.told import told
from nurture.ports import Clock

LATE = told("it did not answer in time")
PAGES, TRACKING = "/static/mark.svg", "/t/nurture.js"
"""What the pages and the tracking host have for everybody."""


class Limits(msgspec.Struct, frozen=True):
    """Seconds for the store, which comes first, for it says whose domain to ask about; then for everything else together."""

    store: float = 4.5
    rest: float = 5.0
    answer: float = 3.0


class World(msgspec.Struct, frozen=True):
    """What tests replace: whom DNS asks, and whose certificates are believed."""

    resolver: dns.resolver.Resolver | None = None
    trusted: ssl.SSLContext | None = None


def gather(settings: Settings, clock: Clock, *, limits: Limits, world: World) -> Facts:
    """Everything that the checks look at, within ``limits.store + limits.rest`` seconds."""
    now, url = clock.now(), settings.database_url
    late = Store(is_sqlite=_is_sqlite(settings), problem=LATE)
    (store,) = together([Question(partial(store_of, url, clock), late)], limits.store)
    assert isinstance(store, Store)
    asked = [*_questions(settings, limits, world)]
    if settings.by_provider:
        asked += _questions_of_provider(settings, store, now, limits, world)
    elif settings.mail_leaves:
        asked += _questions_of_mail(settings, store, limits, world)
    return Facts(
        now=now,
        settings=settings,
        store=store,
        machine=machine_of(settings, store.programme),
        found=tuple(together(asked, limits.rest)),
    )


def _questions(settings: Settings, limits: Limits, world: World) -> Iterator[Question]:
    """What is asked although no mail leaves."""
    if _is_sqlite(settings):
        check = partial(integrity_of, settings.database_url, seconds=limits.rest - 1)
        yield Question(check, Integrity())
    for url, path in {settings.public_url: PAGES, settings.tracking_url: TRACKING}.items():
        if not is_local(url):
            look = partial(site_of, url, path, seconds=limits.answer, trusted=world.trusted)
            yield Question(look, Site(url=url, problem=LATE))
    for way_in in make_inboxes(settings):
        yield Question(partial(inbox_of, way_in), Inbox(name=way_in.name, problem=LATE))


def _questions_of_mail(settings: Settings, store: Store, limits: Limits, world: World) -> Iterator[Question]:
    """What is asked where mail leaves: the relay, and DNS about the domains that it is from."""

    def names() -> Resolver:
        return Resolver(limits.rest - 0.5, world.resolver)

    yield Question(partial(_relay, settings, limits, world), Relay(problem=LATE))
    sender = store.programme.domain if store.programme else ""
    bounces = settings.return_path_domain or sender
    if bounces:
        yield Question(lambda: spf_of(bounces, names()), Spf(domain=bounces, problem=LATE))
    if sender:
        yield Question(lambda: dmarc_of(sender, names()), Dmarc(domain=sender, problem=LATE))
    for domain in dict.fromkeys(each for each in (bounces, settings.reply_domain) if each):
        yield Question(partial(_mx, domain, names), Mx(domain=domain, problem=LATE))
    keys = {
        settings.dkim_selector: settings.dkim_key_file,
        settings.dkim_second_selector: settings.dkim_second_key_file,
    }
    for selector, key_file in keys.items():
        if key_file is not None:
            name = f"{selector}._domainkey.{settings.dkim_domain}"
            yield Question(partial(_dkim, name, key_file, names), Dkim(name=name, problem=LATE))


def _questions_of_provider(
    settings: Settings, store: Store, now: datetime, limits: Limits, world: World
) -> Iterator[Question]:
    """What is asked where a provider sends: envelope sender and signature are its own."""

    def names() -> Resolver:
        return Resolver(limits.rest - 0.5, world.resolver)

    ask = partial(api_of, settings, now, seconds=limits.answer, trusted=world.trusted)
    yield Question(ask, Api(problem=LATE))
    sender = store.programme.domain if store.programme else ""
    if sender:
        yield Question(lambda: dmarc_of(sender, names()), Dmarc(domain=sender, problem=LATE))
    if settings.reply_domain:
        yield Question(
            partial(_mx, settings.reply_domain, names), Mx(domain=settings.reply_domain, problem=LATE)
        )


def _dkim(name: str, key_file: Path, names: Callable[[], Resolver]) -> Dkim:
    return dkim_of(name, _read(key_file), names())


def _mx(domain: str, names: Callable[[], Resolver]) -> Mx:
    return mx_of(domain, names())


def _relay(settings: Settings, limits: Limits, world: World) -> Relay:
    """The talk, then the names of the addresses: a relay on a private one is looked for under its own name."""
    relay = relay_of(settings, seconds=limits.answer, trusted=world.trusted)
    names = Resolver(limits.rest - limits.answer, world.resolver)
    return replace(relay, addresses=reverses_of((settings.smtp_host, relay.name), names))


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _is_sqlite(settings: Settings) -> bool:
    return settings.database_url.startswith("sqlite")
