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
    words,
    bounce,
    *,
    subject,
    sender="Mail Delivery System <MAILER-DAEMON@mx.example.net>",
    fields="",
    path="<>",
    is_delay=False,
):
    """A notice with these words; *fields* are more of its header, *path* its Return-Path, None for none."""
    head = (
        (f"Return-Path: {path}\n" if path else "")
        + f"From: {sender}\nTo: b+00@acme.example\nSubject: {subject}\n"
        + f"Date: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <x@mx.example.net>\n{fields}\n"
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
    "Postfix in words": notice(
        """This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

                   The mail system

<jane@example.com>: host mx.example.com[192.0.2.1] said: 550 5.1.1
    <jane@example.com>: Recipient address rejected: User unknown in virtual
    mailbox table (in reply to RCPT TO command)
""",
        HARD,
        subject="Undelivered Mail Returned to Sender",
    ),
    "Postfix still trying": notice(
        """This is the mail system at host mx.example.net.

####################################################################
# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
####################################################################

Your message could not be delivered for more than 4 hour(s).
It will be retried until it is 5 day(s) old.

<jane@example.com>: host mx.example.com[192.0.2.1] said: 450 4.2.0 greylisted (in reply to RCPT TO command)
""",
        SOFT,
        subject="Delayed Mail (still being retried)",
        is_delay=True,
    ),
    "InterScan": notice(
        """This is a InterScan mail delivery notice

   Sent >>> RCPT TO:<jane@example.com>
   Received <<< 550 5.1.1 <jane@example.com>... User unknown

Unable to deliver message to <jane@example.com>
""",
        HARD,
        subject="Mail could not be delivered",
        sender='"InterScan MSS" <postmaster@mx.example.net>',
    ),
    "Active!hunter": notice(
        """  ----- The following addresses had permanent fatal errors -----

>>>>>>>>>>>> server's response
>>> jane@example.com

550 sorry, no mailbox here by that name (#5.1.1 - chkusr)
""",
        HARD,
        subject="FAILURE NOTICE :",
        sender="MAILER-DAEMON@mx.example.net",
    ),
    "EZweb": notice(
        """The user(s) account is disabled or unknown.

<jane@example.com>: Recipient unknown

   -----   Original message   -----
"""
        + COPY,
        HARD,
        subject="Mail System Error - Returned Mail",
        sender="<Postmaster@example.com>",
    ),
    "Exchange 5.5": notice(
        """Your message

  To:      jane@example.com
  Subject: Hello
  Sent:    Mon, 2 Mar 2026 10:00:00 -0000

did not reach the following recipient(s):

jane@example.com on Mon, 2 Mar 2026 10:00:01 -0000
    The recipient name is not recognized
	The MTS-ID of the original message is: c=us;a= ;p=example;l=MX0
    MSEXCH:IMS:Example:MAIL:MX 0 (000C05A6) Unknown Recipient
""",
        HARD,
        subject="Undeliverable: Hello",
        sender="System Administrator <postmaster@example.com>",
    ),
    "Gmail, no such address": notice(
        """
** Address not found **

Your message wasn't delivered to jane@example.com because the address couldn't be found, or is unable to receive mail.

The response from the remote server was:
550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces.
""",
        HARD,
        subject="Delivery Status Notification (Failure)",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        fields="X-Failed-Recipients: jane@example.com\nAuto-Submitted: auto-replied\n",
    ),
    "Gmail, inbox full": notice(
        """
** Recipient inbox full **

Your message couldn't be delivered to jane@example.com. Their inbox is full, or it's getting too much mail right now.

The response was:
452 4.2.2 The email account that you tried to reach is over quota.
""",
        SOFT,
        subject="Delivery Status Notification (Failure)",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        fields="X-Failed-Recipients: jane@example.com\n",
    ),
    "Gmail of 2012": notice(
        """Delivery to the following recipient failed permanently:

     jane@example.com

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the recipient domain. We recommend contacting the other email provider for further information about the cause of this error. The error that the other server returned was: 550 550 5.1.1 <jane@example.com>: Recipient address rejected: User unknown in local recipient table (state 13).

----- Original message -----

"""
        + COPY,
        HARD,
        subject="Delivery Status Notification (Failure)",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    ),
    "Yahoo": notice(
        """Sorry, we were unable to deliver your message to the following address.

<jane@example.com>:
Remote host said: 550 5.1.1 <jane@example.com>: Recipient address rejected: User unknown
 [RCPT_TO]
""",
        HARD,
        subject="Failure Notice",
        sender="MAILER-DAEMON@yahoo.com",
    ),
    "a suspended mailbox": notice(
        """<jane@example.com>: host mx said: 554 delivery error: This user's mailbox is currently suspended (in reply to RCPT TO command)
""",
        SOFT,
        subject="Undelivered Mail Returned to Sender",
    ),
    "Office 365 in HTML": notice(
        """<html><body><p><b>Your message to jane@example.com couldn't be delivered.</b></p><p>jane wasn't found at example.com.</p><table><tr><td>hello</td><td>Office 365</td><td>jane</td></tr></table><p>Unknown To address</p><p>Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient jane@example.com not found by SMTP address lookup'</p></body></html>""",
        HARD,
        subject="Undeliverable: Hello",
        sender="postmaster@acme.onmicrosoft.com",
        fields="Content-Type: text/html; charset=utf-8\n",
    ),
    "docomo": notice(
        """The following error(s) were occurred.

 550 Unknown user jane@example.com

Original message:
"""
        + COPY,
        HARD,
        subject="Mail System Error - Returned Mail",
        sender="<Postmaster@docomo.ne.jp>",
    ),
    "Exchange in French": notice(
        """Échec de la remise pour ces destinataires ou groupes :

jane@example.com
L'adresse de messagerie que vous avez entrée est introuvable.
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
""",
        HARD,
        subject="Échec de la remise : Hello",
        sender="postmaster@example.com",
    ),
    "Exchange in Spanish": notice(
        """No se pudo entregar el mensaje a los siguientes destinatarios:

jane@example.com
No se encontró la dirección de correo electrónico.

#< #5.1.1 SMTP; 550 5.1.1 unknown recipient>
""",
        HARD,
        subject="No se puede entregar: Hello",
        sender="postmaster@example.com",
    ),
    "1&1": notice(
        """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of
its recipients. This is a permanent error.

The following address failed:

    "jane@example.com":
    SMTP error from remote server for RCPT TO command, host: mx.example.com (192.0.2.1) reason: 550 5.1.1 jane@example.com User does not exist

--- The header of the original message is following. ---

"""
        + COPY,
        HARD,
        subject="Mail delivery failed: returning message to sender",
        sender='"Mail Delivery System" <mailer-daemon@kundenserver.de>',
    ),
    "GMX": notice(
        """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to
one or more of its recipients. The following addresses
failed:

"jane@example.com"
SMTP error from remote server after RCPT command:
host: mx.example.com
5.1.1 <jane@example.com>: Recipient address rejected: User unknown in virtual mailbox table

--- The header of the original message is following. ---
"""
        + COPY,
        HARD,
        subject="Mail delivery failed: returning message to sender",
        sender='"GMX Mailer Daemon" <mailer-daemon@gmx.de>',
    ),
    "GroupWise": notice(
        """The message that you sent was undeliverable to the following:
	jane (user not found)

"""
        + COPY,
        HARD,
        subject="Message status - undeliverable",
        sender="<Postmaster@example.com>",
    ),
    "Domino": notice(
        """Your message

  Subject: Hello

was not delivered to:

  jane@example.com

because:

  550 5.1.1 <jane@example.com>... User unknown
""",
        HARD,
        subject="DELIVERY FAILURE: 550 5.1.1 User unknown",
        sender="postmaster@example.com",
    ),
    "MDaemon": notice(
        """The attached message had PERMANENT fatal delivery errors!

After one or more unsuccessful delivery attempts the attached message has
been removed from the mail queue on this server.  The number and frequency
of delivery attempts are determined by local configuration parameters.

Failed address: jane@example.com

--- Session Transcript ---
 Mon 2026-03-02 10:00:00: --> RCPT To:<jane@example.com>
 Mon 2026-03-02 10:00:00: <-- 550 5.1.1 <jane@example.com>... User unknown
--- End Transcript ---
""",
        HARD,
        subject="Permanent Delivery Failure",
        sender="MDaemon at mx.example.net <MDAEMON@mx.example.net>",
    ),
    "a filter without the null sender": notice(
        """Your message to jane@example.com was rejected because it contains a blocked attachment.
""",
        BLOCK,
        subject="Message rejected",
        sender="postmaster@example.com",
        path=None,
    ),
    "Barracuda": notice(
        """Your message to: jane@example.com
was blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:

Subject: Hello
""",
        BLOCK,
        subject="**Message you sent blocked by our bulk email filter**",
        sender="Barracuda <postmaster@example.com>",
    ),
    "CommuniGate": notice(
        """--_===1===_
Content-Type: text/plain

Failed to deliver to 'jane@example.com'
SMTP module(domain example.com) reports:
 mx.example.com said: 550 5.1.1 User unknown

--_===1===_
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Original-Recipient: rfc822;<jane@example.com>
Final-Recipient: system;<jane@example.com>
Action: failed
Status: 5.0.0

--_===1===_--
""",
        HARD,
        subject="Undeliverable mail: Hello",
        sender="<MAILER-DAEMON@mx.example.net>",
        fields='Content-Type: multipart/report; report-type=delivery-status; boundary="_===1===_"\n',
    ),
    "a host that does not answer": notice(
        """<jane@example.com>: connect to mx.example.com[192.0.2.1]:25: Connection timed out
""",
        SOFT,
        subject="Undelivered Mail Returned to Sender",
    ),
    "a person who has moved": notice(
        """<jane@example.com>:
550 5.1.6 Mailbox jane@example.com has moved; please try <jane.doe@example.org>

--- Below this line is a copy of the message.

"""
        + COPY,
        HARD,
        subject="failure notice",
    ),
    "a delay as DSN": notice(
        """--b
Content-Type: text/plain

Delivery to these recipients has been delayed.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns;x

Final-Recipient: rfc822;jane@example.com
Action: delayed
Status: 4.4.7

--b--
""",
        SOFT,
        subject="Delivery Status Notification (Delay)",
        sender="postmaster@example.com",
        fields='Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n',
        is_delay=True,
    ),
    "a DSN of RFC 6533": notice(
        """--b
Content-Type: text/plain

x
--b
Content-Type: message/global-delivery-status

Reporting-MTA: dns;x

Final-Recipient: utf-8;jane@example.com
Action: failed
Status: 5.1.1

--b--
""",
        HARD,
        subject="Undelivered Mail Returned to Sender",
        fields='Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n',
    ),
    "a DSN in base64": notice(
        """--b
Content-Type: text/plain

x
--b
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

UmVwb3J0aW5nLU1UQTogZG5zO3gKCkZpbmFsLVJlY2lwaWVudDogcmZjODIyO2phbmVAZXhhbXBsZS5jb20KQWN0aW9uOiBmYWlsZWQKU3RhdHVzOiA1LjEuMQo=
--b--
""",
        HARD,
        subject="Undelivered Mail Returned to Sender",
        fields='Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n',
    ),
    "a DSN without an action": notice(
        """--b
Content-Type: text/plain

x
--b
Content-Type: message/delivery-status

Reporting-MTA: dns;x

Final-Recipient: rfc822; <jane@example.com>
Status: 5.1.1 (bad destination mailbox address)
Diagnostic-Code: smtp; 550 5.1.1

--b--
""",
        HARD,
        subject="Undelivered Mail Returned to Sender",
        fields='Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n',
    ),
    "vpopmail": notice(
        """Hi. This is the qmail-send program at mx.
<jane@example.com>:
Sorry, no mailbox here by that name. vpopmail (#5.1.1)
""",
        HARD,
        subject="failure notice",
    ),
    "Bigpond": notice(
        """Your message was not able to be delivered to the following addresses:

jane@example.com
Reason: 550 Invalid recipient: <jane@example.com>
""",
        HARD,
        subject="Delivery Status Notification",
        sender="Mail Delivery Service <mailer-daemon@bigpond.com>",
    ),
    "SurgeMail": notice(
        """Your mail was not delivered to: jane@example.com. Reason: No such user here
""",
        HARD,
        subject="Returned mail: User Unknown",
        sender="Postmaster <postmaster@example.com>",
    ),
    "MailEnable": notice(
        """MailEnable: Message Delivery Failure.

Reason: ME-E0111: The destination server for this recipient could not be found in Domain Name Service (DNS). Please verify the email address and retry.

Message Follows:
"""
        + COPY,
        HARD,
        subject="Message Delivery Failure",
        sender="Postmaster <postmaster@example.com>",
    ),
    "SmarterMail": notice(
        """Could not deliver message to the following recipient(s):

Failed Recipient: jane@example.com
Reason: Remote host said: 550 5.1.1 User unknown

   -- The header and top 20 lines of the message follows --

"""
        + COPY,
        HARD,
        subject="Delivery Failure",
        sender="System Administrator <postmaster@example.com>",
    ),
    "IronPort": notice(
        """The following message to <jane@example.com> was undeliverable.
The reason for the problem:
5.1.0 - Unknown address error 550-'5.1.1 <jane@example.com>: Recipient address rejected: User unknown'
""",
        HARD,
        subject="Delivery Status Notification (Failure)",
        sender="Mail Delivery System <MAILER-DAEMON@ironport.example.com>",
    ),
    "MessageLabs": notice(
        """This is an automatically generated Delivery Status Notification.

Delivery to the following recipients failed.

       jane@example.com

Reason: 550 5.1.1 Requested action not taken: mailbox unavailable
""",
        HARD,
        subject="Mail delivery failed",
        sender="MAILER-DAEMON@messagelabs.com",
    ),
    "Mail.Ru": notice(
        """This message was created automatically by mail delivery software.
The following address(es) failed:
  jane@example.com
    SMTP error from remote mail server after end of data:
    550 spam message rejected. Please visit http://help.mail.ru/notspam-support/
""",
        BLOCK,
        subject="Mail failure.",
        sender="mailer-daemon@corp.mail.ru",
        fields="X-Failed-Recipients: jane@example.com\n",
    ),
}
