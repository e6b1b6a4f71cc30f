"""Show an impersonation to who acts: which admin, for whom, and until when."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.admin.impersonations import SqlImpersonations
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import User, UserStore


@dataclass(frozen=True, slots=True)
class Acting:
    """Who (``actor``) acts for whom, until ``ends_at``, in seconds since the epoch."""

    actor: User
    user: User
    ends_at: int


@dataclass(frozen=True, slots=True)
class ShowImpersonation:
    """Reads an impersonation for who acts in it; changes nothing."""

    executor: ClassVar = Executor.STORE

    store: SqlImpersonations
    users: UserStore

    def __call__(self, claims: Claims) -> Acting | None:
        """Return the impersonation of an access token; None where its user calls as itself.

        Raises:
            UnavailableError: the database does not answer.
        """
        for one in self.store.find(claims.session_id or ""):
            actor, user = self.users.find(one.actor_id), self.users.find(one.user_id)
            if actor is not None and user is not None:
                return Acting(actor, user, one.ends_at)
        return None
