"""Pages edit what is live; files edit it too. Neither undoes the other without a word."""

import pytest
from company import PROGRAMME, campaign, catalog
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.edit import Replace
from nurture.engine.drift import Drift, drift, note_pulled, pull
from nurture.engine.editing import OvertakenError, edit, write
from nurture.errors import ProgrammeError

PATH = "campaigns/programme.yaml"
NAMED = "lead.first_name|default('there', true)"
RENAME = [Replace(("sender", "name"), "Ada at Small")]


@pytest.fixture
def live(bare):
    bare.publish(catalog(campaign()))
    return bare


def rename(company, expecting=1):
    return edit(company.engine, PATH, RENAME, expecting=expecting, actor="ada@small.example", reason="sender")


def parted(company):
    with company.engine.database.reading() as connection:
        return drift(connection)


def test_an_edit_is_a_revision_that_changes_only_its_span(live):
    before = live.engine.live.catalog.texts[PATH]
    assert rename(live) == 2
    assert live.engine.live.programme.sender.name == "Ada at Small"
    assert live.engine.live.catalog.texts[PATH] == before.replace(
        "name: Small, address", "name: Ada at Small, address"
    )


def test_an_edit_of_what_others_changed_meanwhile_is_refused_and_says_so(live):
    rename(live)
    with pytest.raises(OvertakenError, match=r"revision 2 by ada@.* went live") as refused:
        rename(live, expecting=1)
    assert refused.value.number == 2
    assert live.engine.live.number == 2


def test_an_edit_that_breaks_a_promise_is_refused_with_the_place(live):
    broken = [Replace(("sender", "address"), "not an address")]
    with pytest.raises(ProgrammeError, match=r"campaigns/programme.yaml:\d+:\d+: .*address"):
        edit(live.engine, PATH, broken, expecting=1, actor="ada", reason="x")
    assert live.engine.live.number == 1


def test_a_new_campaign_goes_live_beside_the_others(live):
    spring = campaign(
        "spring", body='{{ programme.postal_address }} <a href="{{ unsubscribe_url }}">Stop</a>'
    )
    texts = {path: text.replace("lead.first_name", NAMED) for path, text in spring.items()}
    write(live.engine, texts, expecting=1, actor="ada", reason="new")
    assert set(live.engine.live.programme.campaigns) == {"news", "spring"}


def test_files_that_lack_the_edit_would_undo_it(live):
    files = dict(live.engine.live.catalog.texts)
    assert parted(live).missing_in(files) == ()
    rename(live)
    assert parted(live).missing_in(files) == (PATH,)
    assert parted(live).missing_in(live.engine.live.catalog.texts) == ()
    assert parted(live).missing_in({**files, PATH: files[PATH] + "# more\n"}) == (PATH,)


def test_files_edited_after_a_pull_hold_the_edit(live):
    files = dict(live.engine.live.catalog.texts)
    rename(live)
    pulled = pull(parted(live), files)
    assert (set(pulled.written), pulled.removed, pulled.conflicts) == ({PATH}, (), ())
    with live.engine.deciding() as (connection, now):
        note_pulled(connection, now)
    mended = {**files, **pulled.written, PATH: pulled.written[PATH] + "# more\n"}
    assert parted(live).missing_in(mended) == ()
    assert parted(live).missing_in(files) == (PATH,), "a checkout that was never pulled into"


def test_a_file_that_both_edited_is_left_to_a_person(live):
    files = dict(live.engine.live.catalog.texts)
    rename(live)
    pulled = pull(parted(live), {**files, PATH: PROGRAMME})
    assert (pulled.written, pulled.conflicts) == ({}, (PATH,))


TEXTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"))


@given(base=TEXTS, live=TEXTS)
def test_pulling_into_untouched_files_gives_what_is_live(base, live):
    pulled = pull(Drift(base, live, is_pulled=False), base)
    after = {path: text for path, text in {**base, **pulled.written}.items() if path not in pulled.removed}
    assert after == live
    assert pulled.conflicts == ()


@given(base=TEXTS, live=TEXTS, files=TEXTS, is_pulled=st.booleans())
def test_what_is_pulled_is_never_missing(base, live, files, is_pulled):
    parted = Drift(base, live, is_pulled=is_pulled)
    pulled = pull(parted, files)
    after = {path: text for path, text in {**files, **pulled.written}.items() if path not in pulled.removed}
    assert set(parted.missing_in(after)) <= set(pulled.conflicts)
