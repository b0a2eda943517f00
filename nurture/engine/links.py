"""The links of every mail that was ever sent, by the number of its revision: read once each, for they never change."""

from collections.abc import Mapping

from sqlalchemy import select

from nurture.content.model import Utm
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
        utm = utm_of(row.path, Utm()) if row.utm is None else row.utm
        return tuple(with_utm(url, utm) for _, url in row.links)


def utm_of(path: str, utm: Utm | None) -> Mapping[str, str]:
    """What the links of a mail tell their sites, from where its file stands: 'campaigns/<campaign>/mails/<mail>.mjml'.

    utm  as the programme has it; None for nothing.
    """
    if utm is None:
        return {}
    parts = path.split("/")
    mail = parts[-1].partition(".")[0]
    campaign = parts[1] if len(parts) > 2 else ""
    return {
        "source": utm.source,
        "medium": utm.medium,
        "campaign": utm.campaign or campaign,
        "content": utm.content or mail,
    }
