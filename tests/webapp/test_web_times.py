"""When mail may leave, on its page: nothing changes unless it is said, what is said changes alone, and it can be looked at first."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.content.catalog import PROGRAMME
from nurture.content.edit import apply
from nurture.engine.editing import write
from tests.webapp.conftest import token_of
from tests.webapp.stand import ROOT, Stand
from webapp.times import calendar, countries
from webapp.times_form import DAYS, Said, edits, shown

PAGE = "/settings/times"
SHIPPED = (ROOT / "campaigns" / "programme.yaml").read_text("utf-8")
OTHERS = [
    "format: 1\nname: A\n",
    "format: 1\nname: A\nsending:\n  holidays: null\n  time_zone: {otherwise: Asia/Tokyo}\n",
    'format: 1\nname: A\nsending: {between: ["22:00", "00:00"], days: [sun], at_most: [{mails: 2, per: week}]}\n',
    "format: 1\nname: A\nsending:\n  warm_up: {start: 5 per hour, double_every: 36 hours, full: 90 per hour}  # by the hour\n",
    "format: 1\nname: A\nsending:\n  at_most: [{mails: 1, per: day}, {mails: 2, per: day}]\n  holdout: 2.5 percent\n",
]


@pytest.mark.parametrize("text", [SHIPPED, *OTHERS])
def test_a_form_that_is_sent_as_it_was_shown_edits_nothing(text: str):
    assert list(edits(text, shown(text))) == []


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "between.from": st.sampled_from(["00:00", "08:30"]),
        "zone": st.sampled_from(["Asia/Tokyo", "Europe/Oslo"]),
        "holidays": st.sampled_from(["none", "lead", "DE", "IN"]),
        "cap.day": st.sampled_from(["", "2"]),
        "cap.week": st.sampled_from(["", "9"]),
        "overflow": st.sampled_from(["defer", "drop"]),
        "per_domain": st.sampled_from(["", "gmail.com: 3 per second", "otherwise: 1 per minute"]),
        "warm_up.start": st.sampled_from(["7 per day"]),
        "holdout": st.sampled_from(["0", "12.5"]),
        "office.to": st.sampled_from(["18:00"]),
        "office_holidays": st.sampled_from(["none", "SE"]),
    },
)


@settings(max_examples=25)  # each reads the programme a dozen times
@given(CHANGES, st.sets(st.sampled_from(list(DAYS)), min_size=1))
def test_what_is_said_is_shown_again_and_every_other_line_stays(changes: dict[str, str], days: set[str]):
    said = shown(SHIPPED)
    said.setlist("days", [each for each in DAYS if each in days])
    for name, text in changes.items():
        said[name] = text
    after = apply(SHIPPED, edits(SHIPPED, said))
    assert without_empty(shown(after)) == without_empty(said)
    gone = set(SHIPPED.splitlines()) - set(after.splitlines())
    about = (
        "days:",
        "between:",
        "otherwise:",
        "holidays:",
        "at_most:",
        "overflow:",
        "per_domain:",
        "warm_up:",
        "holdout:",
    )
    assert all(any(word in line for word in about) for line in gone)


def without_empty(said: Said) -> dict[str, list[str]]:
    return {name: texts for name, texts in said.to_dict(flat=False).items() if any(texts)}


def test_without_its_tick_the_warm_up_is_taken_out():
    said = shown(SHIPPED)
    said.pop("warm_up")
    after = apply(SHIPPED, edits(SHIPPED, said))
    assert "warm_up" in SHIPPED
    assert "warm_up" not in after


def send(client: FlaskClient, path: str, said: Said):
    return client.post(path, data={"csrf_token": token_of(client, PAGE), **said.to_dict(flat=False)})


def said_by(stand: Stand, **changes: str) -> Said:
    said = shown(stand.engine.live.catalog.texts[PROGRAMME])
    said["revision"] = str(stand.engine.live.number)
    for name, text in changes.items():
        said[name.replace("__", ".")] = text
    return said


def test_saving_makes_a_revision_that_says_so(stand: Stand, client: FlaskClient):
    answer = send(client, PAGE, said_by(stand, between__from="08:30", holidays="SE"))
    assert answer.status_code == 303
    sending = stand.engine.live.programme.sending
    assert f"{sending.between[0]:%H:%M}" == "08:30"
    assert sending.holidays == "SE"
    assert stand.engine.live.number == 2


def test_looking_first_shows_it_and_changes_nothing(stand: Stand, client: FlaskClient):
    number = stand.engine.live.number
    answer = send(client, PAGE + "/look", said_by(stand, **{"for": "DE"}, warm_up__start="9 per day"))
    assert "As it would be" in answer.text
    assert 'value="9 per day"' in answer.text
    assert '<td class="num">9</td>' in answer.text
    assert stand.engine.live.number == number


@pytest.mark.parametrize("every", ["0 days", "999999 days", "soon"])
def test_looking_first_at_what_makes_no_sense_is_no_fault_of_ours(
    stand: Stand, client: FlaskClient, every: str
):
    answer = send(client, PAGE + "/look", said_by(stand, warm_up__double_every=every))
    assert answer.status_code == 200
    assert f'value="{every}"' in answer.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"between__from": "18:00"}, "it opens at 18:00"),
        ({"zone": "Europe/Berln"}, "Berlin"),
        ({"warm_up__start": "many"}, "rate"),
        ({"warm_up__double_every": "0 days"}, "no day is long enough"),
        ({"holdout": "500"}, "0 to 100"),
        ({"cap__day": "some"}, "some"),
    ],
)
def test_what_makes_no_sense_is_told_and_what_was_typed_stays(
    stand: Stand, client: FlaskClient, changes, told
):
    answer = send(client, PAGE, said_by(stand, **changes))
    assert answer.status_code == 422
    assert told in answer.text.partition("Not saved")[2].partition("</form>")[0]
    assert f'value="{next(iter(changes.values()))}"' in answer.text
    assert stand.engine.live.number == 1


def test_who_comes_second_is_told_and_keeps_what_was_typed(stand: Stand, client: FlaskClient):
    mine = said_by(stand, holdout="7")
    send(client, PAGE, said_by(stand, holdout="6", **{"cap.day": "3"}))
    answer = send(client, PAGE, mine)
    assert answer.status_code == 409
    assert 'value="7"' in answer.text
    assert stand.engine.live.programme.sending.holdout.amount == 6
    theirs, _, yours = answer.text.partition("Their change")[2].partition("Your change")
    assert "mails: 3" in theirs
    assert "holdout: 7 percent" in yours
    assert "mails: 3" not in yours.partition("</section>")[0]  # what was not typed stays as they have it
    mine["over"] = re.search(r'name="over" value="(\d+)"', answer.text)[1]
    assert send(client, PAGE, mine).status_code == 303
    sending = stand.engine.live.programme.sending
    assert (sending.holdout.amount, sending.at_most[0].mails) == (7, 3)


def test_what_goes_live_in_other_files_is_in_nobodys_way(stand: Stand, client: FlaskClient):
    mine = said_by(stand, holdout="7")
    mail = "campaigns/long-cycle/mails/six-lines.mjml"
    text = stand.engine.live.catalog.texts[mail].replace("Six", "Seven", 1)
    write(stand.engine, {mail: text}, expecting=1, actor="mara@tarewell.example", reason="one more")
    assert send(client, PAGE, mine).status_code == 303
    assert stand.engine.live.programme.sending.holdout.amount == 7


def test_the_calendar_names_what_is_closed(stand: Stand):
    programme = stand.engine.live.programme
    weeks = calendar(programme, "DE", date(2026, 12, 24))
    closed = {each.day: each.closed for week in weeks for each in week if each.closed}
    assert closed[date(2026, 12, 25)] == "Christmas Day"
    assert closed[date(2026, 12, 27)] == "Sunday"
    assert date(2026, 12, 24) not in closed
    assert date(2026, 12, 25) not in {
        each.day for week in calendar(programme, "", date(2026, 12, 24)) for each in week if each.closed
    }
    assert countries()["DE"] == "Germany"
