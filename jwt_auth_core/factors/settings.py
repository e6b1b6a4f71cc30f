"""What can be configured of second factors."""

from __future__ import annotations

from typing import Annotated, Final

from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.variable import Variable
from jwt_auth_core.variables.words import rule_or_scopes

POLICIES: Final = ("optional", "required")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorSettings(SettingsRecord):
    """Who has to have one.

    Attributes:
        policy: ``required``: no session opens without a second factor; ``optional``: who has one is asked;
            or the scopes that only sessions with a second factor grant.
    """

    policy: Annotated[str, Variable("SECOND_FACTOR", check=rule_or_scopes(*POLICIES))] = "optional"
