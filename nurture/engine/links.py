"""The links of every mail that was ever sent, by the number of its revision: read once each, for they never change."""

from collections.abc import Mapping

from sqlalchemy import select

from nurture.content.mails import MailFile
from nurture.content.model import Utm
from nurture.errors import AwayError
from nurture.identity import Keyring, TouchToken
from nurture.store.database import STORE_AWAY, Database
from nurture.store.records import mail_revision
from nurture.tracking.links import with_parameters, with_utm

FOR = "for"
"""The parameter by which a form is told who follows a link in a mail."""


class StoredLinks:
    """What the redirect looks links up in; names the mail to the site that it leads to (UTM).

    Only our own forms are told who follows a link, so that nobody is asked what we know: with a *keyring*, links that lead
    below *base_url* to a form carry the touch on, signed.
    """

    def __init__(self, database: Database, *, keyring: Keyring | None = None, base_url: str = "") -> None:
        self._database = database
        self._keyring = keyring
        self._forms = f"{base_url}/f/"
        self._urls: dict[int, tuple[str, ...]] = {}

    def url(self, mail_revision: int, index: int, token: TouchToken) -> str | None:
        """Where link *index* of a mail's revision leads; None if there is none."""
        urls = self._urls.get(mail_revision) or self._load(mail_revision)
        if (
            urls
        ):  # a revision that is not there yet may come: on another machine's page, or with a restored store
            self._urls[mail_revision] = urls
        if not 0 < index <= len(urls):
            return None
        url = urls[index - 1]
        if self._keyring is None or not url.startswith(self._forms):
            return url
        signed = self._keyring.touch_token(token.touch_id, token.mail_revision)
        return with_parameters(url, {FOR: signed})

    def _load(self, number: int) -> tuple[str, ...]:
        try:
            with self._database.reading() as connection:
                row = connection.execute(
                    select(mail_revision).where(mail_revision.c.number == number)
                ).first()
        except STORE_AWAY as error:
            raise AwayError(f"the links of mail revision {number} cannot be read: {error}") from error
        if row is None:
            return ()
        utm = utm_of(row.path, Utm()) if row.utm is None else row.utm
        return tuple(with_utm(url, utm) for _, url in row.links)


def direct_links(mail: MailFile, utm: Utm | None) -> dict[str, str]:
    """Where each link of *mail* leads past us, by name; it tells the site which mail it stands in, and not whose."""
    told = own_utm(mail, utm)
    return {name: with_utm(url, told) for name, url in mail.front.links.items()}


def own_utm(mail: MailFile, utm: Utm | None) -> Mapping[str, str]:
    """What the links of *mail* tell their sites, where the programme has them tell *utm*."""
    return utm_of(mail.path, None if mail.front.utm == "none" else utm)


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
