"""Passwords: policy, hashing, upgrade. The driver, ``passwords.argon2``, is imported on its own."""

from __future__ import annotations

from jwt_auth_core.passwords.hasher import PasswordHasher, Passwords
from jwt_auth_core.passwords.policy import PasswordPolicy
from jwt_auth_core.passwords.profile import (
    OWASP,
    PROFILES,
    RFC_9106_HIGH_MEMORY,
    RFC_9106_LOW_MEMORY,
    Profile,
    profile,
)

__all__ = [
    "OWASP",
    "PROFILES",
    "RFC_9106_HIGH_MEMORY",
    "RFC_9106_LOW_MEMORY",
    "PasswordHasher",
    "PasswordPolicy",
    "Passwords",
    "Profile",
    "profile",
]
