"""Start-up: refuses what is configured wrongly, and waits for a store that is merely out of reach.

A server that starts before its stores serves at once: it is alive, not ready, and answers 503. What the start
asks of the stores is asked again until they are there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from jwt_auth_core.background import Repeating
from jwt_auth_core.errors import AuthError, UnavailableError
from jwt_auth_core.flows.health.report import Check

AGAIN_SECONDS: Final = 0.5
"""How often a store that is out of reach is asked again."""
MENDED_SECONDS: Final = 5.0
"""How often, once it is there, what has to be mended is looked at again."""

_LOGGER: Final = logging.getLogger("jwt_auth.start")


class StartUp:
    """How a start goes on in the background until ``check`` has passed; a class because it remembers that."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._repeating: Repeating | None = None
        self._refusal: AuthError | None = None
        self._said = ""

    def begin(self) -> None:
        """Check once; where a store is out of reach, say so and go on checking in the background.

        Raises:
            AuthError: what no waiting helps.
        """
        self.close()
        self._refusal = None
        try:
            self._check()
        except UnavailableError as error:
            if not error.is_passing:
                raise
            self._say(f"started without its stores, and not ready until they are there: {error}")
            self._repeating = Repeating(self._step, seconds=AGAIN_SECONDS, name="jwt-auth-start")
            self._repeating.start()

    def checks(self) -> dict[str, Check]:
        """Return what keeps it from being ready: what would have been refused, had it been known."""
        refusal = self._refusal
        if refusal is None:
            return {}
        return {"start_up": Check("fail", {"code": refusal.code, "detail": str(refusal)})}

    def close(self) -> None:
        """Check no more, until it starts anew."""
        if self._repeating is not None:
            self._repeating.close()

    def _step(self) -> float:
        try:
            self._check()
        except AuthError as error:
            if isinstance(error, UnavailableError) and error.is_passing:
                return AGAIN_SECONDS
            self._refusal = error
            self._say(f"not ready: {error}")
            return MENDED_SECONDS
        self._refusal = None
        self._say("the stores are there")
        self.close()
        return AGAIN_SECONDS

    def _say(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            _LOGGER.warning("%s", sentence)
