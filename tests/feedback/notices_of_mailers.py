"""How mailers of the last thirty years say that a mail to jane@example.com did not arrive, in words of their own."""

from typing import NamedTuple

from nurture.vocabulary.words import BounceKind

HARD, SOFT, BLOCK = BounceKind.HARD, BounceKind.SOFT, BounceKind.BLOCK


class Notice(NamedTuple):
    bounce: BounceKind
    raw: bytes
    is_delay: bool = False


COPY = """Return-path: <b+00@acme.example>
Received: from acme.example by mx.example.net; Mon, 2 Mar 2026
Message-ID: <1@acme.example>
From: Acme <hello@acme.example>
To: Jane <jane@example.com>
Subject: Hello

Hello Jane
"""


def notice(
    words, bounce, *, subject, sender="Mail Delivery System <MAILER-DAEMON@mx.example.net>", is_delay=False
):
    head = (
        f"Return-Path: <>\nFrom: {sender}\nTo: b+00@acme.example\nSubject: {subject}\n"
        "Date: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <x@mx.example.net>\n\n"
    )
    return Notice(bounce, (head + words).encode(), is_delay)


NOTICES = {
    "exim after RCPT": notice(
        """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  jane@example.com
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<jane@example.com>:
    550 5.1.1 <jane@example.com>: Recipient address rejected: User unknown in virtual mailbox table

------ This is a copy of the message, including all the headers. ------

"""
        + COPY,
        HARD,
        subject="Mail delivery failed: returning message to sender",
    ),
    "exim without a route": notice(
        """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  jane@example.com
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

"""
        + COPY,
        HARD,
        subject="Mail delivery failed: returning message to sender",
    ),
    "exim still trying": notice(
        """This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.net.

The message identifier is:     1abc
The address to which the message has not yet been delivered is:

  jane@example.com
    host mx.example.com [192.0.2.1]
    Delay reason: SMTP error from remote mail server after RCPT TO: 450 4.2.0 greylisted

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals if the message
remains undelivered.
""",
        SOFT,
        subject="Warning: message 1abc delayed 24 hours",
        is_delay=True,
    ),
    "qmail": notice(
        """Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<jane@example.com>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 <jane@example.com>... User unknown
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

"""
        + COPY,
        HARD,
        subject="failure notice",
    ),
    "qmail, mailbox full": notice(
        """Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<jane@example.com>:
The users mailfolder is over the allowed quota (size). (#5.2.2)

--- Below this line is a copy of the message.

"""
        + COPY,
        SOFT,
        subject="failure notice",
    ),
    "qmail without a host": notice(
        """Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<jane@example.com>:
Sorry, I couldn't find any host named example.com. (#5.1.2)

--- Below this line is a copy of the message.

"""
        + COPY,
        HARD,
        subject="failure notice",
    ),
    "sendmail 8": notice(
        """The original message was received at Mon, 2 Mar 2026 10:00:00 GMT
from acme.example [192.0.2.9]

   ----- The following addresses had permanent fatal errors -----
<jane@example.com>
    (reason: 550 5.1.1 <jane@example.com>... User unknown)

   ----- Transcript of session follows -----
... while talking to mx.example.com.:
>>> DATA
<<< 550 5.1.1 <jane@example.com>... User unknown
550 5.1.1 <jane@example.com>... User unknown
<<< 503 5.0.0 Need RCPT (recipient)
""",
        HARD,
        subject="Returned mail: see transcript for details",
        sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>",
    ),
    "iPlanet": notice(
        """This report relates to a message you sent with the following header fields:

  Message-id: <1@acme.example>
  Date: Mon, 02 Mar 2026 10:00:00 +0000
  From: Acme <hello@acme.example>
  To: jane@example.com
  Subject: Hello

Your message cannot be delivered to the following recipients:

  Recipient address: jane@example.com
  Reason: Over quota
""",
        SOFT,
        subject="Delivery Notification: Delivery has failed",
        sender="Internet Mail Delivery <postmaster@mx.example.net>",
    ),
    "James": notice(
        """Hi. This is the James mail server at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.  Below
I include the list of recipients and the reason why I was unable to deliver
your message.

Failed recipient(s):
jane@example.com

Error message:
550 5.1.1 <jane@example.com>... User Unknown
""",
        HARD,
        subject="Re:Hello",
        sender="postmaster@mx.example.net",
    ),
    "Exchange 2007": notice(
        """Delivery has failed to these recipients or distribution lists:

jane@example.com
The recipient's e-mail address was not found in the recipient's e-mail system. Microsoft Exchange will not try to redeliver this message for you. Please check the e-mail address and try resending this message, or provide the following diagnostic text to your system administrator.

Sent by Microsoft Exchange Server 2007

Diagnostic information for administrators:

Generating server: mail.example.com

jane@example.com
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

Original message headers:

"""
        + COPY,
        HARD,
        subject="Undeliverable: Hello",
        sender="Microsoft Exchange <postmaster@example.com>",
    ),
    "Notes": notice(
        """Your message

  Subject: Hello

was not delivered to:

  jane@example.com

because:

  User jane (jane@example.com) not listed in Domino Directory
""",
        HARD,
        subject="DELIVERY FAILURE: User jane (jane@example.com) not listed in Domino Directory",
        sender="Postmaster@example.com",
    ),
    "MailMarshal": notice(
        """Your message:
   From:    hello@acme.example
   Subject: Hello

Could not be delivered because of

550 5.1.1 User unknown

The following recipients were affected:
    jane@example.com
""",
        HARD,
        subject='Undeliverable Mail: "Hello"',
        sender="postmaster@mx.example.net",
    ),
    "Exchange in German": notice(
        """Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.

Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:

jane@example.com
Die von Ihnen eingegebene E-Mail-Adresse konnte nicht gefunden werden.
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
""",
        HARD,
        subject="Unzustellbar: Hallo",
        sender="postmaster@example.com",
    ),
    "qmail, refused as spam": notice(
        """<jane@example.com>:
192.0.2.1 failed after I sent the message.
Remote host said: 554 5.7.1 Message rejected as spam by Content Filtering.

--- Below this line is a copy of the message.

"""
        + COPY,
        BLOCK,
        subject="failure notice",
    ),
}
