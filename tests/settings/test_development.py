"""Settings for a developer's machine."""

import logging

import pytest

from jwt_auth_core.development import (
    ENCRYPTION_KEY_FILE,
    KEY_FILE,
    development_settings,
    page_variables,
)
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGj"


@pytest.fixture(autouse=True)
def empty_directory(tmp_path, monkeypatch):
    """Run where no `.env` lies."""
    monkeypatch.chdir(tmp_path)


def test_a_key_is_made_once_and_kept_private(tmp_path):
    """The first call writes a key with mode 0600, the next one reads it."""
    first = development_settings({}, directory=tmp_path / "var")
    second = development_settings({}, directory=tmp_path / "var")
    file = tmp_path / "var" / KEY_FILE
    assert first.jwt_key == second.jwt_key
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_line_says_so(tmp_path, caplog):
    """Whoever reads the log learns that a development key is in use."""
    with caplog.at_level(logging.WARNING, "jwt_auth.development"):
        settings = development_settings({}, directory=tmp_path)
    assert "set JWT_KEY in production" in caplog.text
    assert settings.jwt_key.reveal() not in caplog.text


def test_a_key_that_seals_is_kept_beside_it(tmp_path):
    """It is another one than the signing key; where it cannot be kept, nothing is sealed."""
    first, second = (development_settings({}, directory=tmp_path) for _ in range(2))
    assert first.encryption_keys == second.encryption_keys != (first.jwt_key,)
    assert (tmp_path / ENCRYPTION_KEY_FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / "taken").touch()
    assert development_settings({"JWT_KEY": KEY}, directory=tmp_path / "taken").encryption_keys == ()


def test_a_directory_that_takes_no_key(tmp_path):
    """Where the key cannot be kept, one sentence names the file, the reason and the variable to set."""
    (tmp_path / "var").touch()
    with pytest.raises(SettingsError, match=rf"JWT_KEY is not set, .*{tmp_path}/var/{KEY_FILE}: ") as caught:
        development_settings({}, directory=tmp_path / "var")
    assert "\n" not in str(caught.value).strip()


@pytest.mark.parametrize(
    ("held", "problem"),
    [(b"", "at least 32 bytes"), (KEY.encode() + b"\xff", "not UTF-8"), (b"x" * 40, "refused")],
)
def test_a_file_that_holds_no_key(tmp_path, held, problem):
    """A file that was cut short or overwritten is named, with what to do; the next start makes another."""
    (tmp_path / KEY_FILE).write_bytes(held)
    with pytest.raises(SettingsError, match=rf"{tmp_path}/{KEY_FILE} .*{problem}.*; delete the file"):
        development_settings({}, directory=tmp_path)
    (tmp_path / KEY_FILE).unlink()
    assert development_settings({}, directory=tmp_path).jwt_key


def test_a_given_key_is_used_and_no_file_is_made(tmp_path):
    """JWT_KEY and ENCRYPTION_KEYS in the environment win; nothing is written."""
    given = {"JWT_KEY": KEY, "ENCRYPTION_KEYS": KEY[::-1]}
    settings = development_settings(given, directory=tmp_path / "var")
    assert settings.jwt_key.reveal() == KEY
    assert not (tmp_path / "var").exists()


def test_cookies_go_over_plain_http_unless_told_otherwise(tmp_path):
    """Development turns Secure off; COOKIE_SECURE turns it on again."""
    assert development_settings({}, directory=tmp_path).cookie_secure is False
    assert development_settings({"COOKIE_SECURE": "true"}, directory=tmp_path).cookie_secure is True


def test_the_process_environment_is_the_default(tmp_path, monkeypatch):
    """Without a mapping the process environment counts."""
    monkeypatch.setenv("SERVICE_NAME", "shop")
    assert development_settings(directory=tmp_path).service_name == "shop"


def test_pages_have_something_to_show(tmp_path, monkeypatch):
    """Letters and passkeys are set up, unless somebody has said how."""
    settings = Settings.from_env(page_variables(port=8001, directory=tmp_path))
    assert (settings.public_url, settings.mail.url) == ("http://localhost:8001", Secret("console:"))
    monkeypatch.setenv("PUBLIC_URL", "https://shop.example")
    settings = Settings.from_env(page_variables(port=8001, directory=tmp_path))
    assert (settings.public_url, settings.mail.url) == ("https://shop.example", None)
