"""The key is made once, kept private, and never replaced behind anyone's back."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from nurture.config import Settings
from nurture.errors import SetupError
from nurture.secret_key import secret


def test_a_key_is_made_once_and_kept_private(tmp_path):
    settings = Settings(home=tmp_path / "new")
    key = secret(settings)
    assert len(key) == 32
    assert secret(settings) == key
    assert [file.name for file in settings.home.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((settings.home / "secret.key").stat().st_mode) == 0o600


def test_a_key_that_is_set_is_used_and_no_file_is_made(tmp_path):
    settings = Settings(home=tmp_path / "new", secret_key="k" * 40)
    assert secret(settings) == b"k" * 40
    assert not settings.home.exists()


@pytest.mark.parametrize("torn", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_torn_key_file_is_refused_not_replaced(tmp_path, torn):
    (tmp_path / "secret.key").write_text(torn)
    with pytest.raises(SetupError, match=r"secret\.key.*backup"):
        secret(Settings(home=tmp_path))
    assert (tmp_path / "secret.key").read_text() == torn


def test_starting_together_gives_one_key(tmp_path):
    settings = [Settings(home=tmp_path)] * 16
    with ThreadPoolExecutor(16) as together:
        assert len(set(together.map(secret, settings))) == 1
