"""On whose clock system mails tell the time: that of the account they go to, else the programme's; and they say which."""

from email import message_from_bytes, policy

import pytest
from company import MONDAY, Company, campaign, catalog

from nurture.content.system_mails import SYSTEM_MAILS
from nurture.engine.accounts import AccountError, Role, account_of, add, keep_time, speak
from nurture.engine.system_mails import post

READERS = {
    "karla@small.example": (None, "en", "by Monday 2 March, 15:00 CET."),
    "nyle@small.example": ("America/New_York", "en", "by Monday 2 March, 09:00 EST."),
    "indu@small.example": (
        "Asia/Kolkata",
        "en",
        "by Monday 2 March, 19:30 Asia/Kolkata.",
    ),  # IST is Ireland's too
    "paulo@small.example": ("America/Sao_Paulo", "en", "by Monday 2 March, 11:00 America/Sao_Paulo."),
    "ida@small.example": ("Asia/Kolkata", "de", "bis Montag, 2. März, 19:30 Uhr (Asia/Kolkata) an"),
    "nobody@small.example": (None, None, "by Monday 2 March, 15:00 CET."),  # no account of ours
}


@pytest.fixture
def company(database_url):
    made = Company(database_url)
    made.publish(catalog(campaign(entry="false"), {}))
    yield made
    made.engine.close()


def test_each_reader_is_told_on_its_own_clock(company):
    with company.database.writing() as connection:
        for address, (zone, language, _) in READERS.items():
            if language:
                who = add(connection, address, Role.SALES, by="a test", now=MONDAY)
                keep_time(connection, who, zone)
                speak(connection, who, language)
            values = {**SYSTEM_MAILS["hand-off"].example(), "respond_by": "2026-03-02T14:00:00+00:00"}
            post(connection, "hand-off", to=address, values=values, key=address, now=MONDAY)
    company.engine.tick()
    read = {each.rcpt_to: text_of(each) for each in company.relay.messages}
    assert set(read) == set(READERS)
    for address, (_, _, said) in READERS.items():
        assert said in read[address]


def test_a_zone_is_kept_by_its_name_of_today_and_one_that_is_none_is_refused(company):
    with company.database.writing() as connection:
        who = add(connection, "indu@small.example", Role.SALES, by="a test", now=MONDAY)
        keep_time(connection, who, "Asia/Calcutta")
        with pytest.raises(AccountError, match="“Mars/Olympus” is not a time zone that we know"):
            keep_time(connection, who, "Mars/Olympus")
    with company.database.reading() as connection:
        assert account_of(connection, "indu@small.example").time_zone == "Asia/Kolkata"


def text_of(message):
    text = message_from_bytes(message.data, policy=policy.default).get_body(("plain",)).get_content()
    return " ".join(text.split())  # lines are broken, and German has narrow spaces
