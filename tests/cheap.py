"""Argon2 at 8 KiB for tests: a hasher that no setting and no profile name can select.

The door is the subclass: ``Argon2Hasher`` itself refuses such a profile.
"""

from __future__ import annotations

from jwt_auth_core.passwords import PasswordPolicy, Passwords, Profile
from jwt_auth_core.passwords.argon2 import Argon2Hasher

CHEAP = Profile(memory_kib=8, passes=1)


class CheapHasher(Argon2Hasher):
    """Real Argon2id, some 20 microseconds a hash."""

    floors = (CHEAP,)


def cheap_hasher(profile: Profile = CHEAP) -> CheapHasher:
    """Return a hasher for tests; real in everything but its cost."""
    return CheapHasher(profile)


def cheap_passwords(policy: PasswordPolicy | None = None) -> Passwords:
    """Return passwords over the cheap hasher, under the default policy unless told otherwise."""
    return Passwords(cheap_hasher(), policy or PasswordPolicy.default())
