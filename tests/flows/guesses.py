"""Guesses at passwords, each from an address that nobody has used, by a clock that stands still."""

from __future__ import annotations

import threading

from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.rate_limits import RateLimitedError
from jwt_auth_core.vocabulary import Client

NOW = 1_800_000_000
ADA = "ada@example.com"


class Guesses:
    """Passwords that are tried; ``seconds`` is the time."""

    def __init__(self):
        self.seconds, self.number, self.lock = NOW, 0, threading.Lock()

    def __call__(self, world, password=None, email=ADA, device=None):
        """Try that password, or one that nobody tried; return what came of it, and when to come again."""
        try:
            self.login(world, password, email, device)
        except InvalidCredentialsError as error:
            return error.code, None
        except RateLimitedError as error:
            return error.code, error.retry_after
        return "logged in", None

    def login(self, world, password=None, email=ADA, device=None):
        """Do the same; return the grant or raise why there is none."""
        with self.lock:
            self.number += 1
            number = self.number
        fields = {"email": email, "password": password or f"guess number {number}"}
        if device is not None:
            fields["device"] = device.reveal()
        return world.auth.login(LoginAttempt.parse(fields), Client(limit_key=f"192.0.2.{number}"))

    def times(self, world, times, **more):
        """Try so many; return how many were looked at, and which waits the others were told."""
        found = [self(world, **more) for _ in range(times)]
        return [code for code, _ in found].count("invalid_credentials"), {wait for _, wait in found if wait}
