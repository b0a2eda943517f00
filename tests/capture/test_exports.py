"""What exports of other products say: whole files in each product's own form, about people who do not exist."""

import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.capture.columns import FieldSpec, Target
from nurture.capture.exports.facts import facts_of, path_of
from nurture.capture.exports.parts import parts_of, rank_of, standing_of
from nurture.capture.exports.person import person_of, tags_in
from nurture.capture.exports.product import Export, Standing
from nurture.capture.exports.recognise import PRODUCTS, export_mapping, recognised
from nurture.capture.mapping import read_mapping, write_mapping
from nurture.capture.records import sample_rows
from nurture.capture.rows import LeadRow, Reject, read_rows
from nurture.capture.sayings import MOMENTS, REFUSED, Saying
from nurture.capture.sniff import sniff
from nurture.errors import ImportFileError
from nurture.vocabulary.words import EventKind, Stage, SuppressionCause

FILES = Path(__file__).parent / "exports"
FIELDS = (FieldSpec("job_title"), FieldSpec("company_size", "integer"))
TOPICS = {"newsletter": "newsletter", "events": "events", "workshops and events": "events"}
OWNERS = frozenset({"karla@tarewell.example"})
UNSUBSCRIBED, BOUNCED, COMPLAINT, IMPORTED = (
    SuppressionCause.UNSUBSCRIBED,
    SuppressionCause.HARD_BOUNCE,
    SuppressionCause.COMPLAINT,
    SuppressionCause.IMPORTED,
)


class Reading:
    """One file as it is understood: its product, mapping, and each row's person and facts by address."""

    def __init__(self, path: Path, *, standing=None, lists=()):
        shape = sniff(path)
        self.product = recognised(shape.columns)
        assert self.product is not None
        self.mapping = export_mapping(self.product, shape, sample_rows(path, shape), FIELDS)
        export = Export(
            product=self.product,
            standing=standing or standing_of(self.product, path.name, shape.columns),
            lists=lists,
            topics=TOPICS,
            stages=self.product.stages,
            owners=OWNERS,
            fields=FIELDS,
        )
        rows = list(read_rows(path, shape, self.mapping))
        self.rejects = [row for row in rows if isinstance(row, Reject)]
        taken = [row for row in rows if not isinstance(row, Reject)]
        self.people = {row.identity["email"]: person_of(row, export) for row in taken}
        self.facts = {row.identity["email"]: facts_of(row, export) for row in taken}

    def becomes(self, column):
        (found,) = (each for each in self.mapping.columns if each.column == column)
        return found.key or found.target.value

    def of(self, address, *kinds):
        return [fact for fact in self.facts[address] if fact.kind in kinds]

    def causes(self, address):
        return [fact.cause for fact in self.facts[address] if fact.cause is not None]


@pytest.fixture
def reading():
    return lambda name, **how: Reading(next(FILES.glob(f"{name}*")), **how)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ---------------------------------------------------------------- whose file it is


@pytest.mark.parametrize(
    ("file", "product"),
    [
        ("subscribed_", "mailchimp"),
        ("unsubscribed_", "mailchimp"),
        ("cleaned_", "mailchimp"),
        ("nonsubscribed_", "mailchimp"),
        ("hubspot-crm", "hubspot"),
        ("hubspot-unsub", "hubspot"),
        ("contacts_", "mautic"),
        ("subscribers.", "listmonk"),
        ("subscribers-with", "listmonk"),
    ],
)
def test_a_product_is_recognised_by_its_columns(file, product):
    assert recognised(sniff(next(FILES.glob(f"{file}*"))).columns) is PRODUCTS[product]


@pytest.mark.parametrize(
    "columns",
    [
        ("Email", "First Name", "Last Name", "Lifecycle Stage"),
        ("id", "email", "status", "created_at"),
        ("firstname", "lastname", "email"),
        ("Email Address", "First Name", "TAGS"),
    ],
)
def test_a_list_of_another_kind_is_nobodys(columns):
    assert recognised(columns) is None


@pytest.mark.parametrize("file", sorted(FILES.glob("*.csv")), ids=lambda file: file.name[:16])
def test_the_mapping_is_shown_and_edited_like_any_other(file):
    shape = sniff(file)
    mapping = export_mapping(recognised(shape.columns), shape, sample_rows(file, shape), FIELDS)
    again = read_mapping(write_mapping(mapping), FIELDS)
    assert [(each.column, each.target, each.key) for each in again.columns] == [
        (each.column, each.target, each.key) for each in mapping.columns
    ]
    assert again.positions(shape) == mapping.positions(shape)


def test_what_a_mapping_may_not_say_is_named():
    with pytest.raises(ImportFileError, match=r"says: 'consent' is not known; write one of .*consent_at"):
        read_mapping("columns: [{column: A, says: consent}]")
    (column,) = read_mapping("columns: [{column: A, says: 'refused:Events'}]").columns
    assert (column.target, column.key) == (Target.SAID, "refused:Events")


# ---------------------------------------------------------------- Mailchimp


def test_mailchimp_subscribers_bring_their_consent_with_its_proof(reading):
    read = reading("subscribed_", lists=("Newsletter",))
    assert [reject.reason for reject in read.rejects] == [
        "Email Address: 'not-an-address' is not an e-mail address"
    ]
    ida = read.people["ida.brandt@nordhafen.example"]
    assert ida.identity["time_zone"] == "Europe/Berlin"
    assert (ida.fields["job_title"], ida.created_at) == ("Head of Transport", at("2023-03-14 08:02:11"))
    assert ida.tags == ("Newsletter", "Trade fair, Munich")
    (consent,) = read.facts["ida.brandt@nordhafen.example"]
    assert (consent.kind, consent.at) == (EventKind.CONSENT_GIVEN, at("2023-03-14 08:02:11"))
    assert consent.properties == {
        "topics": {"newsletter": "the list Newsletter in Mailchimp"},
        "how": "double opt-in",
        "list": "Newsletter",
        "opted_in_at": "2023-03-14T08:02:11+00:00",
        "ip": "192.0.2.10",
        "confirmed_at": "2023-03-14T08:05:40+00:00",
        "confirmed_ip": "192.0.2.10",
        "told_by": "Mailchimp",
        "proven": True,
    }


@pytest.mark.parametrize(
    ("address", "how"),
    [
        ("jo@pfaff-soehne.example", "opt-in"),
        ("m.okafor@quayline.example", "on the list; no opt-in is recorded"),
    ],
)
def test_no_more_is_claimed_than_the_export_proves(reading, address, how):
    (consent,) = reading("subscribed_").facts[address]
    assert (consent.properties["how"], consent.properties["topics"]) == (how, {})


def test_mailchimps_unsubscribed_and_cleaned_contacts_are_suppressed_from_that_day(reading):
    left, gone = reading("unsubscribed_"), reading("cleaned_")
    consent, unsubscribed = left.facts["lena@stillwater.example"]
    assert (consent.kind, consent.properties["topics"]) == (EventKind.CONSENT_GIVEN, {})
    assert (unsubscribed.kind, unsubscribed.cause, unsubscribed.at) == (
        EventKind.UNSUBSCRIBED,
        UNSUBSCRIBED,
        at("2025-02-03 10:00:00"),
    )
    assert unsubscribed.properties["mail"] == "Spring rates"
    assert left.causes("tom@harbour.example") == [COMPLAINT]
    _, bounced = gone.facts["gone@closed-shop.example"]
    assert (bounced.kind, bounced.cause, bounced.at) == (
        EventKind.MAIL_BOUNCED,
        BOUNCED,
        at("2024-03-04 10:00:00"),
    )
    assert bounced.properties["bounce"] == "hard"


def test_mailchimps_non_subscribed_contacts_have_agreed_to_nothing(reading):
    read = reading("nonsubscribed_", lists=("Newsletter",))
    assert read.people["shop.guest@elsewhere.example"].unasked
    (proof,) = read.facts["shop.guest@elsewhere.example"]
    assert proof.properties["topics"] == {}


def test_what_mailchimp_worked_out_is_left_out(reading):
    read = reading("subscribed_")
    assert [read.becomes(each) for each in ("LATITUDE", "GMTOFF", "EUID", "LAST_CHANGED")] == ["ignore"] * 4
    assert read.becomes("LEID") == "id"
    assert read.becomes("MEMBER_RATING") == "member_rating"


def test_a_renamed_file_of_mailchimp_must_be_told_apart(tmp_path):
    shape = sniff(next(FILES.glob("subscribed_*")))
    mailchimp = PRODUCTS["mailchimp"]
    with pytest.raises(ImportFileError, match="--standing subscribed or --standing 'not asked'"):
        standing_of(mailchimp, "people.csv", shape.columns)
    unsubscribed = sniff(next(FILES.glob("unsubscribed_*")))
    assert standing_of(mailchimp, "people.csv", unsubscribed.columns) is Standing.UNSUBSCRIBED


def test_the_files_of_a_zip_are_read_with_the_strictest_last(tmp_path):
    archive = tmp_path / "audience.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted(FILES.glob("*_email_audience_*.csv")):
            packed.write(file, f"lists/../../{file.name}")
        packed.writestr("__MACOSX/._x.csv", b"\0\0")
        packed.writestr("readme.txt", "no list")
    folder = tmp_path / "unpacked"
    folder.mkdir()
    parts = parts_of(archive, folder)
    assert {part.path.parent.parent for part in parts} == {folder}
    mailchimp = PRODUCTS["mailchimp"]
    standings = sorted(
        (standing_of(mailchimp, part.name, sniff(part.path).columns) for part in parts), key=rank_of
    )
    assert [each.value for each in standings] == ["subscribed", "not asked", "unsubscribed", "bounced"]


@pytest.mark.parametrize(
    ("names", "told"),
    [((), "holds no .csv file"), ([f"{n}.csv" for n in range(51)], "holds more than 50 lists")],
)
def test_an_archive_that_is_no_export_is_refused(tmp_path, names, told):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in names:
            packed.writestr(name, "email\n")
    with pytest.raises(ImportFileError, match=told):
        parts_of(archive, tmp_path)


def test_a_spreadsheet_is_no_archive_of_exports(tmp_path):
    sheet = tmp_path / "people.zip"
    with zipfile.ZipFile(sheet, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
    (part,) = parts_of(sheet, tmp_path)
    assert part.path == sheet


# ---------------------------------------------------------------- HubSpot


def test_hubspots_history_is_the_dates_that_it_states_and_no_more(reading):
    history = reading("hubspot-crm").of(
        "ida.brandt@nordhafen.example",
        EventKind.MAIL_OPENED,
        EventKind.MAIL_CLICKED,
        EventKind.FORM_SUBMITTED,
        EventKind.PAGE_VISITED,
    )
    assert [
        (fact.kind.value, str(fact.at)[:16], fact.properties.get("form") or fact.properties.get("path"))
        for fact in history
    ] == [
        ("form.submitted", "2023-03-14 08:02", "Fuel table"),
        ("mail.opened", "2023-03-15 07:10", None),
        ("form.submitted", "2026-10-05 13:00", "Workshop sign-up"),
        ("mail.opened", "2026-11-02 07:31", None),
        ("mail.clicked", "2026-11-02 07:33", None),
        ("page.visited", "2026-11-02 07:40", "/pricing"),
    ]


def test_a_first_date_that_is_the_last_happened_once(reading):
    (opened,) = reading("hubspot-crm").of("jo@pfaff-soehne.example", EventKind.MAIL_OPENED)
    assert opened.properties["told_as"] == "last"


def test_hubspots_counts_are_fields_and_no_events(reading):
    read = reading("hubspot-crm")
    assert read.becomes("Marketing emails opened") == "marketing_emails_opened"
    assert read.people["ida.brandt@nordhafen.example"].fields["marketing_emails_opened"] == "31"


@pytest.mark.parametrize(
    ("address", "stage"),
    [
        ("ida.brandt@nordhafen.example", None),
        ("jo@pfaff-soehne.example", Stage.CUSTOMER),
        ("m.okafor@quayline.example", Stage.MQL),
        ("lena@stillwater.example", Stage.ADVOCATE),
        ("pia@waits.example", None),
    ],
)
def test_hubspots_lifecycle_stage_becomes_ours(reading, address, stage):
    told = reading("hubspot-crm").of(address, EventKind.STAGE_SET)
    assert [fact.properties["stage"] for fact in told] == ([] if stage is None else [stage])
    assert all(fact.properties["by"] == "HubSpot" and fact.properties["reason"] for fact in told)


def test_an_owner_is_a_rep_of_ours_or_kept_as_said(reading):
    read = reading("hubspot-crm")
    assert read.people["ida.brandt@nordhafen.example"].identity["owner"] == "karla@tarewell.example"
    jo = read.people["jo@pfaff-soehne.example"]
    assert "owner" not in jo.identity
    assert jo.fields["contact_owner"] == "Nils Berg"


@pytest.mark.parametrize(
    ("address", "causes", "unasked"),
    [
        ("ida.brandt@nordhafen.example", [], False),
        ("m.okafor@quayline.example", [UNSUBSCRIBED], False),
        ("gone@closed-shop.example", [BOUNCED], False),
        ("lena@stillwater.example", [], False),
        ("pia@waits.example", [], True),
        ("ole@one.example", [UNSUBSCRIBED], False),
    ],
)
def test_who_may_not_be_mailed_in_hubspot_may_not_be_here(reading, address, causes, unasked):
    read = reading("hubspot-crm")
    assert read.causes(address) == causes
    assert read.people[address].unasked is unasked


def test_a_refused_kind_that_is_a_topic_of_ours_is_refused_alone(reading):
    (refusal,) = reading("hubspot-crm").of("lena@stillwater.example", EventKind.PREFERENCES_CHANGED)
    assert refusal.properties["topics"] == {"events": False}


def test_hubspots_legal_basis_is_consent_where_it_says_so(reading):
    read = reading("hubspot-crm")
    (ida,) = read.of("ida.brandt@nordhafen.example", EventKind.CONSENT_GIVEN)
    assert (ida.at, ida.properties["wording"]) == (None, "Freely given consent from contact")
    assert ida.properties["how"] == "confirmed, without its time"
    assert "proven" not in ida.properties
    assert read.of("jo@pfaff-soehne.example", EventKind.CONSENT_GIVEN) == []


@pytest.mark.parametrize(
    ("address", "causes"),
    [
        ("old@left.example", [UNSUBSCRIBED]),
        ("spam@angry.example", [COMPLAINT]),
        ("dead@closed-shop.example", [BOUNCED]),
        ("events@some.example", []),
    ],
)
def test_hubspots_list_of_unsubscribes_and_bounces(reading, address, causes):
    assert reading("hubspot-unsub").causes(address) == causes


# ---------------------------------------------------------------- Mautic


def test_mautics_contacts_with_odd_separators_and_letters(reading):
    read = reading("contacts_")
    ida, jo = (read.people[each] for each in ("ida.brandt@nordhafen.example", "jo@pfaff-soehne.example"))
    assert ida.identity | {"language": "de"} == ida.identity
    assert (ida.tags, ida.identity["owner"]) == (("newsletter", "trade fair"), "karla@tarewell.example")
    assert (ida.fields["points"], ida.created_at) == ("145", at("2023-03-14 08:02:11"))
    assert (jo.identity["first_name"], jo.identity["company"]) == ("Jörg", "Pfaff & Söhne")
    assert jo.fields["contact_owner"] == "nils@left.example"


@pytest.mark.parametrize(
    ("address", "causes"),
    [
        ("ida.brandt@nordhafen.example", []),
        ("jo@pfaff-soehne.example", [UNSUBSCRIBED]),
        ("gone@closed-shop.example", [BOUNCED]),
        ("m.okafor@quayline.example", [IMPORTED]),
        ("tom@harbour.example", []),
    ],
)
def test_mautics_do_not_contact_counts_for_mail_only(reading, address, causes):
    assert reading("contacts_").causes(address) == causes


def test_mautics_stages_are_those_that_we_know(reading):
    read = reading("contacts_")
    (sql,) = read.of("ida.brandt@nordhafen.example", EventKind.STAGE_SET)
    assert sql.properties["stage"] == Stage.SQL
    assert read.of("jo@pfaff-soehne.example", EventKind.STAGE_SET) == []


@pytest.mark.parametrize(
    ("cell", "causes"),
    [
        ("1", [UNSUBSCRIBED]),
        ("true", [UNSUBSCRIBED]),
        ("0", []),
        ("no", []),
        ("Bounced", [BOUNCED]),
        ("", []),
    ],
)
def test_mautics_do_not_contact_in_one_word(tmp_path, cell, causes):
    path = tmp_path / "mautic.csv"
    path.write_text(f"firstname,lastname,email,doNotContact,points,last_active\nA,B,a@x.example,{cell},1,\n")
    assert Reading(path).causes("a@x.example") == causes


# ---------------------------------------------------------------- listmonk


def test_listmonks_subscribers_with_their_attributes(reading):
    read = reading("subscribers.")
    ida, tom = (read.people[each] for each in ("ida.brandt@nordhafen.example", "tom@harbour.example"))
    assert (ida.identity["first_name"], ida.identity["last_name"]) == ("Ida", "Brandt")
    assert ida.identity["company"] == "Nordhafen Logistik GmbH"
    assert ida.fields == {"city": "Hamburg", "company_size": 240, "newsletter": '{"format": "html"}'}
    assert ida.created_at == datetime(2023, 3, 14, 8, 2, 11, tzinfo=UTC)
    assert (tom.identity["first_name"], tom.identity["last_name"]) == ("Tom", "Reed")
    assert read.people["jo@pfaff-soehne.example"].created_at == at("2024-01-09 16:20:00")
    gone = read.people["gone@closed-shop.example"]
    assert (gone.created_at, gone.fields["attributes"]) == (at("2019-01-01 04:30:00"), "not json")


def test_an_attribute_that_cannot_be_read_is_kept_as_text(tmp_path):
    path = tmp_path / "subscribers.csv"
    path.write_text(
        "uuid,email,attributes,status\n"
        '1,a@x.example,"{""company_size"": ""many"", ""country"": ""Atlantis"", ""language"": ""de"", ""x"": null}",enabled\n'
    )
    person = Reading(path).people["a@x.example"]
    assert person.identity == {"email": "a@x.example", "language": "de"}
    assert person.fields == {"company_size_2": "many", "imported_country": "Atlantis"}


def test_listmonks_blocklist_is_kept(reading):
    read = reading("subscribers.")
    assert read.causes("tom@harbour.example") == [IMPORTED]
    assert read.causes("ida.brandt@nordhafen.example") == []


def test_listmonks_lists_and_subscription_status_where_they_are_there(reading):
    read = reading("subscribers-with", lists=("newsletter",))
    ida = read.people["ida.brandt@nordhafen.example"]
    assert (ida.tags, ida.unasked) == (("Newsletter", "Workshops"), False)
    assert read.people["pia@waits.example"].unasked
    assert read.facts["pia@waits.example"] == ()
    assert read.causes("lena@stillwater.example") == [UNSUBSCRIBED]
    (consent,) = read.facts["ida.brandt@nordhafen.example"]
    assert list(consent.properties["topics"]) == ["newsletter"]
    assert (consent.properties["how"], consent.properties["proven"]) == ("confirmed, without its time", True)


def test_a_list_exported_for_one_status_is_told_by_who_imports_it(reading):
    read = reading("subscribers.", standing=Standing.UNSUBSCRIBED)
    assert read.causes("ida.brandt@nordhafen.example") == [UNSUBSCRIBED]


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ('"Newsletter","Trade fair, Munich"', ("Newsletter", "Trade fair, Munich")),
        ("a, b,a", ("a", "b")),
        ("a|b, c|", ("a", "b, c")),
        ("a;b", ("a", "b")),
        ('["a", {"tag": "b", "id": 3}]', ("a", "b")),
        ("[broken", ("[broken",)),
        ("", ()),
    ],
)
def test_the_tags_of_a_cell(cell, tags):
    assert tags_in(cell) == tags


@given(st.text(max_size=200))
def test_any_cell_has_tags_or_none(cell):
    found = tags_in(cell)
    assert all(each and each == " ".join(each.split()) for each in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://www.x.example/pricing?a=1#b", "/pricing"),
        ("www.x.example/docs", "/docs"),
        ("https://x.example", "/"),
        ("http://[broken", "/"),
    ],
)
def test_a_page_is_known_by_its_path(url, path):
    assert path_of(url) == path


def test_an_opt_out_in_a_column_of_ones_own_counts(tmp_path):
    path = tmp_path / "subscribed_members_export.csv"
    path.write_text(
        "Email Address,Do not email,OPTIN_TIME,LEID,EUID\n"
        "a@x.example,Yes,2024-01-01 10:00:00,1,x\nb@x.example,No,,2,y\nc@x.example,rather not,,3,z\n"
    )
    read = Reading(path, lists=("Newsletter",))
    assert [read.causes(f"{name}@x.example") for name in "abc"] == [[UNSUBSCRIBED], [], [UNSUBSCRIBED]]


def test_the_columns_of_two_files_of_one_product_fit_one_person(tmp_path):
    """A second address column is a field of its own, never a second e-mail address."""
    path = tmp_path / "hub.csv"
    path.write_text("Record ID,Email,Work email,Lifecycle Stage\n1,a@x.example,b@y.example,Lead\n")
    read = Reading(path)
    assert read.people["a@x.example"].fields["work_email"] == "b@y.example"
    shutil.copy(path, tmp_path / "again.csv")
    assert Reading(tmp_path / "again.csv").mapping == read.mapping


# ---------------------------------------------------------------- any row


def sayings():
    """What any row may say: a moment where a saying is one, else words that exports have and any others."""
    words = st.sampled_from(
        [
            "TRUE",
            "false",
            "0",
            "1",
            "1:email,2:sms",
            "confirmed",
            "unconfirmed",
            "blocklisted",
            "Customer",
            "abuse",
        ]
    )
    moments = st.datetimes(datetime(2005, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
    return st.fixed_dictionaries(
        {},
        optional={
            each.value: moments if each in MOMENTS else words | st.text(min_size=1, max_size=20)
            for each in Saying
        }
        | {f"{REFUSED}Events": words, f"{REFUSED}Gazette": words},
    )


@given(sayings(), st.sampled_from(sorted(PRODUCTS)), st.sampled_from([None, *Standing]), st.booleans())
def test_whatever_a_row_says_mail_goes_only_where_it_may(said, product, standing, listed):
    export = Export(
        product=PRODUCTS[product],
        standing=standing,
        lists=("Newsletter",) if listed else (),
        topics=TOPICS,
        stages=PRODUCTS[product].stages,
        fields=FIELDS,
    )
    row = LeadRow(line=2, source_id="1", identity={"email": "a@x.example"}, fields={}, said=said)
    person, facts = person_of(row, export), facts_of(row, export)
    opened = [
        topic for fact in facts for topic, agreed in fact.properties.get("topics", {}).items() if agreed
    ]
    ended = [fact for fact in facts if fact.cause is not None]
    assert not (ended and (opened or person.unasked))
    assert not (person.unasked and opened)
    assert len({fact.cause for fact in ended}) == len(ended)
    assert facts[len(facts) - len(ended) :] == tuple(ended)
    assert len({(fact.kind, fact.at, fact.detail) for fact in facts}) == len(facts)
    dated = [fact.at for fact in facts if fact.at is not None]
    assert set(dated) <= {value for value in said.values() if isinstance(value, datetime)}
