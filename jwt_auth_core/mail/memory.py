"""Letters that stay in this process: for tests."""

from __future__ import annotations

from jwt_auth_core.mail.mailer import Mail, Undelivered


class MemoryMailer:
    """Keeps what it is given; ``sent`` has it, the oldest first."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> Undelivered | None:
        """See `Mailer.send`; one that comes again takes the place of the one before, as in a mailbox."""
        self.sent = [other for other in self.sent if other.message_id != mail.message_id] + [mail]
        return None
