"""What was typed into a form whose session had ended: sealed, carried through the login, and shown to whoever sent it.

    a form of Ada's, session over ─► 401: log in, `carried` in a hidden field ─► Ada logs in ─► what she sent, and a button
    a form of Ada's, newer session of hers ─► 400: what she sent, and a button

Nothing is sent again by itself, and nothing is shown to another account: the token of a form says whose it is, under the
installation's key, also when its session is over. Passwords and the like are not carried; they are asked for once more.
"""

from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex

import msgspec
from flask import Request, current_app, flash, g, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from nurture.engine.accounts import Account
from nurture.engine.installation import SEALED
from nurture.identity.seal import Seal, UnsealedError
from webapp.form_labels import label_of
from webapp.rights import WITHOUT_LOGIN, permission_of

CARRIED_FOR = timedelta(hours=12)
CARRIED_BYTES_MAX = 640 * 1024
"""What a form may carry: sealed it is a third larger, and must fit into the form of the login."""
SECRETS = frozenset({"password", "current", "proof"}) | SEALED
"""Fields whose values leave the browser once and are never given back."""
NEVER = frozenset({"second_step"})
"""Areas whose forms are worth nothing a minute later."""
TOKEN = "csrf_token"  # noqa: S105 the name of a field
PERSON = b"sent again"


class Sent(msgspec.Struct, frozen=True):
    """One form as it came.

    owner     the number of the account that it was shown to.
    path      where it was sent, with its query; *page* where it stood.
    fields    name and value, in order; *secrets* names of fields that were filled in and are not kept.
    files     name of the field and of the file, of files that came with it and are not kept.
    """

    owner: int
    path: str
    page: str
    at: datetime
    fields: tuple[tuple[str, str], ...]
    secrets: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


def token_for(who: Account) -> str:
    """What a session's forms are known by: chance, and whose they are (see ``owner_of``)."""
    return f"{who.id}.{token_hex(20)}"


def owner_of(signed: str) -> int | None:
    """Whose form a token is from, of whichever session; None for one that this installation has not given out."""
    # As Flask-WTF signs it, in `generate_csrf`.
    reading = URLSafeTimedSerializer(current_app.secret_key or b"", salt="wtf-csrf-token")
    try:
        number, dot, _ = str(reading.loads(signed)).partition(".")
    except BadData:
        return None
    return int(number) if dot and number.isdecimal() else None


def sent(page: str) -> Sent | None:
    """The form of this request; None for one that is not carried: not ours, too large, or with nothing in it.

    page  where it stood.
    """
    area = (request.endpoint or "").partition(".")[0]
    if request.method != "POST" or request.endpoint is None or area in NEVER:
        return None
    if permission_of(current_app, request.endpoint, "POST") in WITHOUT_LOGIN:
        return None
    try:
        owner = owner_of(request.form.get(TOKEN, ""))
        typed = [(name, value) for name, value in request.form.items(multi=True) if name != TOKEN]
        files = [(name, each.filename) for name, each in request.files.items(multi=True) if each.filename]
    except RequestEntityTooLarge:
        return None
    if owner is None or not (typed or files):
        return None
    if sum(len(name.encode()) + len(value.encode()) for name, value in typed) > CARRIED_BYTES_MAX:
        flash(
            "What you sent was too large to be kept here. Log in, and go back in your browser: it may have it still.",
            "wrong",
        )
        return None
    return Sent(
        owner=owner,
        path=request.full_path.rstrip("?"),
        page=page,
        at=g.now,
        fields=tuple((name, value) for name, value in typed if name not in SECRETS),
        secrets=tuple(name for name, value in typed if name in SECRETS and value),
        files=tuple(files),
    )


def sealed(form: Sent) -> str:
    return _seal().seal(msgspec.json.encode(form).decode())


def unsealed(carried: str) -> Sent | None:
    """What ``sealed`` has made of a form; None for anything else, and for what is too old."""
    try:
        form = msgspec.json.decode(_seal().unseal(carried), type=Sent)
    except UnsealedError:
        return None
    return form if g.now - form.at < CARRIED_FOR else None


def carried_by(asked: Request) -> str:
    """The sealed form that a step of the login carries on; empty for none that is good still."""
    carried = asked.form.get("carried", "")
    return carried if carried and unsealed(carried) is not None else ""


def go_on_with(carried: str, who: Account, following: str) -> Response | str:
    """After the login: what *who* had sent, to be sent again; else the page *following*."""
    form = unsealed(carried) if carried else None
    if form is None:
        return redirect(following, 303)
    if form.owner != who.id:
        flash(
            "What had been sent before was of another account. It is not shown, and was not saved.", "wrong"
        )
        return redirect(following, 303)
    return shown(form, who)


def shown(form: Sent, who: Account) -> str:
    """The page with what was sent, and the button that sends it again as the form did."""
    assert form.owner == who.id, "what somebody typed is for them alone"
    g.account = who  # also in the answer to the login itself: it is in the language of whoever logged in
    return render_template("sent_again.html", form=form, label=partial(label_of, form.path))


def login_page(carried: str, following: str, **shown: str) -> str:
    """The page that asks to log in, and keeps what was sent while it does."""
    return render_template(
        "login.html", next=following, carried=carried, again=url_for("login.again"), **shown
    )


def _seal() -> Seal:
    secret = current_app.secret_key or b""
    return Seal(secret.encode() if isinstance(secret, str) else secret, PERSON)
