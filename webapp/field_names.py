"""What fields of a lead are called: those that every lead has in the reader's language, those of the company as it named them."""

from webapp.said import said

OURS = {
    "email": "E-mail",
    "first_name": "First name",
    "last_name": "Last name",
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


def called(field: str) -> str:
    """The name of a field for the head of a column or the label of a question: `first_name` is 'First name', or 'Vorname'."""
    ours = OURS.get(field)
    return field.replace("_", " ").capitalize() if ours is None else said(ours)
