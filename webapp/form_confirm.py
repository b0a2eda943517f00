"""The link in the mail that asks to confirm: a page with a button, for scanners follow every link, and the button."""

from flask import Response, g, make_response, render_template, request

from nurture.engine import opt_in
from nurture.engine.engine import Engine
from nurture.errors import TokenError
from nurture.store.mapping import Fetched
from webapp.form_words import WORDS
from webapp.rights import Area


def add_to(pages: Area, engine: Engine) -> None:
    """Add the two views to the public pages of forms."""

    @pages.get("/f/confirm/<token>")
    def ask(token: str) -> Response:
        try:
            with engine.database.reading() as connection:
                found = opt_in.submission_of(connection, engine.keyring, token, g.now)
        except TokenError:
            found = None
        return answer(found, is_done=found is not None and found.confirmed_at is not None)

    @pages.post("/f/confirm/<token>")
    def confirm(token: str) -> Response:
        client = engine.keyring.pseudonym("client", request.remote_addr or "")
        try:
            with engine.deciding() as (connection, now):
                found = opt_in.submission_of(connection, engine.keyring, token, now)
                if found is not None:
                    opt_in.confirm(connection, found, client=client, now=now)
        except TokenError:
            found = None
        return answer(found, is_done=True)


def answer(found: Fetched | None, *, is_done: bool) -> Response:
    """The page of a link; of one that has ended, or was never ours, where there is no submission."""
    form = None if found is None or g.live is None else g.live.programme.forms.get(found.form)
    language = form.language if form else request.accept_languages.best_match(list(WORDS)) or "en"
    page = render_template(
        "form_confirm.html", found=found, words=WORDS[language], language=language, is_done=is_done
    )
    return make_response(page, 410 if found is None else 200)
