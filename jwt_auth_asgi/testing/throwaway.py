"""An `Auth` for one test: real in everything but the cost of its passwords, and gone afterwards."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Final

from jwt_auth_asgi.testing.limits import ClockedLimits
from jwt_auth_core.assemble import stores
from jwt_auth_core.auth import Auth
from jwt_auth_core.mail.settings import MailSettings
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.passwords.policy import PasswordPolicy
from jwt_auth_core.passwords.profile import Profile
from jwt_auth_core.rate_limits.settings import RateLimitSettings
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Clock, Secret

CHEAPEST: Final = Profile(memory_kib=8, passes=1)
"""Argon2id at twenty microseconds a hash, which no setting can name."""


def throwaway_auth(directory: Path, clock: Clock) -> Auth:
    """Return an Auth with a key of its own and its stores in a file of the directory.

    The file, and not memory, so that another process can be served from it. Cookies go over plain http,
    where test clients ask.

    Raises:
        MissingDriverError: argon2-cffi is not installed.
    """
    settings = Settings(
        jwt_key=Secret(secrets.token_urlsafe(48)),
        database_url=Secret(f"sqlite:///{directory / 'auth.sqlite3'}"),
        cookie_secure=False,
        public_url="http://testserver",
        mail=MailSettings(url=Secret("memory:"), sender="no-reply@example.com"),
        # Tests log in more often than people do; limits of the application's own hold.
        rate_limits=RateLimitSettings(
            login=(), login_failures=(), register=(), codes=(), mail=(), mail_address=()
        ),
    )
    made = stores(settings, clock=clock)
    made = replace(made, limits=ClockedLimits(made.limits, clock))
    return Auth.from_settings(settings, passwords=_cheap_passwords(), stores=made, clock=clock)


def _cheap_passwords() -> Passwords:
    from jwt_auth_core.passwords.argon2 import Argon2Hasher  # noqa: PLC0415 - a driver

    class CheapHasher(Argon2Hasher):
        """A subclass is the only way to such a hasher: it lowers the floor."""

        floors = (CHEAPEST,)

    return Passwords(CheapHasher(CHEAPEST), PasswordPolicy.default())
