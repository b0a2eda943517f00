"""A small programme in which much can happen within days, and how it is edited while mail is on its way."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from nurture.content.catalog import Catalog, load_texts

START = datetime(2026, 3, 24, 6, tzinfo=UTC)
"""A Tuesday; on the Sunday after it clocks go forward in Europe, and a week later back in Lord Howe and Chatham."""
DOMAIN = "troubled.example"
PROGRAMME = """
format: 1
name: Troubled
time_zone: Europe/Berlin
sender: {name: Troubled, address: hello@troubled.example}
postal_address: Am Kai 1, Hamburg
fields:
  size: {type: integer, profile: true}
  plan: {type: text}
scoring:
  fit: [{key: large, when: "lead.size >= 100", points: 60}]
  interest:
    groups: {email: 60, web: 60}
    rules:
      - {key: opened, event: mail.opened, points: 2, group: email, at_most: 1 per day, half_life: 5 days}
      - {key: clicked, event: mail.clicked, points: 10, group: email, half_life: 10 days}
      - {key: visited, event: page.visited, points: 30, group: web, half_life: 5 days}
  grades: {A: {fit: 60, interest: 50}, B: {fit: 60}}
temperature: {hot: {enter: 50, leave: 40}, warm: {enter: 20, leave: 14}, min_dwell: 1 day}
stages:
  inquiry: {owner: marketing}
  mql: {owner: marketing, enter_when: "lead.temperature == 'hot'", hand_off: sales, sla: accept}
  sal: {owner: sales, sla: contact}
  sql: {owner: sales}
  customer: {owner: success}
  recycled: {detour: true, owner: marketing, from: [mql, sal, sql]}
  disqualified: {detour: true, final: true}
recycle_reasons:
  not-now: {score: zero, temperature: cold}
  too-early: {score: halve, temperature: warm}
business_hours: {days: [mon, tue, wed, thu, fri], between: ["09:00", "17:00"]}
sla:
  accept: {within: 4 business hours, warn_after: 2 business hours, escalate_to: boss@troubled.example}
  contact: {within: 1 business day, escalate_to: boss@troubled.example}
routing: [{key: all, to: reps}]
teams: {reps: {strategy: round-robin, members: [{email: ana@troubled.example}, {email: ben@troubled.example}]}}
segments: {large: {name: Large, when: "lead.size >= 100"}}
sending:
  time_zone: {from: lead, otherwise: Europe/Berlin}
  between: ["08:00", "20:00"]
  days: [mon, tue, wed, thu, fri, sat, sun]
  holidays: null
  at_most: [{mails: 1, per: day}, {mails: 3, per: week}]
  per_domain: {busy.example: 4 per hour}
  max_lateness: 2 days
  misfire: next-window
  unknown: hold
"""
NEWS = """
format: 1
key: news
name: News
entry: {when: "lead.stage in ['inquiry', 'recycled']"}
exit: [{key: decided, when: "lead.stage in ['customer', 'disqualified']"}]
priority: 50
edits: {in_flight: migrate}
tracks:
  - key: main
    cadence: {every: 1 day}
    steps:
      - {mail: first, wait: 0 minutes}
      - {mail: second, wait: 20 hours}
      - {key: look, choose: [{key: readers, when: "clicked('first')", mail: readers}, {key: others, mail: others}]}
      - {mail: third}
  - key: warm
    temperature: warm
    cadence: {every: 1 day}
    steps:
      - {mail: case, wait: 2 hours}
      - {task: call, wait: 1 hour}
      - {mail: third}
"""
CLUB = """
format: 1
key: club
name: Club
entry: {when: "lead.plan == 'club'"}
priority: 90
tracks:
  - key: main
    cadence: {every: 2 days}
    steps: [{mail: letter, wait: 3 hours}, {mail: news/first}]
"""
TRIAL = """
format: 1
key: trial
name: Trial
class: operational
entry: {when: "lead.plan == 'trial'"}
priority: 60
tracks:
  - key: main
    cadence: {every: 1 day}
    steps: [{mail: welcome}, {mail: tips, wait: 6 hours}]
"""
FAIR = """
format: 1
key: fair
name: See us at the fair
broadcast: {to: large, mail: fair, at: "2026-03-26 11:00"}
"""
BROADCAST = "fair"
MAIL = """---
subject: Hello {{ lead.first_name }}
preheader: A few words.
links: {site: "https://troubled.example/site"}
---
<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ lead.first_name }}.</mj-text>
<mj-button href="{{ link('site') }}">Read on</mj-button></mj-column></mj-section></mj-body></mjml>
"""
MAILS = {
    "news": ("first", "second", "readers", "others", "third", "case"),
    "club": ("letter",),
    "trial": ("welcome", "tips"),
    "fair": ("fair",),
}
TEXTS: Mapping[str, str] = {
    "campaigns/programme.yaml": PROGRAMME,
    "campaigns/news/campaign.yaml": NEWS,
    "campaigns/club/campaign.yaml": CLUB,
    "campaigns/trial/campaign.yaml": TRIAL,
    "campaigns/fair/campaign.yaml": FAIR,
    **{
        f"campaigns/{campaign}/mails/{mail}.mjml": MAIL for campaign, names in MAILS.items() for mail in names
    },
}
NEWS_FILE, PROGRAMME_FILE = "campaigns/news/campaign.yaml", "campaigns/programme.yaml"

EDITS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "as it was": (),
    "a wait is shorter": ((NEWS_FILE, "mail: second, wait: 20 hours", "mail: second, wait: 3 hours"),),
    "a wait is longer": ((NEWS_FILE, "mail: second, wait: 20 hours", "mail: second, wait: 3 days"),),
    "a wait is shorter, pinned": (
        (NEWS_FILE, "mail: second, wait: 20 hours", "mail: second, wait: 3 hours"),
        (NEWS_FILE, "in_flight: migrate", "in_flight: pin"),
    ),
    "a step is gone": ((NEWS_FILE, "      - {mail: second, wait: 20 hours}\n", ""),),
    "a choice is gone": ((NEWS_FILE, NEWS[NEWS.index("      - {key: look") : NEWS.index("      - {mail: third}\n  - key: warm")], ""),),
    "a track is gone": ((NEWS_FILE, NEWS[NEWS.index("  - key: warm") :], ""),),
    "a score is worth more": ((PROGRAMME_FILE, "points: 10", "points: 25"),),
    "sales takes qualified leads": (
        (PROGRAMME_FILE, "mql: {owner: marketing,", "mql: {owner: sales,"),
    ),
    "a campaign has a new priority": (("campaigns/club/campaign.yaml", "priority: 90", "priority: 10"),),
}  # fmt: skip
"""Each edit as what is written in the place of what, by file."""


READ: dict[str, Catalog] = {}
"""Every programme that was read, by its revision."""


@cache
def edited(edit: str, *, resend: bool = False) -> Catalog:
    """The programme after *edit*; *resend*: with the other policy for mails of unknown fate."""
    texts = dict(TEXTS)
    policy = ((PROGRAMME_FILE, "unknown: hold", "unknown: resend"),) if resend else ()
    for file, before, after in (*EDITS[edit], *policy):
        assert before in texts[file], f"{before!r} is not in {file}"
        texts[file] = texts[file].replace(before, after)
    catalog = load_texts(texts)
    return READ.setdefault(catalog.revision, catalog)
