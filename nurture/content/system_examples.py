"""What a system mail says where somebody only looks at it: an example for each of its names."""

from collections.abc import Mapping

from nurture.vocabulary.event import PropertyValue

EXAMPLE: Mapping[str, PropertyValue] = {
    "link": "/",
    "name": "Ada Nowak",
    "inviter": "Ines Wolter",
    "role": "marketer",
    "topics": "product news",
    "until": "2026-03-06T11:00:00+00:00",
    "respond_by": "2026-03-02T14:00:00+00:00",
    "lead_name": "Bob Reis",
    "company": "Norr AB",
    "team": "team dach",
    "grade": "A",
    "interest": 72,
    "persona": "Finance director",
    "rep": "Lena Vogt",
    "form": "Demo",
    "address": "bob@norr.example",
    "subject": "A question",
    "campaign": "Long-cycle nurture",
    "why": "9 of 2,400 delivered mails were reported as spam (0.38%)",
    "remedy": "Look at whom the campaign mails, what they agreed to, and how often; then resume.",
    "text": "Hello,\nhow long does a trial last?\nBob",
    "reasons": {"Asked for demo": 50, "Visited pricing, 2 times": 20},
    "answers": {"company": "Norr AB", "company size": 900},
}
