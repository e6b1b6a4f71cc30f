"""What can be configured of API keys."""

from __future__ import annotations

from typing import Annotated

from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.variable import Variable
from jwt_auth_core.variables.words import between


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeySettings(SettingsRecord):
    """The limits of API keys.

    Attributes:
        per_user: how many a user may have; 0: none can be made.
    """

    per_user: Annotated[int, Variable("API_KEYS_PER_USER", int, between(0, 1000))] = 50
