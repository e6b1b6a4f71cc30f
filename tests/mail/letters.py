"""A letter for tests."""

from __future__ import annotations

from jwt_auth_core.mail.address import Mailbox
from jwt_auth_core.mail.mailer import Letter, Mail

AT = 1_800_000_000
TEXT = "Hallo,\n\n.\n\nhttps://example.com/auth/account/reset#token=0123456789\n"
HTML = "<p>Hallo, schön</p>"


def mail(recipient="ada@example.com", *, subject="Ihr Passwort", **fields):
    """Return one."""
    values = {
        "message_id": "msg_1@example.com",
        "sender": Mailbox("no-reply@example.com", "Beispiel"),
        "recipient": recipient,
        "at": AT,
        "language": "de",
        "letter": Letter(subject, TEXT, HTML),
    }
    return Mail(**{**values, **fields})
