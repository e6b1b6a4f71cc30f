"""The e-mail identity: what is an address, and which texts are the same one."""

from __future__ import annotations

import json
import string
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.idna import to_a_label
from jwt_auth_core.users.email import NEEDS_IDNA, Address, parse_email

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "unicode_email_collisions.json").read_text("utf-8")
)


def identity(text: str) -> str | None:
    """Return the identity of a text, or None when it is no address."""
    try:
        return parse_email(text).canonical
    except InvalidInputError:
        return None


def problem(text: str) -> tuple[str, str]:
    """Return code and message of the one field error that a text gets."""
    with pytest.raises(InvalidInputError) as caught:
        parse_email(text)
    (error,) = caught.value.errors
    assert error.field == "email"
    return error.code, error.message


@pytest.mark.parametrize(
    ("text", "stored", "canonical"),
    [
        ("ada@example.com", "ada@example.com", "ada@example.com"),
        ("Ada@Example.COM", "Ada@example.com", "ada@example.com"),
        ("a.d+a!#$%&'*/=?^_`{|}~-@example.com", "a.d+a!#$%&'*/=?^_`{|}~-@example.com", None),
        ("ada@bücher.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("Ada@BÜCHER.example", "Ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example", "ada@xn--strae-oqa.example"),
        ("ada@ΣΑΣ.example", "ada@xn--mxa9ab.example", "ada@xn--mxa9ab.example"),
        ("ada@σας.example", "ada@xn--mxa8ab.example", "ada@xn--mxa8ab.example"),
        ("0@1.xn--p1ai", "0@1.xn--p1ai", "0@1.xn--p1ai"),
        ("a@" + "b" * 63 + ".c-d", "a@" + "b" * 63 + ".c-d", None),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com", None),
    ],
)
def test_an_address_and_its_identity(text, stored, canonical):
    """The local part is kept as typed and compared in lower case; the domain is in A-labels."""
    # ID-1
    assert parse_email(text) == Address(stored, canonical or stored)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@@example.com",
        "a@b@example.com",
        '"ada"@example.com',
        ".ada@example.com",
        "ada.@example.com",
        "a..da@example.com",
        "a da@example.com",
        "ada @example.com",
        "ada@ example.com",
        "\u200bada@example.com",
        "\u00a0ada@example.com",
        "ada@example.com\n",
        "ada@exa mple.com",
        "ada@-example.com",
        "ada@example-.com",
        "ada@exa_mple.com",
        "ada@example.com.",
        "ada@.com",
        "ada@[127.0.0.1]",
        "ada@127.0.0.1",
        "ada@[IPv6:::1]",
        "ada@" + "b" * 64 + ".com",
        "ada@" + "ü" * 64 + ".com",
        "ada@ü-.com",
        "ada@-ü.com",
        "ada@☃.example",
        "ada@xn--ü.example",
        "ada@a\u05d0.example",
        "ädä@example.com",
        "\0@example.com",
        "ada@\ud800.com",
        "ada\u212a@example.com",
    ],
)
def test_what_is_no_address(text):
    """Nothing is repaired; what is not plainly an address is refused."""
    # ID-1
    assert problem(text)[0] == "invalid_email"


@pytest.mark.parametrize("text", [" {}", "{} ", "  {}  "])
def test_spaces_around_an_address_are_no_part_of_it(text):
    """Keyboards of phones put a space behind a completed word."""
    # ID-1
    for address in ("Ada@example.com", "a" * 64 + "@" + "b" * 63 + ".example"):
        assert parse_email(text.format(address)) == parse_email(address)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("a" * 65 + "@example.com", "64"),
        ("a@" + "b." * 126 + "com", "254"),
        ("a@" + "ü." * 60 + "example", "254"),
        ("a" * 1_000_000, "254"),
    ],
)
def test_lengths_are_limited(text, limit):
    """64 octets before the @, 254 in all, in the form that is sent (RFC 5321)."""
    code, message = problem(text)
    assert code == "too_long"
    assert limit in message


def test_a_longest_address():
    """254 octets are an address, 255 are not."""
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 61}"
    assert len(parse_email(longest).stored) == 254
    assert problem(longest + "d")[0] == "too_long"


@pytest.mark.parametrize("vector", VECTORS["labels"], ids=lambda vector: vector["name"])
def test_a_look_alike_before_the_at(vector):
    """A local part that only looks like an ASCII one is never that account (CVE-2019-19844)."""
    # ID-1
    theirs = identity(f"{vector['ascii']}@example.com")
    assert theirs is not None
    assert identity(f"{vector['lookalike']}@example.com") != theirs


@pytest.mark.parametrize("vector", VECTORS["labels"], ids=lambda vector: vector["name"])
def test_a_look_alike_after_the_at(vector):
    """Nor is a domain that only looks like an ASCII one that domain."""
    # ID-1
    theirs = f"mail@{vector['ascii']}.com"
    assert identity(f"mail@{vector['lookalike']}.com") != theirs


@pytest.mark.parametrize("vector", VECTORS["addresses"], ids=lambda vector: vector["name"])
def test_a_look_alike_of_an_address(vector):
    """Other signs for @ and dot, and other syntax around an address, do not make it."""
    # ID-1
    assert identity(vector["lookalike"]) != vector["ascii"]


def _maps_to_ascii(character: str) -> str | None:
    forms = (character.lower(), character.upper().lower(), character.casefold())
    for form in (unicodedata.normalize("NFKC", character).lower(), *forms):
        if form and form.isascii():
            return form
    return None


@pytest.mark.untraced
def test_no_character_of_unicode_collides():
    """Of all characters that some mapping turns into ASCII, none gets the ASCII account."""
    # ID-1
    others = ((c, _maps_to_ascii(c)) for c in map(chr, range(128, sys.maxunicode + 1)))
    found = [(character, ascii_form) for character, ascii_form in others if ascii_form]
    assert len(found) > 1000
    for character, ascii_form in found:
        assert identity(f"x{character}y@example.com") != f"x{ascii_form}y@example.com"
        assert identity(f"mail@x{character}y.com") != f"mail@x{ascii_form}y.com"


LOCAL = st.text(string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~-.", min_size=1, max_size=20)
DOMAIN = st.text("abcXYZ019-.äßЖ漢", min_size=1, max_size=20)


@given(text=st.one_of(st.text(), st.builds("{}@{}.example".format, LOCAL, DOMAIN)))
@settings(max_examples=500)
def test_an_identity_is_its_own_identity(text):
    """Any text is refused with one FieldError, or its stored form and its identity parse to the same."""
    # ID-1
    try:
        address = parse_email(text)
    except InvalidInputError as exc:
        assert [error.field for error in exc.errors] == ["email"]
        return
    assert address.canonical.isascii()
    assert parse_email(address.stored) == address
    assert parse_email(address.canonical).canonical == address.canonical


def test_without_idna_the_fix_is_named(monkeypatch):
    """Without the idna package a domain beyond ASCII is refused with both ways out (MissingDriverError)."""
    monkeypatch.setitem(sys.modules, "idna", None)
    code, message = problem("ada@bücher.example")
    assert code == NEEDS_IDNA
    assert "xn--" in message
    assert "pip install 'jwt-auth-asgi[idna]'" in message
    assert identity("ada@xn--bcher-kva.example") == "ada@xn--bcher-kva.example"


def test_the_text_is_in_no_error():
    """What was typed is repeated neither in the message nor in a chained cause."""
    with pytest.raises(InvalidInputError) as caught:
        parse_email("a secret password@☃☃")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_no_label_becomes_ascii():
    """A label of which lower case leaves only ASCII is none: it would make two names one."""
    # ID-1
    with pytest.raises(ValueError, match="no label"):
        to_a_label("\u212a")
