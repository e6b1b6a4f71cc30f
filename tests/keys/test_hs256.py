"""HS256: the published vectors, the secrets that it refuses, and what it shows of itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys import Hs256Key, KeyRing, hs256
from jwt_auth_core.vocabulary import Secret

VECTORS = Path(__file__).parents[1] / "vectors"
A1 = json.loads((VECTORS / "rfc7515_a1.json").read_text("utf-8"))
RFC4231 = json.loads((VECTORS / "rfc4231_hmac_sha256.json").read_text("utf-8"))["cases"]
SECRET = "only the tests of the keys know this secret"


@pytest.fixture
def any_secret(monkeypatch):
    """Let published secrets pass, so that published vectors can be run."""
    monkeypatch.setattr(hs256, "weakness", lambda _secret: None)


@pytest.mark.usefixtures("any_secret")
def test_the_example_of_the_standard():
    """RFC 7515 A.1: header and payload encode, sign and verify as printed."""  # JWT-20
    key = Hs256Key(b64url_decode(A1["key"]))
    message, _, signature = A1["token"].encode().rpartition(b".")
    assert message == b".".join(b64url_encode(A1[part].encode()).encode() for part in ("header", "payload"))
    assert key.sign(message) == signature
    assert key.verify(message, signature)


@pytest.mark.usefixtures("any_secret")
@pytest.mark.parametrize("case", RFC4231)
def test_the_macs_of_the_standard(case):
    """RFC 4231: keys shorter and longer than a block, data of several blocks."""  # JWT-20
    key = Hs256Key(bytes.fromhex(case["key"]))
    assert b64url_decode(key.sign(bytes.fromhex(case["data"]))).hex() == case["mac"]


@given(st.binary(min_size=32, max_size=200), st.binary(max_size=300))
def test_it_agrees_with_the_standard_library(secret, message):
    """The prepared states give what hmac gives."""
    try:
        key = Hs256Key(secret)
    except WeakKeyError:
        return
    assert b64url_decode(key.sign(message)) == hmac.digest(secret, message, "sha256")


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_an_opening_is_hashed_ahead(opening, rest):
    """A key after an opening signs and verifies the rest as the key itself does both together."""
    key = Hs256Key(SECRET)
    ahead = key.after(opening)
    assert ahead.sign(rest) == key.sign(opening + rest)
    assert ahead.verify(rest, key.sign(opening + rest))
    assert ahead.after(rest).sign(b"") == key.sign(opening + rest)
    assert (ahead.key_id, ahead.algorithm, ahead.can_sign) == (key.key_id, key.algorithm, key.can_sign)


def test_only_the_canonical_signature_verifies():
    """Padding, the standard alphabet, another case, set bits, a prefix: none is the signature."""  # JWT-03
    key = Hs256Key(SECRET)
    right = key.sign(b"message")
    last = bytes([right[-1] + 1])
    others = [right + b"=", right[:-1], right[:-1] + last, right.swapcase(), b"", right + b"A", b" " + right]
    assert key.verify(b"message", right)
    assert not any(key.verify(b"message", other) for other in others)
    assert not key.verify(b"Message", right)


def test_signatures_are_compared_in_constant_time(monkeypatch):
    """The comparison is hmac.compare_digest, never ``==``."""  # JWT-17
    compared = []
    monkeypatch.setattr(hs256, "compare_digest", lambda *pair: compared.append(pair) or True)
    key = Hs256Key(SECRET)
    assert key.verify(b"message", b"anything")
    assert compared == [(key.sign(b"message"), b"anything")]


def test_the_key_schedule_is_prepared_once(monkeypatch):
    """After construction no hash is started anew."""  # JWT-17
    key = Hs256Key(SECRET)
    monkeypatch.setattr(hashlib, "sha256", None)
    assert key.verify(b"message", key.sign(b"message"))


def test_a_secret_may_be_text_octets_or_masked():
    """The same secret in its three forms is the same key, also to PyJWT's users (UTF-8)."""
    forms = [Hs256Key(SECRET), Hs256Key(SECRET.encode()), Hs256Key(Secret(SECRET))]
    assert {key.sign(b"message") for key in forms} == {forms[0].sign(b"message")}
    assert {key.key_id for key in forms} == {forms[0].key_id}


def test_the_key_id_is_stable_and_tells_nothing():
    """Processes that share a secret agree on its name; it is a separate MAC, cut to 64 bits."""
    name = Hs256Key(SECRET).key_id
    whole = hmac.digest(SECRET.encode(), b"jwt-auth key id 1", "sha256")
    assert name == b64url_encode(whole[:8])
    assert Hs256Key(SECRET + "!").key_id != name
    assert Hs256Key(SECRET, key_id="2026-11").key_id == "2026-11"


def test_what_a_key_is():
    """One algorithm, and able to sign."""  # JWT-05
    key = Hs256Key(SECRET)
    assert (key.algorithm, key.can_sign) == ("HS256", True)


def test_nothing_shows_the_secret():
    """The repr has the public name only, and the secret is not kept at all."""  # JWT-16
    secret = secrets.token_urlsafe(48)
    key = Hs256Key(secret)
    assert repr(key) == f"Hs256Key(key_id={key.key_id!r})"
    kept = [getattr(key, name) for name in Hs256Key.__slots__]
    assert not any(secret in repr(value) for value in kept)


def test_a_traceback_with_variables_does_not_show_a_refused_secret():
    """What a crash reporter collects from the frames has no secret (JWT-16)."""
    refused = "hunter2-is-too-short"
    try:
        KeyRing.from_secret(Secret(SECRET), previous=[Secret(refused)])
    except WeakKeyError as error:
        inner = error.__traceback__.tb_next
        report = "".join(
            traceback.StackSummary.extract(traceback.walk_tb(inner), capture_locals=True).format()
        )
    assert "from_secret" in report
    assert refused not in report
    assert SECRET not in report


@pytest.mark.parametrize("secret", [None, 5, ["x" * 32], bytearray(range(32)), memoryview(bytes(range(32)))])
def test_what_is_no_secret_is_refused(secret):
    """None and other objects are refused like weak secrets; there is no default."""  # JWT-06
    with pytest.raises(WeakKeyError, match="neither text nor bytes"):
        Hs256Key(secret)


@pytest.mark.parametrize("secret", ["", b"", "x", Secret(""), SECRET[:31], bytes(range(31)), "é" * 15])
def test_a_short_secret_is_refused(secret):
    """Fewer than 32 bytes are refused, with the number of bytes and a command that makes more."""  # JWT-06
    with pytest.raises(
        WeakKeyError, match=r"it has \d+ bytes, at least 32 are needed; make one with"
    ) as caught:
        Hs256Key(secret)
    assert "tests of the keys" not in str(caught.value)


def test_bytes_count_not_characters():
    """32 octets suffice, in however many characters."""  # JWT-06
    assert Hs256Key("äöüßçéñøœπ€漢字λø").can_sign
