"""What the tests of deletion share: a deletion as its user's session asks for it, and time that passes."""

from __future__ import annotations

from typing import Any

from jwt_auth_core.users.deletion import GRACE_SECONDS
from jwt_auth_core.vocabulary import Client

HERE = Client(address="198.51.100.77", user_agent="a browser of Ada's")
MAILED = {
    "MAIL_URL": "memory:",
    "MAIL_FROM": "auth@example.com",
    "PUBLIC_URL": "https://example.com",
    "ENCRYPTION_KEYS": "a key that seals what the tests of deletion keep",
}


def delete(world: Any, grant: Any) -> int:
    """Delete the account of a grant, as its session does."""
    return world.auth.delete_account(grant.user.user_id, HERE, world.auth.claims_of(grant.access_token))


def later(world: Any, seconds: int = GRACE_SECONDS) -> int:
    """Let time pass, and erase whom that concerns."""
    world.now += seconds
    return world.auth.erase_users()
