"""An impersonation: an admin acts for a user, by an access token with ``act`` and no refresh token.

Its id is the token's ``sid``, and no session's: what ends it is recorded as the end of a session is.
"""

from __future__ import annotations

import os
import re
from typing import Final

from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import SessionId, UserId

LONGEST_SECONDS: Final = 1800
"""How long one lasts at most: 30 minutes; as long as an access token where that is shorter."""

_ID: Final = re.compile(r"imp[0-9a-f]{32}", re.ASCII)
_BYTES: Final = 16


class ImpersonationRefusedError(AuthError):
    """Raised when an admin would act for somebody for whom no admin does."""

    code = "impersonation_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"nobody acts for {reason}")


@dataclass(frozen=True, slots=True)
class Impersonation:
    """Who (``actor_id``) acts for whom, until ``ends_at``, in seconds since the epoch."""

    impersonation_id: SessionId
    actor_id: UserId
    user_id: UserId
    ends_at: int


def new_id() -> SessionId:
    """Return an id of 128 random bits, which no session has.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return SessionId(f"imp{random_bytes(_BYTES, os.urandom).hex()}")


def is_impersonation(session_id: str | None) -> bool:
    """Tell whether the ``sid`` of a token of ours is that of an impersonation."""
    return session_id is not None and _ID.fullmatch(session_id) is not None
