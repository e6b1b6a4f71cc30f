"""The device cookie, byte by byte; how it is read is tested with the refresh cookie."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.http.cookies.device_cookie import DeviceCookie
from jwt_auth_asgi.http.cookies.refresh_cookie import RefreshCookie
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from tests.auth_app.suite.client import PLANTED

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGjXe5Qa0"


def cookie(**options):
    """Return the cookie of settings."""
    return DeviceCookie.from_settings(Settings(jwt_key=Secret(KEY), **options))


def test_the_cookie_is_written_as_the_contract_says():
    """Every attribute is there, and no Domain; it lives a year."""
    line = "__Host-device=abc; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax"
    assert cookie().set(Secret("abc")) == line


def test_development_drops_the_prefix_and_secure_only():
    """Over plain http the name has no prefix and Secure is left out; the rest stays."""
    line = "device=abc; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax"
    assert cookie(cookie_secure=False).set(Secret("abc")) == line


def test_each_application_under_one_host_has_its_own():
    """COOKIE_NAME names both cookies, and neither takes the other's name."""
    assert cookie(cookie_name="shop").name == "__Host-shop_device"
    assert RefreshCookie(secure=True, idle_seconds=1, plain_name="shop").name == "__Host-shop"


def test_what_was_set_is_read():
    """Beside the refresh cookie, and in development."""
    for one in (cookie(), cookie(cookie_secure=False), cookie(cookie_name="shop")):
        assert one.read([f"x=1; {one.name}=abc; __Host-refresh_token=def"]) == Secret("abc")
        assert one.read(["__Host-refresh_token=def"]) is one.read([]) is None


@pytest.mark.parametrize("planted", PLANTED)
def test_what_others_planted_is_not_read(planted):
    """Twice, quoted, nameless, with other characters: it is no device at all."""  # CK-02
    assert cookie().read([planted.replace("__Host-refresh_token", "__Host-device")]) is None
