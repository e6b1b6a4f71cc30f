"""Change the password: the current one or a fresh login proves the caller, every other session ends."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import ClassVar

from jwt_auth_core.assurance import AAL2, InsufficientAuthenticationError
from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.encoding import same
from jwt_auth_core.errors import (
    InvalidCredentialsError,
    TokenInvalidError,
    UnavailableError,
    UserNotFoundError,
)
from jwt_auth_core.events import PasswordChanged, PasswordChangeFailed
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.guess import Guess
from jwt_auth_core.flows.lost_answer import do_or_find
from jwt_auth_core.flows.password.new_password import check_new_password
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.still_in_force import refuse_ended, refuse_other
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.session import are_methods
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Secret


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """Checked input of a password change; made by `PasswordChange.parse`.

    Without the ``current`` password the caller must have logged in lately.
    """

    current: Secret | None
    new: Secret

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> PasswordChange:
        """Check that ``new_password`` is there, and ``current_password`` unless it is left out or null.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        current, new = fields.secret_if_given("current_password"), fields.secret("new_password")
        fields.raise_problems()
        return cls(current, new)


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Changes the password and ends all sessions in one transaction, then opens a new one."""

    executor: ClassVar = Executor.HASH

    passwords: Passwords
    current_user: CurrentUser
    parts: SessionParts
    open_session: OpenSession
    end_user: AccountAdmin
    limits: UserLimits
    fresh_login: FreshLogin
    service_name: str
    must_have_factor: bool = False

    def __call__(
        self, user_id: str, change: PasswordChange, client: Client, claims: Claims | None = None
    ) -> Grant:
        """Set the new password and return the first tokens of a new session (RF-11, RF-13).

        ``claims`` are those of the caller's access token: where the current password is left out they show
        a fresh login, which the new session continues. Of a user who has a second factor, or must have one,
        they show that as well: a password alone opens no session.

        Raises:
            InsufficientAuthenticationError: neither the current password nor a fresh login was shown, or no
                second factor where there is one.
            RateLimitedError: the current password was wrong too often; nothing was looked at.
            InvalidCredentialsError: the current password is wrong, or changed meanwhile.
            InvalidInputError: the new one breaks the policy.
            TokenInvalidError: nothing but the session shows who this is, and it was ended meanwhile.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer, nor did it when asked again: nothing was changed,
                unless the database did it and died before it could say so.
        """
        user = self.current_user(user_id)
        proof = self._fresh(claims) if change.current is None else None
        if user.factor_kinds or self.must_have_factor:
            proof = self._sure(claims)
        if proof is not None:
            refuse_other(user, proof)
        if change.current is not None:
            with self.limits.guess(user.user_id) as guess:
                self._prove(user, change.current, change, client, guess)
        check_new_password(self.passwords, user, change.new, service_name=self.service_name)
        return self._replace(user, self.passwords.hash(change.new), client, proof)

    def _fresh(self, claims: Claims | None) -> Claims:
        proof = self.fresh_login.check(claims)
        if are_methods(proof.amr):
            return proof
        # A token of your own making may say when, and not how: there is nothing to continue.
        raise InsufficientAuthenticationError(max_age=self.fresh_login.max_age_seconds)

    @staticmethod
    def _sure(claims: Claims | None) -> Claims:
        """Return the claims of a session that has shown two factors, which the new one continues."""
        if claims is None or claims.acr != AAL2 or claims.auth_time is None or not are_methods(claims.amr):
            raise InsufficientAuthenticationError(acr_values=AAL2)
        return claims

    def _prove(
        self, user: User, current: Secret, change: PasswordChange, client: Client, guess: Guess
    ) -> None:
        if not self.passwords.verify(current, user.password_hash):
            guess.is_wrong = True
            if self.passwords.verify(change.new, user.password_hash):
                # By a call of before, perhaps, whose answer was lost: nobody may have announced it.
                self.end_user.announce_again(user)
            now = self.parts.clock()
            self.parts.journal(PasswordChangeFailed(at=now, user_id=user.user_id, client=client))
            raise InvalidCredentialsError

    def _replace(self, user: User, new_hash: str, client: Client, proof: Claims | None) -> Grant:
        # The new session first: when its store is down, nothing has changed yet. Nobody has its
        # token until the transaction below is through, and until then its number is nobody's.
        now, version = self.parts.clock(), user.session_version + 1
        grant = self.open_session.begin(user, client, version=version, proof=proof)
        mark = session_mark(grant.session_id)
        event = PasswordChanged(at=now, user_id=user.user_id, session=mark, client=client)
        if not self._store(user, new_hash, event, grant, proof):
            self.open_session.take_back(grant)
            return self._replace(self._still(user, proof), new_hash, client, proof)
        self.end_user.clear(
            user.user_id, now=now, version=version, reason=EndReason.PASSWORD_CHANGED, keep=grant.session_id
        )
        return grant

    def _store(
        self, user: User, new_hash: str, event: PasswordChanged, grant: Grant, proof: Claims | None
    ) -> bool:
        try:
            return self._swap(user, new_hash, event, proof)
        except UserNotFoundError:
            return False
        except (InsufficientAuthenticationError, TokenInvalidError):
            self.open_session.take_back(grant)
            raise
        except UnavailableError:
            with suppress(UnavailableError):
                self.open_session.take_back(grant)
            raise

    def _still(self, before: User, proof: Claims | None) -> User:
        """Return the user whose sessions were all ended meanwhile, if that is all that happened.

        Raises:
            InvalidCredentialsError: the password that was verified is the user's no more.
            TokenInvalidError: a session has to show who this is, and it was ended with the others.
        """
        try:
            user = self.current_user(before.user_id)
        except UserNotFoundError:
            raise InvalidCredentialsError from None
        unchanged = same(user.password_hash.encode(), before.password_hash.encode())
        if not unchanged or user.session_version == before.session_version:
            raise InvalidCredentialsError
        if proof is not None:
            refuse_other(user, proof)
        return user

    def _swap(self, user: User, new_hash: str, event: PasswordChanged, proof: Claims | None) -> bool:
        def done() -> bool | None:
            found = self.parts.users.find(user.user_id)
            return True if found is not None and found.password_hash == new_hash else None

        try:
            return do_or_find(
                partial(self._swap_once, user, new_hash, event, proof),
                done,
                refusal=InvalidCredentialsError,
                journal=self.parts.journal,
                event=event,
            )
        except InvalidCredentialsError:
            return False

    def _swap_once(self, user: User, new_hash: str, event: PasswordChanged, proof: Claims | None) -> bool:
        with self.parts.journal.together():
            self._refuse_late(user, proof)
            is_done = self.parts.users.change_password(
                user.user_id,
                expected_hash=user.password_hash,
                new_hash=new_hash,
                expected_version=user.session_version,
                now=event.at,
            )
            if is_done:
                self.parts.journal(event)
        if not is_done:
            raise InvalidCredentialsError
        return True

    def _refuse_late(self, before: User, proof: Claims | None) -> None:
        """Refuse, behind the account's row, what was good while the password was hashed, and is no more.

        Raises:
            InsufficientAuthenticationError: the user has a second factor since, which nobody has shown.
            TokenInvalidError: the session that shows who this is was ended.
        """
        user = self.parts.users.find_settled(before.user_id)
        if user is None or user.session_version != before.session_version:
            return  # what changes the password looks at that, and knows a call whose answer was lost
        if proof is None and user.factor_kinds:
            raise InsufficientAuthenticationError(acr_values=AAL2)
        refuse_ended(self.parts.users, user.user_id, proof)
