"""Why a server was not reached, in words: refused, unknown, TLS, a missing file; no driver here."""

from __future__ import annotations

import re
import socket
import ssl
from typing import Any, Final

# Most specific first.
_IN_WORDS: Final[tuple[tuple[type[OSError], str], ...]] = (
    (socket.gaierror, "the host is unknown, or no name server answers"),
    (ConnectionRefusedError, "the connection was refused"),
    (ConnectionResetError, "the connection was cut off"),
    (BrokenPipeError, "the connection was cut off"),
    (FileNotFoundError, "{file} is not there"),
    (PermissionError, "{file} may not be used"),
)


WRONG_WORDS: Final = re.compile(
    "unknown command|DB index is out of range|Cluster mode is not enabled|cluster support disabled",
    re.IGNORECASE,
)
"""What a server says that is too old, lacks the database that was named, or is of another kind."""

_CUT: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


def is_passing(error: BaseException, *, path: str = "") -> bool:
    """Tell whether waiting may help: not with TLS that cannot agree, nor with a file of ours.

    A host without a name may be a container that has not started, and so may a ``path`` without a socket.
    """
    found = next((cause for cause in chain(error) if isinstance(cause, OSError)), None)
    if isinstance(found, ssl.SSLError):
        return isinstance(found, _CUT)
    if isinstance(found, FileNotFoundError):
        return bool(path)
    return not isinstance(found, PermissionError)


def reason(error: BaseException, *, path: str = "") -> str:
    """Return what the system said beneath a driver's error; "" if nothing, or only that time is up.

    Nothing of a URL is in it but the ``path`` of a socket; without one, a file is one of TLS.
    """
    found = next((cause for cause in chain(error) if isinstance(cause, OSError)), None)
    if found is None:
        return ""
    if isinstance(found, ssl.SSLError):
        return f"TLS: {_of_tls(found)}"
    if isinstance(found, TimeoutError) and found.errno is None:
        return "perhaps no TLS is spoken at that port" if "handshake" in str(found) else ""
    words = (words for kind, words in _IN_WORDS if isinstance(found, kind))
    file = f"its socket {path}" if path else "a file that the TLS options name"
    return next(words, (found.strerror or type(found).__name__).lower()).replace("{file}", file)


def socket_path(client: object) -> str:
    """Return where the socket of a driver's client is, "" where it uses none."""
    pool: Any = getattr(client, "connection_pool", None)
    return "" if pool is None else str(pool.connection_kwargs.get("path", ""))


def _of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted, {error.verify_message}"
    word: str | None = getattr(error, "reason", None)
    return (word or "no agreement").replace("_", " ").lower()


def chain(error: BaseException | None) -> list[BaseException]:
    """Return an error and what is beneath it."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
