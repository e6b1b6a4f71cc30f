"""Base64url has one accepted spelling a value (RFC 4648 sections 3.5 and 5, RFC 7515 section 2)."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.encoding import ALPHABET, b64url_decode, b64url_encode, b64url_octets, same


@given(st.binary(max_size=300))
def test_decoding_undoes_encoding(data):
    """What was encoded comes back, from text and from bytes."""  # JWT-03
    text = b64url_encode(data)
    assert b64url_decode(text) == data == b64url_decode(text.encode())
    assert b64url_octets(data) == text.encode()


@given(st.binary(max_size=300))
def test_the_encoding_is_the_standard_one_without_padding(data):
    """The standard library says the same, but for its padding."""
    assert b64url_encode(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")


@settings(max_examples=300)
@given(st.text(alphabet=[chr(octet) for octet in ALPHABET], max_size=12))
def test_only_the_canonical_text_is_accepted(text):
    """A text is accepted exactly if encoding its value gives the text again."""  # JWT-03
    try:
        data = b64url_decode(text)
    except ValueError:
        data = base64.urlsafe_b64decode(text + "A" * (-len(text) % 4))[: len(text) * 3 // 4]
        assert b64url_encode(data) != text
    else:
        assert b64url_encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        *("AA==", "AAA=", "AA=", "=", "A", "AAAAA"),  # padding, impossible lengths
        *("AB", "AAB", "__", "-_-"),  # unused bits set
        *("AA+A", "AA/A", "AA A", " AAAA", "AAAA ", "AAAA\n", "AA\r\nAA", "AA\tAA", "AA\x00A", "AA.A"),
        *("ÄAAA", "AAA\u0661", "\ud800AAA", "\uff21AAA", "AAAA\u200b"),
    ],
)
def test_every_other_spelling_is_refused(text):
    """Padding, white space, the standard alphabet, set bits and foreign letters are refused."""  # JWT-03
    with pytest.raises(ValueError, match=r"^not canonical base64url$") as caught:
        b64url_decode(text)
    assert caught.value.__context__ is None


def test_every_byte_outside_the_alphabet_is_refused():
    """Of the 256 octets, 64 are accepted."""  # JWT-01
    accepted = []
    for octet in range(256):
        try:
            b64url_decode(bytes([octet]) * 4)
        except ValueError:
            continue
        accepted.append(octet)
    assert accepted == sorted(ALPHABET)


def test_comparison():
    """Equal octets are the same, others are not, whatever their lengths."""  # JWT-17
    assert same(b"abc", b"abc")
    assert not same(b"abc", b"abd")
    assert not same(b"abc", b"ab")
