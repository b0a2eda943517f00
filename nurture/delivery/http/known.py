"""The providers that mail can leave by, by the name that ``NURTURE_TRANSPORT`` has for each."""

from nurture.delivery.http.amazon_ses import AMAZON_SES
from nurture.delivery.http.brevo import BREVO
from nurture.delivery.http.mailgun import MAILGUN
from nurture.delivery.http.postmark import POSTMARK
from nurture.delivery.http.resend import RESEND
from nurture.delivery.http.sendgrid import SENDGRID

KNOWN = {each.name: each for each in (AMAZON_SES, BREVO, MAILGUN, POSTMARK, RESEND, SENDGRID)}
