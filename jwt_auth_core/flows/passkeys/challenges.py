"""Challenges: what a browser has sign, chance that is good once, for one ceremony and what it is bound to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.one_time.code import CodeStore, Purpose
from jwt_auth_core.passkeys.ceremony import TIMEOUT_SECONDS
from jwt_auth_core.records import dataclass

REGISTRATION: Final = Purpose("passkey_registration", ttl_seconds=TIMEOUT_SECONDS)
LOGIN: Final = Purpose("passkey_login", ttl_seconds=TIMEOUT_SECONDS)
LOGIN_BEGUN: Final = "login"
"""What names the login that a challenge is bound to, whose second factor the passkey is."""


@dataclass(frozen=True, slots=True)
class Challenges:
    """A part of the flows: 32 random bytes each, in base64url, of which the store sees a digest alone."""

    codes: CodeStore

    def new(self, purpose: Purpose, bound_to: Mapping[str, str]) -> str:
        """Return a challenge for a ceremony, and keep what it is bound to.

        Raises:
            UnavailableError: the store does not answer, or the system gives no random bytes.
        """
        code = purpose.new().reveal()
        self.codes.keep(purpose.digest_of(code), json.dumps(dict(bound_to)), seconds=purpose.ttl_seconds)
        return code.removeprefix(purpose.prefix)

    def spend(self, purpose: Purpose, challenge: str) -> Mapping[str, str] | None:
        """Return what a challenge is bound to, this once; None of one that is spent, too old or unknown.

        Raises:
            UnavailableError: the store does not answer; nobody knows whether it is spent.
        """
        try:
            digest = purpose.digest_of(purpose.prefix + challenge)
        except TokenInvalidError:
            return None
        (kept,) = self.codes.redeem([digest])
        if isinstance(kept, AuthError):
            raise kept
        bound_to: Mapping[str, str] | None = None if kept is None else json.loads(kept)
        return bound_to
