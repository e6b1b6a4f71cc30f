"""What the use cases share that change a user's second factors: who may, and in what transaction."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.devices import Devices
from jwt_auth_core.factors.enrolled import EnrolledFactors
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.sessions.revoke_session import RevokeSession
from jwt_auth_core.flows.still_in_force import refuse_ended
from jwt_auth_core.one_time.challenge import ChallengeInvalidError
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Clock, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChanges:
    """Made once, at assembly, and handed to each of them whole."""

    current_user: CurrentUser
    enrolled: EnrolledFactors
    devices: Devices
    journal: Journal
    clock: Clock
    fresh_login: FreshLogin
    revoke_session: RevokeSession

    def fresh(self, user_id: str, claims: Claims) -> User:
        """Return the caller, whose login is of lately, and with a second factor where there is one (OTP-4).

        Raises:
            InsufficientAuthenticationError: it was not.
            UserNotFoundError: the user is gone or disabled.
        """
        user = self.current_user(user_id)
        self.fresh_login.check(claims, user=user)
        return user

    @contextmanager
    def together(self, user_id: UserId, claims: Claims | None = None) -> Generator[None]:
        """Hold the transaction of a change: one at a time for a user; no device is remembered afterwards.

        With the ``claims`` of the caller's access token it is refused where that was ended meanwhile.

        Raises:
            TokenInvalidError: it was.
            UserNotFoundError: the user is gone.
            UnavailableError: the database does not answer; nothing was changed.
        """
        with self.journal.together():
            self.enrolled.lock(user_id)
            refuse_ended(self.current_user.users, user_id, claims)
            yield
            self.devices.forget_remembered(user_id)

    def refuse_second(self, user_id: UserId) -> None:
        """Refuse an enrolment at a login for a user who has a factor by now; the row of the account is held.

        Of several who know the password, and began before there was a factor, one enrols the first.

        Raises:
            ChallengeInvalidError: the user has one.
            UnavailableError: the database does not answer.
        """
        if self.enrolled.has_any(user_id):
            raise ChallengeInvalidError

    def end_others(self, user_id: UserId, client: Client | None, *, keep: str | None) -> None:
        """End the user's sessions but the one that made the change, in the open transaction (RF-11).

        Whoever sat in one of them has shown none of the factors that count from now on.

        Raises:
            UnavailableError: a store does not answer; the change is undone with the transaction.
        """
        self.revoke_session.others(user_id, client, keep=keep)
