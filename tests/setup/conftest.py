"""No setting of the machine that runs the tests takes part in them."""

import os

import pytest


@pytest.fixture(autouse=True)
def a_bare_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("NURTURE_")]:
        monkeypatch.delenv(name)
