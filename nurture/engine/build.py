"""A claimed touch into the message that leaves: the mail rendered for its lead, in its envelope."""

from collections.abc import Callable
from datetime import datetime

from nurture.content.render import render
from nurture.content.scope import LeadView
from nurture.delivery.compose import Envelope, compose
from nurture.engine.claim import Claim
from nurture.engine.live import Live
from nurture.errors import ProgrammeError
from nurture.identity import Keyring
from nurture.ports import Clock, OutgoingMessage
from nurture.statemachine.scope import Fields
from nurture.vocabulary.state import LeadState
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
        sign: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._live = live
        self._keyring = keyring
        self._clock = clock
        self._base_url = base_url
        self._domain = return_path_domain or live.programme.sender.domain
        self._sign = sign
        self._shared: dict[str, dict[str, object]] = {}

    def revision_of(self, claim: Claim) -> int:
        """The number of the mail's revision, which its links are read with later; 0 where the mail is gone."""
        try:
            return self._live.mail(claim.touch.mail, *_for(claim.state))[1]
        except ProgrammeError:
            return 0

    def build(self, claim: Claim) -> OutgoingMessage:
        """The message. Raises NurtureError where the mail cannot be rendered for this lead."""
        touch, state = claim.touch, claim.state
        address = state.lead.email
        assert address is not None, "the gates let no touch without an address pass"
        program, number = self._live.mail(touch.mail, *_for(state))
        token = self._keyring.touch_token(touch.id, number)
        now = self._clock.now()
        parts = render(
            program,
            lead=LeadView(self._live.programme, Fields(state, now)),
            token=token,
            variant=touch.variant,
            extra=self._names(touch.campaign),
        )
        data = compose(parts, self._envelope(claim, token, address, now))
        if self._sign is not None:
            data = self._sign(data)
        return OutgoingMessage(touch.id, self._keyring.return_path(touch.id, self._domain), address, data)

    def _names(self, campaign: str) -> dict[str, object]:
        names = self._shared.get(campaign)
        if names is None:
            names = self._shared[campaign] = shared_names(self._live, campaign)
        return names

    def _envelope(self, claim: Claim, token: str, address: str, now: datetime) -> Envelope:
        touch, sender, lead = claim.touch, self._live.programme.sender, claim.state.lead
        marketing = touch.mail_class is MailClass.MARKETING
        return Envelope(
            from_name=sender.name,
            from_address=sender.address,
            reply_to=sender.reply_to,
            to_name=" ".join(part for part in (lead.first_name, lead.last_name) if part) or None,
            to_address=address,
            message_id=self._keyring.message_id(touch.id, sender.domain),
            date=now,
            list_id=f"{touch.campaign}.{sender.domain}",
            unsubscribe_url=f"{self._base_url}/u/{token}" if marketing else None,
            list_help=f"{self._base_url}/p/{token}",
            feedback_id=f"{touch.campaign}:{touch.mail.rpartition('/')[2]}:{touch.mail_class}:{sender.domain}",
            mail_class=touch.mail_class,
        )


def shared_names(live: Live, campaign: str) -> dict[str, object]:
    """What a mail of *campaign* may say about the company and the campaign."""
    programme = live.programme
    written = programme.campaigns.get(campaign)
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
    }


def _for(state: LeadState) -> tuple[str | None, str | None]:
    """What picks the file of a mail."""
    return state.persona, state.lead.language
