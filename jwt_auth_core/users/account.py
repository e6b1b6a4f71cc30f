"""What an operator or a flow changes about a user beside the documented columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from jwt_auth_core.vocabulary import UserId


class Accounts(Protocol):
    """Where scopes, the disabled mark and the sessions' cut-off are kept.

    Each method may be repeated without harm, and raises UserNotFoundError for an unknown id.
    """

    def adopt(self, user_id: UserId) -> None:
        """See that the user has an account, to which other tables can refer."""
        ...

    def set_scopes(self, user_id: UserId, scopes: Iterable[str]) -> None:
        """Replace the scopes that the user's next access tokens carry besides those of its roles."""
        ...

    def disable(self, user_id: UserId, *, now: int) -> int:
        """Refuse the user's logins and refreshes from ``now`` on, and do what `cut_off` does.

        The first time is kept. Returns the user's session version from then on.
        """
        ...

    def enable(self, user_id: UserId) -> None:
        """Take `disable` back; what began before stays over."""
        ...

    def cut_off(self, user_id: UserId, *, now: int, expected_version: int | None = None) -> int | None:
        """End every session that began so far; return the user's session version from then on.

        Where an ``expected_version`` is given and not the user's, nothing is changed and None returned.
        The moment that is noted never moves backwards.
        """
        ...

    def cut_off_tokens(self, user_id: UserId, *, now: int) -> None:
        """End every access token that was issued so far, and no session.

        The moment that is noted never moves backwards.
        """
        ...

    def change_password(
        self, user_id: UserId, *, expected_hash: str, new_hash: str, expected_version: int, now: int
    ) -> bool:
        """Swap the hash and do what `cut_off` does in one transaction (PW-10).

        Tells whether hash and version were the expected ones; when not, nothing was changed.
        """
        ...

    def delete(self, user_id: UserId) -> None:
        """Remove the user with all that is kept of it beside the audit."""
        ...
