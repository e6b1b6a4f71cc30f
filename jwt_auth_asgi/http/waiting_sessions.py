"""The sessions of admins who have lately begun to act for somebody in a browser.

Requests that were sent before have the admin's tokens exchanged still, and their answers may begin after:
such an answer brings no access token, which would take the place of the user's. Each process knows of its
own; what another one hands out, or what is on its way for longer, is refused by the `acting_cookie`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from jwt_auth_core.vocabulary import SessionId

KEPT_SECONDS: Final = 10.0
"""Twice as long as what was exchanged is handed out."""


class WaitingSessions:
    """Those of a process; a class because the middleware and the auth app have them together."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ends: dict[SessionId, float] = {}

    def __contains__(self, session_id: SessionId) -> bool:
        """Tell whether an admin has lately begun, by this session."""
        return self._monotonic() < self._ends.get(session_id, 0.0)

    def __len__(self) -> int:
        return len(self._ends)

    def add(self, session_id: SessionId) -> None:
        """Note that one begins; what is over is forgotten."""
        now = self._monotonic()
        self._ends = {one: end for one, end in self._ends.items() if now < end}
        self._ends[session_id] = now + KEPT_SECONDS

    def discard(self, session_id: SessionId) -> None:
        """Note that one has ended."""
        self._ends.pop(session_id, None)
