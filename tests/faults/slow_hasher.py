"""A hasher that a test can hold, so that logins wait for it."""

from __future__ import annotations

import threading

from jwt_auth_core.vocabulary import Secret
from tests.cheap import CHEAP, CheapHasher
from tests.end_to_end.serving import PATIENCE_SECONDS


class SlowHasher(CheapHasher):
    """A hasher that takes as long as the test wants, and notes what it hashed, and how many at once."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.gate = threading.Event()
        self.gate.set()
        self.running, self.most = 0, 0
        self.seen: list[str] = []
        self._counting = threading.Lock()

    def verify(self, password: Secret, stored: str) -> bool:
        with self._counting:
            self.running += 1
            self.most = max(self.most, self.running)
            self.seen.append(password.reveal())
        assert self.gate.wait(PATIENCE_SECONDS)
        with self._counting:
            self.running -= 1
        return super().verify(password, stored)
