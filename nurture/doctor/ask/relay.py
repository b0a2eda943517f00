"""A talk with the relay as far as the login, without a mail: what it offers, and where it ends."""

import smtplib
import socket
import ssl
from datetime import UTC, datetime
from typing import Any

from nurture.config import Settings
from nurture.doctor.facts import Relay
from nurture.languages.told import text_of, told


def relay_of(settings: Settings, *, seconds: float, trusted: ssl.SSLContext | None = None) -> Relay:
    """What the relay says to us.

    seconds  how long it may take for each answer.
    trusted  whose certificates are believed; None for those that the system trusts.
    """
    seen: dict[str, Any] = {"step": "connect"}
    try:
        _talk(settings, seconds, trusted or ssl.create_default_context(), seen)
    except (smtplib.SMTPException, OSError) as error:
        return Relay(**seen, problem=_words(error))
    return Relay(**seen)


def _talk(settings: Settings, seconds: float, trusted: ssl.SSLContext, seen: dict[str, Any]) -> None:
    """Go on until it is done or raises; *seen* has what was learnt until then."""
    where = (settings.smtp_host, settings.smtp_port, settings.smtp_helo or socket.getfqdn())
    connected = (
        smtplib.SMTP_SSL(*where, timeout=seconds, context=trusted)
        if settings.smtp_tls == "implicit"
        else smtplib.SMTP(*where, timeout=seconds)
    )
    with connected as smtp:
        _hello(smtp, seen)
        seen["starttls"] = smtp.has_extn("starttls")
        seen["step"] = "tls"
        if settings.smtp_tls == "starttls":
            smtp.starttls(context=trusted)  # raises where it is not offered
            _hello(smtp, seen)
        if isinstance(smtp.sock, ssl.SSLSocket):
            seen["certificate_until"] = certificate_end(smtp.sock)
        seen["step"] = "login"
        _log_in(smtp, settings)
        seen["step"] = "done"


def _hello(smtp: smtplib.SMTP, seen: dict[str, Any]) -> None:
    code, said = smtp.ehlo()
    if code != 250:
        raise smtplib.SMTPHeloError(code, said)
    size = smtp.esmtp_features.get("size", "")
    seen["name"] = (said.decode("ascii", "replace").lower().split() or [""])[0]
    seen["smtputf8"] = smtp.has_extn("smtputf8")
    seen["size_max"] = int(size) if size.isdecimal() else 0


def _log_in(smtp: smtplib.SMTP, settings: Settings) -> None:
    """With those of its ways that our own client speaks. A password never travels in clear."""
    if settings.smtp_user is None or settings.smtp_password is None or settings.smtp_tls == "none":
        return
    smtp.user, smtp.password = settings.smtp_user, settings.smtp_password.get_secret_value()
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        smtp.auth("PLAIN", smtp.auth_plain)
    elif "LOGIN" in offered:
        smtp.auth("LOGIN", smtp.auth_login)
    else:
        shown = ", ".join(offered) or told("none")
        raise smtplib.SMTPNotSupportedError(
            told("it offers no login that we speak ({names}), but {key}", names="PLAIN, LOGIN", key=shown)
        )


def certificate_end(secured: ssl.SSLSocket) -> datetime | None:
    """When the certificate of the other side ends; None where it was not verified."""
    ends = (secured.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None


def _words(error: Exception) -> str:
    match error:
        case smtplib.SMTPResponseException():
            said = error.smtp_error
            return told(
                "it answered {quoted}",
                quoted=f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}",
            )
        case ssl.SSLCertVerificationError():
            return told("its certificate is not valid: {quoted}", quoted=error.verify_message)
        case TimeoutError():
            return told("it did not answer in time")
        case smtplib.SMTPServerDisconnected() if "timed out" in str(error):
            return told("it did not answer in time")
        case smtplib.SMTPException():  # an OSError too, whose text is only in its arguments
            return text_of(error)
        case OSError():
            return error.strerror or str(error)
        case _:
            return text_of(error)
