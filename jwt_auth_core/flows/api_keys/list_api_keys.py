"""List the API keys of a user; nothing of them opens anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from jwt_auth_core.api_keys.api_key import ApiKey, ApiKeyStore
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import UserId


@dataclass(frozen=True, slots=True)
class ListApiKeys:
    """Reads the keys of a user, of which digests alone are kept."""

    executor: ClassVar = Executor.STORE

    store: ApiKeyStore

    def __call__(self, user_id: UserId) -> Sequence[ApiKey]:
        """Return the keys, the oldest first; those whose time is over, too.

        Raises:
            UnavailableError: the store does not answer.
        """
        return self.store.of_user(user_id)
