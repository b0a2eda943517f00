"""A set of texts is read again only where it differs, and says the same as when all of it is read for the first time."""

from hypothesis import given
from hypothesis import strategies as st

from nurture.content import codec
from nurture.content.catalog import PROGRAMME, load_texts
from nurture.content.mails import read_mail

MAIL = "campaigns/trial/mails/welcome.mjml"
TEXTS = {
    PROGRAMME: "format: 1\ncompany: Example\n",
    "campaigns/trial/campaign.yaml": "format: 1\nkey: trial\nname: Trial\n",
    MAIL: "---\nsubject: Welcome\n---\n<mj-text>Hello</mj-text>\n",
}


def forget() -> None:
    codec._read.cache_clear()
    read_mail.cache_clear()


@given(st.lists(st.tuples(st.sampled_from(sorted(TEXTS)), st.text(max_size=20)), max_size=6))
def test_what_is_remembered_changes_nothing(edits):
    texts = dict(TEXTS)
    for path, more in edits:
        texts[path] += more
        remembered = load_texts(texts)
        forget()
        assert load_texts(texts) == remembered


def test_a_file_that_did_not_change_is_not_read_again():
    forget()
    load_texts(TEXTS)
    load_texts({**TEXTS, MAIL: TEXTS[MAIL] + "<mj-text>More</mj-text>\n"})
    assert codec._read.cache_info().misses == 2
    assert read_mail.cache_info().misses == 2
