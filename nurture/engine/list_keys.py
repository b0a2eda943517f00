"""By which words a lead is found and sorted in lists: folded, so that case does not matter."""

from typing import TypedDict

from nurture.mailboxes import is_disposable, is_free_mail


class ListKeys(TypedDict):
    """The columns of a lead's row that are made of others."""

    name_key: str
    last_key: str | None
    company_key: str | None


def list_keys(
    *, email: str | None, first_name: str | None, last_name: str | None, company: str | None
) -> ListKeys:
    """The keys of a lead with these names."""
    name = folded(f"{first_name or ''} {last_name or ''}") or (email or "")
    return ListKeys(
        name_key=name,
        last_key=folded(last_name or "") or None,
        company_key=company_key(company=company, email=email),
    )


def company_key(*, company: str | None, email: str | None) -> str | None:
    """What makes leads colleagues: the company's name, else the domain of an address that is their company's own."""
    name = folded(company or "")
    if name:
        return name
    if email is None or is_free_mail(email) or is_disposable(email):
        return None
    return email.rpartition("@")[2] or None


def folded(text: str) -> str:
    """Single spaces, no case."""
    return " ".join(text.split()).casefold()
