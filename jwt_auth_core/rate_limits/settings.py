"""What can be configured of limits: whether there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from jwt_auth_core.settings_record import SettingsRecord
from jwt_auth_core.variable import Variable, one_of

SWITCH: Final = ("on", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitSettings(SettingsRecord):
    """How often something may be done.

    Attributes:
        limits: ``off`` limits nothing at all.
    """

    limits: Annotated[str, Variable("LIMITS", check=one_of(*SWITCH))] = "on"
