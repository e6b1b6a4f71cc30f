"""Whatever is given to verify: a refusal of our own, early, cheap, and silent about its cause."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.tokens import AccessTokens, Limits
from jwt_auth_core.tokens.rules import Rules
from tests.tokens.conftest import verify_cold
from tests.tokens.forge import HEADER, NOW, RING, claims, forged, sealed
from tests.tokens.wrong import FOREIGN_CHARACTERS, THINGS, Liar, LyingBytes

MEGABYTES = 10_000_000


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_anything_is_refused_by_our_own_error(verify, thing):
    """Any object at all is an invalid token, never another exception."""  # JWT-15
    with pytest.raises(TokenInvalidError):
        verify(thing)


@pytest.mark.untraced
@settings(max_examples=300)
@given(
    st.text() | st.binary() | st.text(alphabet="eyJhbGciOi.-_=") | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*")
)
def test_any_text_is_refused(token):
    """Random texts and octets are invalid tokens."""  # JWT-15
    with pytest.raises(TokenInvalidError):
        verify_cold(token)


@settings(max_examples=300)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_signed_octets_are_refused(header, payload):
    """Random octets are invalid as a header, and as a payload, even with a right signature."""  # JWT-15
    for token in (forged(payload), forged(header=header)):
        with pytest.raises(TokenInvalidError):
            verify_cold(token)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 6000, '{"a":' * 1200])
@pytest.mark.parametrize("characters", [8192, 10**7])
def test_deep_json_is_refused(verify, text, characters):
    """JSON of any depth is refused without an exhausted stack, under any limit of length."""  # JWT-15
    limits = Limits(characters=characters)
    for token in (forged(text.encode()), forged(header=text.encode())):
        with pytest.raises(TokenInvalidError):
            verify(token, limits=limits)


@pytest.mark.parametrize(
    "token",
    [
        "a" * MEGABYTES,
        b"a" * MEGABYTES,
        "." * MEGABYTES,
        "\ud800" * MEGABYTES,
        Liar("a" * MEGABYTES),
        LyingBytes(MEGABYTES),
    ],
    ids=["text", "octets", "dots", "surrogates", "liar", "lying octets"],
)
def test_a_long_token_is_refused_without_work(token):
    """Ten megabytes are refused without 64 KiB of memory, hence without a look at them."""  # JWT-01
    tokens = AccessTokens(RING)
    tracemalloc.start()
    try:
        with pytest.raises(TokenInvalidError, match="longer than 8192 characters"):
            tokens.verify(token, now=NOW)
        assert tracemalloc.get_traced_memory()[1] < 65_536
    finally:
        tracemalloc.stop()


def test_the_longest_token(verify):
    """A token of the greatest length verifies, one character more does not."""  # JWT-01
    fill = 8192 - len(forged(claims(x="")))
    tokens = [forged(claims(x="a" * (fill * 3 // 4 + more))) for more in range(-2, 4)]
    assert {len(token) <= 8192 for token in tokens} == {True, False}
    for token in tokens:
        if len(token) <= 8192:
            assert verify(token).subject == "42"
        else:
            with pytest.raises(TokenInvalidError, match="longer"):
                verify(token)


@pytest.mark.parametrize("limit", [256, 100_000])
def test_the_length_is_configurable(verify, limit):
    """The limit of length is the configured one."""  # JWT-01
    token = forged(claims(x="a" * 9000))
    if len(token) <= limit:
        assert verify(token, limits=Limits(characters=limit)).subject == "42"
    else:
        with pytest.raises(TokenInvalidError, match="longer than 256"):
            AccessTokens(RING, limits=Limits(characters=limit)).verify(token, now=NOW)


@pytest.mark.parametrize("character", FOREIGN_CHARACTERS)
@pytest.mark.parametrize("place", [0, 5, 100, 130, -44, -43, -20, 10**4], ids=str)
def test_a_foreign_character_is_refused_anywhere(verify, character, place):
    """One foreign character, put anywhere into a valid token, makes it invalid."""  # JWT-01, JWT-03
    token = forged()
    with pytest.raises(TokenInvalidError):
        verify(token[:place] + character + token[place:])
    with pytest.raises(TokenInvalidError):
        verify((token[:place] + character + token[place:]).encode("utf-8", "surrogatepass"))


def test_text_and_octets_are_one_token(verify):
    """A token may be given as text, as octets, or as a subclass of either."""
    token = forged()
    forms = [token, token.encode(), Liar(token), LyingBytes(token.encode())]
    assert [verify(form) for form in forms] == [verify(token)] * 4


def test_no_payload_is_parsed_before_its_mac(monkeypatch):
    """With a wrong MAC the payload is neither decoded nor read."""  # JWT-02
    looked = []
    monkeypatch.setattr(Rules, "read", lambda *_args, **_kwargs: looked.append("read"))
    tokens = AccessTokens(RING)
    message, _, signature = forged().rpartition(".")
    for wrong in ("", "A" * 43, signature[:-1], signature + "A", signature.swapcase()):
        with pytest.raises(TokenInvalidError, match="signature"):
            tokens.verify(f"{message}.{wrong}", now=NOW)
    assert looked == []


def test_the_mac_is_over_the_received_text(verify):
    """The same header and payload in another JSON spelling need another MAC."""  # JWT-02
    header = b64url_encode(json.dumps(HEADER).encode())
    one, other = (b64url_encode(json.dumps(claims(), indent=indent).encode()) for indent in (None, 0))
    signature = sealed(header, one).rpartition(".")[2]
    with pytest.raises(TokenInvalidError, match="signature"):
        verify(f"{header}.{other}.{signature}")
