"""A letter as octets (RFC 5322): header by header, none of which holds a line break."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from jwt_auth_core.mail.mailer import Mail


def is_international(mail: Mail) -> bool:
    """Tell whether an address is beyond ASCII, which servers need SMTPUTF8 for (RFC 6531)."""
    return not (mail.sender.address.isascii() and mail.recipient.isascii())


def octets_of(mail: Mail) -> bytes:
    """Return the letter with its headers, lines ending in CR LF.

    Raises:
        ValueError: a header would hold a line break, or another character that is not printable.
    """
    made = EmailMessage(SMTPUTF8 if is_international(mail) else SMTP)
    for name, value in _headers(mail):
        if not str(value).isprintable():
            raise ValueError(f"a letter's header {name} has a line break or another unprintable character")
        made[name] = value
    made.set_content(mail.letter.text, cte="quoted-printable")
    made.add_alternative(mail.letter.html, subtype="html", cte="quoted-printable")
    made["Content-Language"] = mail.language  # a body that is set takes what stood there of another away
    return made.as_bytes()


def _headers(mail: Mail) -> tuple[tuple[str, str | Address], ...]:
    return (
        ("Date", format_datetime(datetime.fromtimestamp(mail.at, UTC))),
        ("From", _address(mail.sender.address, mail.sender.name)),
        ("To", _address(mail.recipient)),
        ("Subject", mail.letter.subject),
        ("Message-ID", f"<{mail.message_id}>"),
        ("Auto-Submitted", "auto-generated"),  # nobody's absence answers it (RFC 3834)
    )


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)
