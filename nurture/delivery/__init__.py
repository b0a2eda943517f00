"""Mail on its way out: parts are composed to bytes, a transport sends them, its answer becomes a receipt.

    parts + envelope --compose--> bytes --dkim--> signed bytes --transport.send--> reply --outcome--> receipt

The transports (memory, Maildir, SMTP, the HTTP APIs of providers) hold the same contract, ``nurture.ports.Transport``.
"""
