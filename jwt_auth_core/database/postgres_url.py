"""Where a PostgreSQL is: one URL, read as libpq reads it, or refused with the reason; no driver here.

libpq's own loop over hosts and addresses has time limits only where it blocks, so ours goes through them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from secrets import SystemRandom
from typing import Final

from jwt_auth_core.database.postgres_service import service_words
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.records import dataclass

# A raw @, /, ? or # in a password would end up in the host's name, and that in an error. Behind a question
# mark that follows a slash an @ is plain: a user of another domain, or a socket without a file.
_URL: Final = re.compile(r"postgres(?:ql)?://(?:[^@/?#]*@)?[^@/?#]*(?:/[^@?#]*(?:\?[^#]*)?|\?[^@#]*)?")
_FORM: Final = "postgresql://user:password@host:port/name"
_LAST_PORT: Final = 65_535
_FOR_EVER: Final = 60.0
"""What connect_timeout=0 means here: nothing waits without a limit."""

_VARIABLES: Final = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
}
_RANDOM: Final = SystemRandom()


@dataclass(frozen=True, slots=True)
class Place:
    """One server: a host, a directory of sockets or nothing (libpq's own way); its address once known.

    ``service`` is one that only libpq can read, and that may name what is not known here.
    """

    host: str = ""
    port: str = ""
    address: str = ""
    service: str = ""

    def __str__(self) -> str:
        if self.service and not (self.host or self.address):
            return f"service {self.service}"
        return f"{self.host or self.address or 'localhost'}:{self.port or '5432'}"

    @property
    def is_named(self) -> bool:
        """Tell whether the host is a name that must be looked up."""
        return bool(self.host) and not self.address and not self.host.startswith(("/", "@"))

    def parameters(self) -> dict[str, str]:
        """Return libpq's words for it; an empty one keeps libpq from asking its variables and files again."""
        words = {"host": self.host, "hostaddr": self.address, "port": self.port}
        return {name: text for name, text in words.items() if text or not self.service}


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """A parsed URL, and what a service or libpq's variables say where it is silent.

    ``role`` is what the server must be (libpq's ``target_session_attrs``); where it ``is_wish`` any other
    is better than none. ``connect_seconds`` is None where nobody gave a limit.
    """

    parameters: Mapping[str, str] = field(repr=False)
    places: tuple[Place, ...]
    options: str
    connect_seconds: float | None
    role: str
    is_wish: bool
    is_shuffled: bool

    def in_order(self, places: Sequence[Place]) -> Sequence[Place]:
        """Return places, or addresses of one, in the order in which they are tried."""
        return _RANDOM.sample(places, len(places)) if self.is_shuffled else places


def parse(url: str, read: Callable[[str], Mapping[str, str]]) -> PostgresUrl:
    """Return what the URL says; ``read`` is libpq's own reading of it.

    Raises:
        SettingsError: it cannot be read; nothing of it is repeated.
    """
    if not _URL.fullmatch(url):
        raise refused("with @ / ? # percent-encoded in the user, the password and the name")
    given = dict(read(url))
    service = given.get("service", os.environ.get("PGSERVICE"))
    words = _defaults(service, given.get("servicefile", os.environ.get("PGSERVICEFILE")))
    only_libpq = service if words is None and service else ""
    taken = {name: given.pop(name, (words or {}).get(name, "")) for name in _VARIABLES}
    found = _places(taken["host"], taken["hostaddr"], taken["port"])
    places = tuple(replace(place, service=only_libpq) for place in found)
    role = taken["target_session_attrs"]
    if not role and len(places) > 1:
        role, is_wish = "read-write", True  # where sessions and users can be written
    else:
        is_wish = role == "prefer-standby"
    return PostgresUrl(
        given,
        places,
        taken["options"],
        _seconds(taken["connect_timeout"]),
        role="standby" if role == "prefer-standby" else role,
        is_wish=is_wish,
        is_shuffled=taken["load_balance_hosts"] == "random",
    )


def _defaults(service: str | None, file: str | None) -> Mapping[str, str] | None:
    """Return what counts where the URL is silent; None where a service says it that libpq alone can read."""
    variables = {name: os.environ[key] for name, key in _VARIABLES.items() if key in os.environ}
    if service is None:
        return variables
    words = service_words(service, file)
    return None if words is None else {**variables, **words}


def refused(reason: str) -> SettingsError:
    """Return the error that says what the URL is not."""
    return SettingsError([f"the database URL is not {_FORM}: {reason}"])


def _places(host: str, address: str, port: str) -> tuple[Place, ...]:
    hosts, addresses, ports = host.split(","), address.split(","), port.split(",")
    count = max(len(hosts), len(addresses))
    if host and address and len(hosts) != len(addresses):
        raise refused("host and hostaddr are lists of different lengths")
    if len(ports) not in {1, count}:
        raise refused("there must be one port, or one for each host")
    if not all(map(_is_port, ports)):
        raise refused(f"a port is a whole number from 1 to {_LAST_PORT}")
    each = (texts if len(texts) > 1 else texts * count for texts in (hosts, ports, addresses))
    return tuple(Place(*words) for words in zip(*each, strict=True))


def _is_port(text: str) -> bool:
    digits = text.strip()  # spaces, as behind a service's =, are nothing to libpq
    return not text or (digits.isascii() and digits.isdigit() and 0 < int(digits) <= _LAST_PORT)


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = int(text)
    except ValueError:
        raise refused("connect_timeout is a whole number of seconds") from None
    return float(seconds) if seconds > 0 else _FOR_EVER
