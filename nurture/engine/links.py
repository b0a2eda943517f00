"""The links of every mail that was ever sent, by the number of its revision: read once each, for they never change."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy import select

from nurture.identity import TouchToken
from nurture.store.database import Database
from nurture.store.records import mail_revision
from nurture.tracking.links import with_utm


class StoredLinks:
    """What the redirect looks links up in; names the mail to the site that it leads to (UTM)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._urls: dict[int, tuple[str, ...]] = {}

    def url(self, mail_revision: int, index: int, token: TouchToken) -> str | None:  # noqa: ARG002 all leads alike
        """Where link *index* of a mail's revision leads; None if there is none."""
        urls = self._urls.get(mail_revision)
        if urls is None:
            urls = self._urls[mail_revision] = self._load(mail_revision)
        return urls[index - 1] if 0 < index <= len(urls) else None

    def _load(self, number: int) -> tuple[str, ...]:
        with self._database.reading() as connection:
            row = connection.execute(select(mail_revision).where(mail_revision.c.number == number)).first()
        if row is None:
            return ()
        return tuple(with_utm(url, utm_of(row.path)) for _, url in row.links)


def utm_of(path: str) -> Mapping[str, str]:
    """UTM values of a mail's links, from where its file stands: 'campaigns/<campaign>/mails/<mail>.mjml'."""
    parts = urlsplit(path).path.split("/")
    mail = parts[-1].partition(".")[0]
    campaign = parts[1] if len(parts) > 2 else ""
    return {"source": "nurture", "medium": "email", "campaign": campaign, "content": mail}
