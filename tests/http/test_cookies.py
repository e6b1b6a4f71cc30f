"""The refresh cookie, byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_asgi.http.cookies.refresh_cookie import RefreshCookie
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

SECURE = RefreshCookie(secure=True, idle_seconds=1209600)
PLAIN = RefreshCookie(secure=False, idle_seconds=1209600)
NAME = "__Host-refresh_token"

KEY = "zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGjXe5Qa0"


def test_the_cookie_is_written_as_the_contract_says():
    """Every attribute is there, in this order, and no Domain."""  # CK-01
    line = "__Host-refresh_token=abc; Max-Age=1209600; Path=/; HttpOnly; Secure; SameSite=Strict"
    assert SECURE.set(Secret("abc"), session_ends_in=7776000) == line


def test_development_drops_the_prefix_and_secure_only():
    """Over plain http the name has no prefix and Secure is left out; the rest stays."""  # CK-01
    line = "refresh_token=abc; Max-Age=1209600; Path=/; HttpOnly; SameSite=Strict"
    assert PLAIN.set(Secret("abc"), session_ends_in=7776000) == line


def test_the_cookie_does_not_outlive_the_session():
    """Near the session's absolute end Max-Age is what is left of it."""  # CK-01
    assert "; Max-Age=60; " in SECURE.set(Secret("abc"), session_ends_in=60)


@pytest.mark.parametrize("cookie", [SECURE, PLAIN])
def test_clearing_uses_identical_attributes(cookie):
    """Apart from value and Max-Age the clearing line equals the setting line."""  # CK-07
    given = cookie.set(Secret("abc"), session_ends_in=5)
    assert cookie.clear() == given.replace("=abc;", "=;").replace("Max-Age=5", "Max-Age=0")


def test_the_attributes_come_from_the_settings():
    """COOKIE_SECURE, COOKIE_NAME and REFRESH_TOKEN_TTL_SECONDS decide."""
    one = Settings(
        jwt_key=Secret(KEY),
        cookie_secure=False,
        cookie_name="shop",
        refresh_token_ttl_seconds=60,
    )
    assert RefreshCookie.from_settings(one) == RefreshCookie(secure=False, idle_seconds=60, plain_name="shop")


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-shop"), (False, "shop")])
def test_a_name_of_its_own_gets_the_same_prefix(secure, name):
    """COOKIE_NAME stands behind __Host-, and alone over plain http; no other name is read."""  # CK-01
    cookie = RefreshCookie(secure=secure, idle_seconds=60, plain_name="shop")
    assert cookie.set(Secret("abc"), session_ends_in=60).startswith(f"{name}=abc; ")
    token = cookie.read([f"{NAME}=other; refresh_token=other; {name}=abc"])
    assert token is not None
    assert token.reveal() == "abc"


def test_a_plain_name_is_cleared_below_every_path():
    """Without the prefix a cookie of the name may stand below a longer path, and hide ours for ever."""
    # CK-07
    paths = [line.partition("Path=")[2].partition(";")[0] for line in PLAIN.clear_below("/a\r\n;b/auth")]
    assert paths == ["/a%0D%0A%3Bb/auth", "/a%0D%0A%3Bb/", "/a%0D%0A%3Bb", "/"]  # curl needs the last last
    assert SECURE.clear_below("/auth/refresh") == (SECURE.clear(),)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([f"{NAME}=abc-_9"], "abc-_9"),
        ([f"theme=dark; {NAME}=abc; lang=de"], "abc"),
        (["theme=dark", f"{NAME}=abc"], "abc"),  # RFC 9113 §8.2.3
        ([f"theme=dark;{NAME}=abc"], "abc"),
        ([f'odd="a b"; {NAME}=abc; =nameless; novalue; a=b=c'], "abc"),
        ([f"x{NAME}=evil; {NAME}x=evil; {NAME}=abc"], "abc"),
        ([f"note={NAME}=evil; {NAME}=abc"], "abc"),
        ([f'{NAME.upper()}=evil; "{NAME}"=evil; {NAME}=abc'], "abc"),
    ],
)
def test_our_cookie_is_found_among_others(lines, expected):
    """Cookies of other applications, however odd, do not matter."""
    token = SECURE.read(lines)
    assert token is not None
    assert token.reveal() == expected


@pytest.mark.parametrize("lines", [[], [""], ["theme=dark"], [f"{NAME}="], ["refresh_token=abc"], ["; ;"]])
def test_no_cookie_is_no_error(lines):
    """Without the cookie, or with an empty one, there is no token."""
    assert SECURE.read(lines) is None


@pytest.mark.parametrize(
    "line",
    [
        f"{NAME}=abc; {NAME}=def",
        f"{NAME}=abc; {NAME}=abc",
        f"{NAME}=abc; {NAME}=",
        f'{NAME}="abc"',
        f"{NAME}=a bc",
        f"{NAME}= abc",
        f"{NAME}=abc ",
        f"{NAME} =abc",
        f" \t{NAME}=abc",
        f"  {NAME}=abc",
        f"={NAME}=abc",
        f"=={NAME}=abc",
        f"; ={NAME}=abc; {NAME}=def",
        f"={NAME}",
        NAME.lower() + "=abc",
        NAME.upper() + "=abc",
        f'"{NAME}"=abc',
        f"{NAME}\t=abc",
        f"{NAME}=abc%20",
        f"{NAME}=abc.def",
        f"{NAME}=abc,def",
        f"{NAME}=\xe4",
        f"{NAME}=a=b",
        f"{NAME}=abc\x00",
        f"{NAME}=abc\n",
        "__Ho\u017ft-refresh_token=abc",
    ],
)
def test_look_alikes_and_doubles_are_refused(line):
    """Twice, quoted, spaced, nameless or in another case: no token, never guessed at."""  # CK-02
    assert SECURE.read([line]) is None


def test_two_lines_do_not_hide_a_double():
    """The same cookie in two header lines is a double as well."""  # CK-02
    assert SECURE.read([f"{NAME}=abc", f"{NAME}=def"]) is None


@settings(max_examples=200)
@given(st.lists(st.text(alphabet=st.characters(max_codepoint=255)), max_size=4))
def test_any_header_gives_a_token_or_none(lines):
    """Whatever bytes arrive, the answer is a token of the alphabet, or None."""
    token = SECURE.read(lines)
    assert token is None or token.reveal().replace("-", "").replace("_", "").isalnum()
