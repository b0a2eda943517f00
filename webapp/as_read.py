"""A touch's mail as its lead reads it: in the words that were sent, else in those of now. What tells of a reader is left out."""

from datetime import datetime

from nurture.content.render import PreviewParts, render_preview
from nurture.content.scope import LeadView
from nurture.content.tracking import telltales
from nurture.engine.build import shared_names
from nurture.engine.engine import Engine
from nurture.engine.senders import sender_for
from nurture.engine.sent import sent_mail
from nurture.insight.mails import mail_of
from nurture.insight.timeline import person
from nurture.statemachine.consent import is_tracked
from nurture.statemachine.scope import lead_values


def as_read(engine: Engine, touch_id: int, now: datetime) -> PreviewParts | None:
    """The mail; None for no such touch. Raises NurtureError where the live revision cannot render it."""
    with engine.database.reading() as connection:
        found = mail_of(connection, touch_id)
        who = None if found is None else person(connection, found.touch.lead_id, now)
        if found is None or who is None:
            return None
        live, touch, state = engine.live, found.touch, who.state
        tracked = is_tracked(state, live.programme.campaigns.get(touch.campaign))
        sent = sent_mail(connection, touch_id, base_url=engine.base_url, tracked=tracked)
    program, revision = sent or live.mail(touch.mail, state.persona, state.lead.language, tracked=tracked)
    token = engine.keyring.touch_token(touch_id, revision)
    parts = render_preview(
        program,
        lead=LeadView(live.programme, lead_values(state, now)),
        token=token,
        variant=touch.variant,
        extra=shared_names(live, touch.campaign, sender_for(live, touch.campaign, program.from_, state)),
    )
    html = parts.html.replace(telltales(engine.base_url, token), "")
    return PreviewParts(parts.subject, html, parts.text)
