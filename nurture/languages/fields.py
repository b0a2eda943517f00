"""What the fields that every lead has are called. A field of the company keeps the name that it gave it."""

from collections.abc import Mapping

OURS: Mapping[str, str] = {
    "email": "E-mail",
    "first_name": "First name",
    "last_name": "Last name",
    "full_name": "Full name",
    "company": "Company",
    "country": "Country",
    "time_zone": "Time zone",
    "language": "Language",
    "source": "Source",
    "created_at": "Made on",
    "owner": "Owner",
    "persona": "Persona",
    "temperature": "Temperature",
    "stage": "Stage",
    "grade": "Grade",
    "fit_score": "Fit",
    "interest_score": "Interest",
    "completeness": "Completeness",
    "tags": "Tags",
}
OF_PLAIN: Mapping[str, str] = {key.replace("_", " "): words for key, words in OURS.items()}
"""By the name as a sentence lists it: 'first name'."""
