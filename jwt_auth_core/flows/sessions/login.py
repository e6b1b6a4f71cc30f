"""Log in: e-mail and password in, a new session and its tokens out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.devices import device_digest
from jwt_auth_core.errors import AuthError, InvalidCredentialsError, InvalidInputError
from jwt_auth_core.events import LoggedIn, LoginFailed, PasswordStopped
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login_limits import LoginGuess, LoginLimits
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.email import own_text, parse_email
from jwt_auth_core.users.user import User, UserStore
from jwt_auth_core.users.verified import EmailUnverifiedError
from jwt_auth_core.vocabulary import Client, Email, Secret

_LOGGER: Final = logging.getLogger("jwt_auth.login")
_LONGEST_ADDRESS: Final = 1000  # code points; far above RFC 5321's 254, far below a nuisance


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """Checked input of a login; made by `LoginAttempt.parse`.

    ``device`` is the token of a browser or application in which somebody has signed in before.
    """

    email: Email
    password: Secret
    device: Secret | None = None

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> LoginAttempt:
        """Check ``email``, ``password`` and, where it is there, ``device``.

        A malformed address is no error, just nobody's.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        email, password = email_in(fields), fields.secret("password")
        device = fields.secret_if_given("device")
        fields.raise_problems()
        return cls(email, password, device)


def email_in(fields: Fields) -> Email:
    """Return whom the field ``email`` names, or note why that cannot be told."""
    address = fields.storable("email")
    if len(address) > _LONGEST_ADDRESS:
        fields.note("email", "too_long", f"must be at most {_LONGEST_ADDRESS} characters long")
    return Email("") if fields.has("email") else identity(address)


def identity(address: str) -> Email:
    """Return whom an address names, whatever its form."""
    try:
        return parse_email(address).canonical
    except InvalidInputError:
        return own_text(address)  # as an adopted row may bear it


@dataclass(frozen=True, slots=True)
class Login:
    """Checks a password, and has `OpenSession` do the rest; unknown users cost the same work."""

    executor: ClassVar = Executor.HASH

    passwords: Passwords
    users: UserStore
    open_session: OpenSession
    limits: LoginLimits

    def __call__(
        self, attempt: LoginAttempt, client: Client, replaces: str | None = None
    ) -> Grant | Challenge:
        """Open a session and return its first tokens, or what else the user has to show.

        ``replaces`` is the refresh token that the client has so far: its session ends (RF-13).

        Raises:
            RateLimitedError: too often, for known and unknown alike; nothing was looked at.
            InvalidCredentialsError: whatever the cause; the same work was done (ENUM-1).
            EmailUnverifiedError: the password is right, and the address has to be verified first.
            UnavailableError: a store does not answer; no session was handed out.
        """
        with self.limits.guess(attempt.email, client, device_digest(attempt.device)) as guess:
            return self._logged_in(attempt, client, guess, replaces)

    def _logged_in(
        self, attempt: LoginAttempt, client: Client, guess: LoginGuess, replaces: str | None
    ) -> Grant | Challenge:
        user = self.users.find_by_email(attempt.email)
        self.limits.recognise(guess, user)
        # Where the password is good for nothing, its hash is not looked at: the same work for another answer.
        is_stopped = user is not None and self.limits.is_stopped(guess, user)
        stored = None if user is None or is_stopped else user.password_hash
        is_right = self.passwords.verify(attempt.password, stored)
        # All that refuse do the same from here on: whether there is an account is not to be timed (ENUM-1).
        if not is_right or user is None or not self.open_session.admits(user):
            raise self._refusal(user, attempt, client, guess)
        user = self._upgraded(user, attempt.password)
        device = guess.device if guess.is_known else None
        is_still_right = partial(self._is_still_right, attempt.password, user.password_hash, guess)
        try:
            with guess.right(self.open_session.as_one()):
                opened = self.open_session(
                    user, client, is_still_right=is_still_right, device=device, replaces=replaces
                )
                self._note(user, attempt, client, guess, opened)
        except InvalidCredentialsError:
            raise self._refusal(user, attempt, client, guess) from None
        except EmailUnverifiedError as error:
            self._note_failure(user, client, reason=error.code)
            raise
        return opened

    def _note(
        self, user: User, attempt: LoginAttempt, client: Client, guess: LoginGuess, opened: Grant | Challenge
    ) -> None:
        if isinstance(opened, Grant):
            parts, mark = self.open_session.parts, session_mark(opened.session_id)
            with parts.journal.joined():
                opened.device = self.limits.succeed(guess, user, attempt.device)
                parts.journal(LoggedIn(at=parts.clock(), user_id=user.user_id, session=mark, client=client))

    def _refusal(
        self, user: User | None, attempt: LoginAttempt, client: Client, guess: LoginGuess
    ) -> InvalidCredentialsError:
        # Also where nobody can write it down: a 503 tells as much as a 401.
        is_new = self.limits.wrong(guess, attempt.password)
        is_last = is_new and self.limits.count_failure(guess, user)
        self._note_failure(user, client)
        if is_last:
            parts, user_id = self.open_session.parts, user.user_id if user else None
            parts.journal(PasswordStopped(at=parts.clock(), user_id=user_id, client=client))
        return InvalidCredentialsError()

    def _note_failure(self, user: User | None, client: Client, *, reason: str | None = None) -> None:
        parts, user_id = self.open_session.parts, user.user_id if user else None
        parts.journal(LoginFailed(at=parts.clock(), user_id=user_id, client=client, reason=reason))

    def _is_still_right(self, password: Secret, verified_hash: str, guess: LoginGuess, user: User) -> bool:
        """Tell whether the password was not changed while this login hashed (RF-11), nor stopped."""
        is_right = self.passwords.verify_again(password, user.password_hash, verified=verified_hash)
        return is_right and self.limits.is_admitted(guess, user)

    def _upgraded(self, user: User, password: Secret) -> User:
        """Return the user with the hash as stored from now on."""
        new_hash = self.passwords.upgrade(password, user.password_hash)
        if new_hash is None:
            return user
        try:
            is_new = self.users.replace_password_hash(
                user.user_id, expected_hash=user.password_hash, new_hash=new_hash
            )
        except AuthError as error:
            # A read-only database must not stop a login that needs no write (F-16).
            _LOGGER.warning("a password hash was not upgraded: %s", error)
            return user
        return replace(user, password_hash=new_hash) if is_new else user
