"""A mail that is not live yet, as a lead would read it. Nothing is recorded, and its links lead nowhere."""

from nurture.content.compile import compile_mail
from nurture.content.mails import read_mail
from nurture.content.render import PreviewParts, render_preview
from nurture.content.scope import LeadView
from nurture.content.tracking import pixel
from nurture.engine.build import shared_names
from nurture.engine.engine import Engine
from nurture.engine.people import LeadError, find_lead
from nurture.insight.examples import example_leads
from nurture.statemachine.scope import lead_values

NOBODY = "preview"
"""A token that is none: what it leads to says that the link does not work."""


def draft_preview(engine: Engine, path: str, text: str, lead_id: int | None) -> PreviewParts:
    """The mail in *text* as lead *lead_id* would read it; as the newest one for None.

    Raises NurtureError where it cannot be read or rendered, or where there is no lead to read it.
    """
    live = engine.live
    with engine.database.reading() as connection:
        if lead_id is None:
            examples = example_leads(connection, most=1)
            if not examples:
                raise LeadError("there is no lead to read it; bring leads in first")
            state = examples[0].state
        else:
            state = find_lead(connection, str(lead_id))
    program = compile_mail(read_mail(path, text), templates=live.catalog.templates, base_url=engine.base_url)
    parts = render_preview(
        program,
        lead=LeadView(live.programme, lead_values(state, engine.clock.now())),
        token=NOBODY,
        extra=shared_names(live, path.split("/")[1]),
    )
    return PreviewParts(parts.subject, parts.html.replace(pixel(engine.base_url, NOBODY), ""), parts.text)
