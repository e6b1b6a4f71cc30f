"""Fresh login: what changes credentials asks for one of lately, whatever a session may do besides."""

from __future__ import annotations

from jwt_auth_core.assurance import AAL2, InsufficientAuthenticationError, Requirement
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Clock


@dataclass(frozen=True, slots=True)
class FreshLogin:
    """How long ago a caller may have proven who they are; a part of the flows that ask."""

    max_age_seconds: int
    clock: Clock

    def check(self, claims: Claims | None, *, user: User | None = None) -> Claims:
        """Return the claims of an access token whose login is of lately; without claims none is.

        With a ``user`` who has a second factor the login has shown one: for what logs in beside it (OTP-4).

        Raises:
            InsufficientAuthenticationError: it is older or has not, or the token does not say.
        """
        if claims is None:
            raise InsufficientAuthenticationError(max_age=self.max_age_seconds)
        level = AAL2 if user is not None and user.factor_kinds else None
        error = Requirement(max_age=self.max_age_seconds, acr=level).check(
            auth_time=claims.auth_time, amr=claims.amr, acr=claims.acr, now=self.clock()
        )
        if error is not None:
            raise error
        return claims
