"""HubSpot: the export of contacts, and the export of unsubscribes and bounces.

Sources: HubSpot knowledge base "Export your records", "HubSpot's default contact properties", "What do the columns mean in
the csv I receive when I export unsubscribes and bounces?", "Track lawful basis of processing in HubSpot". Columns of an
export of contacts are the labels of properties; "Opted out of email: <type>" stands once for each kind of subscription.
Lifecycle stages: subscriber, lead, marketing qualified lead, sales qualified lead, opportunity, customer, evangelist, other.

In the export of unsubscribes and bounces "Portal Bounce" is TRUE or the reason, "Portal Unsubscribe" and "Portal Spam
Report" are TRUE, "Global Bounce" is TRUE for an address that bounced for other accounts, and any other column is a kind of
mail, TRUE where the person unsubscribed from it. Times are those of the account's time zone and name none; they are read
as UTC, which is wrong by some hours at most.
"""

from nurture.capture.exports.product import CREATED_AT, FUNNEL, ID, Product, is_, left_out, says
from nurture.capture.sayings import Saying
from nurture.vocabulary.words import Stage

THEIR_ID = left_out("a number that means something only in HubSpot")

HUBSPOT = Product(
    key="hubspot",
    name="HubSpot",
    telltales=(
        frozenset({"record id", "lifecycle stage"}),
        frozenset({"record id", "contact owner"}),
        frozenset({"lifecycle stage", "unsubscribed from all email"}),
        frozenset({"record id", "unsubscribed from all email"}),
        frozenset({"portal bounce", "portal unsubscribe"}),
    ),
    columns={
        "record id": ID,
        "email": is_("email"),
        "email address": is_("email"),
        "first name": is_("first_name"),
        "last name": is_("last_name"),
        "country region": is_("country"),
        "time zone": is_("time_zone"),
        "preferred language": is_("language"),
        "original source": is_("source"),
        "create date": CREATED_AT,
        "lifecycle stage": says(Saying.STAGE),
        "contact owner": says(Saying.OWNER),
        "unsubscribed from all email": says(Saying.UNSUBSCRIBED),
        "portal unsubscribe": says(Saying.UNSUBSCRIBED),
        "email hard bounce reason": says(Saying.BOUNCED),
        "portal bounce": says(Saying.BOUNCED),
        "global bounce": says(Saying.BOUNCED_ELSEWHERE),
        "invalid email address": says(Saying.BAD_ADDRESS),
        "email address quarantined": says(Saying.BLOCKED),
        "portal spam report": says(Saying.COMPLAINED),
        "legal basis for processing contact s data": says(Saying.LEGAL_BASIS),
        "marketing email confirmation status": says(Saying.SUBSCRIPTION),
        "first marketing email open date": says(Saying.OPENED_FIRST_AT),
        "last marketing email open date": says(Saying.OPENED_LAST_AT),
        "first marketing email click date": says(Saying.CLICKED_FIRST_AT),
        "last marketing email click date": says(Saying.CLICKED_LAST_AT),
        "first conversion date": says(Saying.SUBMITTED_FIRST_AT),
        "first conversion": says(Saying.SUBMITTED_FIRST),
        "recent conversion date": says(Saying.SUBMITTED_LAST_AT),
        "recent conversion": says(Saying.SUBMITTED_LAST),
        "time first seen": says(Saying.VISITED_FIRST_AT),
        "first page seen": says(Saying.VISITED_FIRST),
        "time last seen": says(Saying.VISITED_LAST_AT),
        "last page seen": says(Saying.VISITED_LAST),
        "associated company ids": THEIR_ID,
        "associated deal ids": THEIR_ID,
        "associated ticket ids": THEIR_ID,
        "created by user id": THEIR_ID,
    },
    refusals=("Opted out of email:",),
    all_else_refuses=frozenset({"portal unsubscribe"}),
    stages={**FUNNEL, "subscriber": Stage.INQUIRY, "lead": Stage.INQUIRY, "evangelist": Stage.ADVOCATE},
)
