"""Limits of logins: by the address that they come from, and by the account that they are about (RL-1, RL-2).

Both are judged in one step, before anything is looked up or hashed, so that what is refused costs nothing and
tells nothing of who exists. No stranger's guesses keep the owner out: at a device where she has signed in
before, her password neither waits for the account nor stops with it, and has a budget of its own (RL-4).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from jwt_auth_core.devices import Devices
from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.address_limits import GUESS, LOGIN
from jwt_auth_core.flows.guess import Guess
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Take
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.failures import PasswordFailures
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Clock, Email, Secret, UserId

ACCOUNT_FAILURES: Final = "account_failures"
"""Whose keys are e-mail identities, whether anybody has them or not."""
DEVICE_FAILURES: Final = "device_failures"
"""Whose keys are devices, each for one account."""
TYPOS: Final = "typos"
"""Whose keys are wrong passwords of one account: the same one again is no other guess."""
BY_ACCOUNT: Final = (ACCOUNT_FAILURES, DEVICE_FAILURES)
MOST_IN_A_ROW: Final = 100
"""So many wrong ones from elsewhere, and the password works from known devices alone (NIST SP 800-63B)."""

# Whoever does not exist is asked about in the same words, so that it takes the same time (ENUM-1).
_NOBODY: Final = UserId("00000000-0000-0000-0000-000000000000")


def device_key(digest: str, email: Email) -> str:
    """Return under which key the wrong passwords of a device for one account are counted."""
    return f"{digest} {email}"


def device_codes_key(digest: str, user_id: UserId) -> str:
    """Return under which key the wrong codes of a user at a known device are counted."""
    return f"{user_id} {digest}"


@dataclass(slots=True, kw_only=True)
class LoginGuess(Guess):
    """A password that is being looked at.

    Attributes:
        email: the account that it is for.
        client: where it came from.
        device: the digest of the token that came along; None where it can be none of ours.
        is_known: whether the account's owner has signed in at the device.
    """

    email: Email
    client: Client
    device: str | None
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """How often somebody may guess a password."""

    rate_limits: RateLimits
    devices: Devices
    failures: PasswordFailures
    clock: Clock

    @contextmanager
    def guess(self, email: Email, client: Client, device: str | None) -> Generator[LoginGuess]:
        """Count an attempt and a wrong password; the latter is given back unless that is what it was.

        Raises:
            RateLimitedError: there were too many, and this one is not looked at.
        """
        guess = LoginGuess(self.rate_limits, (), email=email, client=client, device=device)
        self._count(guess, [*self._of_address(client), self._of_account(guess)])
        try:
            yield guess
        finally:
            guess.end()

    def recognise(self, guess: LoginGuess, user: User | None) -> None:
        """Look whether the device that came along is one of the user's; else count the account after all.

        Raises:
            RateLimitedError: it is not, and the account waits.
        """
        if guess.device is None:
            return
        guess.is_known = self.devices.is_known(guess.device, _id_of(user), now=self.clock())
        if not guess.is_known:
            self._count(guess, [self.rate_limits.take(ACCOUNT_FAILURES, guess.email)])

    def is_stopped(self, guess: LoginGuess, user: User) -> bool:
        """Tell whether the password is good for nothing here: too many in a row were wrong elsewhere."""
        return self._counts and not guess.is_known and user.password_failures >= MOST_IN_A_ROW

    def is_admitted(self, guess: LoginGuess, user: User) -> bool:
        """Tell whether a right password is good in the end, of a user as stored now."""
        if guess.device is not None and guess.is_known:
            return self.devices.keep(guess.device, user.user_id, now=self.clock())
        return not self.is_stopped(guess, user)

    def wrong(self, guess: LoginGuess, password: Secret) -> bool:
        """Take note that the password is wrong; tell whether it is a new one.

        The same as some minutes ago is given back to the account and the device, not to the address.
        """
        guess.is_wrong = True
        if not self._counts:
            return False
        typo = self.rate_limits.take(TYPOS, f"{guess.email}\0{password.reveal()}")
        if all(verdict.allowed for verdict in self.rate_limits.store.take([typo])):
            return True
        self.rate_limits.give_back([one for one in guess.counted if one.rule.name in BY_ACCOUNT])
        return False

    def count_failure(self, guess: LoginGuess, user: User | None) -> bool:
        """Count a new wrong password of the user; tell whether it was the last before the stop.

        Raises:
            UnavailableError: the database does not answer.
        """
        if guess.device is not None and guess.is_known:
            self.devices.count_failure(guess.device, _id_of(user))
            return False
        return self.failures.count(_id_of(user), most=MOST_IN_A_ROW) == MOST_IN_A_ROW

    def succeed(self, guess: LoginGuess, user: User, token: Secret | None) -> Secret | None:
        """Note that the user has signed in; return the device's token, a new one unless it is known.

        Raises:
            UnavailableError: the database does not answer.
        """
        if guess.is_known:
            return token
        if user.password_failures:
            self.failures.clear(user.user_id)
        return self.devices.add(user.user_id, now=self.clock(), before=guess.device)

    @property
    def _counts(self) -> bool:
        return self.rate_limits.is_on and bool(self.rate_limits.limits(ACCOUNT_FAILURES))

    def _count(self, guess: LoginGuess, takes: Sequence[Take]) -> None:
        counted = self.rate_limits.check_takes(takes, whose=Whose(client=guess.client))
        guess.counted = (*guess.counted, *(verdict for verdict in counted if verdict.rule.name != LOGIN))

    def forget(self, email: Email) -> None:
        """Forget the wrong passwords for an account so far.

        Raises:
            UnavailableError: the store does not answer.
        """
        self.rate_limits.reset(ACCOUNT_FAILURES, email)

    def _of_address(self, client: Client) -> Iterator[Take]:
        if client.limit_key is not None:
            for rule in GUESS:
                yield self.rate_limits.take(rule, client.limit_key, times=client.crowd)

    def _of_account(self, guess: LoginGuess) -> Take:
        if guess.device is None:
            return self.rate_limits.take(ACCOUNT_FAILURES, guess.email)
        return self.rate_limits.take(DEVICE_FAILURES, device_key(guess.device, guess.email))


def _id_of(user: User | None) -> UserId:
    return _NOBODY if user is None else user.user_id
