"""``MAIL_URL``: which texts name a mailer."""

import sys

import pytest

from jwt_auth_core.errors import MissingDriverError
from jwt_auth_core.mail.mail_url import LIMIT, MailUrl, parse_mail_url
from jwt_auth_core.vocabulary import Secret


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (
            "smtp://user:p%40ss%2F@mail.example.com",
            MailUrl("smtp", "mail.example.com", 587, "user", Secret("p@ss/")),
        ),
        (
            "smtps://j%C3%BCrgen:%C3%A4@mail.example.com/",
            MailUrl("smtps", "mail.example.com", 465, "jürgen", Secret("ä")),
        ),
        ("smtp://Bücher.example:25", MailUrl("smtp", "xn--bcher-kva.example", 25)),
        ("smtp://[2001:db8::1]:2525", MailUrl("smtp", "2001:db8::1", 2525)),
        ("smtp://192.0.2.1", MailUrl("smtp", "192.0.2.1", 587)),
        ("console:", MailUrl("console")),
        ("console://", MailUrl("console")),
        ("memory:", MailUrl("memory")),
        ("file:///var/letters%20out", MailUrl("file", path="/var/letters out")),
    ],
)
def test_url_names_a_mailer(text, url):
    """Ports are those of submission (RFC 6409, RFC 8314) unless one is named."""
    assert parse_mail_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://user@mail.example.com",
        "smtp://user:pass:word@mail.example.com",
        "smtp://u:p@host@mail.example.com",
        "smtp://mail.example.com:0",
        "smtp://mail.example.com:65536",
        "smtp://mail.example.com/path",
        "smtp://mail.example.com?tls=off",
        "smtp://u:p%00@mail.example.com",
        "smtp://a b.example.com",
        "file://host/folder",
        "file:folder",
        "memory:x",
    ],
)
def test_what_names_none_is_refused(text):
    """The error says what there is, and not what was given: it may hold a password."""
    with pytest.raises(ValueError, match=r"^must be") as raised:
        parse_mail_url(text)
    assert str(raised.value) in {LIMIT, "must be a host name"}


def test_octets_that_are_no_utf8_are_refused():
    """A password is a text."""
    with pytest.raises(ValueError, match="utf-8"):
        parse_mail_url("smtp://u:%ff@mail.example.com")


def test_host_beyond_ascii_needs_idna(monkeypatch):
    """The error names the package."""
    monkeypatch.setitem(sys.modules, "idna", None)
    with pytest.raises(MissingDriverError):
        parse_mail_url("smtp://bücher.example")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("smtp://user:secret@mail.example.com", "smtp://mail.example.com:587"),
        ("smtps://[2001:db8::1]", "smtps://[2001:db8::1]:465"),
        ("file:///letters", "file:/letters"),
        ("memory:", "memory:"),
    ],
)
def test_place_shows_no_password(text, place):
    """What an operator reads has neither user nor password."""
    assert parse_mail_url(text).place == place
