"""listmonk: the export of subscribers, of all of them or of one list.

Sources: listmonk's own source, which writes the header uuid, email, name, attributes, status, created_at, updated_at;
listmonk documentation "Concepts" and "Subscribers". Status is of the person: enabled, disabled, blocklisted ("cannot
receive any e-mail"). Which lists a person is on, and whether it confirmed or left them, is not in the file
(knadh/listmonk #738, #2855): a list is exported for one subscription status at a time, so that who imports it says which.
Files that were joined with the API's data have lists and subscription_status as columns of their own.

attributes is a JSON object; times are written as Go prints them: 2024-03-05 09:15:02.123456 +0000 UTC.
"""

from nurture.capture.exports.product import CREATED_AT, ID, Product, Standing, is_, left_out, says
from nurture.capture.sayings import Saying

LISTMONK = Product(
    key="listmonk",
    name="listmonk",
    telltales=(frozenset({"uuid", "attributes", "status"}), frozenset({"email", "attributes", "status"})),
    columns={
        "uuid": ID,
        "email": is_("email"),
        "name": is_("full_name"),
        "attributes": says(Saying.ATTRIBUTES),
        "status": says(Saying.STANDING),
        "subscription status": says(Saying.SUBSCRIPTION),
        "created at": CREATED_AT,
        "lists": says(Saying.TAGS),
        "updated at": left_out("when the record changed in listmonk, whatever changed"),
    },
    standings={
        "disabled": Standing.BLOCKED,
        "blocklisted": Standing.BLOCKED,
        "blacklisted": Standing.BLOCKED,
    },
)
