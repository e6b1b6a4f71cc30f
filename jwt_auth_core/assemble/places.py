"""Places: who knows where addresses are; the driver is loaded where a file is given."""

from __future__ import annotations

from jwt_auth_core.places.place import Places
from jwt_auth_core.settings import Settings


def places(settings: Settings) -> Places | None:
    """Return who knows places; None where no file is given.

    Raises:
        MissingDriverError: there is one, and maxminddb is not installed.
        SettingsError: it cannot be read.
    """
    if settings.places.file is None:
        return None
    from jwt_auth_core.places.maxminddb import MaxmindPlaces  # noqa: PLC0415 - a driver

    return MaxmindPlaces(settings.places.file)
