"""What an installation may set, from NURTURE_* in the environment; read once, by ``app``. Every default is safe: no mail leaves."""

import os
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, PositiveInt, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from nurture.errors import SetupError

PREFIX = "NURTURE_"
HOOK = "hook_"
SECRET_BYTES = 32
"""The least that signs links and sessions: 256 bits."""

PlaceT = TypeVar("PlaceT", bound="Place")


class Place(BaseSettings):
    """Where an installation keeps what it has: known before anything that is set in its store."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    home: Path = Path("var")
    """Where this installation keeps what it makes: the embedded database, the local mailbox, the key, the journal."""
    database_url: str = Field(default_factory=lambda fields: embedded(fields["home"]), repr=False)
    """A SQLAlchemy URL; it may hold a password, so it is never shown whole."""
    secret_key: SecretStr | None = None
    """Signs links and sessions; unset for a key of this installation's own, made at the first start."""

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, url: str) -> str:
        """Accept the URL as database hosts print it; SQLAlchemy's own default is a driver that we do not bring."""
        scheme, separator, rest = url.partition("://")
        if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
            return f"postgresql+psycopg{separator}{rest}"
        if scheme != "sqlite" or not separator:
            raise ValueError("write sqlite:///path/to/file or postgresql://user:password@host/database")
        return url

    @field_validator("secret_key")
    @classmethod
    def is_long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value().encode()) < SECRET_BYTES:
            raise ValueError(
                f"write at least {SECRET_BYTES} random characters, or leave it out to have a key made"
            )
        return key


class Settings(Place):
    """One installation's settings. Each field is the environment variable NURTURE_<FIELD>; units stand in the names."""

    campaigns: Path = Path("campaigns")
    """The programme and its campaigns, as files."""
    templates: Path = Path("templates")
    """Mail layouts and partials."""
    recipes: Path = Path("recipes")
    """Small campaigns to start from."""

    language: Literal["en", "de"] = "en"
    """What we speak to people of yours who have chosen no language: in the mails that we send them, and on pages where their browser names none that we speak."""

    host: str = "127.0.0.1"
    """The address that the web server listens on."""
    port: int = Field(default=8025, ge=1, le=65_535)
    """The port that the web server listens on."""
    public_url: str = Field(default_factory=lambda fields: reached_at(fields["host"], fields["port"]))
    """Where people of ours open the pages, as their browsers must reach them; unset for this machine's own address."""
    proxies: int = Field(default=0, ge=0, le=9)
    """How many proxies of yours stand in front of the web server: as many addresses of X-Forwarded-For are theirs to say."""
    tracking_url: str = "http://127.0.0.1:8025"
    """The public base of links, pixels and unsubscribe pages, as a recipient's browser must reach it."""
    tracking_port: int = Field(default=8026, ge=1, le=65_535)
    """Where `nurture up --role tracking` listens, for a tracking host of its own; else the web server tracks too."""
    site_origins: tuple[str, ...] = ()
    """Sites whose pages may tell of visits and forms, such as ["https://www.example.com"]."""
    recognise_clicks: bool = False
    """Whether a click makes its browser known, so that later visits belong to the lead; only where recipients agreed."""
    allow_local_links: bool = False
    """Send by SMTP although links lead to this machine: for tests and for trying it on oneself."""

    transport: Literal[
        "maildir", "smtp", "ses", "sendgrid", "postmark", "mailgun", "brevo", "resend", "memory"
    ] = "maildir"
    """Where mail goes: the local mailbox, a relay (smtp), the API of a provider, or nowhere (memory, for tests)."""
    smtp_host: str = "127.0.0.1"
    """The relay's name or address."""
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    """The relay's port: 587 for STARTTLS, 465 for implicit TLS, 25 between servers."""
    smtp_user: str | None = None
    """The name that the relay knows us by; unset where it asks for none."""
    smtp_password: SecretStr | None = None
    """What goes with the name."""
    smtp_tls: Literal["starttls", "implicit", "none"] = "starttls"
    """How the relay is reached: its certificate is verified unless this is none."""
    smtp_connections: PositiveInt = 8
    """How many connections to the relay are kept at once."""
    smtp_helo: str | None = None
    """Our name for EHLO; unset for this host's own."""

    provider_key: SecretStr | None = None
    """What a provider's API knows us by: its API key, Postmark's server token, Amazon's secret access key."""
    provider_url: str | None = None
    """Where its API answers; unset for its usual address. Mailgun's in the EU is https://api.eu.mailgun.net."""
    provider_connections: PositiveInt = 8
    """How many requests to it are under way at once."""
    ses_region: str | None = None
    """Amazon's region, such as eu-west-1."""
    ses_access_key: str | None = None
    """The access key id that Amazon's secret belongs to."""
    ses_configuration_set: str | None = None
    """What publishes Amazon's events; unset for none."""
    mailgun_domain: str | None = None
    """The domain that mail leaves by at Mailgun; unset for the sender's own."""
    postmark_stream: str | None = None
    """Postmark's message stream; unset for its default one. Marketing belongs into one for broadcasts."""

    allow_local_webhooks: bool = False
    """Call webhooks although no mail leaves, and call this machine too, by http: for tests and for trying them out."""

    return_path_domain: str | None = None
    """The domain of bounce addresses (VERP); unset for the domain of each sender."""
    dkim_domain: str | None = None
    """The domain that signs (d= of RFC 6376 §3.5)."""
    dkim_selector: str | None = None
    """Which of the domain's keys signs (s=)."""
    dkim_key_file: Path | None = None
    """A PEM private key, RSA or Ed25519; unset where the relay signs. By an API the provider signs, with its own key."""
    dkim_second_selector: str | None = None
    """Which other key of the domain signs beside it: RSA for every receiver, Ed25519 for those that know it (RFC 8463)."""
    dkim_second_key_file: Path | None = None
    """Its PEM private key."""

    reply_domain: str | None = None
    """The domain of reply+...@ and unsubscribe+...@, whose mail comes in below; unset: answers go to the author's reply_to."""
    inbox_maildir: Path | None = None
    """A Maildir with what comes back: bounces, complaints, answers. `nurture receive`, IMAP and /hooks/mail are the other ways."""
    imap_host: str | None = None
    """The IMAP server of a mailbox with what comes back; unset for none."""
    imap_port: int = Field(default=993, ge=1, le=65_535)
    """Its port: 993 for implicit TLS, 143 for STARTTLS."""
    imap_user: str | None = None
    """The name that it knows us by."""
    imap_password: SecretStr | None = None
    """What goes with the name."""
    imap_folder: str = "INBOX"
    """The folder that is read; what has been taken in is marked as seen."""
    imap_tls: Literal["implicit", "starttls", "none"] = "implicit"
    """How it is reached: its certificate is verified unless this is none."""
    inbox_token: SecretStr | None = None
    """What proves whoever posts mail that came back to /hooks/mail; unset: none is taken there."""
    inbox_seconds: PositiveInt = 60
    """How often the Maildir and the IMAP mailbox are looked at."""

    hook_amazon_ses: SecretStr | None = None
    """The ARN of the SNS topic that SES reports to; each of these is unset where that provider's webhooks are not taken."""
    hook_brevo: SecretStr | None = None
    """What Brevo's webhooks prove themselves with: a bearer token, or name:password."""
    hook_mailersend: SecretStr | None = None
    """The signing secret of MailerSend's webhook."""
    hook_mailgun: SecretStr | None = None
    """Mailgun's HTTP webhook signing key."""
    hook_mailjet: SecretStr | None = None
    """The name:password that stands in the address that Mailjet posts to."""
    hook_mandrill: SecretStr | None = None
    """The key of Mandrill's webhook."""
    hook_postmark: SecretStr | None = None
    """The name:password that Postmark's webhooks carry."""
    hook_resend: SecretStr | None = None
    """The signing secret of Resend's webhook: whsec_ and base64."""
    hook_sendgrid: SecretStr | None = None
    """The verification key of SendGrid's signed event webhook: base64."""
    hook_sparkpost: SecretStr | None = None
    """The name:password of SparkPost's webhook."""

    oidc_issuer: str | None = None
    """The identity provider of yours that people may log in with (OpenID Connect), such as https://login.example.com; unset for none."""
    oidc_client_id: str | None = None
    """What it knows us by. It sends people back to /login/with/back below public_url."""
    oidc_client_secret: SecretStr | None = None
    """What goes with that."""
    oidc_name: str = "single sign-on"
    """What the button says after "Log in with"."""

    tick_seconds: PositiveInt = 1
    """The latency of a due touch; its cost is one indexed query."""
    batch_touches: PositiveInt = 1_000
    """How many due touches a worker claims at once."""
    lease_seconds: PositiveInt = 300
    """How long a claim holds before another worker may take it over."""

    @property
    def hooks(self) -> Mapping[str, str]:
        """What the webhooks of each provider prove themselves with, by its name; of those whose webhooks are taken."""
        set_ = {name: value for name, value in vars(self).items() if name.startswith(HOOK)}
        return {
            name.removeprefix(HOOK): value.get_secret_value()
            for name, value in set_.items()
            if value is not None
        }

    @property
    def mail_leaves(self) -> bool:
        """Whether mail can reach a person."""
        return self.transport not in ("maildir", "memory")

    @property
    def by_provider(self) -> bool:
        """Whether it leaves by the API of a provider."""
        return self.mail_leaves and self.transport != "smtp"

    @field_validator("provider_url")
    @classmethod
    def is_asked_in_secret(cls, url: str | None) -> str | None:
        """Keep the base without its last slash; a key never travels in clear."""
        if url is None:
            return None
        parts = urlsplit(url)
        local = parts.scheme == "http" and is_local(url)
        if not (parts.scheme == "https" or local) or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(
                "write the https address of the provider's API, such as https://api.eu.mailgun.net"
            )
        return url.rstrip("/")

    @field_validator("public_url", "tracking_url")
    @classmethod
    def is_a_base(cls, url: str) -> str:
        """Keep the base without its last slash, for paths begin with one."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("write the public address of this server, such as https://links.example.com")
        return url.rstrip("/")

    @model_validator(mode="after")
    def real_mail_has_real_links(self) -> Self:
        """Refuse to mail people links that only this machine can follow."""
        if self.mail_leaves and is_local(self.tracking_url) and not self.allow_local_links:
            raise SetupError(
                f"{PREFIX}TRANSPORT is {self.transport}, but {PREFIX}TRACKING_URL is {self.tracking_url}, which recipients "
                f"cannot reach; set it to the public address of this server, or set {PREFIX}ALLOW_LOCAL_LINKS=1 "
                "if every recipient is on this machine"
            )
        return self

    @model_validator(mode="after")
    def passwords_travel_encrypted(self) -> Self:
        """Refuse to say a password where anyone on the way may read it."""
        if self.smtp_user and self.smtp_tls == "none" and not is_local_host(self.smtp_host):
            raise SetupError(
                f"{PREFIX}SMTP_USER is set, but {PREFIX}SMTP_TLS is none: the password would travel in clear to "
                f"{self.smtp_host}; set {PREFIX}SMTP_TLS to starttls or implicit"
            )
        if self.imap_host and self.imap_tls == "none" and not is_local_host(self.imap_host):
            raise SetupError(
                f"{PREFIX}IMAP_TLS is none: the password would travel in clear to {self.imap_host}; set "
                f"{PREFIX}IMAP_TLS to implicit or starttls"
            )
        return self

    @model_validator(mode="after")
    def a_provider_knows_us(self) -> Self:
        """Refuse a provider without what it knows us by."""
        needed = ["provider_key"] if self.by_provider else []
        if self.transport == "ses":
            needed += ["ses_region", "ses_access_key"]
        missing = [field for field in needed if getattr(self, field) is None]
        if missing:
            raise SetupError(f"{PREFIX}TRANSPORT is {self.transport}, which needs {spelt(missing)} too")
        return self

    @model_validator(mode="after")
    def a_mailbox_has_a_login(self) -> Self:
        """Refuse half an IMAP account: nothing would come back while somebody believes otherwise."""
        needed = ("imap_host", "imap_user", "imap_password")
        missing = [field for field in needed if getattr(self, field) is None]
        if 0 < len(missing) < len(needed):
            raise SetupError(f"IMAP needs {spelt(needed)}; set {spelt(missing)} too, or none of them")
        return self

    @model_validator(mode="after")
    def people_log_in_in_secret(self) -> Self:
        """Refuse half an identity provider, and one whose word anybody on the way could change."""
        needed = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")
        missing = [field for field in needed if getattr(self, field) is None]
        if 0 < len(missing) < len(needed):
            raise SetupError(
                f"an identity provider needs {spelt(needed)}; set {spelt(missing)} too, or none of them"
            )
        if self.oidc_issuer and not (self.oidc_issuer.startswith("https://") or is_local(self.oidc_issuer)):
            raise SetupError(f"{PREFIX}OIDC_ISSUER is {self.oidc_issuer}; write its https address")
        return self

    @model_validator(mode="after")
    def a_signature_is_whole(self) -> Self:
        """Refuse half a DKIM set-up: mail would leave unsigned while somebody believes otherwise."""
        needed = ("dkim_domain", "dkim_selector", "dkim_key_file")
        missing = [field for field in needed if getattr(self, field) is None]
        if 0 < len(missing) < len(needed):
            raise SetupError(f"DKIM needs {spelt(needed)}; set {spelt(missing)} too, or none of them")
        second = ("dkim_second_selector", "dkim_second_key_file")
        missing = [field for field in second if getattr(self, field) is None]
        if len(missing) == 1 or (not missing and self.dkim_key_file is None):
            raise SetupError(
                f"a second DKIM signature needs {spelt(second)}, and {spelt(needed)}; set all of them, or the first three"
            )
        return self


def read_place(**values: Any) -> Place:
    """Where the store and the key are, as the environment has it but for *values*. Raises SetupError."""
    return _read(Place, values)


def read_settings(stored: Mapping[str, Any] | None = None) -> Settings:
    """The settings as the environment has them, then as they are *stored*, then the defaults.

    Raises SetupError naming every variable that does not fit.
    """
    set_here = set(ours(os.environ))
    unknown = sorted(set_here - set(Settings.model_fields))
    if unknown:
        raise SetupError(
            f"no such setting: {spelt(unknown)}; the settings are {spelt(Settings.model_fields)}"
        )
    return _read(Settings, {name: value for name, value in (stored or {}).items() if name not in set_here})


def _read(kind: type[PlaceT], values: Mapping[str, Any]) -> PlaceT:
    try:
        return kind(**values)
    except ValidationError as problems:
        lines = (
            f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in problems.errors()
        )
        raise SetupError("; ".join(lines)) from None


def embedded(home: Path) -> str:
    """The URL of the embedded database under *home*."""
    return f"sqlite:///{home / 'nurture.sqlite'}"


def reached_at(host: str, port: int) -> str:
    """The address of a server that listens on *host*; of this machine, where it listens on every address."""
    address = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 compared, not listened on
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def is_local(url: str) -> bool:
    return is_local_host(urlsplit(url).hostname or "")


def is_local_host(host: str) -> bool:
    """Whether *host* names this machine to itself (RFC 6761 §6.3, loopback and unspecified addresses)."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def ours(environment: Mapping[str, str]) -> list[str]:
    """The names after our prefix, as fields are spelt."""
    return [name.removeprefix(PREFIX).lower() for name in environment if name.startswith(PREFIX)]


def spelt(fields: Iterable[str]) -> str:
    """The variables behind *fields*, as a person sets them."""
    return ", ".join(PREFIX + field.upper() for field in fields)
