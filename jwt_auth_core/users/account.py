"""What an operator or a flow changes about a user beside the documented columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from jwt_auth_core.vocabulary import UserId


class Accounts(Protocol):
    """Where scopes, the disabled mark and the sessions' cut-off are kept.

    Each method may be repeated without harm, and raises UserNotFoundError for an unknown id.
    """

    def set_scopes(self, user_id: UserId, scopes: Iterable[str]) -> None:
        """Replace the scopes that the user's next access tokens carry."""
        ...

    def disable(self, user_id: UserId, *, now: int) -> None:
        """Refuse the user's logins and refreshes from ``now`` on; the first time is kept."""
        ...

    def enable(self, user_id: UserId) -> None:
        """Take `disable` back."""
        ...

    def cut_off(self, user_id: UserId, *, at: int) -> None:
        """End every session whose login is older than ``at``; never moves backwards."""
        ...

    def change_password(self, user_id: UserId, *, expected_hash: str, new_hash: str, cut_off: int) -> bool:
        """Swap the hash and set the sessions' cut-off in one transaction (PW-10).

        Tells whether ``expected_hash`` was the stored one; when not, nothing was changed.
        """
        ...

    def delete(self, user_id: UserId) -> None:
        """Remove the user with all that is kept of it beside the audit."""
        ...
