"""What a form says by itself, in the languages that forms may have; everything else is its author's."""

from collections.abc import Mapping

import msgspec

from nurture.engine.form_answers import TEXT_MAX, Wrong


class FormWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. Names in braces are filled in."""

    send: str
    thanks: str
    thanks_title: str
    look_into_mail: str
    optional: str
    choose: str
    leave_empty: str
    mended: str
    missing: str
    missing_box: str
    too_long: str
    unreadable: Mapping[str, str]
    too_old: str
    too_many: str
    for_: str
    not_you: str
    go_on: str
    fields: Mapping[str, str]
    confirm_title: str
    confirm: str
    confirm_button: str
    confirmed_title: str
    confirmed: str
    ended_title: str
    ended: str

    def of(self, wrong: Wrong, kind: str) -> str:
        """What stands at a field of *kind* whose answer is *wrong*."""
        match wrong:
            case Wrong.MISSING:
                return self.missing_box if kind == "boolean" else self.missing
            case Wrong.TOO_LONG:
                return self.too_long
            case Wrong.UNREADABLE:
                return self.unreadable.get(kind, self.unreadable["text"])


ENGLISH = FormWords(
    send="Send",
    thanks_title="Thank you",
    thanks="We have got it.",
    look_into_mail="Please look into your mailbox: if this address has not confirmed yet, a mail with a button is on its way to it. We send no such mail before you press it.",
    optional="optional",
    choose="Please choose",
    leave_empty="Leave this field empty",
    mended="Please look at these once more:",
    missing="Please fill this in.",
    missing_box="Please tick this box.",
    too_long=f"Please write at most {TEXT_MAX} characters.",
    unreadable={
        "email": "This is no e-mail address. Please write such as name@example.com.",
        "integer": "Please write a whole number.",
        "number": "Please write a number.",
        "choice": "Please choose one of the list.",
        "date": "Please write a date such as 2026-03-31.",
        "country": "We do not know this country. Please write its English name or its two letters.",
        "language": "We do not know this language. Please write such as en or de.",
        "time_zone": "We do not know this time zone. Please write such as Europe/Berlin.",
        "text": "We cannot read this. Please write it again.",
    },
    too_old="The form stood open for too long. Everything is still here: please send it once more.",
    too_many="Too many forms came from your network. Please try again in ten minutes.",
    for_="For",
    not_you="Not you?",
    go_on="Go on",
    fields={
        "email": "E-mail address",
        "first_name": "First name",
        "last_name": "Last name",
        "company": "Company",
        "country": "Country",
        "time_zone": "Time zone",
        "language": "Language",
    },
    confirm_title="One last step",
    confirm="Confirm for {address} what you agreed to:",
    confirm_button="Confirm",
    confirmed_title="Done: it is confirmed",
    confirmed="Thank you. Every mail has a link at its end by which you stop it.",
    ended_title="This link has ended",
    ended="Nothing was changed, and we send you nothing. If you still want to hear from us, please fill in the form again.",
)

GERMAN = FormWords(
    send="Absenden",
    thanks_title="Vielen Dank",
    thanks="Ihre Angaben sind angekommen.",
    look_into_mail="Bitte sehen Sie in Ihr Postfach: Hat diese Adresse noch nicht bestätigt, ist eine E-Mail mit einem Knopf unterwegs. Vorher schicken wir keine solchen E-Mails.",
    optional="freiwillig",
    choose="Bitte wählen",
    leave_empty="Dieses Feld leer lassen",
    mended="Bitte sehen Sie sich das noch einmal an:",
    missing="Bitte ausfüllen.",
    missing_box="Bitte ankreuzen.",
    too_long=f"Bitte höchstens {TEXT_MAX} Zeichen.",
    unreadable={
        "email": "Das ist keine E-Mail-Adresse. Bitte zum Beispiel name@example.com.",
        "integer": "Bitte eine ganze Zahl.",
        "number": "Bitte eine Zahl.",
        "choice": "Bitte eine Antwort aus der Liste wählen.",
        "date": "Bitte ein Datum wie 31.03.2026.",
        "country": "Dieses Land kennen wir nicht. Bitte den Namen oder das Kürzel aus zwei Buchstaben.",
        "language": "Diese Sprache kennen wir nicht. Bitte zum Beispiel de oder en.",
        "time_zone": "Diese Zeitzone kennen wir nicht. Bitte zum Beispiel Europe/Berlin.",
        "text": "Das können wir nicht lesen. Bitte noch einmal.",
    },
    too_old="Das Formular war zu lange offen. Alle Angaben stehen noch da: bitte noch einmal absenden.",
    too_many="Aus Ihrem Netz kamen zu viele Formulare. Bitte in zehn Minuten noch einmal.",
    for_="Für",
    not_you="Jemand anderes?",
    go_on="Weiter",
    fields={
        "email": "E-Mail-Adresse",
        "first_name": "Vorname",
        "last_name": "Nachname",
        "company": "Unternehmen",
        "country": "Land",
        "time_zone": "Zeitzone",
        "language": "Sprache",
    },
    confirm_title="Noch ein Schritt",
    confirm="Bestätigen Sie für {address}, womit Sie einverstanden sind:",
    confirm_button="Bestätigen",
    confirmed_title="Erledigt: bestätigt",
    confirmed="Vielen Dank. Am Ende jeder E-Mail steht ein Link, mit dem Sie sie abbestellen.",
    ended_title="Dieser Link ist abgelaufen",
    ended="Es wurde nichts geändert, und wir schicken Ihnen nichts. Möchten Sie weiterhin von uns hören, füllen Sie bitte das Formular noch einmal aus.",
)

WORDS = {"en": ENGLISH, "de": GERMAN}
