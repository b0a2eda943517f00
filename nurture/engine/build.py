"""A claimed touch into the message that leaves: the mail rendered for its lead, in its envelope."""

from collections.abc import Callable
from datetime import datetime

from nurture.content.compile import MailProgram
from nurture.content.render import render
from nurture.content.scope import LeadView
from nurture.content.values import Lines
from nurture.delivery.compose import Envelope, compose
from nurture.engine.claim import Claim
from nurture.engine.live import Live
from nurture.engine.senders import Sender, known_of, sender_for, sender_of
from nurture.errors import ProgrammeError
from nurture.identity import Keyring
from nurture.identity.inbound import reply_address, unsubscribe_mailto
from nurture.ports import Clock, OutgoingMessage
from nurture.statemachine.consent import is_tracked
from nurture.statemachine.scope import Fields
from nurture.vocabulary.words import MailClass


class Builder:
    """Builds messages of one revision."""

    def __init__(
        self,
        live: Live,
        keyring: Keyring,
        clock: Clock,
        *,
        base_url: str,
        return_path_domain: str | None = None,
        reply_domain: str | None = None,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._live = live
        self._keyring = keyring
        self._clock = clock
        self._base_url = base_url
        self._domain = return_path_domain or live.programme.sender.domain
        self._reply_domain = reply_domain
        self._sign = sign
        self._shared: dict[tuple[str, Sender], dict[str, object]] = {}

    @property
    def resends(self) -> bool:
        """Whether the programme has a mail of unknown fate sent again."""
        return self._live.programme.sending.unknown == "resend"

    def revision_of(self, claim: Claim) -> int:
        """The number of the mail's revision, which its links are read with later; 0 where the mail is gone."""
        try:
            return self._mail(claim)[1]
        except ProgrammeError:
            return 0

    def build(self, claim: Claim) -> OutgoingMessage:
        """The message. Raises NurtureError where the mail cannot be rendered for this lead."""
        touch, state = claim.touch, claim.state
        address = state.lead.email
        assert address is not None, "the gates let no touch without an address pass"
        program, number = self._mail(claim)
        token = self._keyring.touch_token(touch.id, number)
        now = self._clock.now()
        sender = sender_for(self._live, touch.campaign, program.from_, state)
        parts = render(
            program,
            lead=LeadView(self._live.programme, Fields(state, now)),
            token=token,
            variant=touch.variant,
            extra=self._names(touch.campaign, sender),
        )
        data = compose(parts, self._envelope(claim, sender, token, now))
        if self._sign is not None:
            data = self._sign(data)
        return OutgoingMessage(touch.id, self._keyring.return_path(touch.id, self._domain), address, data)

    def _mail(self, claim: Claim) -> tuple[MailProgram, int]:
        """The mail as it is written for this lead, which may not want to be measured."""
        state, campaign = claim.state, self._live.programme.campaigns.get(claim.touch.campaign)
        tracked = is_tracked(state, campaign)
        return self._live.mail(claim.touch.mail, state.persona, state.lead.language, tracked=tracked)

    def _names(self, campaign: str, sender: Sender) -> dict[str, object]:
        key = campaign, sender
        names = self._shared.get(key)
        if names is None:
            names = self._shared[key] = shared_names(self._live, campaign, sender)
        return names

    def _envelope(self, claim: Claim, sender: Sender, token: str, now: datetime) -> Envelope:
        touch, domain, lead = claim.touch, self._live.programme.sender.domain, claim.state.lead
        assert lead.email is not None
        marketing = touch.mail_class is MailClass.MARKETING
        return Envelope(
            from_name=sender.name,
            from_address=sender.address,
            reply_to=self._reply_to(sender, touch.id),
            to_name=" ".join(part for part in (lead.first_name, lead.last_name) if part) or None,
            to_address=lead.email,
            message_id=self._keyring.message_id(touch.id, domain),
            date=now,
            list_id=f"{touch.campaign}.{domain}",
            unsubscribe_url=f"{self._base_url}/u/{token}" if marketing else None,
            unsubscribe_mailto=self._unsubscribe_mailto(touch.id) if marketing else None,
            list_help=f"{self._base_url}/p/{token}",
            feedback_id=f"{touch.campaign}:{touch.mail.rpartition('/')[2]}:{touch.mail_class}:{domain}",
            mail_class=touch.mail_class,
        )

    def _reply_to(self, sender: Sender, touch_id: int) -> str | None:
        """Where answers go: to us, who know by the address whose they are and pass them on; else to a person.

        None for the address that the mail is from.
        """
        if self._reply_domain is None:
            return sender.reply_to
        return reply_address(self._keyring, touch_id, self._reply_domain)

    def _unsubscribe_mailto(self, touch_id: int) -> str | None:
        if self._reply_domain is None:
            return None
        return unsubscribe_mailto(self._keyring, touch_id, self._reply_domain)


def shared_names(live: Live, campaign: str, sender: Sender | None = None) -> dict[str, object]:
    """What a mail of *campaign* may say about the company, the campaign and whom it is from.

    sender  None for the programme's own, and a lead without a rep.
    """
    programme = live.programme
    written = programme.campaigns.get(campaign)
    sender = sender or sender_of(programme, "programme", None)
    return {
        "programme": {
            "name": programme.name,
            "postal_address": programme.postal_address,
            "sender": {"name": programme.sender.name, "address": programme.sender.address},
        },
        "campaign": {
            "name": written.name if written else campaign,
            "contact": (written.contact if written else None) or programme.sender.address,
        },
        "owner": known_of(programme, sender.owner),
        "signature": Lines(sender.signature),
    }
