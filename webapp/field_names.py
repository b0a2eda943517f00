"""What fields of a lead are called: those that every lead has in the reader's language, those of the company as it named them."""

from nurture.languages.fields import OURS
from webapp.said import said


def called(field: str) -> str:
    """The name of a field for the head of a column or the label of a question: `first_name` is 'First name', or 'Vorname'."""
    return said(OURS[field]) if field in OURS else named(field)


def named(field: str) -> str:
    """The name of a field that the programme declares: it is the company's, and never said in another language."""
    return field.replace("_", " ").capitalize()
