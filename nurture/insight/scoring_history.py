"""The revisions of the scoring: those of the programme's file in which its rules, limits, grades or temperatures changed."""

import re
from itertools import pairwise

from sqlalchemy import Connection, select

from nurture.content.catalog import PROGRAMME
from nurture.insight.text_history import TextRevision, history_of
from nurture.store.records import content_text

SHOWN = 20
SECTIONS = re.compile(r"^(?:scoring|temperature)\s*:.*(?:\n(?:[ \t].*|#.*)?)*", re.MULTILINE)
"""The two keys with what stands below them; read so, because reading a hundred files as YAML takes seconds."""


def scoring_history(connection: Connection) -> tuple[TextRevision, ...]:
    """The revisions with a scoring of their own, the newest first."""
    revisions = history_of(connection, PROGRAMME)
    rows = connection.execute(
        select(content_text.c.sha256, content_text.c.body).where(
            content_text.c.sha256.in_({each.sha256 for each in revisions})
        )
    )
    scoring = {row.sha256: sections(row.body) for row in rows}
    changed = [
        newer for newer, older in pairwise(revisions) if scoring[newer.sha256] != scoring[older.sha256]
    ]
    return (*changed, *revisions[-1:])[:SHOWN]


def sections(text: str) -> str:
    """What *text* says of scoring and temperature, without the comments."""
    found = "\n".join(SECTIONS.findall(text)) or text
    lines = (re.sub(r"\s+#.*$|^#.*$", "", line).rstrip() for line in found.splitlines())
    return "\n".join(line for line in lines if line)
