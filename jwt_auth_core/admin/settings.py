"""What can be configured of the admin's part."""

from __future__ import annotations

from typing import Annotated, Final

from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.variable import Variable
from jwt_auth_core.variables.words import between

_DAY: Final = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSettings(SettingsRecord):
    """For how long a login reads.

    Attributes:
        login_seconds: how long ago the login of an admin may be who reads; changes need a fresh one.
    """

    login_seconds: Annotated[int, Variable("ADMIN_LOGIN_SECONDS", int, between(10, _DAY))] = 3600
