"""Why a server was not reached, in words: refused, unknown, TLS, a missing file; no driver here."""

from __future__ import annotations

import socket
import ssl
from typing import Final

# Most specific first.
_IN_WORDS: Final[tuple[tuple[type[OSError], str], ...]] = (
    (socket.gaierror, "the host is unknown, or no name server answers"),
    (ConnectionRefusedError, "the connection was refused"),
    (ConnectionResetError, "the connection was cut off"),
    (BrokenPipeError, "the connection was cut off"),
    (FileNotFoundError, "its socket, or a file that the TLS options name, is not there"),
    (PermissionError, "its socket, or a file that the TLS options name, may not be used"),
    (TimeoutError, "no answer in time"),
)


def reason(error: BaseException) -> str:
    """Return what the system said beneath a driver's error, without anything of a URL; "" if nothing."""
    found = next((cause for cause in _chain(error) if isinstance(cause, OSError)), None)
    if found is None:
        return ""
    if isinstance(found, ssl.SSLError):
        return f"TLS: {_of_tls(found)}"
    words = (words for kind, words in _IN_WORDS if isinstance(found, kind))
    return next(words, (found.strerror or type(found).__name__).lower())


def _of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted, {error.verify_message}"
    word: str | None = getattr(error, "reason", None)
    return (word or "no agreement").replace("_", " ").lower()


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
