"""Places of a file in MaxMind's format (MMDB), by maxminddb: GeoLite2, GeoIP2 and DB-IP, City or Country."""

from __future__ import annotations

import weakref
from typing import Any, Final, cast

from jwt_auth_core.errors import MissingDriverError, SettingsError
from jwt_auth_core.places.place import in_words

try:
    import maxminddb
except ImportError as missing:
    raise MissingDriverError("maxminddb", extra="geoip") from missing

_MAXMINDDB: Final[Any] = cast("Any", maxminddb)  # the types of its records are written with gaps
# What broken files were seen to raise, and what a short read might.
_NONE: Final = (OSError, ValueError, TypeError, LookupError, RuntimeError)


class MaxmindPlaces:
    """See `Places`; a class because the file is opened once, and looked into where it lies.

    Threads and children share it. A file that takes its place, by its name, is read after a restart. It is
    read, not mapped into memory: the system ends who looks into the map of a file that was cut off (SIGBUS).

    Raises:
        SettingsError: there is no such file, or it is none of the format.
    """

    def __init__(self, path: str) -> None:
        try:
            self._reader = _MAXMINDDB.open_database(path, _MAXMINDDB.MODE_FILE)
        except _NONE:
            raise SettingsError(["GEOIP_FILE names no file in the format MMDB that can be read"]) from None
        weakref.finalize(self, self._reader.close)

    def of(self, address: str | None, language: str) -> str | None:
        """See `Places.of`."""
        if address is None:
            return None
        try:
            return in_words(self._reader.get(address), language)
        except _NONE:  # no address, IPv6 in a file of IPv4, a broken record
            return None
