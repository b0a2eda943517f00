"""The tables. Columns only: what they mean is said where it is not plain, null above all."""

from nurture.store.records.accounts import account, account_link, audit_entry, login_try
from nurture.store.records.aside import set_aside
from nurture.store.records.broadcasts import sweep
from nurture.store.records.companies import company
from nurture.store.records.daily import daily_count
from nurture.store.records.drafts import draft
from nurture.store.records.due import decision, domain_bucket, due, touch, warm_up_day
from nurture.store.records.feedback import inbound
from nurture.store.records.forms import opt_in, submission
from nurture.store.records.happened import event, score_entry, verdict
from nurture.store.records.health import health
from nurture.store.records.installation import setting
from nurture.store.records.leads import lead, lead_state, serial, visitor
from nurture.store.records.live import (
    content_text,
    import_job,
    mail_revision,
    pinned_tracks,
    revision,
    revision_text,
    spool_position,
)
from nurture.store.records.merges import lead_merge, rerouted
from nurture.store.records.metadata import metadata
from nurture.store.records.named_versions import named_version
from nurture.store.records.outbox import outbox
from nurture.store.records.pace import campaign_hour, pause, sender_day, way_out_rest
from nurture.store.records.people import hand_off, notice, suppression, task, team_turn, webhook_call
from nurture.store.records.providers import provider_delivery, provider_event
from nurture.store.records.reviews import mail_comment, mail_review
from nurture.store.records.sample import sample_load
from nurture.store.records.tags import audience_count, lead_campaign, lead_tag, saved_view, segment_member
from nurture.store.records.uploads import upload
from nurture.store.records.ways import lead_way

__all__ = [
    "account",
    "account_link",
    "audience_count",
    "audit_entry",
    "campaign_hour",
    "company",
    "content_text",
    "daily_count",
    "decision",
    "domain_bucket",
    "draft",
    "due",
    "event",
    "hand_off",
    "health",
    "import_job",
    "inbound",
    "lead",
    "lead_campaign",
    "lead_merge",
    "lead_state",
    "lead_tag",
    "lead_way",
    "login_try",
    "mail_comment",
    "mail_review",
    "mail_revision",
    "metadata",
    "named_version",
    "notice",
    "opt_in",
    "outbox",
    "pause",
    "pinned_tracks",
    "provider_delivery",
    "provider_event",
    "rerouted",
    "revision",
    "revision_text",
    "sample_load",
    "saved_view",
    "score_entry",
    "segment_member",
    "sender_day",
    "serial",
    "set_aside",
    "setting",
    "spool_position",
    "submission",
    "suppression",
    "sweep",
    "task",
    "team_turn",
    "touch",
    "upload",
    "verdict",
    "visitor",
    "warm_up_day",
    "way_out_rest",
    "webhook_call",
]
