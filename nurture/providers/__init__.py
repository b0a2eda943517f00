"""What mail providers report by webhook, in one form for all of them.

    request ─ proof ─ is it theirs?        signature, age, or a password that we chose
            └ <provider> ─ reports         one file a provider: its fields, and a table of what each event means
                   └ body                  JSON, forms, numbers and moments that may be anything

Bytes in, :class:`~nurture.providers.model.Report` values out. Whatever the bytes are, reading them raises nothing; an
event that no table knows is a report of the kind ``unknown``, and keeps what it said.
"""
