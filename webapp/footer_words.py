"""What the pages behind a mail's footer say, in the languages that they speak."""

from collections.abc import Iterable
from datetime import date

import msgspec

MONTHS = {
    "en": "January February March April May June July August September October November December".split(),  # noqa: SIM905
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),  # noqa: SIM905
}
NAMES = {
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fi": "Suomi",
    "fr": "Français",
    "it": "Italiano",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "sv": "Svenska",
}
"""Languages as those who speak them call them; any other by its two letters."""


class FooterWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. Names in braces are filled in."""

    language: str
    choose_title: str
    for_: str
    saved: str
    unsubscribed_now: str
    never: str
    topics: str
    only_if: str
    tracking: str
    tracking_note: str
    mail_language: str
    save: str
    pause_title: str
    pause_note: str
    quiet_until: str
    days: str
    until: str
    pause_button: str
    end_pause: str
    wrong_day: str
    all_title: str
    all_note: str
    all_button: str
    stop_title: str
    stop_note: str
    stop_button: str
    instead: str
    done_title: str
    gone_title: str
    gone: str
    you: str
    single_topics: str

    def day(self, on: date) -> str:
        """A day as people write it."""
        month = MONTHS[self.language][on.month - 1]
        return f"{on.day}. {month} {on.year}" if self.language == "de" else f"{on.day} {month} {on.year}"


ENGLISH = FooterWords(
    language="en",
    choose_title="What you hear about",
    for_="For {address}.",
    saved="Saved. It holds from now on.",
    unsubscribed_now="You are unsubscribed from all marketing mail. If you choose a topic below, we write to you about that again.",
    never="No mail of ours reaches this address any more, whatever is chosen here. If that is a mistake, please answer one of our mails: a person reads what you write.",
    topics="Topics",
    only_if="only if you choose it",
    tracking="Measure which mails I open and which links I follow",
    tracking_note="It helps us to send less that is of no use to you. Without it, mails carry no invisible image, and links lead straight to their page.",
    mail_language="Language of our mails",
    save="Save",
    pause_title="Take a break",
    pause_note="We are quiet for a while, and you keep your topics.",
    quiet_until="We are quiet until {day}.",
    days="{count} days",
    until="Until",
    pause_button="Pause until then",
    end_pause="End the break",
    wrong_day="Please choose a day from tomorrow on, within a year.",
    all_title="No more mail",
    all_note="We stop all marketing mail at once. Mail about an account or an order of yours may still come.",
    all_button="Unsubscribe from everything",
    stop_title="Stop all marketing mail?",
    stop_note="We will no longer write to {address}. It takes effect at once.",
    stop_button="Unsubscribe",
    instead="Or choose topics, or take a break",
    done_title="Done: you are unsubscribed",
    gone_title="You are unsubscribed",
    gone="We no longer send {address} any marketing mail. Mail about an account or an order of yours may still come.",
    you="you",
    single_topics="Hear about single topics instead",
)

GERMAN = FooterWords(
    language="de",
    choose_title="Worüber wir Ihnen schreiben",
    for_="Für {address}.",
    saved="Gespeichert. Es gilt ab jetzt.",
    unsubscribed_now="Sie bekommen keine Werbung per E-Mail von uns. Wählen Sie unten ein Thema, schreiben wir Ihnen darüber wieder.",
    never="Diese Adresse erreicht keine E-Mail von uns mehr, gleich was hier gewählt wird. Ist das ein Irrtum, antworten Sie bitte auf eine unserer E-Mails: Ein Mensch liest, was Sie schreiben.",
    topics="Themen",
    only_if="nur, wenn Sie es wählen",
    tracking="Messen, welche E-Mails ich öffne und welchen Links ich folge",
    tracking_note="Es hilft uns, weniger zu schicken, was Ihnen nichts nützt. Ohne das tragen E-Mails kein unsichtbares Bild, und Links führen gerade auf ihre Seite.",
    mail_language="Sprache unserer E-Mails",
    save="Speichern",
    pause_title="Eine Pause",
    pause_note="Wir schweigen eine Weile, und Ihre Themen bleiben.",
    quiet_until="Wir schweigen bis zum {day}.",
    days="{count} Tage",
    until="Bis zum",
    pause_button="Bis dahin pausieren",
    end_pause="Pause beenden",
    wrong_day="Bitte einen Tag ab morgen und innerhalb eines Jahres wählen.",
    all_title="Keine E-Mails mehr",
    all_note="Wir schicken sofort keine Werbung mehr. E-Mails zu Ihrem Konto oder einer Bestellung können weiterhin kommen.",
    all_button="Alles abbestellen",
    stop_title="Alle Werbung abbestellen?",
    stop_note="Wir schreiben nicht mehr an {address}. Es gilt sofort.",
    stop_button="Abbestellen",
    instead="Oder Themen wählen oder eine Pause machen",
    done_title="Erledigt: abbestellt",
    gone_title="Sie haben abbestellt",
    gone="Wir schicken {address} keine Werbung mehr. E-Mails zu Ihrem Konto oder einer Bestellung können weiterhin kommen.",
    you="Ihnen",
    single_topics="Lieber über einzelne Themen hören",
)

WORDS = {"en": ENGLISH, "de": GERMAN}


def words_for(language: str | None, accepted: str | None) -> FooterWords:
    """In the lead's language if we speak it, else in the browser's, else in English."""
    spoken = (language or "").replace("_", "-").partition("-")[0].lower()
    return WORDS.get(spoken) or WORDS.get(accepted or "") or ENGLISH


def language_names(languages: Iterable[str]) -> dict[str, str]:
    """Languages as a list to choose from shows them, by their own names."""
    named = {each: NAMES.get(each, each) for each in languages}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))
