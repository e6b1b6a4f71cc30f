"""``MAIL_URL``: by whom letters are sent."""

from __future__ import annotations

import re
from typing import Final, Literal, get_args
from urllib.parse import unquote

from jwt_auth_core.mail.address import host_name
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

Scheme = Literal["smtp", "smtps", "console", "file", "memory"]

LIMIT: Final = (
    "must be smtp://user:password@host:587, smtps://user:password@host:465 (what a URL keeps for itself "
    "written %xx), console:, memory:, or file:///folder with its whole path"
)

_PORTS: Final[dict[str, int]] = {"smtp": 587, "smtps": 465}
_SERVER: Final = re.compile(
    r"(?P<scheme>smtps?)://(?:(?P<user>[^:@/?#\s]+):(?P<password>[^:@/?#\s]+)@)?"
    r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<host>[^\[\]:@/?#\s]+))(?::(?P<port>[0-9]{1,5}))?/?"
)
_FOLDER: Final = re.compile(r"file://(?P<path>/[^?#]*)")
_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class MailUrl:
    """A mailer in its parts; ``path`` is that of a folder, the others are those of a server."""

    scheme: Scheme
    host: str = ""
    port: int = 0
    user: str = ""
    password: Secret = Secret("")
    path: str = ""

    @property
    def place(self) -> str:
        """Return what may be shown of it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}" if host else f"{self.scheme}:{self.path}"


def parse_mail_url(text: str) -> MailUrl:
    """Return the parts of a URL.

    Raises:
        MissingDriverError: its host is beyond ASCII, and idna is not installed.
        ValueError: it is none of ours; the text does not hold it.
    """
    bare = text.rstrip("/")
    if bare in {"console:", "memory:"}:
        return MailUrl("console" if bare == "console:" else "memory")
    if folder := _FOLDER.fullmatch(text):
        return MailUrl("file", path=unquote(folder["path"]))
    if server := _SERVER.fullmatch(text):
        return _server(server)
    raise ValueError(LIMIT)


def _server(found: re.Match[str]) -> MailUrl:
    scheme: Scheme = next(known for known in get_args(Scheme) if known == found["scheme"])
    port = int(found["port"] or _PORTS[scheme])
    user, password = (unquote(found[part] or "", errors="strict") for part in ("user", "password"))
    if not 0 < port <= _HIGHEST_PORT or "\0" in user + password:
        raise ValueError(LIMIT)
    host = found["address"] or host_name(unquote(found["host"]))
    return MailUrl(scheme, host, port, user, Secret(password))
