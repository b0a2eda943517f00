"""Mail that comes back, understood: bounces, complaints, requests to stop, replies, and what machines answer.

Bytes in, one :class:`~nurture.feedback.model.Feedback` out, never an exception.

    letter ── systems ─ prose ─ named     a notice in words: is it one, what does it say, of whom
         ├─── dsn                         a report of RFC 3464
         │        └ verdict ─ causes      what a failure means for the address
         ├─── notices, arf                reports of providers, complaints
         ├─── answers ─ reply_text        who writes, and what
         └─── proof                       which touch it is about, if a signature of ours proves one
"""
