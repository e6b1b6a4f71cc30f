"""Names of domains beyond ASCII, through the ``idna`` package (IDNA 2008, RFC 5891)."""

from __future__ import annotations

import unicodedata

from jwt_auth_core.errors import MissingDriverError


def to_a_label(label: str) -> str:
    """Return the ASCII form (``xn--...``) of one label that is not ASCII, lower-cased first (RFC 5895).

    Raises:
        MissingDriverError: the package is not installed.
        ValueError: no such label can exist.
    """
    try:
        import idna  # noqa: PLC0415 - only who has such addresses needs it
    except ImportError as exc:
        raise MissingDriverError("idna", extra="idna") from exc
    try:
        made = idna.alabel(unicodedata.normalize("NFC", _lowered(label))).decode("ascii")
    except UnicodeError as exc:  # IDNAError's parent
        raise ValueError("no label of a domain name") from exc
    if not made.startswith("xn--"):
        # A character that lower-cases to ASCII would make two names one.
        raise ValueError("no label of a domain name")
    return made


def _lowered(label: str) -> str:
    # One by one: at the end of a word Python makes another letter of a Greek sigma, which is another name.
    return "".join(map(str.lower, label))
