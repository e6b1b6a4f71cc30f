"""Reauthenticate: whoever is logged in proves once more who they are, and goes on in a new session.

Nothing makes a session fresher that was opened before: so who shares the old one, a thief, gains nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from jwt_auth_core.assurance import PASSWORD, RECOVERY, with_second
from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.encoding import same
from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.events import Reauthenticated, ReauthenticationFailed, RecoveryCodeUsed
from jwt_auth_core.factors.factor import Factor, FactorInvalidError
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factors.answer import Answer, answer_in
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.guess import Guess
from jwt_auth_core.flows.sessions.challenge import Challenge, FirstFactor
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Secret


@dataclass(frozen=True, slots=True)
class Reauthentication:
    """Checked input; made by `Reauthentication.parse`. One of the two is there."""

    password: Secret | None
    answer: Answer | None = None

    @classmethod
    def parse(cls, values: Mapping[str, object], factors: Sequence[Factor] = ()) -> Reauthentication:
        """Check that ``password`` is there, or an answer to one of the factors, or both.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        answer = answer_in(fields, values, factors)
        password = fields.secret("password") if answer is None else fields.secret_if_given("password")
        fields.raise_problems()
        return cls(password, answer)


@dataclass(frozen=True, slots=True)
class Reauthenticate:
    """Replaces a session by one whose login is fresh."""

    executor: ClassVar = Executor.HASH

    passwords: Passwords
    current_user: CurrentUser
    open_session: OpenSession
    limits: UserLimits
    factors: Sequence[Factor]

    def __call__(
        self, claims: Claims, proof: Reauthentication, client: Client, replaces: str | None = None
    ) -> Grant | Challenge:
        """Open a session in the place of the one that the claims are of, or say what else is to be shown.

        The session says by what it was proven: a second factor alone is one factor. ``replaces`` is the
        refresh token that the client has so far: its session ends as well, should it be another one.

        Raises:
            RateLimitedError: password or factor were wrong too often; nothing was looked at.
            InvalidCredentialsError: the password is wrong, or was changed meanwhile.
            FactorInvalidError: the second factor is wrong or was used before.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer; no session was handed out.
        """
        user = self.current_user(claims.subject)
        with self.limits.guess(user.user_id) as guess:
            try:
                opened = self._opened(user, claims, proof, client, replaces)
            except (InvalidCredentialsError, FactorInvalidError):
                self._note_wrong(user, client, guess)
                raise
        if isinstance(opened, Grant):
            parts, mark = self.open_session.parts, session_mark(opened.session_id)
            event = Reauthenticated(at=parts.clock(), user_id=user.user_id, session=mark, client=client)
            parts.journal(event)
        return opened

    def _opened(
        self, user: User, claims: Claims, proof: Reauthentication, client: Client, replaces: str | None
    ) -> Grant | Challenge:
        if proof.password is not None and not self.passwords.verify(proof.password, user.password_hash):
            raise InvalidCredentialsError
        is_still_right = partial(self._is_still_right, proof.password, user.password_hash)
        if proof.answer is None:
            return self.open_session(
                user,
                client,
                is_still_right=is_still_right,
                replaces=replaces,
                instead_of=claims.session_id,
            )
        methods = self._spent(user, proof.answer, client)
        if proof.password is not None:
            methods = with_second(PASSWORD, methods)
        shown = FirstFactor(methods, None, claims.session_id)
        return self.open_session.completed(
            user, client, is_still_right=is_still_right, shown=shown, replaces=replaces
        )

    def _spent(self, user: User, answer: Answer, client: Client) -> tuple[str, ...]:
        parts = self.open_session.parts
        with parts.journal.together():
            methods = answer.factor.verify(user.user_id, answer.value, challenge=None)
            if methods is None:
                raise FactorInvalidError
            if RECOVERY in methods:
                parts.journal(RecoveryCodeUsed(at=parts.clock(), user_id=user.user_id, client=client))
            return methods

    def _note_wrong(self, user: User, client: Client, guess: Guess) -> None:
        guess.is_wrong = True  # also where nobody can write it down
        parts = self.open_session.parts
        parts.journal(ReauthenticationFailed(at=parts.clock(), user_id=user.user_id, client=client))

    def _is_still_right(self, password: Secret | None, verified_hash: str, user: User) -> bool:
        if password is None:
            return same(user.password_hash.encode(), verified_hash.encode())
        return self.passwords.verify_again(password, user.password_hash, verified=verified_hash)
