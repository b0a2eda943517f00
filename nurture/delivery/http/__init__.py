"""Mail through a provider's HTTP API.

    transport ── kept lines: an event loop and its connections
    └─ dispatch ── one run of messages: how many at once, when to wait, when to stop asking
       └─ exchange ── one request, and what it is known to have done
          └─ a provider ── a table: the request made of a message, and what its answers mean

A provider signs with its own DKIM key and puts its own return path; what became of a mail it tells later by webhook, which
finds its touch by the signed number that each request carries (``nurture.engine.provider_touch``).
"""

from nurture.delivery.http.known import KNOWN
from nurture.delivery.http.provider import Account
from nurture.delivery.http.transport import HttpTransport, Patience

__all__ = ["KNOWN", "Account", "HttpTransport", "Patience"]
