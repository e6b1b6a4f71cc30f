"""Where a Redis is: one URL, parsed strictly; no driver is needed for that.

``redis://``, ``rediss://`` and ``unix://`` name one server; ``redis+cluster://`` some nodes of a cluster;
``redis+sentinel://host:port,host:port/service/db`` the sentinels that know it. ``s`` means TLS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

Form = Literal["server", "socket", "cluster", "sentinel"]

_FORMS: Final[Mapping[str, tuple[Form, bool]]] = {
    "redis": ("server", False),
    "rediss": ("server", True),
    "unix": ("socket", False),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
}
_PORTS: Final[Mapping[Form, int]] = {"server": 6379, "cluster": 6379, "sentinel": 26379}
_LAST_PORT: Final = 65535


def _flag(text: str) -> bool:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]


_OPTIONS: Final[Mapping[str, Callable[[str], object]]] = {
    "client_name": str,
    "max_connections": int,
    "socket_timeout": float,
    "socket_connect_timeout": float,
    "ssl_ca_certs": str,
    "ssl_certfile": str,
    "ssl_keyfile": str,
    "ssl_cert_reqs": {"none": "none", "required": "required"}.__getitem__,
    "ssl_check_hostname": _flag,
    "db": int,
    "username": str,
    "password": Secret,
    "sentinel_username": str,
    "sentinel_password": Secret,
}


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """A parsed URL; ``options`` go to the driver by their names, seconds where they are times."""

    form: Form
    tls: bool
    hosts: tuple[tuple[str, int], ...] = ()
    path: str = ""
    service: str = ""
    db: int = 0
    username: str | None = None
    password: Secret | None = None
    options: Mapping[str, object] = field(default_factory=dict[str, object])


def parse(url: str) -> RedisUrl:
    """Return what the URL says.

    Raises:
        SettingsError: it is not of a known form; says what is wrong, never with a piece of the URL
            that could hold the password.
    """
    scheme, _, _ = url.partition("://")
    if scheme not in _FORMS:
        raise _refused("must begin with " + ", ".join(f"{known}://" for known in _FORMS))
    form, tls = _FORMS[scheme]
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _refused("has a host in brackets that is no IPv6 address") from None
    if parts.fragment or "@" in parts.path:
        # A password with an unquoted / ? or # ends up here, and would be sent elsewhere or shown.
        raise _refused("holds a character that must be percent-encoded, such as @ / ? # in the password")
    return _with_options(form, tls=tls, parts=parts)


def _with_options(form: Form, *, tls: bool, parts: SplitResult) -> RedisUrl:
    options = _options(parts.query)
    userinfo, _, places = parts.netloc.rpartition("@")
    user, _, password = userinfo.partition(":")
    path, service, db = _path(form, unquote(parts.path))
    given_db, given_user, given_password = (
        options.pop(name, None) for name in ("db", "username", "password")
    )
    return RedisUrl(
        form,
        tls,
        hosts=() if form == "socket" else _hosts(form, places),
        path=path,
        service=service,
        db=given_db if isinstance(given_db, int) else db,
        username=unquote(user) or (given_user if isinstance(given_user, str) else None),
        password=Secret(unquote(password)) if password else _secret(given_password),
        options=options,
    )


def _secret(value: object) -> Secret | None:
    return value if isinstance(value, Secret) else None


def _options(query: str) -> dict[str, object]:
    options: dict[str, object] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in _OPTIONS:
            raise _refused("has an unknown option; known are " + ", ".join(_OPTIONS))
        try:
            options[name] = _OPTIONS[name](text)
        except (ValueError, KeyError):
            raise _refused(f"has a value for {name} that it cannot take") from None
    return options


def _path(form: Form, path: str) -> tuple[str, str, int]:
    if form == "socket":
        return path, "", 0
    service, db = "", path.removeprefix("/")
    if form == "sentinel":
        service, _, db = db.partition("/")
        if not service:
            raise _refused("must name the service: redis+sentinel://host:port/service")
    if db and not (db.isascii() and db.isdigit()):
        raise _refused("must end with the number of a database, such as /0")
    if form == "cluster" and int(db or 0):
        raise _refused("must not name a database: a cluster has only number 0")
    return "", service, int(db or 0)


def _hosts(form: Form, places: str) -> tuple[tuple[str, int], ...]:
    hosts = tuple(_host(place, _PORTS[form]) for place in places.split(","))
    if form == "server" and len(hosts) > 1:
        raise _refused("names several hosts; use redis+cluster:// or redis+sentinel://")
    return hosts


def _host(place: str, default_port: int) -> tuple[str, int]:
    name, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        name, port = place, str(default_port)
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= _LAST_PORT):
        raise _refused(f"must have a port from 1 to {_LAST_PORT}; quote : and @ in the password")
    return name.removeprefix("[").removesuffix("]") or "localhost", int(port)


def _refused(problem: str) -> SettingsError:
    return SettingsError([f"the Redis URL {problem}"])
