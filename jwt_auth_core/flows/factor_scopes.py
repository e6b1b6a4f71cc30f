"""Scopes for a second factor: what only sessions of two factors grant, whoever granted it to the user.

They are the user's all the same, and come with the next login that shows a second factor.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from jwt_auth_core.assurance import AAL2
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.covering import apart_from
from jwt_auth_core.users.user import User


@dataclass(frozen=True, slots=True)
class FactorScopes:
    """Which they are; none: a session grants whatever its user has."""

    scopes: frozenset[str] = frozenset()

    def granted(self, user: User, level: str | None) -> User:
        """Return a user with the scopes and roles that an authentication of this level (``acr``) grants.

        A role's name stands for all of its scopes: it goes where one of them is withheld.
        """
        if not self.scopes or level == AAL2:
            return user
        roles = frozenset(name for name in user.roles if self._is_whole(user.role_scopes.get(name)))
        return replace(user, scopes=self.without(user.scopes), roles=roles)

    def without(self, scopes: frozenset[str]) -> frozenset[str]:
        """Return those of some scopes that are granted without a second factor."""
        return apart_from(self.scopes, scopes) if self.scopes else scopes

    def _is_whole(self, scopes: frozenset[str] | None) -> bool:
        """Tell whether a role's scopes are all granted; of a role that nobody knows they are not."""
        return scopes is not None and self.without(scopes) == scopes


NO_SCOPES: Final = FactorScopes()
