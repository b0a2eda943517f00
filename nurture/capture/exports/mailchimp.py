"""Mailchimp: the export of an audience, a zip with a file for each kind of contact.

Sources: Mailchimp help pages "View or Export Contacts", "View Unsubscribed Contacts" and "About Cleaned Contacts", which
say what the kinds are; the column names are those of the files themselves:

    subscribed_...     Email Address, First Name, Last Name, the audience's own fields, MEMBER_RATING, OPTIN_TIME, OPTIN_IP,
                       CONFIRM_TIME, CONFIRM_IP, LATITUDE, LONGITUDE, GMTOFF, DSTOFF, TIMEZONE, CC, REGION, LAST_CHANGED,
                       LEID, EUID, NOTES, TAGS
    unsubscribed_...   the same, with UNSUB_TIME, UNSUB_CAMPAIGN_TITLE, UNSUB_CAMPAIGN_ID, UNSUB_REASON, UNSUB_REASON_OTHER
                       in place of LAST_CHANGED
    cleaned_...        the same, with CLEAN_TIME, CLEAN_CAMPAIGN_TITLE, CLEAN_CAMPAIGN_ID: "hard bounced or repeatedly soft
                       bounced, and considered invalid"
    nonsubscribed_...  people who bought or wrote, and never agreed to marketing mail

Times are UTC. Nothing but the name of the file tells subscribed from non-subscribed contacts.
"""

from nurture.capture.exports.product import ID, Product, Standing, is_, left_out, says
from nurture.capture.sayings import Saying

LOCATED = left_out("worked out by Mailchimp from the IP address")
THEIR_ID = left_out("a number that means something only in Mailchimp")

MAILCHIMP = Product(
    key="mailchimp",
    name="Mailchimp",
    telltales=(frozenset({"leid", "euid"}), frozenset({"member rating", "optin time"})),
    columns={
        "email address": is_("email"),
        "leid": ID,
        "timezone": is_("time_zone"),
        "cc": is_("country"),
        "optin time": says(Saying.CONSENT_AT),
        "optin ip": says(Saying.CONSENT_IP),
        "confirm time": says(Saying.CONFIRMED_AT),
        "confirm ip": says(Saying.CONFIRMED_IP),
        "unsub time": says(Saying.UNSUBSCRIBED_AT),
        "unsub campaign title": says(Saying.UNSUBSCRIBED_MAIL),
        "unsub reason": says(Saying.UNSUBSCRIBED_WHY),
        "unsub reason other": says(Saying.UNSUBSCRIBED_NOTE),
        "clean time": says(Saying.BOUNCED_AT),
        "clean campaign title": says(Saying.BOUNCED_MAIL),
        "tags": says(Saying.TAGS),
        "latitude": LOCATED,
        "longitude": LOCATED,
        "gmtoff": LOCATED,
        "dstoff": LOCATED,
        "euid": THEIR_ID,
        "unsub campaign id": THEIR_ID,
        "clean campaign id": THEIR_ID,
        "last changed": left_out("when the record changed in Mailchimp, whatever changed"),
    },
    standing_of_file=(
        ("nonsubscribed", Standing.NOT_ASKED),
        ("non subscribed", Standing.NOT_ASKED),
        ("unsubscribed", Standing.UNSUBSCRIBED),
        ("cleaned", Standing.BOUNCED),
        ("subscribed", Standing.SUBSCRIBED),
    ),
)
