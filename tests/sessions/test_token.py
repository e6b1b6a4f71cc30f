"""Refresh tokens: the format byte by byte, and what is refused."""

import base64
import hashlib
import hmac
import pickle
import struct

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.errors import RefreshInvalidError, UnavailableError, WeakKeyError
from jwt_auth_core.sessions.session import new_session_id
from jwt_auth_core.sessions.token import TOKEN_CHARACTERS, Presented, RefreshTokens, session_of
from jwt_auth_core.vocabulary import SessionId

SECRET = b"the signing secret of these tests"
SESSION = SessionId("00112233445566778899aabbccddeeff")
TOKENS = RefreshTokens([SECRET], random=lambda count: b"\x07" * count)


def key(secret=SECRET):
    """Derive the MAC key by another implementation of RFC 5869."""
    purpose = b"jwt-auth refresh token v1"
    return HKDF(algorithm=SHA256(), length=32, salt=b"jwt-auth", info=purpose).derive(secret)


def assembled(mac_key, *, version=1, generation=3, parent=b"p" * 32):
    """Assemble a token by hand."""
    body = struct.pack(">B16sI", version, bytes.fromhex(SESSION), generation) + b"s" * 32 + parent
    octets = body + hmac.new(mac_key, body, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(octets).decode(), hashlib.sha256(octets).digest()


def refused(text, tokens=TOKENS):
    """Say whether a text is refused, with the one error there is."""
    try:
        tokens.parse(text)
    except RefreshInvalidError:
        return True
    return False


def test_a_token_is_117_bytes_in_156_characters():
    """Version, session, generation, secret, parent and MAC, in unpadded base64url."""
    octets = base64.urlsafe_b64decode(TOKENS.first(SESSION).text.reveal())
    assert (len(octets), TOKEN_CHARACTERS) == (117, 156)
    assert octets[:21] == b"\x01" + bytes.fromhex(SESSION) + bytes(4)
    assert octets[21:85] == b"\x07" * 32 + bytes(32)


def test_what_another_hand_made_is_parsed():
    """The format and the derived key are as documented."""
    text, digest = assembled(key())
    assert TOKENS.parse(text) == Presented(SESSION, 3, digest, b"p" * 32)


def test_a_child_is_bound_to_its_parent():
    """A child names its parent's digest and the next generation."""
    first = TOKENS.first(SESSION)
    parent = TOKENS.parse(first.text.reveal())
    child = TOKENS.child(parent)
    parsed = TOKENS.parse(child.text.reveal())
    assert (parsed.session_id, parsed.generation) == (SESSION, 1)
    assert (parsed.parent, parsed.digest) == (first.digest, child.digest)


def test_every_child_differs():
    """Two children of one token are different tokens."""
    tokens = RefreshTokens([SECRET])
    parent = tokens.parse(tokens.first(new_session_id()).text.reveal())
    assert tokens.child(parent).digest != tokens.child(parent).digest


def test_older_secrets_still_verify():
    """The newest secret mints, all of the ring verify, what left it is refused."""
    old, both, new = RefreshTokens([SECRET]), RefreshTokens([b"n" * 32, SECRET]), RefreshTokens([b"n" * 32])
    text = old.first(SESSION).text.reveal()
    assert both.parse(text).session_id == SESSION
    assert refused(text, new)
    assert not refused(both.first(SESSION).text.reveal(), new)


def test_every_changed_character_is_noticed():
    """No character can be exchanged, wherever it stands."""
    text = TOKENS.first(SESSION).text.reveal()
    for place, letter in enumerate(text):
        for other in ("A", "-", "_", "9", "=", "+", " ", "\0", "é", "\ud800"):
            changed = text[:place] + other + text[place + 1 :]
            assert other == letter or refused(changed)


@pytest.mark.parametrize("cut", [0, 1, 20, 155])
def test_every_other_length_is_refused(cut):
    """Shorter, longer and padded texts are refused."""
    text = TOKENS.first(SESSION).text.reveal()
    assert refused(text[:cut])
    assert refused(text + "A" * (cut + 1))
    assert refused(text[: 156 - cut] + "=" * cut + "=" * (cut == 0))


def test_a_megabyte_is_refused_by_its_length():
    """Nothing is decoded of what cannot be a token."""
    assert refused("A" * 1_000_000)


@pytest.mark.parametrize("version", [0, 2, 255])
def test_other_versions_are_refused(version):
    """Also with the right MAC."""
    assert refused(assembled(key(), version=version)[0])


@pytest.mark.parametrize("mac_key", [SECRET, hashlib.sha256(SECRET).digest(), b"", key(b"x" * 32)])
def test_only_the_derived_key_counts(mac_key):
    """A MAC under the signing secret itself, or any other key, opens nothing."""
    assert refused(assembled(mac_key)[0])


def test_pickles_are_only_texts():
    """A pickle in the place of a token is refused like any other text."""
    # RF-17
    text = pickle.dumps({"session": SESSION}).hex()
    assert refused(text)
    assert refused(text.ljust(156, "0")[:156])


@settings(max_examples=200)
@given(st.one_of(st.text(), st.text(alphabet="ABCdef019-_", min_size=156, max_size=156)))
def test_any_text_is_refused_in_one_way(text):
    """Whatever text comes, nothing but RefreshInvalidError leaves the parser."""
    assert refused(text)


def test_secrets_stay_out_of_sight():
    """Neither text nor digests show in a repr."""
    minted = TOKENS.first(SESSION)
    shown = repr(minted) + repr(TOKENS.parse(minted.text.reveal())) + repr(TOKENS)
    assert minted.text.reveal() not in shown
    assert repr(minted.digest) not in shown


def test_a_lineage_ends_at_its_last_generation():
    """The generation never wraps around."""
    last = Presented(SESSION, 2**32 - 1, b"d" * 32, b"p" * 32)
    with pytest.raises(RefreshInvalidError):
        TOKENS.child(last)
    assert TOKENS.child(Presented(SESSION, 2**32 - 2, b"d" * 32, b"p" * 32))


@pytest.mark.parametrize("failure", [OSError("no device"), NotImplementedError("none")])
def test_without_randomness_nothing_is_issued(failure, monkeypatch):
    """A system without randomness is unavailable, it does not issue weak tokens."""
    # F-29

    def failing(_count=0):
        raise failure

    with pytest.raises(UnavailableError, match=r"^no randomness$"):
        RefreshTokens([SECRET], random=failing).first(SESSION)
    monkeypatch.setattr("jwt_auth_core.sessions.session.secrets.token_hex", failing)
    with pytest.raises(UnavailableError, match=r"^no randomness$"):
        new_session_id()


def test_weak_secrets_are_refused():
    """Thirty-one bytes are too few, and none is no ring."""
    with pytest.raises(WeakKeyError, match="32 bytes"):
        RefreshTokens([SECRET, b"x" * 31])
    with pytest.raises(ValueError, match=r"^at least one secret is needed$"):
        RefreshTokens([])


def test_each_token_says_its_session():
    """Also the next one, and one whose MAC nobody has looked at; what has another form says nothing."""
    first = TOKENS.first(SESSION).text.reveal()
    child = TOKENS.child(TOKENS.parse(first)).text.reveal()
    forged, _ = assembled(b"x" * 32)
    assert {session_of(one) for one in (first, child, forged)} == {SESSION}
    newer, _ = assembled(key(), version=2)
    assert {session_of(one) for one in (newer, first[1:], "", "!" * TOKEN_CHARACTERS)} == {None}
