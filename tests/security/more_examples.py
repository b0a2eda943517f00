"""A pytest plugin: properties try as many examples as SECURITY_EXAMPLES says, where they say no number themselves."""

import os

import hypothesis


def pytest_collection(session: object) -> None:
    """After the harness has loaded its own profile."""
    hypothesis.settings.register_profile(
        "security", deadline=None, print_blob=True, max_examples=int(os.environ["SECURITY_EXAMPLES"])
    )
    hypothesis.settings.load_profile("security")
