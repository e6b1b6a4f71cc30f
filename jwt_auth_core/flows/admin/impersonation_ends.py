"""The background of impersonations: the audit is told of those whose time is over."""

from __future__ import annotations

import logging
from typing import Final

from jwt_auth_core.background import Repeating
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.flows.admin.impersonate import AT_ONCE, EndImpersonations

STEP_SECONDS: Final = 30.0
"""How often a serving process looks."""

_LOGGER: Final = logging.getLogger("jwt_auth.admin")


class ImpersonationEnds:
    """Looks again and again: a class because it has a thread."""

    def __init__(self, end: EndImpersonations) -> None:
        self._end = end
        self._is_failing = False
        self._repeating = Repeating(self._step, seconds=STEP_SECONDS, name="jwt-auth-admin")

    def start(self) -> None:
        """Look from this process, too, from now on."""
        self._repeating.start()

    def close(self) -> None:
        """End after the step that is under way."""
        self._repeating.close(wait_seconds=1.0)

    def _step(self) -> float | None:
        try:
            ended = self._end.over()
        except UnavailableError as error:
            if not self._is_failing:
                _LOGGER.warning("the ends of impersonations are told later: %s", error)
            self._is_failing = True
            return None
        self._is_failing = False
        return 0.0 if ended >= AT_ONCE else None
