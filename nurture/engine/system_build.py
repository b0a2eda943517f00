"""A posted system mail into the message that leaves: in the reader's language, from the company's sender, watching nobody."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from nurture.content.compile import MailProgram
from nurture.content.proof import proved
from nurture.content.render import render
from nurture.content.system_mails import FOLDER, SYSTEM_MAILS
from nurture.content.system_texts import language_of, system_mail
from nurture.delivery.compose import Envelope, compose
from nurture.engine.build import shared_names
from nurture.engine.live import Live
from nurture.feedback.forwarded import forwarded
from nurture.identity import Keyring
from nurture.languages.catalogues import WRITTEN_IN, catalogue
from nurture.ports import OutgoingMessage
from nurture.scheduling.zone_names import zone_named
from nurture.vocabulary.event import PropertyValue
from nurture.vocabulary.touch import message_number
from nurture.vocabulary.words import MailClass

VIA = "%(author)s via %(name)s"
"""From whom a mail is that passes on what somebody wrote."""


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A system mail that is to leave now.

    attempt      which try it is; the answer to an earlier one is not written (fencing).
    first_tried  from which the patience with a server counts.
    language     the reader's; None where it is not known.
    time_zone    the reader's own, where it is one of ours and has chosen one; None: the programme's.
    """

    id: int
    mail: str
    to: str
    given: Mapping[str, PropertyValue]
    attempt: int = 1
    first_tried: datetime
    language: str | None = None
    time_zone: str | None = None


class SystemBuilder:
    """Builds the system mails of one revision.

    language   of readers whose own is not known.
    passed_on  the message that a mail passes on to its reader, by outbox id; None for most.
    """

    def __init__(
        self,
        live: Live,
        keyring: Keyring,
        *,
        base_url: str,
        public_url: str,
        language: str = WRITTEN_IN,
        return_path_domain: str | None = None,
        sign: Callable[[bytes], bytes] | None = None,
        passed_on: Callable[[int], bytes | None] = lambda _: None,
    ) -> None:
        self.live = live
        self._keyring = keyring
        self._base_url = base_url
        self._public_url = public_url
        self._language = language
        self._domain = return_path_domain or live.programme.sender.domain
        self._sign = sign
        self._passed_on = passed_on
        self._programs: dict[tuple[str, str], tuple[MailProgram, str]] = {}

    def build(self, posted: Posted, now: datetime) -> OutgoingMessage:
        """The message. Raises NurtureError where it cannot be written."""
        number, sender = message_number(posted.id), self.live.programme.sender
        kind = SYSTEM_MAILS[posted.mail]
        program, language = self._program(posted.mail, posted.language or self._language)
        zone = zone_named(posted.time_zone) or ZoneInfo(self.live.programme.time_zone)
        said = kind.said(posted.given, language=language, zone=zone)
        if "link" in said:
            said["link"] = _whole(str(said["link"]), self._base_url if kind.to_lead else self._public_url)
        names = {"programme": shared_names(self.live, FOLDER)["programme"], **said}
        author = _text(posted.given.get("lead_name")) if kind.answers_to else None
        envelope = Envelope(
            from_name=_via(author, sender.name, language) if author else sender.name,
            from_address=sender.address,
            reply_to=_text(posted.given.get(kind.answers_to or "")) or sender.reply_to,
            to_name=_text(posted.given.get("name")),
            to_address=posted.to,
            message_id=self._keyring.message_id(number, sender.domain),
            date=now,
            mail_class=MailClass.OPERATIONAL,
        )
        data = compose(render(program, lead={}, token="", extra=names), envelope)
        original = self._passed_on(posted.id) if kind.answers_to else None
        if original is not None:
            data = forwarded(data, original)
        if self._sign is not None:
            data = self._sign(data)
        return OutgoingMessage(number, self._keyring.return_path(number, self._domain), posted.to, data)

    def _program(self, mail: str, reader: str) -> tuple[MailProgram, str]:
        """The mail for who reads *reader*, and the language that it is in."""
        if (mail, reader) not in self._programs:
            text = system_mail(self.live.catalog, mail, reader)
            compiled = proved(text, base_url=self._base_url)
            self._programs[mail, reader] = compiled, language_of(text.mail, self._language)
        return self._programs[mail, reader]


def _via(author: str, name: str, language: str) -> str:
    return catalogue(language).gettext(VIA) % {"author": author, "name": name}


def _whole(link: str, base: str) -> str:
    """A path of ours as readers can follow it; any other address as it is."""
    return base + link if link.startswith("/") else link


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
