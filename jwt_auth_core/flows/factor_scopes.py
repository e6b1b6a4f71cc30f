"""Scopes for a second factor: what only sessions of two factors grant, whoever granted it to the user.

They are the user's all the same, and come with the next login that shows a second factor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from jwt_auth_core.assurance import AAL2
from jwt_auth_core.tokens.covering import apart_from
from jwt_auth_core.users.user import User


@dataclass(frozen=True, slots=True)
class FactorScopes:
    """Which they are; none: a session grants whatever its user has."""

    scopes: frozenset[str] = frozenset()

    def granted(self, user: User, level: str | None) -> User:
        """Return a user with the scopes that an authentication of this level (``acr``) grants."""
        if not self.scopes or level == AAL2:
            return user
        return replace(user, scopes=self.without(user.scopes))

    def without(self, scopes: frozenset[str]) -> frozenset[str]:
        """Return those of some scopes that are granted without a second factor."""
        return apart_from(self.scopes, scopes) if self.scopes else scopes


NO_SCOPES: Final = FactorScopes()
