"""Impersonate: an admin sees what a user sees, for half an hour at most, and answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from jwt_auth_core.admin.impersonation import (
    LONGEST_SECONDS,
    Impersonation,
    ImpersonationRefusedError,
    is_impersonation,
    new_id,
)
from jwt_auth_core.admin.impersonations import SqlImpersonations
from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.events import ImpersonationBegan, ImpersonationEnded
from jwt_auth_core.flows.admin.admin_caller import AdminCaller, is_admin
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocation import SLACK_SECONDS
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.actors import Actor
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, SessionId, UserId

AT_ONCE: Final = 100
"""How many that are over one look ends."""


@dataclass(frozen=True, slots=True)
class Impersonating:
    """An access token by which an admin acts for a user; ``expires_in`` is its lifetime in seconds."""

    access_token: str
    expires_in: int
    user: User
    impersonation_id: SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndImpersonations:
    """Ends what `Impersonate` began: for who acts, after its time, or where the token was not handed out."""

    executor: ClassVar = Executor.STORE

    store: SqlImpersonations
    parts: SessionParts

    def __call__(self, claims: Claims, client: Client) -> int:
        """End the impersonation of a token, or all of a user's who calls as itself; return how many.

        Raises:
            UnavailableError: a store does not answer; some may go on, try again.
        """
        if is_impersonation(claims.session_id):
            return self._end(self.store.find(claims.session_id or ""), client, reason="ended")
        return self._end(self.store.of_actor(UserId(claims.subject)), client, reason="ended")

    def take_back(self, made: Impersonating, client: Client) -> None:
        """End one whose token the edge did not hand out after all.

        Raises:
            UnavailableError: a store does not answer; nobody has its token all the same.
        """
        reason = EndReason.NOT_GRANTED.value
        self._end(self.store.find(made.impersonation_id), client, reason=reason)

    def over(self) -> int:
        """Tell the audit of some whose time is over; return how many.

        Raises:
            UnavailableError: the database does not answer.
        """
        found = self.store.over(now=self.parts.clock(), most=AT_ONCE)
        return self._end(found, None, reason="expired")

    def _end(self, found: Sequence[Impersonation], client: Client | None, *, reason: str) -> int:
        return sum(self._ended(one, client, reason) for one in found)

    def _ended(self, one: Impersonation, client: Client | None, reason: str) -> bool:
        now, parts = self.parts.clock(), self.parts
        with parts.journal.together():
            if not self.store.remove(one.impersonation_id):
                return False
            # Recorded as the end of a session is, until no token of it can be alive.
            parts.revocations.record_session(one.impersonation_id)
            parts.users.end_session(
                one.impersonation_id,
                user_id=one.user_id,
                reason=EndReason.REVOKED.value,
                now=now,
                expires_at=max(one.ends_at, now) + SLACK_SECONDS,
            )
            parts.journal(
                ImpersonationEnded(
                    at=now,
                    user_id=one.user_id,
                    session=session_mark(one.impersonation_id),
                    client=client,
                    actor=one.actor_id,
                    reason=reason,
                )
            )
        parts.revocations.revoke_session(one.impersonation_id)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Impersonate:
    """Gives an admin an access token of a user's, and tells the audit before the token is handed out."""

    executor: ClassVar = Executor.STORE

    caller: AdminCaller
    store: SqlImpersonations
    tokens: AccessTokens
    parts: SessionParts

    def __call__(self, claims: Claims, user_id: str, client: Client) -> Impersonating:
        """Return an access token of the user's, in which the admin acts (RFC 8693 section 4.1).

        It has the scopes and roles that a login of the user without a second factor grants now, and says
        neither how nor when anybody logged in: what asks for a fresh login refuses it. It ends with the
        admin's session, with whatever cuts the admin off or takes a role from it, and with what ends the
        user's tokens. There is no refresh token.

        Raises:
            UserNotFoundError, InsufficientScopeError, InsufficientAuthenticationError, InvalidInputError,
                AccountNotFoundError: as `AdminCaller.changes_user`.
            ImpersonationRefusedError: the user is an admin, or disabled, or to be deleted; or the admin's own
                token has no session.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        # Of before the check: a cut-off that comes in between is one of after the token was issued.
        now = self.parts.clock()
        lifetime_seconds = min(LONGEST_SECONDS, self.tokens.ttl_seconds)
        with self.caller.changes_user(claims, user_id, client) as (admin, user):
            _refuse(user, claims)
            one = Impersonation(new_id(), admin.user_id, user.user_id, now + lifetime_seconds)
            granted = self.parts.factor_scopes.granted(user, None)
            token = self.tokens.issue(
                subject=user.user_id,
                scopes=granted.scopes,
                session_id=one.impersonation_id,
                session_version=user.session_version,
                token_version=user.token_version or None,  # not written where it is 0
                roles=granted.roles,
                actors=(Actor(admin.user_id, claims.session_id),),
                now=now,
                lifetime_seconds=lifetime_seconds,
            )
            with self.parts.journal.together():
                self.parts.users.adopt(user.user_id)
                self.store.add(one)
                mark = session_mark(one.impersonation_id)
                self.parts.journal(
                    ImpersonationBegan(at=now, user_id=user.user_id, session=mark, until=one.ends_at)
                )
        return Impersonating(token, lifetime_seconds, granted, one.impersonation_id)


def _refuse(user: User, claims: Claims) -> None:
    if is_admin(user):
        raise ImpersonationRefusedError("an admin")
    if user.disabled_at is not None or user.deletion_at is not None:
        raise ImpersonationRefusedError("a user who is disabled or to be deleted")
    if claims.session_id is None:
        raise ImpersonationRefusedError("a user by a token without a session, whose end nobody would hear of")
