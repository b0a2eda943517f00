"""Every promise, broken once: one planted fault, and the exact place and words with which it is told."""

from typing import NamedTuple

import pytest

from nurture.check import check, report
from nurture.check.promises import PROMISES
from nurture.check.written import written
from nurture.content.catalog import Catalog, load

PROGRAMME = """\
format: 1
name: Acme
time_zone: Europe/Berlin
sender: {name: Ada at Acme, address: ada@mail.acme.example, reply_to: hello@acme.example}
postal_address: Acme GmbH, Torstrasse 1, 10119 Berlin

fields:
  job_title: {type: text}
  seniority: {type: choice, of: [vp, manager]}
  company_size: {type: integer}
  plan: {type: choice, of: [none, trial], default: none}

topics:
  product: {name: Product news}

personas:
  - key: champion
    name: Developer
    role: champion
    fit:
      - {key: title, when: "'dev' in lead.job_title|lower", points: 60}
  - key: boss
    name: VP
    role: decision-maker
    fit:
      - {key: senior, when: "lead.seniority == 'vp'", points: 70}

scoring:
  fit:
    - {key: size, when: "50 <= lead.company_size <= 5000", points: 60}
  interest:
    groups: {email: 40, forms: 60}
    rules:
      - {key: clicked, event: mail.clicked, points: 5, group: email, at_most: 3 per day, half_life: 30 days}
      - {key: pricing, event: mail.clicked, when: "event.link == 'pricing'", points: 20, group: email, half_life: 30 days}
      - {key: demo, event: form.submitted, points: 50, group: forms, half_life: 60 days}
  grades:
    A: {fit: 60, interest: 60}
    B: {fit: 30}

temperature:
  hot: {enter: 60, leave: 50}
  warm: {enter: 25, leave: 18}

stages:
  inquiry: {owner: marketing}
  mql: {enter_when: "lead.grade == 'A' and lead.temperature == 'hot'", hand_off: sales, sla: accept}
  sal: {owner: sales}
recycle_reasons:
  not-now: {score: halve, campaign: trial}

business_hours: {days: [mon, tue], between: ["09:00", "17:00"], holidays: DE}
sla:
  accept: {within: 4 business hours, warn_after: 2 business hours, escalate_to: head@acme.example}
routing:
  - {key: dach, when: "lead.country in ['DE', 'AT']", to: team}
  - {key: world, to: team}
teams:
  team: {members: [{email: lena@acme.example}]}
webhooks:
  chat: https://hooks.acme.example/x

sending:
  time_zone: {otherwise: Europe/Berlin}
  days: [mon, tue]
  at_most: [{mails: 1, per: day}]
  warm_up: {start: 200 per day, double_every: 2 days, full: 500 per day}
  sunset: {after: 12 unreceived mails, mail: trial/goodbye}

forms:
  demo:
    name: Ask for a demo
    fields: [{field: email}, {field: company_size}, {field: plan, hidden: true, value: none}]
    topics: {product: {wording: Write me about the product.}}
    double_opt_in: true
    redirect: https://acme.example/thanks
    ask: 2
    notify: sales@acme.example

segments:
  managers: {name: Managers, when: "lead.seniority == 'manager' and 'vip' in lead.tags"}
"""

CAMPAIGN = """\
format: 1
key: trial
name: Trial
topic: product
entry: {when: "lead.stage == 'inquiry'", again_after: 180 days}
goal: {name: Trial, when: "lead.plan == 'trial'"}
exit: [{when: "days_since('mail.clicked') > 90"}]

tracks:
  - key: all
    steps:
      - {mail: welcome, wait: 0 minutes}
      - key: way
        choose:
          - {key: read, when: "clicked('welcome', link='docs')", mail: more}
          - {key: others, steps: [{webhook: chat}]}
      - {mail: last, experiment: {variants: {plain: 50, playful: 50}}}
  - key: hot
    temperature: hot
    personas: [boss]
    steps:
      - {task: call, for: owner}
"""

MAIL = """\
---
subject: Hello
links: {docs: https://acme.example/docs, pricing: https://acme.example/pricing}
variants: {playful: {subject: Hey}}
---
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ lead.first_name|default('there', true) }}, read <a href="{{ link('docs') }}">this</a>.</mj-text>
<mj-text><a href="{{ link('pricing') }}">Prices</a> <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
<mj-text>{{ programme.postal_address }}</mj-text>
</mj-column></mj-section></mj-body></mjml>
"""

NEWS = """\
format: 1
key: news
name: News
broadcast: {to: managers, mail: trial/last, at: "2026-12-01 09:00"}
"""

P, C, N = "programme.yaml", "trial/campaign.yaml", "news/campaign.yaml"
SOUND = {
    P: PROGRAMME,
    C: CAMPAIGN,
    N: NEWS,
    **{f"trial/mails/{name}.mjml": MAIL for name in ("welcome", "more", "last", "goodbye")},
}


class Fault(NamedTuple):
    """What is planted, and everything that the promise then tells."""

    promise: str
    file: str
    was: str
    now: str
    told: list[str]


FAULTS = [
    Fault(
        "possible_values",
        P,
        "'vip' in lead.tags",
        "lead.tags == 'vip'",
        [
            "campaigns/programme.yaml:81:69: a lead has several tags, and this compares them with one value; write such as 'vip' in lead.tags"
        ],
    ),
    Fault(
        "segments_of_broadcasts",
        N,
        "to: managers",
        "to: manager",
        ["campaigns/news/campaign.yaml:4:17: there is no segment 'manager'; did you mean 'managers'?"],
    ),
    Fault(
        "segments_of_broadcasts",
        N,
        "to: managers",
        "tag: Big Fish",
        ["campaigns/news/campaign.yaml:4:18: 'Big Fish' is no tag; write 'big fish'"],
    ),
    Fault(
        "mails_of_steps",
        N,
        "mail: trial/last",
        "mail: trial/lst",
        ["campaigns/news/campaign.yaml:4:33: there is no mail 'trial/lst'; did you mean 'trial/last'?"],
    ),
    Fault(
        "declared_names",
        P,
        "lead.seniority == 'manager' and",
        "event.link == 'docs' and",
        [
            "campaigns/programme.yaml:81:37: there is no 'event' in this condition; write one of clicked, days_since, enrolment, hand_off, lead, opened, submitted, visited"
        ],
    ),
    Fault(
        "plain_keys",
        P,
        "  managers: {name",
        "  our managers: {name",
        [
            "campaigns/programme.yaml:81:3: the key 'our managers' is not one word; write such as 'trial-users'"
        ],
    ),
    Fault(
        "readable",
        P,
        "lead.seniority == 'vp'",
        "lead.seniority = 'vp'",
        [
            "campaigns/programme.yaml:26:29: \"lead.seniority = 'vp'\" is not an expression: unexpected '='; compare, call or combine"
        ],
    ),
    Fault(
        "readable",
        C,
        "days_since('mail.clicked') > 90",
        "days_since('mail.clicked') is odder",
        [
            "campaigns/trial/campaign.yaml:7:46: there is no test 'odder'; use one of boolean, defined, disposable, divisibleby, eq, equalto, even, false, float, free_mail, ge, greaterthan, gt, in, integer, le, lessthan, lt, mapping, ne, none, number, odd, sequence, string, true, undefined"
        ],
    ),
    Fault(
        "declared_names",
        P,
        "'dev' in lead.job_title|lower",
        "clicked('welcome')",
        ["campaigns/programme.yaml:21:29: there is no 'clicked' in this condition; write lead"],
    ),
    Fault(
        "declared_names",
        C,
        "lead.plan == 'trial'",
        "laed.plan == 'trial'",
        ["campaigns/trial/campaign.yaml:6:28: there is no 'laed' in this condition; did you mean 'lead'?"],
    ),
    Fault(
        "declared_fields",
        P,
        "50 <= lead.company_size",
        "50 <= lead.compny_size",
        ["campaigns/programme.yaml:30:32: the lead has no field 'compny_size'; did you mean 'company_size'?"],
    ),
    Fault(
        "possible_values",
        P,
        "lead.seniority == 'vp'",
        "lead.seniority == 'vpp'",
        ["campaigns/programme.yaml:26:49: seniority is never 'vpp'; did you mean 'vp'?"],
    ),
    Fault(
        "possible_values",
        C,
        "lead.stage == 'inquiry'",
        "lead.stage in ['inquiry', 'mqls']",
        ["campaigns/trial/campaign.yaml:5:43: stage is never 'mqls'; did you mean 'mql'?"],
    ),
    Fault(
        "possible_values",
        P,
        "50 <= lead.company_size <= 5000",
        "lead.company_size == '50'",
        [
            "campaigns/programme.yaml:30:48: company_size is a number and '50' is text; compare it with a number"
        ],
    ),
    Fault(
        "known_acts",
        C,
        "clicked('welcome', link='docs')",
        "clicked('welcom', link='docs')",
        ["campaigns/trial/campaign.yaml:15:41: there is no mail 'welcom'; did you mean 'welcome'?"],
    ),
    Fault(
        "known_acts",
        C,
        "clicked('welcome', link='docs')",
        "clicked('welcome', link='doc')",
        ["campaigns/trial/campaign.yaml:15:57: the mail 'welcome' has no link 'doc'; did you mean 'docs'?"],
    ),
    Fault(
        "known_acts",
        C,
        "days_since('mail.clicked')",
        "days_since('mail.sent')",
        ["campaigns/trial/campaign.yaml:7:28: 'mail.sent' is no act of a lead; did you mean 'mail.opened'?"],
    ),
    Fault(
        "known_links",
        P,
        "event.link == 'pricing'",
        "event.link == 'prices'",
        ["campaigns/programme.yaml:35:67: no mail has the link 'prices'; did you mean 'pricing'?"],
    ),
    Fault(
        "timed_interest",
        C,
        "lead.plan == 'trial'",
        "lead.interest_score + lead.fit_score > 90",
        [
            "campaigns/trial/campaign.yaml:6:28: the interest score falls with time, and here nobody can compute when that changes the answer; compare lead.interest_score with a number"
        ],
    ),
    Fault(
        "readable_notes",
        C,
        "for: owner}",
        "for: owner, note: '{{ lead.x'}",
        [
            "campaigns/trial/campaign.yaml:22:40: the note cannot be read: unexpected end of template, expected 'end of print statement'; write text, with {{ lead.company|default('the company', true) }} where a value goes"
        ],
    ),
    Fault(
        "mails_of_steps",
        C,
        "mail: welcome,",
        "mail: welcom,",
        ["campaigns/trial/campaign.yaml:12:16: there is no mail 'welcom'; did you mean 'welcome'?"],
    ),
    Fault(
        "mails_of_steps",
        C,
        "mail: more}",
        "mail: other/more}",
        [
            "campaigns/trial/campaign.yaml:15:72: there is no mail 'other/more'; write campaigns/trial/mails/more.mjml"
        ],
    ),
    Fault(
        "mail_of_sunset",
        "trial/mails/goodbye.mjml",
        "subject: Hello",
        "subject: Hello\nclass: operational",
        [
            "campaigns/programme.yaml:68:46: 'trial/goodbye' is operational mail, which those get too who want no marketing; write `class: marketing` at the top of the mail, or nothing"
        ],
    ),
    Fault(
        "mail_of_sunset",
        P,
        "mail: trial/goodbye",
        "mail: goodbye",
        ["campaigns/programme.yaml:68:46: there is no mail 'goodbye'; did you mean 'trial/goodbye'?"],
    ),
    Fault(
        "campaigns_of_reasons",
        P,
        "campaign: trial",
        "campaign: trail",
        ["campaigns/programme.yaml:50:37: there is no campaign 'trail'; did you mean 'trial'?"],
    ),
    Fault(
        "groups_of_rules",
        P,
        "points: 50, group: forms",
        "points: 50, group: form",
        ["campaigns/programme.yaml:36:63: there is no group 'form'; did you mean 'forms'?"],
    ),
    Fault(
        "clocks_of_stages",
        P,
        "sla: accept}",
        "sla: acept}",
        ["campaigns/programme.yaml:47:94: there is no sla 'acept'; did you mean 'accept'?"],
    ),
    Fault(
        "teams_of_routes",
        P,
        "world, to: team",
        "world, to: taem",
        ["campaigns/programme.yaml:57:22: there is no team 'taem'; did you mean 'team'?"],
    ),
    Fault(
        "topics_of_campaigns",
        C,
        "topic: product",
        "topic: prodct",
        ["campaigns/trial/campaign.yaml:4:8: there is no topic 'prodct'; did you mean 'product'?"],
    ),
    Fault(
        "personas_of_tracks",
        C,
        "personas: [boss]",
        "personas: [bos, champion]",
        ["campaigns/trial/campaign.yaml:20:16: there is no persona 'bos'; did you mean 'boss'?"],
    ),
    Fault(
        "former_keys",
        P,
        "    name: VP\n",
        "    name: VP\n    was: [vp, champion]\n",
        [
            "campaigns/programme.yaml:24:15: 'champion' is the key of a persona, or was another one's; remove it here"
        ],
    ),
    Fault(
        "webhooks_of_steps",
        C,
        "webhook: chat",
        "webhook: chta",
        ["campaigns/trial/campaign.yaml:16:45: there is no webhook 'chta'; did you mean 'chat'?"],
    ),
    Fault(
        "variants_of_experiments",
        C,
        "playful: 50",
        "playfull: 50",
        [
            "campaigns/trial/campaign.yaml:17:57: the mail 'last' has no variant 'playfull'; did you mean 'playful'?"
        ],
    ),
    Fault(
        "tasks_for_someone",
        C,
        "for: owner",
        "for: ownr",
        [
            "campaigns/trial/campaign.yaml:22:27: the task is for 'ownr', expected owner or an address; write owner, or the address of a colleague"
        ],
    ),
    Fault(
        "unused_mails",
        C,
        "choose:\n          - {key: read, when: \"clicked('welcome', link='docs')\", mail: more}\n",
        "choose:\n",
        [
            "campaigns/trial/mails/more.mjml:1:1: no step sends this mail; name it in a track, or remove the file"
        ],
    ),
    Fault(
        "temperatures_within_reach",
        P,
        "groups: {email: 40, forms: 60}",
        "groups: {email: 40, forms: 10}",
        [
            "campaigns/programme.yaml:42:16: no lead can be hot: it begins at 60, and all rules together give at most 50; lower it, or raise points or group limits"
        ],
    ),
    Fault(
        "temperatures_within_reach",
        P,
        "points: 50, group: forms, half_life: 60 days",
        "points: 9, group: forms, at_most: 1 per week, half_life: 2 days",
        [
            "campaigns/programme.yaml:42:16: no lead can be hot: it begins at 60, and all rules together give at most 58.9; lower it, or raise points or group limits"
        ],
    ),
    Fault(
        "plain_keys",
        C,
        "{task: call, for",
        "{task: Call them now, for",
        [
            "campaigns/trial/campaign.yaml:22:9: the key 'Call them now' is not one word; write letters, digits, dots and dashes, such as 'first-call'"
        ],
    ),
    Fault(
        "bands",
        P,
        "warm: {enter: 25, leave: 18}",
        "warm: {enter: 25, leave: 0}",
        [
            "campaigns/programme.yaml:43:9: warm lies from 0 to 25, expected within 1 and 100; interest scores go from 0 to 100"
        ],
    ),
    Fault(
        "grades_within_reach",
        P,
        "B: {fit: 30}",
        "B: {fit: 70}",
        [
            "campaigns/programme.yaml:39:8: no lead can have grade B: fit reaches at most 60, interest 100; lower its bounds, or raise points"
        ],
    ),
    Fault(
        "grades_within_reach",
        P,
        "B: {fit: 30}",
        "B: {fit: 60, interest: 70}",
        [
            "campaigns/programme.yaml:39:8: no lead can have grade B: whoever meets it has A already; write grades from the best down"
        ],
    ),
    Fault(
        "personas_within_reach",
        P,
        "points: 70}",
        "points: 30}",
        [
            "campaigns/programme.yaml:26:7: no lead can be 'boss': its rules give at most 30, min_fit asks for 40; raise points, or lower min_fit"
        ],
    ),
    Fault(
        "tracks_within_reach",
        C,
        "    temperature: hot\n    personas: [boss]\n",
        "    stages: [advocate]\n",
        [
            "campaigns/trial/campaign.yaml:18:5: no lead comes to the track 'hot': others suit all its leads better, or it has none; narrow it by personas, temperature or stages, or remove it"
        ],
    ),
    Fault(
        "tracks_without_ties",
        C,
        "    temperature: hot\n    personas: [boss]\n",
        "",
        [
            "campaigns/trial/campaign.yaml:18:5: the tracks 'all' and 'hot' suit cold leads at stage inquiry without a persona equally well; narrow one of them, or write a track for both"
        ],
    ),
    Fault(
        "content_for_everyone",
        C,
        "  - key: all\n",
        "  - key: all\n    personas: [boss]\n",
        [
            "campaigns/trial/campaign.yaml:9:1: cold leads without a persona find nothing in this campaign; write a track for them",
            "campaigns/trial/campaign.yaml:9:1: warm leads without a persona find nothing in this campaign; write a track for them",
            "campaigns/trial/campaign.yaml:9:1: hot leads without a persona find nothing in this campaign; write a track for them",
            "campaigns/programme.yaml:17:5: no campaign has content for cold leads of the persona 'champion'; write a track for them",
            "campaigns/programme.yaml:17:5: no campaign has content for warm leads of the persona 'champion'; write a track for them",
            "campaigns/programme.yaml:17:5: no campaign has content for hot leads of the persona 'champion'; write a track for them",
        ],
    ),
    Fault(
        "content_for_everyone",
        C,
        "  - key: all\n",
        "  - key: all\n    temperature: warm\n",
        [
            "campaigns/trial/campaign.yaml:9:1: cold leads without a persona find nothing in this campaign; write a track for them",
            "campaigns/trial/campaign.yaml:9:1: hot leads without a persona find nothing in this campaign; write a track for them",
            "campaigns/programme.yaml:17:5: no campaign has content for cold leads of the persona 'champion'; write a track for them",
            "campaigns/programme.yaml:17:5: no campaign has content for hot leads of the persona 'champion'; write a track for them",
            "campaigns/programme.yaml:22:5: no campaign has content for cold leads of the persona 'boss'; write a track for them",
        ],
    ),
    Fault(
        "steps_within_reach",
        C,
        "{key: others, steps: [{webhook: chat}]}",
        "{key: others, mail: last}\n          - {key: never, mail: goodbye}",
        [
            "campaigns/trial/campaign.yaml:17:13: no lead comes to the branch 'never': everyone takes 'others' before it; put the branch without 'when' last"
        ],
    ),
    Fault(
        "steps_within_reach",
        C,
        "{mail: last, experiment",
        "{key: again, mail: welcome}\n      - {mail: last, experiment",
        [
            "campaigns/trial/campaign.yaml:17:9: the mail 'welcome' was sent by the step 'welcome' before, so this one never is; write 'repeat: true', or remove it"
        ],
    ),
    Fault(
        "unique_steps",
        C,
        "steps: [{webhook: chat}]",
        "mail: welcome",
        [
            "campaigns/trial/campaign.yaml:16:13: the step 'welcome' stands twice in its track, first in line 12; give one of them a key of its own"
        ],
    ),
    Fault(
        "bands",
        P,
        "hot: {enter: 60, leave: 50}",
        "hot: {enter: 60, leave: 61}",
        [
            "campaigns/programme.yaml:42:27: hot is left at 61, which is not below where it is entered (60); leave some points between the two"
        ],
    ),
    Fault(
        "bands",
        P,
        "warm: {enter: 25, leave: 18}",
        "warm: {enter: 65, leave: 18}",
        ["campaigns/programme.yaml:43:17: warm begins at 65, not below hot (60); let hot begin above warm"],
    ),
    Fault(
        "zones",
        P,
        "time_zone: Europe/Berlin",
        "time_zone: Europe/Berlln",
        [
            "campaigns/programme.yaml:3:12: there is no time zone 'Europe/Berlln'; did you mean 'Europe/Berlin'?"
        ],
    ),
    Fault(
        "hours",
        P,
        "  days: [mon, tue]\n",
        "  days: [mon, tues]\n",
        ["campaigns/programme.yaml:65:15: there is no day 'tues'; did you mean 'tue'?"],
    ),
    Fault(
        "hours",
        P,
        'between: ["09:00", "17:00"]',
        'between: ["19:00", "17:00"]',
        [
            "campaigns/programme.yaml:52:45: it opens at 19:00 and closes at 17:00; write the earlier time first"
        ],
    ),
    Fault(
        "holiday_countries",
        P,
        "holidays: DE",
        "holidays: none",
        [
            "campaigns/programme.yaml:52:75: no holidays are known for 'none'; write a country code such as DE or null for none"
        ],
    ),
    Fault(
        "fields",
        P,
        "company_size: {type: integer}\n",
        "company_size: {type: integer}\n  email: {type: text}\n",
        [
            "campaigns/programme.yaml:11:3: the field 'email' is built in; use it as it is, or choose another name"
        ],
    ),
    Fault(
        "fields",
        P,
        "of: [vp, manager]",
        "profile: true",
        [
            "campaigns/programme.yaml:9:14: a choice has no choices; write 'type: choice' together with 'of: [one, two]'"
        ],
    ),
    Fault(
        "fields",
        P,
        "default: none",
        "default: non",
        [
            "campaigns/programme.yaml:11:52: the default 'non' is not one of none, trial; change the default, or remove it"
        ],
    ),
    Fault(
        "plain_durations",
        P,
        "at_most: 3 per day, half_life: 30 days",
        "at_most: 3 per day, half_life: 30 business days",
        [
            "campaigns/programme.yaml:34:101: '30 business days' counts business time here; write plain time such as '3 days'"
        ],
    ),
    Fault(
        "plain_durations",
        C,
        "again_after: 180 days",
        "again_after: 180 business days",
        [
            "campaigns/trial/campaign.yaml:5:55: '180 business days' counts business time here; write plain time such as '3 days'"
        ],
    ),
    Fault(
        "half_lives",
        P,
        "half_life: 60 days",
        "half_life: 0 days",
        ["campaigns/programme.yaml:36:81: points that are worth nothing at once; write such as '14 days'"],
    ),
    Fault(
        "clocks",
        P,
        "warn_after: 2 business hours",
        "warn_after: 300 business minutes",
        [
            "campaigns/programme.yaml:54:50: the warning comes after 300 business minutes, not before the breach (4 business hours); warn earlier"
        ],
    ),
    Fault(
        "hand_offs",
        P,
        "  - {key: dach, when: \"lead.country in ['DE', 'AT']\", to: team}\n",
        "  - {key: dach, to: team}\n",
        [
            "campaigns/programme.yaml:57:5: no lead comes to the route 'world': 'dach' takes all; put the route without 'when' last"
        ],
    ),
    Fault(
        "hand_offs",
        P,
        "  - {key: world, to: team}\n",
        "",
        [
            "campaigns/programme.yaml:56:5: leads that no route takes are handed to nobody; end with a route without 'when'"
        ],
    ),
    Fault(
        "hand_offs",
        P,
        "members: [{email: lena@acme.example}]",
        "members: []",
        ["campaigns/programme.yaml:59:9: the team 'team' has no members; write them, or remove it"],
    ),
    Fault(
        "amounts",
        P,
        "mails: 1, per",
        "mails: 0, per",
        ["campaigns/programme.yaml:66:21: a cap of 0 mails lets none leave; write at least 1"],
    ),
    Fault(
        "ramp",
        P,
        "start: 200 per day",
        "start: 600 per day",
        [
            "campaigns/programme.yaml:67:20: the ramp starts at 600 per day, above where it ends (500 per day); start lower"
        ],
    ),
    Fault(
        "ramp",
        P,
        "start: 200 per day",
        "start: 20 per hour",
        [
            "campaigns/programme.yaml:67:20: the ramp counts mails a day, and this is 20 per hour; write such as 200 per day"
        ],
    ),
    Fault(
        "ramp",
        P,
        "start: 200 per day",
        "start: 0 per day",
        [
            "campaigns/programme.yaml:67:20: the ramp starts at no mail at all, of which twice as many is none; write at least 1 per day"
        ],
    ),
    Fault(
        "ramp",
        P,
        "double_every: 2 days",
        "double_every: 0 days",
        [
            "campaigns/programme.yaml:67:47: the ramp doubles every 0 days, which no day is long enough for; write such as 2 days, or remove warm_up"
        ],
    ),
    Fault(
        "amounts",
        C,
        "plain: 50, playful: 50",
        "plain: 50",
        [
            "campaigns/trial/campaign.yaml:17:34: an experiment needs two variants or more, each with a weight of at least 1; write such as {plain: 50, playful: 50}"
        ],
    ),
    Fault(
        "addresses",
        P,
        "ada@mail.acme.example",
        "ada.mail.acme.example",
        [
            "campaigns/programme.yaml:4:38: 'ada.mail.acme.example' is no address; write such as ada@acme.example"
        ],
    ),
    Fault(
        "addresses",
        P,
        "https://hooks",
        "http://hooks",
        [
            "campaigns/programme.yaml:61:9: the webhook 'chat' is called at 'http://hooks.acme.example/x', expected https; write an address that begins with https://"
        ],
    ),
    Fault(
        "questions_of_forms",
        P,
        "field: company_size",
        "field: company_szie",
        ["campaigns/programme.yaml:73:38: no form can fill in 'company_szie'; did you mean 'company_size'?"],
    ),
    Fault(
        "questions_of_forms",
        P,
        "{field: email}, ",
        "",
        [
            "campaigns/programme.yaml:73:13: the form 'demo' does not ask for the address: nobody would know whose answers these are; add '{field: email}'"
        ],
    ),
    Fault(
        "questions_of_forms",
        P,
        "field: company_size",
        "field: owner",
        [
            "campaigns/programme.yaml:73:38: no form can fill in 'owner'; write one of company, company_size, country, email, first_name, job_title, language, last_name, plan, seniority, source, time_zone"
        ],
    ),
    Fault(
        "hidden_values",
        P,
        ", value: none",
        "",
        [
            "campaigns/programme.yaml:73:53: the hidden field 'plan' sets nothing; write 'value:', or remove 'hidden:'"
        ],
    ),
    Fault(
        "hidden_values",
        P,
        "hidden: true, value: none",
        "value: none",
        [
            "campaigns/programme.yaml:73:74: the value of 'plan' is never used: people answer it; write 'hidden: true', or remove it"
        ],
    ),
    Fault(
        "hidden_values",
        P,
        "value: none",
        "value: gold",
        ["campaigns/programme.yaml:73:88: 'gold' is no value of 'plan'; write one that the field can have"],
    ),
    Fault(
        "agreements_of_forms",
        P,
        "topics: {product: {w",
        "topics: {prodcut: {w",
        ["campaigns/programme.yaml:74:14: there is no topic 'prodcut'; did you mean 'product'?"],
    ),
    Fault(
        "agreements_of_forms",
        P,
        "wording: Write me about the product.",
        'wording: " "',
        [
            "campaigns/programme.yaml:74:33: an agreement without words proves nothing; write what people agree to"
        ],
    ),
    Fault(
        "agreements_of_forms",
        P,
        "    topics: {product: {wording: Write me about the product.}}\n",
        "",
        [
            "campaigns/programme.yaml:74:20: the form 'demo' asks for no agreement that could be confirmed; write 'topics:', or remove it"
        ],
    ),
    Fault(
        "ways_of_forms",
        P,
        "  demo:\n    name",
        "  Demo form:\n    name",
        [
            "campaigns/programme.yaml:71:3: the form's key 'Demo form' is part of its address, expected small letters, digits and hyphens; write such as 'demo' or 'price-list'"
        ],
    ),
    Fault(
        "ways_of_forms",
        P,
        "https://acme.example/thanks",
        "http://acme.example/thanks",
        [
            "campaigns/programme.yaml:76:15: the form leads on to 'http://acme.example/thanks', expected https; write an address that begins with https://"
        ],
    ),
    Fault(
        "ways_of_forms",
        P,
        "ask: 2",
        "ask: 0",
        ["campaigns/programme.yaml:77:10: the form asks 0 questions at most; write at least 1, or remove it"],
    ),
    Fault(
        "addresses",
        P,
        "sales@acme.example",
        "sales",
        ["campaigns/programme.yaml:78:13: 'sales' is no address; write such as ada@acme.example"],
    ),
]


def catalog(changes: dict[str, str] | None = None) -> Catalog:
    return load({**SOUND, **(changes or {})}, {})


def planted(file: str, was: str, now: str) -> Catalog:
    assert SOUND[file].count(was) >= 1, f"{was!r} is not in {file}"
    return catalog({file: SOUND[file].replace(was, now, 1)})


def told_by(promise: str, of: Catalog) -> list[str]:
    assert of.problems == (), report(of.problems)
    sound = written(of)
    assert sound is not None
    function = next(one for one in PROMISES if one.__name__ == promise)
    return [str(problem) for problem in function(sound)]


def test_a_sound_programme_breaks_no_promise():
    assert check(catalog()) == ()
    assert report(()) == "every promise is kept"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.promise}: {fault.now.strip()[:40]}")
def test_a_planted_fault_is_told_where_it_stands(fault):
    assert told_by(fault.promise, planted(fault.file, fault.was, fault.now)) == fault.told


def test_every_promise_is_broken_by_some_fault():
    about_files = {"files_for_everybody", "personas_of_files", "sendable", "written_out"}
    assert {fault.promise for fault in FAULTS} | about_files == {promise.__name__ for promise in PROMISES}


def test_a_mail_needs_a_file_for_everybody():
    found = check(catalog({"trial/mails/more.boss.mjml": MAIL, "trial/mails/other.de.mjml": MAIL}))
    assert [str(problem) for problem in found] == [
        "campaigns/trial/mails/other.de.mjml:1:1: no step sends this mail; name it in a track, or remove the file",
        "campaigns/trial/mails/other.de.mjml:1:1: this mail has no file for everybody else; write other.mjml beside it",
    ]


def test_a_mail_is_for_a_persona_that_exists():
    found = check(catalog({"trial/mails/more.bos.mjml": MAIL}))
    assert [str(problem) for problem in found] == [
        "campaigns/trial/mails/more.bos.mjml:1:1: there is no persona 'bos'; did you mean 'boss'?"
    ]


@pytest.mark.parametrize(
    ("was", "now", "place", "about"),
    [
        ("|default('there', true)", "", "7:16", "first_name"),
        ("lead.first_name", "lead.frist_name", "7:16", "frist_name"),
        ("{{ link('docs') }}", "{{ link('doc') }}", "7:76", "'doc'"),
        ("https://acme.example/docs", "http://acme.example/docs", "3:15", "https://"),
        ("{{ programme.postal_address }}", "Berlin", "6:1", "postal address"),
        ('<a href="{{ unsubscribe_url }}">Unsubscribe</a>', "", "6:1", "unsubscribe"),
        ("</mj-column>", '<mj-image src="https://acme.example/x.png" /></mj-column>', "10:1", "alt"),
        ("<mj-text>{{", '<mj-text color="#999999">{{', "9:1", "contrast"),
    ],
)
def test_a_mail_keeps_what_it_promises_by_itself(was, now, place, about):
    found = told_by("sendable", catalog({"trial/mails/more.mjml": MAIL.replace(was, now)}))
    first = found[0].removeprefix("campaigns/trial/mails/more.mjml:")
    assert first.startswith(f"{place}: ")
    assert about in first


def test_the_sunset_keeps_its_key_and_can_be_answered():
    other = CAMPAIGN.replace("key: trial", "key: sunset").replace("name: Trial", "name: Other", 1)
    mails = {f"sunset/mails/{name}.mjml": MAIL for name in ("welcome", "more", "last")}
    unanswerable = (
        MAIL.replace("links: {docs: https://acme.example/docs, pricing: https://acme.example/pricing}\n", "")
        .replace("{{ link('docs') }}", "https://acme.example")
        .replace("{{ link('pricing') }}", "https://acme.example")
    )
    of = catalog({"sunset/campaign.yaml": other, **mails, "trial/mails/goodbye.mjml": unanswerable})
    assert [told.split(";")[0] for told in told_by("mail_of_sunset", of)] == [
        "campaigns/sunset/campaign.yaml:2:6: the key 'sunset' means what `sending: sunset:` does",
        "campaigns/trial/mails/goodbye.mjml:1:1: the mail that asks whether to go on has no link, so that nobody can say yes by a click",
    ]


def test_words_in_brackets_are_told_where_leads_would_read_them():
    unfinished = MAIL.replace("<mj-text>{{", "<mj-text>[your product] {{")
    notes = MAIL.replace("</mj-column>", "<mj-raw><!--[if mso]>x<![endif]--></mj-raw></mj-column>")
    told = told_by(
        "written_out", catalog({"trial/mails/more.mjml": unfinished, "trial/mails/last.mjml": notes})
    )
    assert told == [
        "campaigns/trial/mails/more.mjml:9:10: [your product] is still to be replaced; write your own words in its place"
    ]
    draft = catalog(
        {C: CAMPAIGN.replace("topic:", "draft: true\ntopic:"), "trial/mails/more.mjml": unfinished}
    )
    assert told_by("written_out", draft) == []


def test_operational_mail_needs_no_way_out():
    mail = MAIL.replace("{{ unsubscribe_url }}", "mailto:help@acme.example")
    of = catalog({C: CAMPAIGN.replace("topic:", "class: operational\ntopic:"), "trial/mails/more.mjml": mail})
    assert told_by("sendable", of) == []


def test_a_programme_that_cannot_be_read_is_told_without_echoes():
    broken = PROGRAMME.replace("key: champion", "kye: champion")
    assert [str(problem) for problem in check(catalog({P: broken}))] == [
        "campaigns/programme.yaml:17:5: entry 1 of 'personas' has an unknown key 'kye'; did you mean 'key'?",
        "campaigns/programme.yaml:17:5: entry 1 of 'personas' has no 'key'; write 'key:' with text",
    ]


def test_a_campaign_that_cannot_be_read_leaves_the_others_checked():
    of = catalog({C: "format: 1\nkey: trial\n", P: PROGRAMME.replace("world, to: team", "world, to: taem")})
    assert [str(problem).split(";")[0] for problem in check(of)] == [
        "campaigns/programme.yaml:57:22: there is no team 'taem'",
        "campaigns/trial/campaign.yaml:1:1: the file has no 'entry'",
        "campaigns/trial/campaign.yaml:1:1: the file has no 'name'",
        "campaigns/trial/campaign.yaml:1:1: the file has no 'tracks'",
    ]


def test_the_report_counts_and_marks():
    found = check(planted(P, "  - {key: world, to: team}\n", ""))
    assert report(found) == (
        "warning: campaigns/programme.yaml:56:5: leads that no route takes are handed to nobody; "
        "end with a route without 'when'\n0 errors, 1 warning"
    )
