"""What an installation sets on its pages: kept in the store, secrets sealed, the environment always stronger."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, inspect, select

from nurture.engine.moved import refuse_moved
from nurture.errors import SetupError
from nurture.identity.seal import Seal, UnsealedError
from nurture.store.records import setting
from nurture.store.statements import upsert

SETTABLE = frozenset(
    {
        "language", "public_url", "tracking_url", "transport", "smtp_host", "smtp_port", "smtp_user", "smtp_password",
        "smtp_tls", "provider_key", "provider_url", "ses_region", "ses_access_key", "ses_configuration_set",
        "mailgun_domain", "postmark_stream", "return_path_domain",
        "hook_amazon_ses", "hook_brevo", "hook_mailersend", "hook_mailgun", "hook_mailjet",
        "hook_mandrill", "hook_postmark", "hook_resend", "hook_sendgrid", "hook_sparkpost",
    }
)  # fmt: skip
"""The fields of Settings that pages may set."""
SEALED = frozenset(
    {"smtp_password", "provider_key", *(name for name in SETTABLE if name.startswith("hook_"))}
)
"""Those of them that are never shown again."""
PERSON = b"nurture settings"


def read_installation(connection: Connection, secret: bytes) -> dict[str, Any]:
    """What was set, by field. Raises SetupError where a secret was sealed with another key, or the store has moved."""
    refuse_moved(connection)
    if not inspect(connection).has_table(setting.name):
        return {}
    rows = connection.execute(select(setting.c.name, setting.c.value).where(setting.c.name.in_(SETTABLE)))
    return {row.name: _unsealed(row.name, row.value, secret) for row in rows}


def write_installation(
    connection: Connection, values: Mapping[str, Any], *, secret: bytes, actor: str, now: datetime
) -> None:
    """Set *values*, by field; None for what the default shall hold again."""
    assert values.keys() <= SETTABLE, f"not settable: {values.keys() - SETTABLE}"
    rows = [
        {"name": name, "value": _sealed(name, value, secret), "at": now, "actor": actor}
        for name, value in values.items()
        if value is not None
    ]
    gone = [name for name, value in values.items() if value is None]
    upsert(connection, setting, rows, key=("name",))
    connection.execute(delete(setting).where(setting.c.name.in_(gone)))


def installation_version(connection: Connection) -> tuple[int, datetime | None]:
    """What changes whenever something is set."""
    count, at = connection.execute(select(func.count(), func.max(setting.c.at))).one()
    return count, at


def _sealed(name: str, value: Any, secret: bytes) -> Any:
    return Seal(secret, PERSON).seal(value) if name in SEALED else value


def _unsealed(name: str, value: Any, secret: bytes) -> Any:
    if name not in SEALED:
        return value
    try:
        return Seal(secret, PERSON).unseal(value)
    except UnsealedError:
        raise SetupError(
            f"{name} was sealed with another secret key; restore that key, or set {name} again on the settings page"
        ) from None
