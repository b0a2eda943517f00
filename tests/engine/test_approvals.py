"""Where the programme asks for it, nothing is sent that nobody has approved, whichever way it comes in."""

import pytest

from nurture.content.catalog import Catalog, load_texts
from nurture.engine.approvals import senders, unapproved
from nurture.engine.ask_review import ask_review, forget_what_is_live
from nurture.engine.drafts import draft_of, save_draft
from nurture.engine.reviews import MailState, say
from nurture.errors import ProgrammeError
from tests.webapp.stand import Stand

PATH = "campaigns/long-cycle/mails/six-lines.mjml"
SPARE = "campaigns/long-cycle/mails/spare.mjml"
PROGRAMME = "campaigns/programme.yaml"


@pytest.fixture
def stand(tmp_path):
    return Stand(f"sqlite:///{tmp_path / 'n.sqlite'}", tmp_path / "mailbox").publish()


@pytest.fixture
def files(stand):
    """The live files, with the wish that all mails are approved, and what somebody changes in them."""
    first = stand.engine.live.catalog.texts
    strict = first[PROGRAMME].replace("  overflow: defer\n", "  overflow: defer\n  approval: all\n", 1)

    def changed(**texts: str) -> Catalog:
        return load_texts({**first, PROGRAMME: strict, **texts})

    return changed


def apply(stand, catalog):
    return stand.engine.publish(catalog, actor="ops", reason="files")


def test_a_changed_mail_waits_for_an_approver_and_then_goes_live(stand, files):
    apply(stand, files())
    catalog = files(**{PATH: stand.engine.live.catalog.texts[PATH].replace("Six", "Seven", 1)})
    with pytest.raises(
        ProgrammeError, match=rf"{PATH}:1:1: step '.*' of long-cycle would send .* a draft; .*nurture review"
    ):
        apply(stand, catalog)
    with stand.engine.deciding() as (connection, now):
        live = stand.engine.live.catalog
        assert ask_review(connection, catalog, live, actor="ops", now=now) == ((PATH,), ())
        assert ask_review(connection, catalog, live, actor="ops", now=now) == ((), (PATH,))
        assert draft_of(connection, PATH).text == catalog.texts[PATH]
    with pytest.raises(ProgrammeError, match="is in review; an approver has to approve it"):
        apply(stand, catalog)
    with stand.engine.deciding() as (connection, now):
        say(connection, PATH, catalog.texts[PATH], MailState.APPROVED, actor="ada", now=now)
    number = apply(stand, catalog)
    with stand.engine.deciding() as (connection, _):
        forget_what_is_live(connection, catalog)
        assert draft_of(connection, PATH) is None
    assert stand.engine.live.number == number


def test_a_draft_on_the_page_is_not_written_over(stand, files):
    catalog = files(**{PATH: stand.engine.live.catalog.texts[PATH].replace("Six", "Seven", 1)})
    with stand.engine.deciding() as (connection, now):
        save_draft(connection, PATH, "other words", seeing=0, actor="mara", now=now)
        with pytest.raises(ProgrammeError, match="mara has begun a draft"):
            ask_review(connection, catalog, stand.engine.live.catalog, actor="ops", now=now)


def test_what_no_step_sends_needs_no_approval_until_a_step_does(stand, files):
    """Also a mail that came in while nothing sent it: that it is in the live revision says nothing of it."""
    apply(stand, files(**{SPARE: stand.engine.live.catalog.texts[PATH]}))
    with stand.engine.database.reading() as connection:
        campaign = "campaigns/long-cycle/campaign.yaml"
        used = files(**{SPARE: stand.engine.live.catalog.texts[PATH]})
        used = load_texts(
            {**used.texts, campaign: used.texts[campaign].replace("mail: six-lines", "mail: spare", 1)}
        )
        assert used.texts[campaign] != stand.engine.live.catalog.texts[campaign]
        found = unapproved(connection, used, stand.engine.live.catalog)
    assert [each.path for each in found] == [SPARE]
    with pytest.raises(ProgrammeError, match="long-cycle would send"):
        apply(stand, used)


def test_a_campaign_that_is_a_draft_sends_nothing(stand, files):
    catalog = files()
    key = "long-cycle"
    assert f"{key}/six-lines" in senders(catalog)
    path = f"campaigns/{key}/campaign.yaml"
    begun = load_texts({**catalog.texts, path: catalog.texts[path] + "\ndraft: true\n"})
    assert f"{key}/six-lines" not in senders(begun)


def test_without_the_wish_files_go_live_as_they_are(stand):
    texts = stand.engine.live.catalog.texts
    catalog = load_texts({**texts, PATH: texts[PATH].replace("Six", "Seven", 1)})
    assert apply(stand, catalog) == stand.engine.live.number
