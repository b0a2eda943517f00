"""The composition root: the only place that names real things. Settings in; an engine with its clock and way out."""

import secrets
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from nurture.config import Place, Settings, embedded, read_place, read_settings
from nurture.content.catalog import Catalog, load
from nurture.delivery.dkim import Signer, signing_with
from nurture.delivery.http import KNOWN, Account, HttpTransport
from nurture.delivery.mailbox import FOLDERS
from nurture.delivery.maildir import MaildirTransport
from nurture.delivery.memory import MemoryTransport
from nurture.delivery.outgoing import HttpCaller
from nurture.delivery.smtp import Login, Security, SmtpRoute, SmtpTransport
from nurture.engine.arming import Arming
from nurture.engine.engine import Engine
from nurture.engine.feedback_imap import ImapAccount, ImapInbox
from nurture.engine.feedback_inbox import Inbox
from nurture.engine.feedback_maildir import MaildirInbox
from nurture.engine.installation import read_installation
from nurture.engine.moved import Moved, forget_move, moved
from nurture.engine.recover import Journals
from nurture.engine.sample import StaysHome, put_in, sample_count
from nurture.engine.sample_loads import is_played
from nurture.engine.track import SpooledTracks
from nurture.errors import SetupError
from nurture.identity import Keyring
from nurture.identity.sign_on import SignOn
from nurture.ports import Caller, Clock, Transport
from nurture.secret_key import secret
from nurture.simulation import sample
from nurture.simulation.loading import load_asked
from nurture.simulation.sample import HISTORY
from nurture.store.database import Database

SAMPLE_LEAVES = "the sample's mail must not leave this machine; set NURTURE_TRANSPORT to maildir"


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 the one place


def installed() -> Settings:
    """The settings: the environment's, then those that were set on the pages, then the defaults."""
    place = read_place()
    if place.database_url == embedded(place.home) and not place.home.is_dir():
        return read_settings()  # nothing was kept here yet
    with stored(place) as connection:
        return read_settings(read_installation(connection, secret(place)))


def moved_to() -> Moved | None:
    """Where the store that is set has moved to; None where it is here."""
    place = read_place()
    if place.database_url == embedded(place.home) and not place.home.is_dir():
        return None
    with stored(place) as connection:
        return moved(connection)


def take_up_again() -> None:
    """Work with the store that is set, as it was when its content was moved elsewhere."""
    database = Database(read_place().database_url)
    with database.writing() as connection:
        forget_move(connection)
    database.close()


@contextmanager
def stored(place: Place) -> Iterator[Connection]:
    """The store of an installation, before there is an engine. Raises SetupError where it cannot be opened."""
    database = Database(place.database_url)
    try:
        with database.reading() as connection:
            yield connection
    except OperationalError as error:
        raise SetupError(
            f"the database cannot be opened: {str(error.orig).splitlines()[0]}; see NURTURE_DATABASE_URL"
        ) from None
    finally:
        database.close()


def make_engine(settings: Settings, *, clock: Clock | None = None) -> Engine:
    """The engine over the configured store, its tables brought up to date. Raises SetupError where it cannot be opened."""
    caller = make_caller(settings) if clock is None else None  # a virtual world calls nobody
    clock = clock or SystemClock()
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        database.migrate()
    except OperationalError as error:
        raise SetupError(
            f"the database cannot be opened: {str(error.orig).splitlines()[0]}; see NURTURE_DATABASE_URL"
        ) from None
    transport = make_transport(settings, clock)
    return Engine(
        database=database,
        transport=StaysHome(transport, database, clock) if transport.leaves_machine else transport,
        keyring=Keyring(secret(settings)),
        clock=clock,
        base_url=settings.tracking_url,
        public_url=settings.public_url,
        language=settings.language,
        return_path_domain=settings.return_path_domain,
        reply_domain=settings.reply_domain,
        sign=signing(settings),
        batch=settings.batch_touches,
        lease=timedelta(seconds=settings.lease_seconds),
        caller=caller,
        tracks=SpooledTracks(spool_directory(settings)),
        journals=Journals(settings.home / "journal"),
        arming=make_arming(settings, database, clock) if transport.leaves_machine else None,
    )


def make_worker() -> tuple[Engine, Settings]:
    """An engine to work with, as everything is set now."""
    settings = installed()
    return make_engine(settings), settings


def play_sample(settings: Settings, progress: Callable[[float], None]) -> None:
    """Fill an empty store with the programme of the files and a sample history that ends now.

    progress  told how much of it is done, 0 to 1.
    Raises SetupError where mail leaves the machine, or the store is in use.
    """
    if settings.mail_leaves:
        raise SetupError(SAMPLE_LEAVES)
    end, draft = SystemClock().now(), _draft(settings)
    shutil.rmtree(draft, ignore_errors=True)
    played = sample.play_sample(
        read_catalog(settings),
        keyring=Keyring(secret(settings)),
        base_url=settings.tracking_url,
        end=end,
        behind=MemoryTransport
        if settings.transport == "memory"
        else lambda clock: MaildirTransport(draft, clock),
        progress=lambda moment: progress(1 - (end - moment) / HISTORY),
    )
    store = Database(settings.database_url)
    try:
        progress(1.0)  # the last moment at which nothing is kept
        store.migrate()
        put_in(store, played)
    finally:
        played.close()
        store.close()
    settle_sample(settings)


def load_sample(settings: Settings, *, by: str, goes_on: Callable[[float], bool]) -> bool:
    """Play the sample that somebody asked for on a page, and put it in; see ``loading``. Returns whether one waited."""
    engine = make_engine(settings)
    try:
        loaded = load_asked(
            engine,
            by=by,
            files=lambda: read_catalog(settings),
            draft=_draft(settings) if settings.transport == "maildir" else None,
            refused=SAMPLE_LEAVES if settings.mail_leaves else None,
            goes_on=goes_on,
        )
    finally:
        engine.close()
    settle_sample(settings)
    return loaded


def settle_sample(settings: Settings) -> None:
    """Put the mail of a sample that is in the store into the mailbox; throw away that of one that was broken off."""
    draft = _draft(settings)
    if not draft.is_dir():
        return
    with stored(settings) as connection:
        if is_played(connection, SystemClock().now()):
            return  # it is being filled
        kept = sample_count(connection) > 0
    if kept:
        for folder in FOLDERS:
            (mailbox(settings) / folder).mkdir(parents=True, exist_ok=True)
        for file in (draft / "new").iterdir():
            file.replace(mailbox(settings) / "new" / file.name)
    shutil.rmtree(draft)


def _draft(settings: Settings) -> Path:
    """The mailbox beside which a sample is played."""
    return settings.home / "mailbox.sample"


def make_arming(settings: Place, database: Database, clock: Clock) -> Arming:
    """What keeps a copy of a store from sending."""
    return Arming(database, settings.home, clock, lambda: secrets.token_hex(16))


def signing(settings: Settings) -> Callable[[bytes], bytes] | None:
    """What signs messages for the configured domain, with one key or with both; None where relay or provider sign.

    A provider changes fields that a signature of ours would cover, or composes the message anew.
    """
    domain = settings.dkim_domain
    if domain is None or settings.by_provider:
        return None
    keys = (
        (settings.dkim_selector, settings.dkim_key_file),
        (settings.dkim_second_selector, settings.dkim_second_key_file),
    )
    signers = [
        Signer(domain=domain, selector=selector, key_pem=file.read_bytes())
        for selector, file in keys
        if selector is not None and file is not None  # the settings refuse one without the other
    ]
    return signing_with(signers)


def make_sign_on(settings: Settings) -> SignOn | None:
    """The identity provider that people of ours may log in with; None where none is set."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None or settings.oidc_client_secret is None:
        return None
    return SignOn(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        name=settings.oidc_name,
    )


def make_caller(settings: Settings) -> Caller | None:
    """The way out for webhooks; None where, as for mail, nothing leaves the machine."""
    if settings.mail_leaves or settings.allow_local_webhooks:
        return HttpCaller(allow_local=settings.allow_local_webhooks)
    return None


def make_transport(settings: Settings, clock: Clock) -> Transport:
    """The way out for mail; unless it is set to a relay or a provider, nothing leaves the machine."""
    match settings.transport:
        case "memory":
            return MemoryTransport(clock)
        case "maildir":
            return MaildirTransport(mailbox(settings), clock)
        case "smtp":
            password = settings.smtp_password
            login = None
            if settings.smtp_user is not None and password is not None:
                login = Login(settings.smtp_user, password.get_secret_value())
            route = SmtpRoute(
                host=settings.smtp_host,
                helo=settings.smtp_helo or socket.getfqdn(),
                port=settings.smtp_port,
                security=Security(settings.smtp_tls),
                login=login,
                connections=settings.smtp_connections,
            )
            return SmtpTransport(route, clock=clock)
        case provider:
            return HttpTransport(
                KNOWN[provider],
                provider_account(settings),
                clock=clock,
                connections=settings.provider_connections,
            )


def provider_account(settings: Settings) -> Account:
    """What the provider that mail leaves by knows us by."""
    assert settings.provider_key is not None, "the settings refuse a provider without a key"
    return Account(
        key=settings.provider_key.get_secret_value(),
        url=settings.provider_url or "",
        region=settings.ses_region or "",
        access_key=settings.ses_access_key or "",
        configuration_set=settings.ses_configuration_set or "",
        domain=settings.mailgun_domain or "",
        stream=settings.postmark_stream or "",
    )


def make_inboxes(settings: Settings) -> list[Inbox]:
    """The ways in for mail that comes back, of those that a worker looks at."""
    inboxes: list[Inbox] = []
    if settings.inbox_maildir is not None:
        inboxes.append(MaildirInbox(settings.inbox_maildir))
    host, user, password = settings.imap_host, settings.imap_user, settings.imap_password
    if (
        host is not None and user is not None and password is not None
    ):  # the settings refuse one without the others
        account = ImapAccount(
            host=host,
            user=user,
            password=password.get_secret_value(),
            port=settings.imap_port,
            folder=settings.imap_folder,
            tls=settings.imap_tls,
        )
        inboxes.append(ImapInbox(account))
    return inboxes


def read_catalog(settings: Settings, campaigns: Path | None = None) -> Catalog:
    """The programme as its files stand."""
    return load(campaigns or settings.campaigns, settings.templates)


def mailbox(settings: Settings) -> Path:
    """The local mailbox."""
    return settings.home / "mailbox"


def spool_directory(settings: Settings) -> Path:
    """Where hits wait to be absorbed."""
    return settings.home / "spool"
