"""Verified addresses: which users have shown that the mailbox of their address is theirs.

Kept is the address itself: a user who gets another one, by whatever application, has not shown that one.
"""

from __future__ import annotations

from typing import Final, Protocol

from jwt_auth_core.database.query import Database
from jwt_auth_core.errors import AuthError
from jwt_auth_core.vocabulary import Email, UserId

# Only where it is the account's address at this moment.
_KEEP: Final = """
    INSERT INTO auth_verified_emails (user_id, address)
    SELECT user_id, email_canonical FROM auth_accounts WHERE user_id = %s AND email_canonical = %s
    ON CONFLICT (user_id) DO UPDATE SET address = excluded.address
"""
_IS_VERIFIED: Final = """
    SELECT 1 AS found FROM auth_verified_emails v
    JOIN auth_accounts a ON a.user_id = v.user_id AND a.email_canonical = v.address
    WHERE v.user_id = %s
"""


class EmailUnverifiedError(AuthError):
    """Raised when a login is right, and the account's address has yet to be verified."""

    code = "email_unverified"

    def __init__(self) -> None:
        super().__init__("verify the e-mail address first: the link is in a letter")


class VerifiedAddresses(Protocol):
    """Where it is kept; raises UnavailableError when the store does not answer."""

    def keep(self, user_id: UserId, address: Email) -> bool:
        """Note that the user has this address; False where the account has another one by now."""
        ...

    def has(self, user_id: UserId) -> bool:
        """Tell whether the address that the user has now is verified."""
        ...


class SqlVerifiedAddresses:
    """On SQLite and PostgreSQL: the table ``auth_verified_emails``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, user_id: UserId, address: Email) -> bool:
        """See `VerifiedAddresses.keep`."""
        return self._database.query(_KEEP, (user_id, address)) == 1

    def has(self, user_id: UserId) -> bool:
        """See `VerifiedAddresses.has`."""
        return self._database.query(_IS_VERIFIED, (user_id,), fetch="one") is not None
