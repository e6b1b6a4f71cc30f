"""The URL of somebody whom we ask: what it may be."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings

KEY = {"JWT_KEY": "a key that only these tests of settings know"}


def problem(url):
    """Return what is wrong with a breach service."""
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({**KEY, "PASSWORD_BREACH_URL": url})
    return str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.pwnedpasswords.com/range",
        "https://mirror.example:8443/",
        "https://[2001:db8::1]/range",
        "http://127.0.0.1:8000/range",
        "http://localhost:8000",
        "http://[::1]/range",
    ],
)
def test_a_service_is_named_by_its_url(url):
    """Over https, or on this machine."""
    assert Settings.from_env({**KEY, "PASSWORD_BREACH_URL": url}).password_breach_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://mirror.example/range",
        "http://localhost.example/range",
        "https://me:hidden@mirror.example",
        "https://mirror.example/?key=hidden",
        "https://mirror.example/#hidden",
        "https://mirror.example:99999",
        "mirror.example",
        "https://",
    ],
)
def test_what_would_tell_or_is_none_is_refused(url):
    """The sentence names the variable and the limit, and not the value."""
    said = problem(url)
    assert "PASSWORD_BREACH_URL must be an https URL" in said
    assert "hidden" not in said
