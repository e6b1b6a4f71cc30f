"""Revoke API keys: refused here at once, in every other process within a second.

The store comes first: from then on no look-up finds the key. The feed ends what is open with it, and spares
the others the look-up; where it does not answer, they look within a second all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Final

from jwt_auth_core.api_keys.api_key import ApiKeyNotFoundError, ApiKeyStore
from jwt_auth_core.api_keys.key_text import is_key_id
from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.events import ApiKeyRevoked
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.vocabulary import Client, Clock, UserId

_LOGGER: Final = logging.getLogger("jwt_auth.api_keys")


@dataclass(frozen=True, slots=True)
class RevokeApiKey:
    """Ends keys: of a user by itself, for operators, or all of a user at once."""

    executor: ClassVar = Executor.STORE

    store: ApiKeyStore
    journal: Journal
    revocations: Revocations
    clock: Clock

    def __call__(self, user_id: UserId, key_id: str, client: Client | None = None) -> None:
        """Revoke a key of this user's.

        Raises:
            ApiKeyNotFoundError: there is none of this id.
            UnavailableError: the store does not answer; the key may be good still, try again.
        """
        self._revoke(key_id, user_id, client)

    def of_anybody(self, key_id: str) -> UserId:
        """Revoke a key, whosever it is, for operators; return whose it was.

        Raises:
            ApiKeyNotFoundError: there is none of this id.
            UnavailableError: the store does not answer; the key may be good still, try again.
        """
        return self._revoke(key_id, None, None)

    def all(self, user_id: UserId, *, reason: str | None = None) -> Sequence[str]:
        """Revoke every key of a user, in the open transaction where there is one; return their ids.

        For whatever takes an account out of the hands of whoever had it: a reset password, a disabled user.

        Raises:
            UnavailableError: the store does not answer; nothing was changed.
        """
        with self.journal.together():
            key_ids = self.store.remove_all(user_id)
            for key_id in key_ids:
                self._report(user_id, key_id, reason, None)
        return key_ids

    def _revoke(self, key_id: str, user_id: UserId | None, client: Client | None) -> UserId:
        with self.journal.together():
            owner = self.store.remove(key_id, user_id=user_id) if is_key_id(key_id) else None
            if owner is None:
                raise ApiKeyNotFoundError
            self._report(owner, key_id, None, client)
        return owner

    def _report(self, owner: UserId, key_id: str, reason: str | None, client: Client | None) -> None:
        self.journal.database.after_commit(partial(self._announce, key_id))
        now = self.clock()
        self.journal(ApiKeyRevoked(at=now, user_id=owner, client=client, key_id=key_id, reason=reason))

    def _announce(self, key_id: str) -> None:
        try:
            self.revocations.revoke_session(key_id)
        except UnavailableError as error:
            _LOGGER.warning("an API key is refused at its next look-up, not at once: %s", error)
