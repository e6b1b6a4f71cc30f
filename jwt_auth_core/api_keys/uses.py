"""Uses: that a key was used is written in the background, of many keys at once, and nobody waits for it."""

from __future__ import annotations

import logging
from typing import Final

from jwt_auth_core.api_keys.api_key import USE_SECONDS, ApiKey, ApiKeyStore
from jwt_auth_core.background import Repeating
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.vocabulary import Clock

WRITE_SECONDS: Final = 10.0
MOST_WAITING: Final = 10_000
"""How many keys may wait to be noted; the others are, at their next use."""

_LOGGER: Final = logging.getLogger("jwt_auth.api_keys")


class Uses:
    """Made once a process and shared by its threads; what it has not written is lost with the process."""

    def __init__(self, store: ApiKeyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[str, None] = {}
        self._repeating = Repeating(self.write, seconds=WRITE_SECONDS, name="jwt-auth-api-keys")

    def note(self, key: ApiKey) -> None:
        """Have it written that a key was used, unless it was used within the last minute as well."""
        last = key.last_used_at
        if (last is None or self._clock() - last >= USE_SECONDS) and len(self._waiting) < MOST_WAITING:
            self._waiting[key.key_id] = None
            self._repeating.start()

    def write(self) -> None:
        """Write what waits; when the store does not answer, it waits on."""
        waiting = list(self._waiting)
        if not waiting:
            return
        try:
            self._store.note_uses(waiting, now=self._clock())
        except UnavailableError as error:
            _LOGGER.info("when API keys were used is written later: %s", error)
            return
        for key_id in waiting:
            self._waiting.pop(key_id, None)

    def close(self) -> None:
        """Write what waits, and end the thread."""
        self._repeating.close(wait_seconds=1.0)
        self.write()
