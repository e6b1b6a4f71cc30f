"""Addresses as letters need them: strict, the domain in its ASCII form, nothing that could be read as two.

`smtplib` and `email.utils` look for an address in whatever text they get, and find another one in some.
"""

from __future__ import annotations

import re
from typing import Final

from jwt_auth_core.idna import to_a_label
from jwt_auth_core.records import dataclass

LONGEST: Final = 254  # octets, RFC 5321 section 4.5.3.1.3

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL_PART: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NAMED: Final = re.compile(r'(?P<quote>"?)(?P<name>[^<>"\\]*)(?P=quote) *<(?P<address>[^<>]*)>')


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whom letters come from: an address, and perhaps a name."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The domain, in ASCII."""
        return self.address.rpartition("@")[2]


def posted(text: str) -> str:
    """Return an address as it stands in an envelope: its domain is ASCII, its local part as it was.

    Raises:
        MissingDriverError: the domain is beyond ASCII, and idna is not installed.
        ValueError: it is no address; the text does not hold it.
    """
    local, _, domain = text.strip(" ").rpartition("@")
    if _LOCAL_PART.fullmatch(local) and local.isprintable():
        address = f"{local}@{host_name(domain)}"
        if len(address.encode()) <= LONGEST:
            return address
    raise ValueError("must be an address such as no-reply@example.com")


def host_name(text: str) -> str:
    """Return the name of a host or domain in lower-case ASCII.

    Raises:
        MissingDriverError: it is beyond ASCII, and idna is not installed.
        ValueError: it is none.
    """
    labels = [label.lower() if label.isascii() else to_a_label(label) for label in text.split(".")]
    if not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("must be a host name")
    return ".".join(labels)


def parse_mailbox(text: str) -> Mailbox:
    """Return who is meant by ``address`` or ``Name <address>``.

    Raises:
        MissingDriverError: the domain is beyond ASCII, and idna is not installed.
        ValueError: it is neither.
    """
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        return Mailbox(posted(text))
    name = named["name"].strip()
    if not name.isprintable():
        raise ValueError("must have a printable name, without line breaks")
    return Mailbox(posted(named["address"]), name)
