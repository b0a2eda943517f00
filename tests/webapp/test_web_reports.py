"""Reports: the days that the address asks for, tables beside their pictures, and files that spreadsheets can take."""

import csv
import io

import pytest
from flask.testing import FlaskClient
from lxml import html

from nurture.engine.editing import write
from nurture.statistics.rates import Rate
from tests.webapp.stand import PEOPLE, Stand
from webapp import create_app
from webapp.report_shapes import axis, funnel_bars, spans


def rows_of(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below the heading of this id."""
    found = html.document_fromstring(page).xpath(f"//section[@aria-labelledby='{heading}']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in found]


def lines_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_funnel_counts_everybody_once(client: FlaskClient):
    answer = client.get("/reports")
    assert answer.status_code == 200
    rows = rows_of(answer.text, "how-far")
    assert [row[0] for row in rows[-1:]] == ["All"]
    assert rows[-1][1] == str(len(PEOPLE))
    assert rows[-1][2].startswith("1 25 %")  # Ada was handed over
    assert sum(int(row[1]) for row in rows[:-1]) == len(PEOPLE)
    assert "4 leads came in." in answer.text
    assert "Nobody is certainly better than all others together." in answer.text
    assert "too few to say" in answer.text


def test_the_address_says_which_days_and_links_keep_what_it_says(client: FlaskClient):
    page = html.document_fromstring(client.get("/reports?days=7&compare=1&stage=sal").text)
    assert page.xpath("//ul[@class='choice']//a[@aria-current]/text()") == ["7 days"]
    (longer,) = page.xpath("//ul[@class='choice']//a[text()='90 days']/@href")
    assert longer == "/reports?days=90&compare=1&stage=sal"
    (stop,) = page.xpath("//p[@class='compare']/a/@href")
    assert stop == "/reports?days=7&stage=sal"
    (file,) = page.xpath("//a[@download]/@href")
    assert file == "/reports/funnel.csv?days=7&compare=1&stage=sal"


def test_nothing_to_compare_with_is_told(client: FlaskClient):
    page = client.get("/reports?compare=1").text
    assert "No lead came in the period before, so there is nothing to compare with." in page
    empty = client.get("/reports?from=2026-01-01&to=2026-01-31").text
    assert "No lead came in these days" in empty
    assert "<svg role" not in empty


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "from=2026-03-02&to=2026-03-01",
        "from=2027-01-01",
        "to=2026-02-30",
        "from=0001-01-01",
    ],
)
def test_days_that_are_none_are_told_and_the_usual_ones_shown(client: FlaskClient, query: str):
    answer = client.get(f"/reports?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "4 leads came in." in answer.text


def test_nonsense_in_the_address_is_the_usual(client: FlaskClient):
    answer = client.get("/reports?days=x&stage=nope&compare=2")
    assert answer.status_code == 200
    assert "Stop comparing" not in answer.text


def test_the_file_has_moments_in_utc_and_every_rate_with_its_bounds(client: FlaskClient):
    answer = client.get("/reports/funnel.csv?from=2026-03-02&to=2026-03-02")
    assert answer.mimetype == "text/csv"
    assert "funnel-2026-03-02-2026-03-02.csv" in answer.headers["Content-Disposition"]
    lines = lines_of(answer)
    (mql,) = [each for each in lines if (each["name"], each["stage"]) == ("all", "mql")]
    assert (mql["from"], mql["until"]) == ("2026-03-01T23:00:00+00:00", "2026-03-02T23:00:00+00:00")
    assert (mql["leads"], mql["of"], mql["share"], mql["young"]) == ("1", "4", "0.250000", "3")
    assert float(mql["low"]) < 0.25 < float(mql["high"])


def test_the_file_runs_nothing(stand: Stand, client: FlaskClient):
    live = stand.engine.live
    path = "campaigns/programme.yaml"
    text = live.catalog.texts[path]
    name = live.programme.personas[0].name
    assert name in text
    changed = {path: text.replace(name, "=1+1", 1)}
    write(stand.engine, changed, expecting=live.number, actor="us", reason="a joke")
    names = {each["name"] for each in lines_of(client.get("/reports/funnel.csv")) if each["persona"]}
    assert "'=1+1" in names or "=1+1" not in names
    assert not any(each.startswith("=") for each in names)


def test_before_there_are_leads_the_page_says_what_comes(tmp_path):
    stand = Stand(f"sqlite:///{tmp_path / 'empty.sqlite'}").publish().with_staff()
    client = stand.client(create_app(stand.engine, secret=b"s" * 32, mailbox=None))
    page = client.get("/reports").text
    assert "No lead came in these days" in page
    assert "Import leads" in page
    stand.engine.close()


# ------------------------------------------------------------ shapes


def test_bars_are_shares_of_the_largest_and_none_is_lost():
    bars = funnel_bars(
        [("inquiry", 1_000), ("mql", 250), ("sal", 1), ("sql", 0)], [("", 500), ("", 0), ("", 0), ("", 0)]
    )
    assert [each.width for each in bars] == [100.0, 25.0, 0.4, 0.0]
    assert [each.before for each in bars] == [50.0, 0.0, 0.0, 0.0]


def test_an_axis_is_round_and_holds_the_rates():
    on = axis([Rate(30, 1_000), Rate(12, 300)])
    assert on.most == 0.1
    assert [round(share, 3) for _, share in on.ticks] == [0, 0.02, 0.04, 0.06, 0.08, 0.1]
    placed = spans({"a": Rate(30, 1_000), None: Rate(0, 0)}, on)
    assert placed[0].at == 30.0
    assert 0 < placed[0].low < 30 < placed[0].high < 100
    assert placed[1].at is None
    assert axis([]).most == axis([Rate(5, 5)]).most == 1.0


# ------------------------------------------------------------ steps


def test_steps_stand_in_the_order_of_their_track_with_their_figures(client: FlaskClient):
    answer = client.get("/reports/steps")
    assert answer.status_code == 200
    page = html.document_fromstring(answer.text)
    tables = page.xpath("//table[contains(@class, 'steps-table')]")
    rows = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in tables[0].xpath(".//tbody/tr[not(@class)]")
    ]
    assert (rows[0][0], rows[0][1], rows[0][3]) == ("six lines", "2", "2")
    assert "3 mails left." in answer.text
    assert "In subject test nothing is certain yet." in answer.text


def test_every_link_of_the_steps_leads_somewhere(client: FlaskClient):
    page = html.document_fromstring(client.get("/reports/steps?compare=1").text)
    links = {each.partition("#")[0] for each in page.xpath("//main//a/@href")}
    assert {link: client.get(link).status_code for link in links if client.get(link).status_code >= 400} == {}


def test_the_files_of_steps_and_experiments(client: FlaskClient):
    (line,) = [
        each
        for each in lines_of(client.get("/reports/steps.csv"))
        if (each["track"], each["step"]) == ("cold", "six-lines")
    ]
    assert (line["came"], line["sent"], line["clicked"], line["until"]) == (
        "2",
        "2",
        "1",
        "2026-03-02T23:00:00+00:00",
    )
    variants = lines_of(client.get("/reports/experiments.csv?days=7"))
    assert {each["variant"] for each in variants} >= {"plain", "playful"}
    assert {each["more_needed"] for each in variants} == {""}


def test_days_without_a_mail_say_so(client: FlaskClient):
    assert (
        "No mail was decided in these days" in client.get("/reports/steps?from=2026-01-01&to=2026-01-31").text
    )


# ------------------------------------------------------------ sales


def test_how_soon_sales_answers_by_rep_and_persona(stand: Stand, client: FlaskClient):
    stand.later(minutes=30)
    answer = client.get("/reports/sales?compare=1")
    assert answer.status_code == 200
    assert "Sales was given 1 lead." in answer.text
    assert "1 still waits, and counts with the time that it has waited." in answer.text
    rows = rows_of(answer.text, "reps")
    assert rows[-1][:3] == ["All", "1 1 waiting", "not yet known"]
    (line, *_) = lines_of(client.get("/reports/sales.csv"))
    assert (line["by"], line["given"], line["waiting"], line["half_hours"]) == ("all", "1", "1", "")


def test_days_in_which_sales_was_given_nobody(client: FlaskClient):
    page = client.get("/reports/sales?from=2026-01-01&to=2026-01-31").text
    assert "Sales was given no lead in these days" in page
