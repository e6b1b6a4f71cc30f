"""What a test reads of letters: those of an `Auth` that sends into memory, with their links and codes."""

from __future__ import annotations

import re
import time
from typing import Final

from jwt_auth_core.auth import Auth
from jwt_auth_core.flows.mail.queue_letter import KIND
from jwt_auth_core.mail.mailer import Mail
from jwt_auth_core.mail.memory import MemoryMailer
from jwt_auth_core.records import dataclass

PATIENCE_SECONDS: Final = 10.0
"""How long a letter is waited for that another thread has in hand."""

_LINK: Final = re.compile(r"^(\S+#token=(\S+))$", re.MULTILINE)
_CODE: Final = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as it came: ``link``, its ``token`` and ``code`` are None where it has none."""

    to: str
    subject: str
    text: str
    html: str
    language: str
    link: str | None
    token: str | None
    code: str | None


class Mailbox:
    """The letters that an `Auth` sends from now on; a class because looking at them sends what waits.

    Raises:
        TypeError: it sends to somewhere else than memory.
    """

    def __init__(self, auth: Auth) -> None:
        mail = getattr(auth, "mail", None)
        mailer = getattr(mail, "mailer", None)
        if not isinstance(mailer, MemoryMailer):
            msg = "letters can be read of an Auth whose MAIL_URL is memory:"
            raise TypeError(msg)
        self._auth, self._mailer = auth, mailer
        self._before = {mail.message_id for mail in self._sent()}

    @property
    def letters(self) -> list[Received]:
        """Send what waits, and return all letters since the beginning, the oldest first."""
        return [_received(mail) for mail in self._sent() if mail.message_id not in self._before]

    def last(self, to: str | None = None) -> Received:
        """Return the newest letter, or the newest to an address.

        Raises:
            LookupError: there is none.
        """
        found = [letter for letter in self.letters if to is None or letter.to.lower() == to.lower()]
        if not found:
            msg = f"no letter was sent to {to or 'anybody'}"
            raise LookupError(msg)
        return found[-1]

    def _sent(self) -> list[Mail]:
        self._auth.outbox.run()
        until = time.monotonic() + PATIENCE_SECONDS
        while self._is_on_its_way() and time.monotonic() < until:
            time.sleep(0.01)  # the serving thread of the same process has claimed it
        return list(self._mailer.sent)

    def _is_on_its_way(self) -> bool:
        entries = self._auth.outbox.store.entries(kind=KIND)
        return any(entry.state == "sending" for entry in entries)


def _received(mail: Mail) -> Received:
    link, code = _LINK.search(mail.letter.text), _CODE.search(mail.letter.text)
    return Received(
        mail.recipient,
        mail.letter.subject,
        mail.letter.text,
        mail.letter.html,
        mail.language,
        link and link[1],
        link and link[2],
        code and code[1],
    )
