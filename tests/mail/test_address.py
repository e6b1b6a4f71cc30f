"""Addresses of letters: one, strictly, with its domain in ASCII."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import MissingDriverError
from jwt_auth_core.mail.address import Mailbox, host_name, parse_mailbox, posted


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ada.L@Example.COM", "Ada.L@example.com"),
        (" ada@example.com ", "ada@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("jürgen@Bücher.example", "jürgen@xn--bcher-kva.example"),
        ("o'neil+a=b@example.com", "o'neil+a=b@example.com"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_domain_becomes_ascii(text, address):
    """The domain is lower-case A-labels, the local part stays as it is."""
    assert posted(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com\nx",
        "ada\u2028@example.com",
        "ada@example.com, eve@example.com",
        "Ada <ada@example.com>",
        "ada(eve@example.com)@example.com",
        '"ada eve"@example.com',
        "ada eve@example.com",
        "ada@example..com",
        "ada@-example.com",
        "ada@[192.0.2.1]",
        "ada@ex\u3002ample\uff0ecom\u3002",
        "a\ud800@example.com",
        f"{'a' * 250}@example.com",
        f"a@{'b' * 64}.com",
    ],
)
def test_what_could_be_another_address_is_refused(text):
    """A text that is not exactly one address is none, and the error does not repeat it."""
    limits = "must be an address such as no-reply@example[.]com|must be a host name|no label of a domain name"
    with pytest.raises(ValueError, match=f"^({limits})$"):
        posted(text)


@given(st.text())
def test_what_is_posted_ends_no_line_and_no_path(text):
    """Whatever is written before the @, nothing leaves the brackets of an envelope."""
    try:
        address = posted(f"{text}@example.com")
    except ValueError:
        return
    assert address.isprintable()
    assert address.count("@") == 1
    assert not set('<>, "\\()') & set(address)


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("no-reply@example.com", Mailbox("no-reply@example.com")),
        ("Jürgen & Co <no-reply@example.com>", Mailbox("no-reply@example.com", "Jürgen & Co")),
        ('"A, B" <a@b.example>', Mailbox("a@b.example", "A, B")),
        ("<a@b.example>", Mailbox("a@b.example")),
    ],
)
def test_sender_may_have_a_name(text, mailbox):
    """``address`` or ``Name <address>``, the name in quotes or not."""
    assert parse_mailbox(text) == mailbox
    assert mailbox.domain in text


@pytest.mark.parametrize(
    "text", ["A\r\nBcc: x <a@b.example>", "A\u2029B <a@b.example>", "A <a>", "A <a@b.example> B"]
)
def test_sender_with_a_line_break_is_refused(text):
    """No name holds what would end its header."""
    with pytest.raises(ValueError, match="must"):
        parse_mailbox(text)


def test_missing_idna_is_said(monkeypatch):
    """A domain beyond ASCII needs idna, and only such a domain."""
    monkeypatch.setitem(sys.modules, "idna", None)
    assert host_name("Example.com") == "example.com"
    with pytest.raises(MissingDriverError, match="idna"):
        host_name("bücher.example")
