"""Mautic: the export of contacts, and reports with "Do Not Contact".

Sources: Mautic documentation "Managing Contacts" (Export to CSV), "Import Contacts" (a column such as doNotEmail is true,
1, on or yes; tags are joined by |), and Mautic's own source. The columns of an export are the aliases of the contact
fields: id, title, firstname, lastname, company, position, email, mobile, phone, points, address1, ..., country,
preferred_locale, timezone, last_active, attribution_date, attribution, website, and those that a company adds.

The export holds neither Do Not Contact nor tags, stage or owner (mautic/mautic #11679, #4730): a report brings them, with
labels such as "Contact ID", "Date identified", "Owner first name". What the report calls DNC is a list of 'reason:channel'
in which 1 is unsubscribed, 2 bounced and 3 set by hand, or "Unsubscribed: Email" in words; the report of the do-not-contact
table has reason, channel and date in columns of their own. Times are UTC.
"""

from nurture.capture.exports.product import CREATED_AT, FUNNEL, ID, Product, is_, left_out, says
from nurture.capture.sayings import Saying
from nurture.vocabulary.words import Stage

DNC, DNC_AT = says(Saying.DO_NOT_CONTACT), says(Saying.DO_NOT_CONTACT_AT)

MAUTIC = Product(
    key="mautic",
    name="Mautic",
    telltales=(
        frozenset({"firstname", "lastname", "preferred locale"}),
        frozenset({"firstname", "lastname", "attribution date"}),
        frozenset({"firstname", "lastname", "points", "last active"}),
        frozenset({"contact id", "date identified"}),
        *(frozenset({name}) for name in ("dnc preferences", "dnc list", "dnc reason", "do not contact")),
    ),
    columns={
        "id": ID,
        "contact id": ID,
        "email": is_("email"),
        "firstname": is_("first_name"),
        "first name": is_("first_name"),
        "lastname": is_("last_name"),
        "last name": is_("last_name"),
        "company": is_("company"),
        "country": is_("country"),
        "timezone": is_("time_zone"),
        "preferred locale": is_("language"),
        "date added": CREATED_AT,
        "owner": says(Saying.OWNER),
        "owner email": says(Saying.OWNER),
        "stage": says(Saying.STAGE),
        "stage name": says(Saying.STAGE),
        "tags": says(Saying.TAGS),
        "donotcontact": says(Saying.UNSUBSCRIBED),
        "do not contact": DNC,
        "do not email": says(Saying.UNSUBSCRIBED),
        "dnc preferences": DNC,
        "dnc list": DNC,
        "dnc reason": DNC,
        "do not contact reason": DNC,
        "dnc channel": says(Saying.DO_NOT_CONTACT_CHANNEL),
        "dnc date added": DNC_AT,
        "dnc date": DNC_AT,
        "dnc comment": says(Saying.DO_NOT_CONTACT_NOTE),
        "dnc comments": says(Saying.DO_NOT_CONTACT_NOTE),
        "dnc channel id": left_out("a number that means something only in Mautic"),
        "owner id": left_out("a number that means something only in Mautic"),
        "owned by": says(Saying.OWNER),
    },
    stages={**FUNNEL, "lead": Stage.INQUIRY},
)
