"""A letter as octets: headers that stay one line each, and two bodies."""

from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.mail.address import Mailbox, parse_mailbox, posted
from jwt_auth_core.mail.mailer import Letter
from jwt_auth_core.mail.mime import octets_of
from tests.mail.letters import mail

LONG = "Bestätigen Sie Ihre E-Mail-Adresse für den großartigen Dienst, den wir alle so lieben"


def read(**fields):
    """Return a letter as a program reads it that shows letters."""
    return message_from_bytes(octets_of(mail(**fields)), policy=SMTP)


def test_headers_beyond_ascii_are_encoded():
    """Subject and name come back whole, and the octets are ASCII in short lines."""
    fields = {"subject": LONG, "sender": parse_mailbox("Jürgen, der Größte <a@bücher.example>")}
    octets = octets_of(mail(**fields))
    assert octets.isascii()
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert read(**fields)["Subject"] == LONG
    assert read(**fields)["From"] == '"Jürgen, der Größte" <a@xn--bcher-kva.example>'


def test_international_address_stands_as_it_is():
    """A local part beyond ASCII is UTF-8 in the headers (RFC 6532)."""
    assert "To: jürgen@xn--bcher-kva.example\r\n".encode() in octets_of(mail(posted("jürgen@bücher.example")))


def test_long_message_id_stays_one_word():
    """An id of a long domain is not broken into pieces that no program puts together."""
    name = f"msg_{'0' * 34}@{'long-label.' * 9}example"
    assert f"<{name}>\r\n".encode() in octets_of(mail(message_id=name))


@pytest.mark.parametrize(
    "mark", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"]
)
@pytest.mark.parametrize("field", ["subject", "message_id", "sender"])
def test_line_break_in_a_header_is_refused(field, mark):
    """Whatever any program takes for the end of a line ends no header of ours."""
    text = f"a{mark}Bcc: eve@example.com"
    fields = {field: Mailbox("a@example.com", text) if field == "sender" else text}
    with pytest.raises(ValueError, match=r"line break|invalid|arguments cannot contain"):
        octets_of(mail(**fields))


@given(st.text(), st.text())
def test_bodies_come_back_whole(text, page):
    """Whatever the words are, lone dots and long lines among them, both bodies are as they were written."""
    written = (text + "\n.\n").encode("utf-8", "replace").decode()
    html = (page + "\n").encode("utf-8", "replace").decode()
    parts = [*read(letter=Letter("s", written, html)).iter_parts()]
    for part, body in zip(parts, (written, html), strict=True):
        assert part.get_content().splitlines() == body.splitlines()
