"""The pages. A view parses, calls one verb of the engine or one read model, and shows; HTML forms do all of it.

dashboard, inbox, leads, lead, campaigns, messages, mails, tasks   for us, after a login
bulk        what is done with many leads of the list at once
merges      two leads that are one person: found, seen side by side, merged, and parted again
imports     leads from a file: import_form reads how, import_shown says what would come of it
companies, segments, tags, broadcasts   leads by what they have in common, and one mail to many of them
texts, recipes, go_live   the programme: its files (text_page shows one, text_drafts keeps what is typed), new campaigns, and what
            happens when they go live
mail_library, mail_editor, mail_versions, mail_history, mail_review   its mails: all, one as it is written, its versions side by side,
            what it said before, who approved it; named_versions keeps what it says under a name; system_mails are those of the
            product itself
mail_state, mail_outline, mail_around, draft_mail, mail_frame, differences   what the editor of a mail knows, draws and shows
personas    kinds of buyers: persona_edits writes them; coverage fills holes of what they get
scoring     what leads are worth, tried on them before it is live: scoring_knobs turns its numbers, score_bars draws leads;
            scoring_rule begins, changes and deletes a rule (scoring_rule_form)
tracks      the steps of a campaign, edited as a draft (campaign_draft): track_lines shows them, track_edits writes them; track_new
            begins one; entering says who enters the campaign and who leaves (entering_form);
            simulate plays it ahead
palette     going anywhere by typing
reports     how far leads come, what steps do, how soon sales answers: report_period reads which days, report_shapes draws,
            report_csv writes files
pace        how fast mail leaves, and what has stopped
post        what came back, and what the product itself sent
privacy        what one lead agreed to, all that is kept of it, and forgetting it
suppressions   who is not mailed, and why
sender, times, sending, health   when and with what mail is sent, and what keeps it from arriving
set_aside   what our own code failed on
webhooks, keys_shown   what is posted to others, what providers tell us, and which keys there are
sample, first_steps   the sample leads, and the way from them to one's own
login, login_with, account, second_step, users, audit   who may log in, and what each person did
provider_hooks   what mail providers report
footer      for those who were mailed: what their mails link to
forms_public   for those who visit our sites: forms, and what they confirm; forms, for us: what came in
provider_hooks   for mail providers: what they report of our mails; inbox_hook, for whoever posts mail that came back
rights      who may do what
acting      in whose name a request acts
sent_again  what was typed into a form whose session had ended
links       mailing a link that lets in
safety      what a browser may do with a page, and by which names it is reached
navigation  where one can go
moments     times and numbers as people read them; zones: on whose clock
languages, said   the languages of pages, and words of Python in them
assets      what pages are drawn with
failures    pages for what went wrong
large_forms how much a request may send
"""

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]

from nurture.engine.engine import Engine
from nurture.engine.erase import Places
from nurture.engine.feedback import receive
from nurture.engine.provider_fetch import HttpFetch
from nurture.engine.upload_files import uploads_in
from nurture.identity.sign_on import SignOn
from nurture.providers.sns import Fetch
from webapp import (
    account,
    acting,
    assets,
    audit,
    broadcasts,
    bulk,
    campaigns,
    companies,
    coverage,
    dashboard,
    entering,
    failures,
    footer,
    forms,
    forms_public,
    go_live,
    health,
    imports,
    inbox,
    inbox_hook,
    languages,
    large_forms,
    lead,
    leads,
    login,
    login_with,
    mail_editor,
    mail_history,
    mail_library,
    mail_review,
    mail_versions,
    mails,
    merges,
    messages,
    moments,
    named_versions,
    names,
    navigation,
    pace,
    palette,
    personas,
    post,
    privacy,
    provider_hooks,
    recipes,
    reports,
    safety,
    sample,
    scoring,
    scoring_rule,
    second_step,
    segments,
    sender,
    sending,
    set_aside,
    simulate,
    suppressions,
    system_mails,
    tags,
    tasks,
    texts,
    times,
    track_new,
    tracks,
    users,
    verdicts,
    webhooks,
    zones,
)

FORM_BYTES_MAX = 1_048_576
RECIPES = Path("recipes")
THIS_MACHINE = "http://127.0.0.1:8025"


def create_app(
    engine: Engine,
    *,
    secret: bytes,
    mailbox: Path | None,
    home: Path | None = None,
    public_url: str = THIS_MACHINE,
    site_origins: Collection[str] = (),
    recipes_folder: Path = RECIPES,
    hooks: Mapping[str, str] = {},
    fetch: Fetch | None = None,
    inbox_token: str | None = None,
    sign_on: SignOn | None = None,
) -> Flask:
    """The pages over *engine*.

    site_origins  the sites whose pages may show our forms.
    secret      signs sessions and forms.
    mailbox     the Maildir that the transport fills; None where mail goes elsewhere.
    home        the folder of this installation, whose files are searched when a lead is erased; None for none.
    recipes_folder  what new campaigns may start from.
    hooks       what the webhooks of each mail provider prove themselves with, by its name.
    fetch       gets what lies at an address of Amazon SNS; None for the network.
    inbox_token  proves whoever posts mail that came back; None where none is taken so.
    sign_on     the identity provider that people of ours may log in with; None for none.
    public_url  where people of ours open the pages, without a last slash.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=FORM_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES_MAX,
        SESSION_COOKIE_NAME="nurture",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=public_url.startswith("https:"),
        WTF_CSRF_TIME_LIMIT=None,  # a form may stand open over lunch; it ends with the session
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    assets.add_to(app)
    languages.add_to(app, engine.language)
    moments.add_to(app, engine)
    names.add_to(app)
    zones.add_to(app)
    navigation.add_to(app)
    safety.add_to(app, engine, public_url)
    app.jinja_env.globals["sign_on"] = sign_on
    failures.add_to(app)
    acting.add_to(app, engine)
    pace.add_to(app, engine)
    uploads = None if home is None else uploads_in(home)
    large_forms.add_to(app, uploads)
    protect = CSRFProtect(app)  # after what an error page needs
    public = footer.pages(engine)
    asking = forms_public.pages(engine, site_origins)
    posted = inbox_hook.pages(partial(take_posted, engine), inbox_token, engine.clock)
    reporting = provider_hooks.pages(engine, hooks, public_url, fetch or HttpFetch())
    for pages in (
        dashboard.pages(engine),
        inbox.pages(engine),
        leads.pages(engine),
        bulk.pages(engine),
        imports.pages(engine, uploads),
        lead.pages(engine, mailbox),
        merges.pages(engine),
        campaigns.pages(engine),
        tracks.pages(engine),
        track_new.pages(engine, recipes_folder),
        entering.pages(engine),
        simulate.pages(engine),
        companies.pages(engine),
        personas.pages(engine),
        coverage.pages(engine),
        scoring.pages(engine),
        scoring_rule.pages(engine),
        segments.pages(engine),
        tags.pages(engine),
        broadcasts.pages(engine),
        messages.pages(engine, mailbox),
        mails.pages(engine),
        post.pages(engine),
        pace.pages(engine),
        palette.pages(engine),
        tasks.pages(engine),
        reports.pages(engine),
        sample.pages(engine, mailbox),
        sender.pages(engine),
        sending.pages(engine, secret),
        times.pages(engine),
        health.pages(engine, secret),
        set_aside.pages(engine),
        texts.pages(engine),
        mail_editor.pages(engine),
        mail_history.pages(engine),
        named_versions.pages(engine),
        mail_library.pages(engine),
        mail_review.pages(engine),
        mail_versions.pages(engine),
        system_mails.pages(engine),
        recipes.pages(engine, recipes_folder),
        go_live.pages(engine),
        login.pages(engine, secret, public_url),
        login_with.pages(engine, sign_on, public_url),
        account.pages(engine),
        second_step.pages(engine, secret),
        suppressions.pages(engine),
        privacy.pages(engine, Places.of(engine.database, home, mailbox)),
        users.pages(engine, public_url),
        verdicts.pages(engine),
        audit.pages(engine),
        webhooks.pages(engine, secret),
        public,
        forms.pages(engine, site_origins),
        asking,
        reporting,
        posted,
    ):
        app.register_blueprint(pages)
    protect.exempt(footer.UNSUBSCRIBING)
    protect.exempt(reporting)  # a provider proves itself by what it signs
    protect.exempt(posted)  # a mail server has a token
    protect.exempt(asking)  # a public form has a ticket of its own, for it has no session
    return app


def take_posted(engine: Engine, raw: bytes, envelope_to: str) -> None:
    """Take in a message that was posted to us."""
    receive(engine, raw, source="post", envelope_to=envelope_to)
