"""An API key as it is kept, what a store of them promises, and the errors that only this capability has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import UserId

USE_SECONDS: Final = 60
"""How often it is written that a key was used."""


class ApiKeyNotFoundError(AuthError):
    """Raised when there is no such API key, or it is another user's."""

    code = "api_key_not_found"

    def __init__(self) -> None:
        super().__init__("no such API key")


class TooManyApiKeysError(AuthError):
    """Raised when a user has as many API keys as ``API_KEYS_PER_USER`` allows; ``most`` says how many."""

    code = "too_many_api_keys"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"a user may have {most} API keys; revoke one first")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key without what opens anything; times are seconds since the epoch.

    ``scopes`` are the most that it grants: of those its owner has by now. ``expires_at`` None: it has no end.
    ``last_used_at`` is up to a minute behind.
    """

    key_id: str
    user_id: UserId
    name: str
    scopes: frozenset[str]
    created_at: int
    expires_at: int | None = None
    last_used_at: int | None = None


class ApiKeyStore(Protocol):
    """Where keys are kept, by the digests of their texts; those of a user that is deleted go with it.

    Every method raises UnavailableError when the store does not answer.
    """

    def add(self, key: ApiKey, digest: str, *, most: int) -> bool:
        """Keep a key, unless its owner has ``most`` by now; tell whether it is kept. Of many at once too.

        Raises:
            UserNotFoundError: the owner is gone or disabled, or has no account of its own.
        """
        ...

    def find(self, digests: Sequence[str]) -> Mapping[str, ApiKey]:
        """Return the keys of these digests, as far as there are any; one query for all."""
        ...

    def of_user(self, user_id: UserId) -> Sequence[ApiKey]:
        """Return a user's keys, the oldest first; those whose time is over, too."""
        ...

    def remove(self, key_id: str, *, user_id: UserId | None = None) -> UserId | None:
        """Forget a key, of this user or of anybody; return whose it was, None where it is not there."""
        ...

    def remove_all(self, user_id: UserId) -> Sequence[str]:
        """Forget every key of a user; return their ids. Waits for what is adding one."""
        ...

    def note_uses(self, key_ids: Sequence[str], *, now: int) -> None:
        """Note that keys were used by now; what was noted less than a minute ago is left as it is."""
        ...
