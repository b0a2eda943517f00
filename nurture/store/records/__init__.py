"""The tables. Columns only: what they mean is said where it is not plain, null above all."""

from nurture.store.records.due import decision, domain_bucket, due, touch, warm_up_day
from nurture.store.records.happened import event, score_entry
from nurture.store.records.leads import lead, lead_state, serial, visitor
from nurture.store.records.live import (
    content_text,
    import_job,
    mail_revision,
    revision,
    revision_text,
    spool_position,
)
from nurture.store.records.metadata import metadata
from nurture.store.records.people import hand_off, notice, suppression, task, team_turn, webhook_call

__all__ = [
    "content_text",
    "decision",
    "domain_bucket",
    "due",
    "event",
    "hand_off",
    "import_job",
    "lead",
    "lead_state",
    "mail_revision",
    "metadata",
    "notice",
    "revision",
    "revision_text",
    "score_entry",
    "serial",
    "spool_position",
    "suppression",
    "task",
    "team_turn",
    "touch",
    "visitor",
    "warm_up_day",
    "webhook_call",
]
