"""Users for the contract tests."""

from __future__ import annotations

from dataclasses import replace

from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.user import NewUser

NOBODY = "7d3ef1a2-0b9c-4c57-9a51-3f6f1f0e2d84"
NOW = 1_800_000_000


def new(address: str, **facts) -> NewUser:
    """Return a user to add."""
    email = parse_email(address)
    return replace(NewUser(email.stored, email.canonical, "a hash", "Ada", "Lovelace"), **facts)
