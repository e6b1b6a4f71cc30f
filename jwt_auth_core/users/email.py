"""The e-mail identity: which texts are addresses, and which of them are the same (ID-1).

Identity is the local part in ASCII lower case and the domain as lower-case A-labels. Spaces around it,
which keyboards of phones leave, are no part of it. Nothing else is repaired or mapped: a text
that only looks like an address of somebody is refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import field
from typing import Final, NoReturn

from jwt_auth_core.errors import FieldError, InvalidInputError, MissingDriverError
from jwt_auth_core.idna import to_a_label
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Email

LONGEST_LOCAL_PART: Final = 64  # octets, RFC 5321 section 4.5.3.1.1
LONGEST_ADDRESS: Final = 254  # octets, RFC 5321 section 4.5.3.1.3 (a path of 256 with its brackets)
LONGEST_LABEL: Final = 63  # octets, RFC 1035 section 2.3.4

NEEDS_IDNA: Final = "idna_missing"
"""The code of the field error when only the ``idna`` package is missing."""

# RFC 5322 section 3.2.3, dot-atom-text; quoted local parts are refused.
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Address:
    """One address: ``stored`` for letters, ``canonical`` its identity, ``typed`` the very text."""

    stored: str
    canonical: Email
    typed: str = field(default="", compare=False)


def parse_email(text: str) -> Address:
    """Return the address that a text is, but for spaces around it; the domain needs a dot.

    Raises:
        InvalidInputError: with one FieldError of the field ``email`` that says why.
    """
    text = text.strip(" ")
    typed = text
    if len(text) > LONGEST_ADDRESS:
        _refuse("too_long", f"must be at most {LONGEST_ADDRESS} characters long")
    if not text.isascii():
        text = _composed(text)
    local, at, domain = text.partition("@")
    if not at or "@" in domain:
        _refuse("invalid_email", "must have exactly one @")
    _check_local_part(local)
    domain = ".".join(_label(label) for label in domain.split("."))
    _check_domain(domain)
    address = f"{local}@{domain}"
    if len(address) > LONGEST_ADDRESS:
        _refuse("too_long", f"must be at most {LONGEST_ADDRESS} characters long")
    return Address(address, Email(address.lower()), typed)


def own_text(text: str) -> Email:
    """Return the identity of a text that is no address by today's rules, as an adopted row may have one.

    No address equals it.
    """
    return Email(unicodedata.normalize("NFC", text.strip(" ")))


def _composed(text: str) -> str:
    # The Kelvin sign becomes K in NFC; such a text must not become the ASCII account's.
    if any(not c.isascii() and unicodedata.normalize("NFC", c).isascii() for c in text):
        _refuse("invalid_email", "must not contain look-alikes of ASCII characters")
    return unicodedata.normalize("NFC", text)


def _check_local_part(local: str) -> None:
    if len(local) > LONGEST_LOCAL_PART:
        _refuse("too_long", f"must have at most {LONGEST_LOCAL_PART} characters before the @")
    if not _LOCAL_PART.fullmatch(local):
        _refuse(
            "invalid_email",
            "must have only ASCII letters, digits, single dots and !#$%&'*+/=?^_`{|}~- before the @",
        )


def _label(label: str) -> str:
    if len(label) > LONGEST_LABEL:
        _refuse(
            "invalid_email", f"must have at most {LONGEST_LABEL} characters between two dots of its domain"
        )
    try:
        label = label.lower() if label.isascii() else to_a_label(label)
    except MissingDriverError:
        _refuse(
            NEEDS_IDNA,
            "must have its domain in the xn-- form (or the server runs: pip install 'jwt-auth-asgi[idna]')",
        )
    except ValueError:
        _refuse("invalid_email", "must have a domain name after the @")
    if not _LABEL.fullmatch(label):
        _refuse("invalid_email", "must have a domain name after the @")
    return label


def _check_domain(domain: str) -> None:
    _, dot, top = domain.rpartition(".")
    if not dot:
        _refuse("invalid_email", "must have a domain name with a dot after the @")
    if top.isdigit():
        _refuse("invalid_email", "must have a domain name after the @, not a number")


def _refuse(code: str, message: str) -> NoReturn:
    # No cause is chained: it would hold the text.
    raise InvalidInputError([FieldError("email", code, message)]) from None
