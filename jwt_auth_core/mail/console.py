"""Letters on the error stream of this process: for development, since their links and codes stand there."""

from __future__ import annotations

import sys
from email import message_from_bytes
from email.policy import SMTP
from typing import TextIO

from jwt_auth_core.mail.mailer import Mail, Undelivered
from jwt_auth_core.mail.mime import octets_of


class ConsoleMailer:
    """Prints letters in a form that people read; a class as every mailer is one.

    ``stream`` None is the error stream of the moment.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, mail: Mail) -> Undelivered | None:
        """See `Mailer.send`."""
        print(printed(mail), file=self._stream or sys.stderr, flush=True)
        return None


def printed(mail: Mail) -> str:
    """Return a letter's headers and its plain text.

    Raises:
        ValueError: a header would hold a line break.
    """
    headers = message_from_bytes(octets_of(mail), policy=SMTP)
    shown = [f"{name}: {headers[name]}" for name in ("Date", "From", "To", "Subject", "Message-ID")]
    return "\n".join([*shown, "", mail.letter.text])
