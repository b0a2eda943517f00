"""Forms for everybody: the page, the script that puts one into a page of the company, and what people send.

No cookie is set here and no session is read: a signed ticket in the form takes their place, so that it works inside
another site's page too.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from flask import Response, abort, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from nurture.content.model import Form, Question
from nurture.engine import form_ticket
from nurture.engine.engine import Engine
from nurture.engine.form_answers import Wrong, questions, read_answers
from nurture.engine.form_guard import REFUSED_FROM
from nurture.engine.form_ticket import Ticket
from nurture.engine.forms import recent_submissions, submit
from webapp import form_confirm, form_origin
from webapp.form_headers import framed_by, script_headers
from webapp.form_sent import TRAP, reader, sent_by, suspicion_of
from webapp.form_shown import shown
from webapp.form_words import WORDS
from webapp.rights import Area, Permission, area

BYTES_MAX = 32_768
SCRIPT = (Path(__file__).parent / "static" / "form-embed.js").read_bytes()
TICKET = "ticket"
TOPIC = "topic"


def pages(engine: Engine, site_origins: Collection[str]) -> Area:
    """*site_origins*: the sites whose pages may show our forms."""
    pages = area("forms_public", see=Permission.PUBLIC)
    form_confirm.add_to(pages, engine)

    @pages.get("/f/<key>")
    def show(key: str) -> Response:
        form = form_of(key)
        with engine.database.reading() as connection:
            who = reader(connection, engine.keyring, request)
        asked = questions(form, who.lead, proven=who.proven)
        proven = who.lead if who.proven else None
        ticket = ticket_for(key, asked, lead=proven.id if proven else 0)
        return page(form, asked, ticket, known_as=proven.email if proven else None)

    @pages.get("/f/<key>.js")
    def script(key: str) -> Response:
        form_of(key)
        return Response(SCRIPT, headers=script_headers())

    @pages.post("/f/<key>")
    def send(key: str) -> AnyResponse:
        request.max_content_length = BYTES_MAX
        form, given = form_of(key), dict(request.form.items())
        ticket = form_ticket.read(engine.keyring, given.get(TICKET, ""), key, g.now)
        if ticket is None:
            return again(key, form, given)
        asked = tuple(each for each in form.fields if each.field in ticket.asked and not each.hidden)
        programme = engine.live.programme
        answers = read_answers(programme, form, asked, given, ticked=request.form.getlist(TOPIC))
        if answers.wrong:
            return page(form, asked, given[TICKET], given=given, wrong=answers.wrong, status=422)
        with engine.deciding() as (connection, now):
            sent = sent_by(
                connection, engine.keyring, request, ticket=ticket, answers=answers, base_url=engine.base_url
            )
            if sent is None:  # its reader has been removed meanwhile
                return again(key, form, given)
            if recent_submissions(connection, sent.client, now) >= REFUSED_FROM:
                return page(form, asked, given[TICKET], given=given, said="too_many", status=429)
            ours = (engine.base_url, *site_origins)
            suspicion = suspicion_of(connection, request, ticket, sent, ours=ours, now=now)
            submit(connection, programme, sent, keyring=engine.keyring, suspicion=suspicion, now=now)
        if form.redirect and not is_embedded():
            return framed(form, redirect(form.redirect, 303))
        asks = form.double_opt_in and bool(answers.agreed) and not sent.proven
        return framed(form, render_template("form_thanks.html", asks=asks, **common(form)))

    def again(key: str, form: Form, given: Mapping[str, str]) -> Response:
        """The form with what was typed and a new ticket, for one that stood open for too long."""
        every = questions(form, None, proven=False)
        asked = tuple(each for each in every if each.field in given) or every
        return page(form, asked, ticket_for(key, asked), given=given, said="too_old", status=422)

    def form_of(key: str) -> Form:
        return (engine.live.programme.forms.get(key) if g.live else None) or abort(404)

    def ticket_for(key: str, asked: Sequence[Question], lead: int = 0) -> str:
        return form_ticket.issue(
            engine.keyring,
            Ticket(
                form=key,
                nonce=secrets.token_urlsafe(9),
                opened_at=g.now,
                asked=tuple(each.field for each in asked),
                lead=lead,
            ),
        )

    def page(
        form: Form,
        asked: Sequence[Question],
        ticket: str,
        *,
        known_as: str | None = None,
        given: Mapping[str, str] | None = None,
        wrong: Mapping[str, Wrong] | None = None,
        said: str = "",
        status: int = 200,
    ) -> Response:
        words = WORDS[form.language]
        drawn = render_template(
            "form.html",
            questions=shown(engine.live.programme, asked, words, given=given or {}, wrong=wrong or {}),
            ticked=request.form.getlist(TOPIC),
            ticket=ticket,
            trap=TRAP,
            known_as=known_as,
            action=form_origin.same_address(request),
            for_others=request.path + ("?embed=1" if is_embedded() else ""),
            said=getattr(words, said) if said else "",
            **common(form),
        )
        return framed(form, drawn, status)

    def framed(form: Form, answer: str | AnyResponse, status: int | None = None) -> Response:
        response = make_response(answer) if status is None else make_response(answer, status)
        response.headers["Content-Security-Policy"] = framed_by(site_origins, form.redirect)
        return response

    return pages


def common(form: Form) -> dict[str, object]:
    """What every page of a form shows it with."""
    return {
        "form": form,
        "words": WORDS[form.language],
        "language": form.language,
        "embedded": is_embedded(),
    }


def is_embedded() -> bool:
    """Whether the form stands inside a page of the company."""
    return "embed" in request.args
