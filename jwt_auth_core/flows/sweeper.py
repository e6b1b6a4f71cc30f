"""A sweeper: has a use case look again and again, in the background, for what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable

from jwt_auth_core.background import Repeating
from jwt_auth_core.errors import UnavailableError


class Sweeper:
    """Calls ``sweep``, which says how many it found, every so many seconds: a class because it has a thread.

    As many as ``most`` are followed by the next at once. A store that does not answer is logged once, with
    ``warning``, until it is back.
    """

    def __init__(  # noqa: PLR0913 - what it does, how often, and what the log calls it
        self,
        sweep: Callable[[], int],
        *,
        most: int,
        seconds: float,
        name: str,
        logger: logging.Logger,
        warning: str,
    ) -> None:
        self._sweep = sweep
        self._most = most
        self._logger = logger
        self._warning = warning
        self._is_failing = False
        self._repeating = Repeating(self._step, seconds=seconds, name=name)

    def start(self) -> None:
        """Look from this process, too, from now on."""
        self._repeating.start()

    def close(self) -> None:
        """End after the step that is under way."""
        self._repeating.close(wait_seconds=1.0)

    def _step(self) -> float | None:
        try:
            found = self._sweep()
        except UnavailableError as error:
            if not self._is_failing:
                self._logger.warning("%s: %s", self._warning, error)
            self._is_failing = True
            return None
        self._is_failing = False
        return 0.0 if found >= self._most else None
