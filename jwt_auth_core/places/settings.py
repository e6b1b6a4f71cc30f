"""What can be configured of places."""

from __future__ import annotations

from typing import Annotated

from jwt_auth_core.records import dataclass
from jwt_auth_core.variables.record import SettingsRecord
from jwt_auth_core.variables.variable import Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings(SettingsRecord):
    """Who knows where addresses are.

    Attributes:
        file: a file in the format MMDB; None: nobody.
    """

    file: Annotated[str | None, Variable("GEOIP_FILE")] = None
