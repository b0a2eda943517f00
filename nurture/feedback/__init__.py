"""Mail that comes back, understood: bounces, complaints, requests to stop, replies, and what machines answer.

Bytes in, one :class:`~nurture.feedback.model.Feedback` out, never an exception. ``letter`` takes a message apart within
bounds; ``dsn``, ``notices`` and ``prose`` find failures in it, ``arf`` complaints, ``answers`` who wrote; ``verdict``
says what a failure means; ``proof`` which touch it belongs to, if we can prove that it was ours.
"""
