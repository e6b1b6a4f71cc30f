"""Ask for a second factor: whoever has one shows it, but where the device is remembered or one is enough."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from jwt_auth_core.devices import Devices
from jwt_auth_core.encoding import b64url_encode, same
from jwt_auth_core.factors.factor import Factor
from jwt_auth_core.flows.sessions.challenge import Challenge, FirstFactor
from jwt_auth_core.one_time.challenge import (
    BROWSER_CHALLENGE,
    BROWSER_ENROLMENT,
    CHALLENGE,
    ENROLMENT,
    BegunLogin,
    ChallengeStore,
    bound_digest,
)
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Clock


@dataclass(frozen=True, slots=True)
class AskForFactor:
    """An `AskSecondFactor`; asks no store about a user who has no factor."""

    factors: Sequence[Factor]
    challenges: ChallengeStore
    devices: Devices
    clock: Clock
    is_required: bool = False

    def __call__(self, user: User, first: FirstFactor) -> Challenge | None:
        """Return the challenge of a login, None where nothing is asked for.

        Raises:
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        if not user.factor_kinds:
            return self._challenge(user, first, ENROLMENT, ()) if self.is_required else None
        if self._is_remembered(user, first):
            return None
        names = tuple(factor.name for factor in self.factors if factor.is_enrolled(user.user_id))
        return self._challenge(user, first, CHALLENGE, names)

    def _challenge(
        self, user: User, first: FirstFactor, purpose: Purpose, names: tuple[str, ...]
    ) -> Challenge:
        is_enrolment = purpose is ENROLMENT
        if first.browser is not None:
            purpose = BROWSER_ENROLMENT if is_enrolment else BROWSER_CHALLENGE
        token, seconds = purpose.new(), purpose.ttl_seconds
        digest = purpose.digest_of(token.reveal())
        begun = BegunLogin(
            user.user_id, first.methods, user.session_version, credential_of(user), first.instead_of
        )
        kept = digest if first.browser is None else bound_digest(digest, first.browser)
        self.challenges.put(kept, begun, seconds=seconds)
        return Challenge(token, names, seconds, enrols=is_enrolment)

    def _is_remembered(self, user: User, first: FirstFactor) -> bool:
        if first.device is None or first.instead_of is not None:  # who logs in once more is to show all
            return False
        version, now = user.session_version, self.clock()
        return self.devices.is_remembered(first.device, user.user_id, version=version, now=now)


def credential_of(user: User) -> str:
    """Return what tells the user's password hash from another one."""
    return b64url_encode(hashlib.sha256(user.password_hash.encode()).digest())


def is_as_begun(begun: BegunLogin, user: User) -> bool:
    """Tell whether the account is still what the first factor was right for."""
    is_same = same(credential_of(user).encode(), begun.credential.encode())
    return is_same and user.session_version == begun.version
