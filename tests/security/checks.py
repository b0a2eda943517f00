"""The table of `make security`: what is promised, and the tests that hold it. `docs/security.md` tells the same in words.

A check is no test of its own: each row names tests of `make test`, which the command runs again with many more examples.
"""

import msgspec


class Check(msgspec.Struct, frozen=True):
    """A promise and the files, or single tests, that hold it; *only* picks tests of them by their names."""

    key: str
    what: str
    tests: tuple[str, ...]
    only: str = ""


CHECKS = (
    Check(
        "SEC1",
        "attacks in every field, in every page, address, mail, CSV and log",
        ("tests/security/test_attacks.py",),
    ),
    Check(
        "SEC2",
        "mails that would take the process with them",
        ("tests/content/test_mail_bombs.py", "tests/content/test_proof.py", "tests/content/test_sandbox.py"),
    ),
    Check(
        "SEC3",
        "webhooks of ten providers: altered, another key, another moment, SNS host and topic",
        ("tests/providers/test_provider_proofs.py", "tests/identity/test_webhook_signatures.py"),
    ),
    Check(
        "SEC3",
        "webhooks that come again, in any order, at once, and with a failure of ours in the middle",
        ("tests/engine/test_provider_events.py", "tests/chaos/test_webhook_orders.py"),
    ),
    Check("SEC4", "every route for every role and for nobody", ("tests/webapp/test_web_rights.py",)),
    Check(
        "SEC5",
        "SSRF by webhooks: private addresses, rebinding, redirects",
        ("tests/delivery/test_outgoing.py",),
    ),
    Check(
        "SEC5",
        "logins and sessions: a new password, another role, links, guesses",
        ("tests/webapp/test_web_login.py",),
    ),
    Check(
        "SEC5",
        "forms of other sites, scripts of mails, names of others",
        ("tests/webapp/test_web_safety.py", "tests/webapp/test_web_sent_again.py"),
    ),
    Check(
        "SEC5",
        "holes of peers: SQL in filters, exports, kept scripts, readable secrets, time of a login",
        ("tests/webapp/test_web_known_holes.py",),
    ),
    Check(
        "SEC5",
        "templates that reach the environment; archives that climb out of their folder",
        ("tests/content/test_sandbox.py", "tests/capture/test_exports.py"),
    ),
    Check(
        "SEC6",
        "bodies of providers, paths and bodies of the tracking host, YAML of a programme",
        (
            "tests/providers/test_provider_bodies.py",
            "tests/tracking/test_tracking_app.py",
            "tests/content/test_format.py",
        ),
    ),
    Check(
        "SEC6",
        "mail that comes back, whatever it says",
        ("tests/feedback/test_feedback_bounds.py",),
    ),
    Check("SEC6", "files of leads", ("tests/capture/test_rejects.py", "tests/capture/test_sniff.py")),
    Check("SEC6", "odd values, lying forms, notes and conditions", ("tests/engine/test_hostile.py",)),
    Check(
        "SEC6",
        "a mail's front matter that cannot be read",
        ("tests/webapp/test_web_texts.py",),
        only="front_matter or bomb",
    ),
    Check(
        "SEC8",
        "tokens: each bit, cuts, guesses, another purpose",
        ("tests/identity/test_identity_tokens.py",),
    ),
)
