"""Every promise that a programme makes, and where it is broken.

catalog ─► promises, one function each ─► problems at file:line:column ─► report

promises     the table: what is promised, and the function that finds where it is not kept
asks         conditions: they can be read, name only what exists, and can be timed
refers       names: mails, teams, topics, stages, ... that a file mentions exist
reaches      reachability: temperatures, grades, personas, tracks and steps that no lead can come to
sense        numbers, zones and days that contradict each other
forms        forms: what they ask exists, what people agree to is said, and they lead somewhere safe
mails        mails: variants, links, and what the mail's own linter finds
"""

from nurture.check.promises import check, report

__all__ = ["check", "report"]
