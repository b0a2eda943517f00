"""A pipelined SMTP client.

    transport ── a route's kept connections
    └─ dispatch ── one run of messages: who sends what next, by one selector loop
       └─ connection ── the bytes: socket, TLS, deadlines
          └─ script ── the conversation: opening, then transaction after transaction (envelope, body, outcome)

Scripts know no sockets and connections know no mail, so each fault of a server has one place.
"""

from nurture.delivery.smtp.route import Login, Security, SmtpRoute, Timeouts
from nurture.delivery.smtp.transport import SmtpTransport

__all__ = ["Login", "Security", "SmtpRoute", "SmtpTransport", "Timeouts"]
