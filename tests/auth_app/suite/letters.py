"""A world whose letters stay in the process, and what they carry."""

from __future__ import annotations

import re

from tests.auth_app.suite.client import Client
from tests.auth_app.world import World, settings
from tests.revocations.parts import until

MAIL = {
    "MAIL_URL": "memory:",
    "MAIL_FROM": "Example <no-reply@example.com>",
    "PUBLIC_URL": "https://app.example",
}


class Post:
    """A world with a mailer, and a client of an application in it."""

    def __init__(self, app_factory, **variables):
        self.world = World(settings(**MAIL, **variables))
        self.client = Client(app_factory(self.world.auth))
        self._read = 0

    def letters(self):
        """Return the letters that were not read yet, when every one that waited was sent."""
        until(lambda: not self._is_waiting())
        sent = self.world.auth.mail.mailer.sent
        new, self._read = sent[self._read :], len(sent)
        return new

    def _is_waiting(self):
        """Send what waits, beside the thread of the application that does."""
        outbox = self.world.auth.outbox
        outbox.run()
        return outbox.store.counts().waiting

    def token(self):
        """Return the token of the one new letter."""
        (letter,) = self.letters()
        return re.search(r"https://app\.example/auth/account/[a-z-]+#token=(\S+)", letter.letter.text)[1]

    def code(self):
        """Return the code of the one new letter: it stands on a line of its own."""
        (letter,) = self.letters()
        return re.search(r"^([A-Z]{4}-[A-Z]{4})$", letter.letter.text, re.MULTILINE)[1]
