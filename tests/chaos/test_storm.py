"""A storm of hits during a send: all are answered as they should be, each is counted once, and each mail leaves once."""

from tests.chaos.storm import stormed


def test_hits_in_the_middle_of_a_send_are_all_answered_and_counted_once(sqlite_url):
    figures = stormed(
        sqlite_url,
        "brief",
        messages=200,
        a_second=40,
        calm=0,
        seconds=3,
        seed=1,
        timed=False,
        delay_milliseconds=30,
    )
    assert figures.passes, figures
