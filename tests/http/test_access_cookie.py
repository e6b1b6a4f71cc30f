"""The access cookie, byte by byte."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.http.cookies.access_cookie import LONGEST, AccessCookie, TokenTooLargeError
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

SECURE = AccessCookie(secure=True)
NAME = "__Host-access_token"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2ln-_"
KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGjXe5Qa0"


def test_it_is_written_as_the_contract_says():
    """Every attribute is there, Lax, no Domain; development drops the prefix and Secure only."""  # CK-01
    attributes = f"{TOKEN}; Max-Age=900; Path=/; HttpOnly"
    assert SECURE.set(TOKEN, expires_in=900) == f"{NAME}={attributes}; Secure; SameSite=Lax"
    plain = AccessCookie(secure=False)
    assert plain.set(TOKEN, expires_in=900) == f"access_token={attributes}; SameSite=Lax"


def test_clearing_uses_identical_attributes():
    """Apart from value and Max-Age the clearing line equals the setting line."""  # CK-07
    assert SECURE.clear() == SECURE.set("abc", expires_in=5).replace("abc;", ";").replace("=5", "=0")


def test_it_is_read_strictly():
    """One that comes twice, quoted or nameless is not ours; dots are, where the refresh cookie has none."""
    # CK-02
    assert SECURE.read([f"a=b; {NAME}={TOKEN}"]) == Secret(TOKEN)
    for line in (f"{NAME}={TOKEN}; {NAME}={TOKEN}", f'{NAME}="{TOKEN}"', f"={NAME}={TOKEN}", f"{NAME}=a b"):
        assert SECURE.read([line]) is None
        assert SECURE.is_among([line])


def test_one_that_no_browser_keeps_is_refused():
    """4096 characters with its attributes; the message has the figures and no token."""
    room = LONGEST - len(SECURE.set("", expires_in=900))
    assert len(SECURE.set("x" * room, expires_in=900)) == LONGEST
    with pytest.raises(TokenTooLargeError, match=r"has 4097 characters, and browsers keep 4096") as caught:
        SECURE.set("x" * (room + 1), expires_in=900)
    assert "xxx" not in str(caught.value)


def test_the_attributes_come_from_the_settings():
    """COOKIE_SECURE and ACCESS_COOKIE_NAME decide."""
    one = Settings(jwt_key=Secret(KEY), cookie_secure=False, access_cookie_name="shop_access")
    assert AccessCookie.from_settings(one) == AccessCookie(secure=False, plain_name="shop_access")


@pytest.mark.parametrize("name", ["refresh_token", "registration", "device"])
def test_it_takes_no_other_cookies_name(name):
    """A setting that names one of our other cookies is refused at start-up, and so is no name at all."""
    with pytest.raises(SettingsError, match="ACCESS_COOKIE_NAME must differ from COOKIE_NAME"):
        Settings(jwt_key=Secret(KEY), access_cookie_name=name)
    with pytest.raises(SettingsError, match="ACCESS_COOKIE_NAME must be 1 to 64 letters"):
        Settings(jwt_key=Secret(KEY), access_cookie_name="shop; Path=/")
