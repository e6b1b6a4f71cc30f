"""Reauthenticate: whoever is logged in proves once more who they are, and goes on in a new session.

Nothing makes a session fresher that was opened before: so who shares the old one, a thief, gains nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.events import Reauthenticated, ReauthenticationFailed
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.guess import Guess
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Secret


@dataclass(frozen=True, slots=True)
class Reauthentication:
    """Checked input; made by `Reauthentication.parse`."""

    password: Secret

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Reauthentication:
        """Check that ``password`` is there.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        password = fields.secret("password")
        fields.raise_problems()
        return cls(password)


@dataclass(frozen=True, slots=True)
class Reauthenticate:
    """The use case; its parts are named once, at assembly."""

    executor: ClassVar = Executor.HASH

    passwords: Passwords
    current_user: CurrentUser
    open_session: OpenSession
    limits: UserLimits

    def __call__(
        self, claims: Claims, proof: Reauthentication, client: Client, replaces: str | None = None
    ) -> Grant | Challenge:
        """Open a session in the place of the one that the claims are of, or say what else is to be shown.

        ``replaces`` is the refresh token that the client has so far: its session ends as well, should it be
        another one.

        Raises:
            RateLimitedError: the password was wrong too often; nothing was looked at.
            InvalidCredentialsError: the password is wrong, or was changed meanwhile.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer; no session was handed out.
        """
        user = self.current_user(claims.subject)
        with self.limits.guess(user.user_id) as guess:
            try:
                opened = self._opened(user, claims, proof.password, client, replaces)
            except InvalidCredentialsError:
                self._note_wrong(user, client, guess)
                raise
        if isinstance(opened, Grant):
            parts, mark = self.open_session.parts, session_mark(opened.session_id)
            event = Reauthenticated(at=parts.clock(), user_id=user.user_id, session=mark, client=client)
            parts.journal(event)
        return opened

    def _opened(
        self, user: User, claims: Claims, password: Secret, client: Client, replaces: str | None
    ) -> Grant | Challenge:
        if not self.passwords.verify(password, user.password_hash):
            raise InvalidCredentialsError
        is_still_right = partial(self._is_still_right, password, user.password_hash)
        return self.open_session(
            user,
            client,
            is_still_right=is_still_right,
            replaces=replaces,
            instead_of=claims.session_id,
        )

    def _note_wrong(self, user: User, client: Client, guess: Guess) -> None:
        guess.is_wrong = True  # also where nobody can write it down
        parts = self.open_session.parts
        parts.journal(ReauthenticationFailed(at=parts.clock(), user_id=user.user_id, client=client))

    def _is_still_right(self, password: Secret, verified_hash: str, user: User) -> bool:
        return self.passwords.verify_again(password, user.password_hash, verified=verified_hash)
