"""The background of impersonations: the audit is told of those whose time is over."""

from __future__ import annotations

import logging
from typing import Final

from jwt_auth_core.flows.admin.impersonate import AT_ONCE, EndImpersonations
from jwt_auth_core.flows.sweeper import Sweeper

STEP_SECONDS: Final = 30.0
"""How often a serving process looks."""

_LOGGER: Final = logging.getLogger("jwt_auth.admin")


class ImpersonationEnds(Sweeper):
    """Tells of them in the background."""

    def __init__(self, end: EndImpersonations) -> None:
        super().__init__(
            end.over,
            most=AT_ONCE,
            seconds=STEP_SECONDS,
            name="jwt-auth-admin",
            logger=_LOGGER,
            warning="the ends of impersonations are told later",
        )
